package dev.pith;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** What shows in a whole process: -Xcheck:jni, the end of the virtual machine, memory over many cycles. */
class ProcessTest {
    private static final int CYCLES = Integer.getInteger("pith.cycles", 10_000);
    private static final long GROWTH_KIB = 1024;

    @Test
    void checkJniFindsNothing() throws Exception {
        Fixture.Ended ended = Fixture.java("", "-Xcheck:jni", "dev.pith.Child", "everything");
        assertEquals("done 0\n", ended.output);
        assertEquals(0, ended.code);
    }

    @Test
    void theMachineMayEndDuringGeneration() throws Exception {
        String[] ways = {"exit", "hook", "end"};
        int[] codes = {7, 8, 0};
        for (int i = 0; i < ways.length; i++) {
            for (int again = 0; again < 3; again++) {
                Fixture.Ended ended = Fixture.java("", "dev.pith.Child", ways[i]);
                assertEquals("", ended.output, ways[i]);
                assertEquals(codes[i], ended.code, ways[i]);
            }
        }
    }

    @Test
    void manyCyclesTakeNoMemory() throws Exception {
        // Without its compiler, the virtual machine's own memory stays as it is.
        Fixture.Ended ended = Fixture.java("", "-Xint", "-Xms64m", "-Xmx64m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC", "dev.pith.Child", "cycles",
                "" + CYCLES);
        assertEquals(0, ended.code, ended.output);
        String[] words = ended.output.trim().split(" ");
        System.out.println(CYCLES + " cycles: " + ended.output.trim());
        assertTrue(Long.parseLong(words[2]) - Long.parseLong(words[1]) < GROWTH_KIB, ended.output);
        assertEquals(words[4], words[5]);
    }

    @Test
    void anOwnLibraryMayBeNamed() throws Exception {
        String library = Fixture.BUILD.resolve("classes/dev/pith/native/" + BundledLibrary.platform() + "/libpith_jni.so").toString();
        Fixture.Ended own = Fixture.java("", "-Ddev.pith.library=" + library, "dev.pith.Child", "end");
        assertEquals(0, own.code, own.output);
        Fixture.Ended wrong = Fixture.java("", "-Ddev.pith.library=/nowhere.so", "dev.pith.Child", "end");
        assertFalse(wrong.code == 0);
        assertTrue(wrong.output.contains("/nowhere.so"), wrong.output);
    }
}
