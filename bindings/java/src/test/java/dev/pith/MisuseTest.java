package dev.pith;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What programs do wrong: exceptions, never a crash. */
class MisuseTest {
    @Test
    void closedHandles() {
        Model model = Model.open(Fixture.MODEL);
        Engine engine = new Engine(Options.of("threads", 1));
        Host host = new Host(Options.none());
        Decoder decoder = model.decoder();
        TokenStream stream = model.stream("Once");
        TokenStream goesOn = engine.stream(model, Fixture.tale(5).build());
        for (AutoCloseable closed : List.<AutoCloseable>of(stream, decoder, engine, model, host)) {
            closeTwice(closed);
        }
        assertTrue(goesOn.result().ids().length > 0); // children keep their parents
        goesOn.close();
        assertTrue(assertThrows(IllegalStateException.class, () -> model.tokenize("a")).getMessage().contains("model"));
        assertThrows(IllegalStateException.class, model::name);
        assertThrows(IllegalStateException.class, model::width);
        assertThrows(IllegalStateException.class, model::toJson);
        assertThrows(IllegalStateException.class, model::decoder);
        assertThrows(IllegalStateException.class, () -> model.detokenize(1));
        assertThrows(IllegalStateException.class, () -> model.tokenize(List.of(), 0));
        assertThrows(IllegalStateException.class, () -> model.stream("a"));
        assertThrows(IllegalStateException.class, () -> model.embed("a"));
        assertThrows(IllegalStateException.class, () -> engine.get(Constants.ENGINE_STEPS));
        assertThrows(IllegalStateException.class, host::memoryUsed);
        assertThrows(IllegalStateException.class, () -> new Engine(host, Options.none()));
        assertThrows(IllegalStateException.class, () -> Model.from(Fixture.file(Fixture.MODEL)).host(host).open());
        assertThrows(IllegalStateException.class, () -> decoder.feed(1));
        assertThrows(IllegalStateException.class, stream::hasNext);
        assertThrows(IllegalStateException.class, stream::next);
        assertThrows(IllegalStateException.class, stream::result);
        stream.cancel(); // nothing to cancel: fine
    }

    private static void closeTwice(AutoCloseable closed) {
        try {
            closed.close();
            closed.close();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void theNativeSideChecksToo() {
        assertThrows(IllegalStateException.class, () -> Native.tokenize(null, 0, new byte[1], 0));
        assertThrows(IllegalStateException.class, () -> Native.requestNext(null, 0, 0));
        assertThrows(IllegalStateException.class, () -> Native.decoderFeed(null, 0, 0));
        assertThrows(IllegalStateException.class, () -> Native.modelOpen(null, 0, 0, null, null));
        assertThrows(IllegalStateException.class, () -> Native.engineGet(null, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> Native.sourceFromMemory(null, 0, null, 0, 0));
        assertThrows(IllegalArgumentException.class,
                () -> Native.sourceFromMemory(null, 0, java.nio.ByteBuffer.allocateDirect(4), 2, 3));
        assertThrows(IllegalArgumentException.class, () -> Native.requestFloatsInto(null, 0, 1, null, 0, 0));
        assertThrows(NullPointerException.class, () -> Native.sourceFromPath(null, 0, null));
        Native.modelRelease(0);
        Native.requestRelease(0);
        try (Model model = Model.open(Fixture.MODEL)) {
            long address = model.handle.acquire();
            try {
                assertThrows(IllegalArgumentException.class, () -> Native.tokenizePieces(model, address, null, null, 0));
                assertThrows(IllegalArgumentException.class,
                        () -> Native.tokenizePieces(model, address, new byte[1][], new boolean[2], 0));
                assertThrows(NullPointerException.class,
                        () -> Native.tokenizePieces(model, address, new byte[1][], new boolean[1], 0));
                assertThrows(PithException.class, () -> Native.modelGet(model, address, 99));
                assertThrows(PithException.class, () -> Native.requestCreate(null, 0, model, address, 99, null));
                assertThrows(PithException.class,
                        () -> Native.requestCreate(null, 0, model, address, Constants.EMBED, new byte[] {'{'}));
            } finally {
                model.handle.leave();
            }
        }
    }

    /** Threads use everything while others close it: each call works or says that it is closed. */
    @Test
    void closingWhileOthersUse() throws Exception {
        AtomicReference<Throwable> wrong = new AtomicReference<>();
        for (int round = 0; round < 15; round++) {
            Model model = Model.open(Fixture.MODEL);
            Engine engine = new Engine(Options.of("threads", 1 + round % 2));
            TokenStream shared = engine.stream(model, Fixture.tale(0).option("ignore_eog", 1).build());
            List<Runnable> work = List.of(() -> drain(shared), () -> drain(shared), () -> model.tokenize("Once upon a time"),
                    () -> engine.generate(model, Fixture.tale(3).build()), () -> model.embed("a king"), shared::result);
            List<Thread> threads = new ArrayList<>();
            for (Runnable task : work) {
                threads.add(new Thread(() -> repeat(task, wrong)));
            }
            threads.forEach(Thread::start);
            Thread.sleep(new Random(round).nextInt(40));
            List<AutoCloseable> all = new ArrayList<>(List.of(model, engine, shared));
            Collections.shuffle(all, new Random(round));
            for (AutoCloseable one : all) {
                one.close();
            }
            for (Thread thread : threads) {
                thread.join(20_000);
                assertTrue(!thread.isAlive(), "a thread hangs after close");
            }
        }
        if (wrong.get() != null) {
            fail("a call ended in another way", wrong.get());
        }
    }

    private static void drain(TokenStream stream) {
        while (stream.hasNext()) {
            stream.next();
        }
    }

    private static void repeat(Runnable task, AtomicReference<Throwable> wrong) {
        try {
            for (;;) {
                task.run();
            }
        } catch (IllegalStateException | java.util.NoSuchElementException closed) {
            return;
        } catch (Throwable other) {
            wrong.compareAndSet(null, other);
        }
    }

    /** Nothing is closed; everything is collected, children and parents in whatever order. */
    @Test
    void collectedInAnyOrder() throws Exception {
        int before = Handle.openCount();
        List<Object> held = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            Model model = Model.open(Fixture.MODEL);
            Engine engine = new Engine(Options.of("threads", 2));
            TokenStream stream = engine.stream(model, Fixture.tale(0).option("ignore_eog", 1).build());
            stream.next();
            Collections.addAll(held, model, engine, stream, model.decoder(), new Host(Options.none()));
        }
        assertTrue(Handle.openCount() >= before + 60);
        Collections.shuffle(held, new Random(7));
        while (!held.isEmpty()) {
            held.subList(0, Math.min(10, held.size())).clear();
            System.gc();
            Thread.sleep(30);
        }
        for (int i = 0; i < 100 && Handle.openCount() > before; i++) {
            System.gc();
            Thread.sleep(50);
        }
        assertEquals(before, Handle.openCount());
    }
}
