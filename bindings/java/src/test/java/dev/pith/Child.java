package dev.pith;

import java.io.File;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Programs that tests run in a process of their own. */
public final class Child {
    private Child() {}

    public static void main(String[] args) throws Exception {
        switch (args[0]) {
            case "everything":
                everything();
                break;
            case "cycles":
                cycles(Integer.parseInt(args[1]));
                break;
            case "exit":
                exitWhileGenerating();
                break;
            case "hook":
                closeInShutdownHook();
                break;
            case "end":
                endWhileGenerating();
                break;
            default:
                throw new IllegalArgumentException(args[0]);
        }
    }

    /** Every native function, failures too, for -Xcheck:jni. */
    private static void everything() throws Exception {
        Path folder = Files.createTempDirectory("pith-child-");
        Path vocabulary = Fixture.byteVocabulary(folder);
        ExecutorService executor = Executors.newCachedThreadPool();
        ByteBuffer bytes = ByteBuffer.allocateDirect((int) new File(Fixture.MODEL).length());
        bytes.put(Files.readAllBytes(Path.of(Fixture.MODEL))).flip();
        try (Host host = new Host(Options.of("memory_limit", 1L << 30));
                Model words = Model.open(vocabulary.toString());
                Model model = Model.from(new File(Fixture.MODEL)).host(host).option("load_threads", 2).progress(f -> { }).open();
                Model inMemory = Model.from(bytes).open();
                Engine engine = new Engine(host, Options.of("threads", 2));
                Decoder decoder = words.decoder()) {
            List<Runnable> failures = List.of(() -> Model.open("/nowhere"), () -> words.generate("a"), () -> words.detokenize(-1),
                    () -> Pith.check(Constants.SCOPE_HOST, Options.of("nothing", 1)), () -> Native.requestNext(null, 0, 0),
                    () -> Model.from(9999, 0, 0).open(), () -> Native.tokenize(model, 0, null, 0), () -> decoder.feed(1 << 30),
                    () -> Model.from(new File(Fixture.MODEL)).progress(f -> {
                        throw new IllegalStateException("stop");
                    }).open());
            for (Runnable failure : failures) {
                fails(failure);
            }
            String text = "é日🙂\uD83D".repeat(500);
            words.detokenize(words.tokenize(text));
            decoder.feed(words.tokenize(text)[0]);
            decoder.flush();
            Piece[] pieces = new Piece[300];
            java.util.Arrays.fill(pieces, Piece.trusted("<|end|>a"));
            words.tokenize(List.of(pieces), 0);
            model.toJson();
            model.name();
            Pith.build();
            host.memoryUsed();
            Host.defaultMemoryUsed();
            Model.from(new File(Fixture.MODEL)).plan(Options.of("threads", 1)).total();
            for (int i = 0; i < 5; i++) {
                engine.generate(model, Fixture.tale(20).option("logprobs", 2).build());
                engine.generateAsync(model, Fixture.tale(20).build(), executor).get();
                try (TokenStream stream = engine.stream(inMemory, Fixture.tale(200).tokens(1, 2).build())) {
                    stream.next();
                    stream.next();
                    stream.cancel();
                }
            }
            engine.get(Constants.ENGINE_TOKENS);
            model.embed("a", "b", "c");
            model.embed(EmbedRequest.of("a"), ByteBuffer.allocateDirect(1 << 16).order(ByteOrder.nativeOrder()).asFloatBuffer());
        } finally {
            executor.shutdown();
            Files.delete(vocabulary);
            Files.delete(folder);
        }
        System.out.println("done " + Handle.openCount());
    }

    private static void fails(Runnable failure) {
        try {
            failure.run();
        } catch (RuntimeException expected) {
            return;
        }
        throw new AssertionError("this should have failed");
    }

    /** Prints KiB resident after a tenth of the cycles, and after all. */
    private static void cycles(int count) throws Exception {
        Path folder = Files.createTempDirectory("pith-child-");
        Path vocabulary = Fixture.byteVocabulary(folder);
        long native0 = 0;
        long early = 0;
        try (Model model = Model.open(Fixture.MODEL); Engine shared = new Engine(Options.of("threads", 1))) {
            shared.generate(model, Fixture.tale(2).build());
            for (int i = 0; i < count; i++) {
                cycle(vocabulary, model, shared, i);
                if (i + 1 == count / 10) {
                    native0 = Host.defaultMemoryUsed();
                    early = resident();
                }
            }
            System.out.println("rss " + early + " " + resident() + " native " + native0 + " " + Host.defaultMemoryUsed());
        }
        Files.delete(vocabulary);
        Files.delete(folder);
    }

    private static void cycle(Path vocabulary, Model model, Engine shared, int i) {
        try (Model words = Model.open(vocabulary.toString()); Decoder decoder = words.decoder()) {
            decoder.feed(words.tokenize("a")[0]);
        }
        try (TokenStream stream = shared.stream(model, Fixture.tale(2).build())) {
            if (i % 50 == 0) {
                stream.next();
            }
        }
        new Engine(Options.of("threads", i % 20 == 0 ? 2 : 1)).close();
        new Host(Options.of("memory_limit", 1 << 20)).close();
        try {
            Model.open("/nowhere");
        } catch (PithException expected) {
            return;
        }
        throw new AssertionError("/nowhere was opened");
    }

    private static long resident() throws Exception {
        System.gc();
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        throw new IllegalStateException("no VmRSS");
    }

    private static final List<TokenStream> STREAMS = new java.util.ArrayList<>();

    /** Many streams, three of them read; still far from their end when this returns. */
    private static Engine generateInBackground(boolean daemon) throws Exception {
        Model model = Model.open(Fixture.MODEL);
        Engine engine = new Engine(Options.of("threads", 2));
        GenerateRequest endless = Fixture.tale(0).option("ignore_eog", 1).option("loop_guard", 0).build();
        for (int i = 0; i < 200; i++) {
            STREAMS.add(engine.stream(model, endless));
        }
        for (TokenStream stream : STREAMS.subList(0, 3)) {
            Thread thread = new Thread(() -> stream.forEachRemaining(token -> { }));
            thread.setDaemon(daemon);
            thread.start();
        }
        Thread.sleep(50);
        if (engine.get(Constants.ENGINE_RUNNING) == 0) {
            throw new IllegalStateException("nothing runs any more: this would test nothing");
        }
        return engine;
    }

    private static void exitWhileGenerating() throws Exception {
        generateInBackground(false);
        System.exit(7);
    }

    private static void closeInShutdownHook() throws Exception {
        Engine engine = generateInBackground(false);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            engine.close();
            STREAMS.subList(1, STREAMS.size()).forEach(TokenStream::cancel);
        }));
        System.exit(8);
    }

    private static void endWhileGenerating() throws Exception {
        generateInBackground(true);
    }
}
