package dev.pith;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.FileDescriptor;
import java.io.RandomAccessFile;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Opening models, from every kind of source. */
class ModelTest {
    private static final int[] IDS;

    static {
        try (Model model = Model.open(Fixture.MODEL)) {
            IDS = model.tokenize("Once upon a time");
        }
    }

    @Test
    void tellsWhatItIs() {
        try (Model model = Model.open(Fixture.MODEL)) {
            assertEquals("llama", model.family());
            assertTrue(model.width() > 0 && model.contextSize() > 0 && model.vocabularySize() > IDS.length);
            assertEquals(model.get(Constants.MODEL_VOCABULARY), model.vocabularySize());
            assertTrue(model.toJson().contains("\"tensors\""));
            assertTrue(model.chatTemplate().contains("messages"));
        }
        assertTrue(Pith.build().startsWith("{"));
    }

    @Test
    void opensAPartOfADescriptor(@TempDir Path folder) throws Exception {
        byte[] model = Files.readAllBytes(Path.of(Fixture.MODEL));
        Path file = folder.resolve("assets");
        try (FileChannel out = FileChannel.open(Files.createFile(file), java.nio.file.StandardOpenOption.WRITE)) {
            out.write(ByteBuffer.wrap(new byte[12345]));
            out.write(ByteBuffer.wrap(model));
            out.write(ByteBuffer.wrap(new byte[777]));
        }
        Field number = FileDescriptor.class.getDeclaredField("fd");
        number.setAccessible(true);
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            int descriptor = number.getInt(in.getFD());
            try (Model opened = Model.from(descriptor, 12345, model.length).open()) {
                in.seek(3); // still the caller's
                assertArrayEquals(IDS, opened.tokenize("Once upon a time"));
            }
            assertEquals(Constants.E_FORMAT,
                    assertThrows(PithException.class, () -> Model.from(descriptor, 12344, model.length).open()).status());
            assertThrows(PithException.class, () -> Model.from(descriptor, Long.MAX_VALUE, Long.MAX_VALUE).open());
        }
        assertThrows(IllegalArgumentException.class, () -> Model.from(-1, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> Model.from(0, -1, 0));
        assertEquals(Constants.E_IO, assertThrows(PithException.class, () -> Model.from(9999, 0, 0).open()).status());
    }

    @Test
    void opensMemory() throws Exception {
        byte[] bytes = Files.readAllBytes(Path.of(Fixture.MODEL));
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length + 5);
        direct.position(5);
        direct.put(bytes).position(5);
        try (Model model = Model.from(direct).open()) {
            assertArrayEquals(IDS, model.tokenize("Once upon a time"));
        }
        assertThrows(IllegalArgumentException.class, () -> Model.from(ByteBuffer.wrap(bytes)));
    }

    @Test
    void saysWhatIsWrongWithAFile(@TempDir Path folder) throws Exception {
        PithException missing = assertThrows(PithException.class, () -> Model.open("/nowhere/é🙂.gguf"));
        assertEquals(Constants.E_IO, missing.status());
        assertEquals("PITH_E_IO", missing.statusName());
        assertTrue(missing.getMessage().contains("é🙂.gguf"), missing.getMessage());
        Path damaged = folder.resolve("damaged.gguf");
        Files.write(damaged, "GGUF is not all it takes".getBytes());
        assertTrue(assertThrows(PithException.class, () -> Model.open(damaged.toString())).status() < 0);
        assertThrows(PithException.class, () -> Model.open("a\0b"));
        assertThrows(PithException.class, () -> Model.open(""));
        assertThrows(NullPointerException.class, () -> Model.open(null));
    }

    @Test
    void aHostLimitsAndCounts() {
        long before;
        try (Host small = new Host(Options.of("memory_limit", 100_000))) {
            PithException full = assertThrows(PithException.class, () -> Model.from(new File(Fixture.MODEL)).host(small).open());
            assertEquals(Constants.E_MEMORY, full.status());
            assertEquals(100_000, small.memoryLimit());
            before = small.memoryUsed();
            assertThrows(PithException.class, () -> Model.from(new File(Fixture.MODEL)).host(small).open());
            assertEquals(before, small.memoryUsed());
        }
        Host host = new Host(Options.none());
        Model model = Model.from(new File(Fixture.MODEL)).host(host).open();
        Plan plan = Model.from(new File(Fixture.MODEL)).host(host).plan(Options.of("threads", 1));
        assertTrue(host.memoryUsed() >= plan.weights() && host.memoryPeak() >= host.memoryUsed());
        assertEquals(plan.total(), plan.weights() + plan.vocabulary() + plan.kv() + plan.work());
        assertTrue(plan.request() > 0 && plan.loading() >= 0);
        host.close(); // the model keeps what it needs
        assertArrayEquals(IDS, model.tokenize("Once upon a time"));
        model.close();
    }

    @Test
    void progressIsToldAndMayThrow() {
        List<Double> seen = new ArrayList<>();
        Thread[] on = new Thread[1];
        ModelBuilder builder = Model.from(new File(Fixture.MODEL)).progress(fraction -> {
            seen.add(fraction);
            on[0] = Thread.currentThread();
        });
        builder.open().close();
        assertTrue(seen.size() > 1 && seen.get(seen.size() - 1) == 1.0, seen.toString());
        assertSame(Thread.currentThread(), on[0]);
        long before = Host.defaultMemoryUsed();
        for (int at = 0; at < seen.size(); at++) { // at each call, the last one too
            int[] calls = {at};
            IllegalStateException mine = new IllegalStateException("enough");
            assertSame(mine, assertThrows(IllegalStateException.class, () -> Model.from(new File(Fixture.MODEL)).progress(fraction -> {
                if (calls[0]-- == 0) {
                    throw mine;
                }
            }).open()));
        }
        assertEquals(before, Host.defaultMemoryUsed());
    }

    @Test
    void optionsAreCheckedByTheLibrary() {
        PithException unknown = assertThrows(PithException.class, () -> Pith.check(Constants.SCOPE_REQUEST, Options.of("temprature", 1)));
        assertEquals(Constants.E_OPTION, unknown.status());
        assertTrue(unknown.getMessage().contains("temprature"), unknown.getMessage());
        assertThrows(PithException.class, () -> Pith.check(Constants.SCOPE_REQUEST, Options.of("temperature", "hot")));
        assertThrows(PithException.class, () -> Pith.check(Constants.SCOPE_REQUEST, Options.of("threads", 1)));
        assertThrows(PithException.class, () -> Pith.check(Constants.SCOPE_ENGINE, Options.of("threads", -1)));
        assertThrows(PithException.class, () -> Pith.check(99, Options.none()));
        assertThrows(IllegalArgumentException.class, () -> Options.of("temperature", Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> Options.of("temperature", new Object()));
        assertThrows(NullPointerException.class, () -> Options.of(null, 1));
        String all = Pith.check(Constants.SCOPE_REQUEST, Options.of("stop", List.of("\n\n", "\"\\\u0001é🙂")).and("seed", Long.MAX_VALUE)
                .and("stop_tokens", new int[] {1, 2}).and("logit_bias", java.util.Map.of(7, Float.NEGATIVE_INFINITY)).and("top_k", null)
                .and("ignore_eog", true));
        assertTrue(all.contains("é🙂") && all.contains("9223372036854775807") && all.contains("-infinity"), all);
        assertTrue(Pith.defaults(Constants.SCOPE_REQUEST).contains("\"top_k\""));
    }
}
