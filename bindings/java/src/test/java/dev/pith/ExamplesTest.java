package dev.pith;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** The examples, run from source as their heads say. */
class ExamplesTest {
    private static String example(String input, String name, String... arguments) throws Exception {
        String[] all = new String[arguments.length + 2];
        all[0] = Fixture.ROOT.resolve("bindings/java/examples/" + name + ".java").toString();
        all[1] = Fixture.MODEL;
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        Fixture.Ended ended = Fixture.java(input, all);
        assertEquals(0, ended.code, ended.output);
        return ended.output;
    }

    @Test
    void chat() throws Exception {
        String output = example("Hello, who are you?\nTell me a tale 🙂\n", "Chat");
        assertTrue(output.length() > 20, output);
    }

    @Test
    void embedSearch() throws Exception {
        String[] lines = example("", "EmbedSearch", "The dog ran home", "The dog ran away", "Blue cheese", "The dog ran home").split("\n");
        assertEquals(3, lines.length);
        assertEquals(" 1.000  The dog ran home", lines[0]);
        assertEquals("The dog ran away", lines[1].substring(8));
    }

    @Test
    void tokenize() throws Exception {
        String output = example("", "Tokenize", "Once upon a time");
        assertTrue(output.contains("0-4") && output.contains("[Once]"), output);
    }
}
