package dev.pith;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Streams, results, futures, embeddings. */
class GenerateTest {
    private static Model model;
    private static Engine engine;
    private static ExecutorService executor;

    @BeforeAll
    static void open() {
        model = Model.open(Fixture.MODEL);
        engine = new Engine(Options.of("threads", 2));
        executor = Executors.newCachedThreadPool();
    }

    @AfterAll
    static void close() {
        executor.shutdown();
        engine.close();
        model.close();
    }

    /** To the end of the context. */
    private static GenerateRequest endless() {
        return GenerateRequest.builder().prompt("Once").option("max_tokens", 0).option("ignore_eog", true).option("loop_guard", false).build();
    }

    @Test
    void aStreamIsItsResult() throws Exception {
        StringBuilder text = new StringBuilder();
        List<Integer> ids = new ArrayList<>();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TokenStream stream = engine.stream(model, Fixture.tale(40).option("seed", 5).build())) {
            for (Token token : stream) {
                text.append(token.text());
                bytes.write(token.bytes());
                for (int id : token.ids()) {
                    ids.add(id);
                }
            }
            assertFalse(stream.hasNext());
            assertThrows(NoSuchElementException.class, stream::next);
            GenerateResult result = stream.result();
            assertEquals(text.toString(), result.text());
            assertArrayEquals(ids.stream().mapToInt(i -> i).toArray(), result.ids());
            assertEquals(text.toString(), new String(bytes.toByteArray(), StandardCharsets.UTF_8));
            assertEquals(Constants.STOP_LENGTH, result.stop());
            assertTrue(result.promptTokens() > 0 && result.promptSeconds() > 0 && result.generateSeconds() > 0);
            assertEquals(0, result.logprobs().length);
        }
        assertEquals(text.toString(), model.generate(Fixture.tale(40).option("seed", 5).build()).text());
        assertEquals(text.toString(), engine.generateAsync(model, Fixture.tale(40).option("seed", 5).build(), executor).get().text());
    }

    @Test
    void optionsAndInputs() {
        GenerateResult greedy = model.generate(Fixture.tale(8).option("temperature", 0).option("logprobs", 3).build());
        assertEquals(greedy.ids().length, greedy.logprobs().length);
        assertEquals(3, greedy.topIds(0).length);
        assertEquals(greedy.ids()[0], greedy.topIds(0)[0]);
        assertEquals(greedy.logprobs()[0], greedy.topLogprobs(0)[0]);
        int[] prompt = model.tokenize("Once upon a time", Constants.ADD_BOS);
        assertEquals(greedy.text(), model.generate(GenerateRequest.builder().tokens(prompt)
                .options(Options.of("temperature", 0).and("max_tokens", 8)).build()).text());
        String word = greedy.text().trim().split(" ")[2];
        GenerateResult stopped = model.generate(Fixture.tale(60).option("temperature", 0).option("stop", List.of(word)).build());
        assertEquals(Constants.STOP_STRING, stopped.stop());
        assertFalse(stopped.text().contains(word));
        assertTrue(model.generate(GenerateRequest.builder().prompt("").option("max_tokens", 4).build()).ids().length > 0);
        assertTrue(model.generate(GenerateRequest.builder().prompt("日本 🙂 \uD83D").piece(Piece.untrusted(new byte[] {(byte) 0xFF, (byte) 0xC3}))
                .option("max_tokens", 4).build()).ids().length > 0);
    }

    @Test
    void failuresAreExceptions() {
        assertEquals(Constants.E_OPTION, assertThrows(PithException.class, () -> model.stream(Fixture.tale(-7).build())).status());
        PithException range = assertThrows(PithException.class, () -> model.stream(GenerateRequest.builder().tokens(1, 1 << 30).build()));
        assertEquals(Constants.E_ARGUMENT, range.status());
        int[] many = new int[100_000];
        assertEquals(Constants.E_CONTEXT,
                assertThrows(PithException.class, () -> model.stream(GenerateRequest.builder().tokens(many).build())).status());
        assertThrows(NullPointerException.class, () -> model.stream((GenerateRequest) null));
        assertThrows(NullPointerException.class, () -> engine.stream(null, endless()));
        assertThrows(NullPointerException.class, () -> GenerateRequest.of(null));
        assertThrows(NullPointerException.class, () -> GenerateRequest.builder().tokens((int[]) null));
        int before = Handle.openCount();
        for (int i = 0; i < 10; i++) {
            assertThrows(PithException.class, () -> model.stream(GenerateRequest.builder().tokens(many).build()));
        }
        assertTrue(Handle.openCount() <= before, "a failed request stays open");
    }

    @Test
    void aFullQueueIsBusy() {
        try (Engine small = new Engine(Options.of("threads", 1).and("queue_limit", 1)); TokenStream first = small.stream(model, endless())) {
            PithException busy = assertThrows(PithException.class, () -> small.stream(model, endless()));
            assertEquals(Constants.E_BUSY, busy.status());
            assertEquals(1, small.get(Constants.ENGINE_QUEUED));
            first.cancel();
        }
    }

    @Test
    void cancelEndsAStream() {
        try (TokenStream stream = engine.stream(model, endless())) {
            stream.next();
            stream.cancel();
            while (stream.hasNext()) {
                stream.next();
            }
            assertEquals(Constants.STOP_CANCEL, stream.result().stop());
        }
    }

    @Test
    void aStreamMayBeLeftHalfWay() {
        for (int i = 0; i < 20; i++) {
            try (TokenStream stream = engine.stream(model, endless())) {
                stream.next();
            }
        }
        assertEquals(0, engine.get(Constants.ENGINE_RUNNING));
    }

    @Test
    void interruptingCancels() throws Exception {
        Thread waiter = Thread.currentThread();
        List<TokenStream> before = queue();
        executor.execute(() -> {
            sleep(20);
            waiter.interrupt();
        });
        GenerateResult result = engine.generate(model, endless());
        assertTrue(Thread.interrupted());
        assertEquals(Constants.STOP_CANCEL, result.stop());
        Thread.currentThread().interrupt();
        assertThrows(CancellationException.class, () -> engine.embed(model, EmbedRequest.of("a"))); // it has to wait its turn
        assertTrue(Thread.interrupted());
        before.forEach(TokenStream::close);
    }

    /** Streams that keep the engine busy for seconds. */
    private static List<TokenStream> queue() {
        List<TokenStream> streams = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            streams.add(engine.stream(model, endless()));
        }
        return streams;
    }

    private static void sleep(long ms) {
        try {
            Thread.sleep(ms);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void futures() throws Exception {
        List<TokenStream> others = queue();
        CompletableFuture<GenerateResult> canceled = engine.generateAsync(model, endless(), executor);
        sleep(20);
        long all = engine.get(Constants.ENGINE_QUEUED) + engine.get(Constants.ENGINE_RUNNING);
        canceled.cancel(true);
        assertThrows(CancellationException.class, canceled::get);
        assertTrue(engine.get(Constants.ENGINE_QUEUED) + engine.get(Constants.ENGINE_RUNNING) < all);
        others.forEach(TokenStream::close);
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        while (engine.get(Constants.ENGINE_RUNNING) > 0 && System.nanoTime() < until) {
            sleep(5);
        }
        assertEquals(0, engine.get(Constants.ENGINE_RUNNING));
        float[] direct = model.embed("a king");
        assertArrayEquals(direct, model.embedAsync(EmbedRequest.of("a king"), executor).get().values());
        int before = Handle.openCount();
        assertThrows(RejectedExecutionException.class, () -> model.generateAsync(endless(), task -> {
            throw new RejectedExecutionException("no");
        }));
        assertTrue(Handle.openCount() <= before);
        CompletableFuture<Object> thrown = model.generateAsync(Fixture.tale(2).build(), executor).thenApply(result -> {
            throw new IllegalStateException("a consumer's own");
        });
        assertTrue(assertThrows(ExecutionException.class, thrown::get).getCause() instanceof IllegalStateException);
    }

    @Test
    void consumersMayThrow() {
        assertThrows(IllegalStateException.class, () -> {
            try (TokenStream stream = engine.stream(model, endless())) {
                stream.forEachRemaining(token -> {
                    throw new IllegalStateException("a consumer's own");
                });
            }
        });
        assertEquals(0, engine.get(Constants.ENGINE_RUNNING));
    }

    @Test
    void manyThreadsShareAModel() throws Exception {
        GenerateRequest request = Fixture.tale(30).option("seed", 3).build();
        String alone = engine.generate(model, request).text();
        List<CompletableFuture<GenerateResult>> all = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            all.add(engine.generateAsync(model, request, executor));
        }
        for (CompletableFuture<GenerateResult> one : all) {
            assertEquals(alone, one.get().text());
        }
    }

    // ---- embeddings ----

    @Test
    void vectors() {
        Embeddings two = model.embed("a king", "a queen 👑");
        assertEquals(2, two.count());
        assertEquals(model.width(), two.width());
        assertArrayEquals(model.embed("a king"), two.vector(0));
        assertEquals(1.0, two.dot(0, 0), 1e-5);
        assertThrows(IndexOutOfBoundsException.class, () -> two.vector(2));
        assertThrows(IndexOutOfBoundsException.class, () -> two.vector(-1));
        EmbedRequest tokens = EmbedRequest.builder().text("a king").option("pooling", "none").build();
        assertTrue(model.embed(tokens).count() > 1);
        assertThrows(IllegalArgumentException.class, () -> EmbedRequest.of(Collections.emptyList()));
        assertThrows(PithException.class, () -> model.embed(EmbedRequest.builder().text("a").option("pooling", "deep").build()));
        assertEquals(3, model.embed("", "a", "").count());
    }

    @Test
    void intoADirectBuffer() {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            texts.add("text " + i);
        }
        EmbedRequest request = EmbedRequest.of(texts);
        float[] heap = model.embed(request).values();
        FloatBuffer direct = ByteBuffer.allocateDirect(4 * heap.length + 12).order(ByteOrder.nativeOrder()).asFloatBuffer();
        direct.position(2);
        assertEquals(64, engine.embed(model, request, direct));
        assertEquals(2 + heap.length, direct.position());
        for (int i = 0; i < heap.length; i++) {
            assertEquals(heap[i], direct.get(2 + i));
        }
        assertEquals(0f, direct.get(0));
        assertEquals(0f, direct.get(2 + heap.length));
        assertThrows(IllegalArgumentException.class, () -> model.embed(request, direct)); // one element is left
        assertEquals(2 + heap.length, direct.position());
        assertThrows(IllegalArgumentException.class, () -> model.embed(request, FloatBuffer.allocate(heap.length)));
        assertThrows(IllegalArgumentException.class, () -> model.embed(request, ByteBuffer.allocateDirect(4 * heap.length).asFloatBuffer()));
        assertThrows(IllegalArgumentException.class, () -> model.embed(request,
                ByteBuffer.allocateDirect(4 * heap.length).order(ByteOrder.nativeOrder()).asFloatBuffer().asReadOnlyBuffer()));
        assertThrows(NullPointerException.class, () -> model.embed(request, (FloatBuffer) null));
    }
}
