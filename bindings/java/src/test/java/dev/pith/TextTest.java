package dev.pith;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Text both ways: emoji, CJK, zero characters, what is broken in UTF-16 and in UTF-8. */
class TextTest {
    private static Model bytes;

    @BeforeAll
    static void open(@TempDir Path folder) throws IOException {
        bytes = Model.open(Fixture.byteVocabulary(folder).toString());
    }

    @AfterAll
    static void close() {
        bytes.close();
    }

    private static String there(String text) {
        return bytes.detokenize(bytes.tokenize(text));
    }

    @Test
    void wholeTextComesBack() {
        for (String text : List.of("", "plain", "naïve", "日本語、中文", "👩‍👩‍👧‍👦 🙂🏽", "a\0b", "𝔘𝔫𝔦", "\uFFFD", " \n\t ")) {
            assertEquals(text, there(text));
            assertEquals(text.getBytes(StandardCharsets.UTF_8).length, bytes.tokenize(text).length);
        }
    }

    @Test
    void unpairedSurrogatesBecomeReplacements() {
        assertEquals("a\uFFFDb", there("a\uD83Db"));
        assertEquals("\uFFFD", there("\uDE42"));
        assertEquals("\uFFFD\uFFFDx", there("\uDE42\uD83Dx"));
        assertEquals("\uFFFD", there("\uD83D"));
    }

    @Test
    void anyBytesComeBack() {
        Random random = new Random(1);
        for (int i = 0; i < 200; i++) {
            byte[] text = new byte[random.nextInt(60)];
            random.nextBytes(text);
            int[] ids = bytes.tokenize(text, Constants.UNTRUSTED);
            assertArrayEquals(text, bytes.detokenize(ids, Constants.UNTRUSTED));
            assertEquals(new String(text, StandardCharsets.UTF_8), bytes.detokenize(ids));
        }
    }

    @Test
    void aDecoderGivesWholeCharacters() {
        StringBuilder all = new StringBuilder();
        try (Decoder decoder = bytes.decoder()) {
            for (int id : bytes.tokenize("é日🙂")) {
                String part = decoder.feed(id);
                assertEquals(-1, part.indexOf('\uFFFD'));
                all.append(part);
            }
            assertEquals("", decoder.flush());
            assertEquals("", decoder.feed(bytes.tokenize("🙂")[0]));
            assertEquals("\uFFFD", decoder.flush());
            assertThrows(IllegalArgumentException.class, () -> decoder.feed(-1));
            assertThrows(PithException.class, () -> decoder.feed(100_000));
        }
        assertEquals("é日🙂", all.toString());
    }

    @Test
    void controlTokensComeFromTrustedPiecesOnly() {
        Tokens tokens = bytes.tokenize(List.of(Piece.trusted("<|end|>"), Piece.untrusted("<|end|>é")), 0);
        assertEquals(1 + 7 + 2, tokens.count());
        assertEquals(256, tokens.id(0));
        assertEquals(0, tokens.begin(0));
        assertEquals(7, tokens.end(0));
        assertEquals(16, tokens.end(9));
        assertEquals('<', tokens.ids()[1]);
        assertEquals(0, bytes.tokenize(List.of(), 0).count());
        assertArrayEquals(new int[] {256}, bytes.tokenize("<|end|>", Constants.TRUSTED));
        assertEquals("", bytes.detokenize(256));
        assertArrayEquals("<|end|>".getBytes(), bytes.detokenize(new int[] {256}, Constants.TRUSTED));
    }

    @Test
    void longTexts() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            text.append("日本 ");
        }
        assertEquals(text.toString(), there(text.toString()));
    }

    @Test
    void wrongArguments() {
        assertThrows(PithException.class, () -> bytes.tokenize("a", 1 << 20));
        assertThrows(PithException.class, () -> bytes.detokenize(-5));
        assertThrows(PithException.class, () -> bytes.detokenize(257));
        assertThrows(NullPointerException.class, () -> bytes.tokenize((String) null));
        assertThrows(NullPointerException.class, () -> bytes.tokenize((byte[]) null, 0));
        assertThrows(NullPointerException.class, () -> bytes.detokenize((int[]) null));
        assertThrows(NullPointerException.class, () -> bytes.tokenize(java.util.Arrays.asList((Piece) null), 0));
        assertEquals(Constants.E_UNSUPPORTED, assertThrows(PithException.class, () -> bytes.generate("a")).status());
        assertEquals(Constants.E_UNSUPPORTED, assertThrows(PithException.class, () -> bytes.embed("a")).status());
    }
}
