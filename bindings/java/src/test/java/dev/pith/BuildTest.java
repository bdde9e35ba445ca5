package dev.pith;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is generated is what it is generated from, and the libraries in the jar are as they should be. */
class BuildTest {
    private static final Path HERE = Fixture.ROOT.resolve("bindings/java");

    private static String ok(String... command) throws Exception {
        Fixture.Ended ended = Fixture.run(command);
        assertEquals(0, ended.code, String.join(" ", command) + ": " + ended.output);
        return ended.output;
    }

    @Test
    void constantsAreThoseOfTheHeader() throws Exception {
        ok("python3", HERE.resolve("constants.py").toString(), "--check");
        assertEquals(Constants.VERSION, Pith.version());
        String version = Pith.version() / 1_000_000 + "." + Pith.version() / 1000 % 1000 + "." + Pith.version() % 1000;
        assertTrue(Files.readString(HERE.resolve("pom.xml")).contains("<artifactId>pith</artifactId>\n  <version>" + version + "</version>"));
    }

    @Test
    void prototypesAreThoseOfNative() throws Exception {
        assertEquals(Files.readString(Fixture.BUILD.resolve("headers/dev_pith_Native.h")),
                Files.readString(HERE.resolve("src/main/c/dev_pith_Native.h")),
                "copy dev_pith_Native.h from the build's folder headers/ to src/main/c");
    }

    /** Modified UTF-8, arrays that hold up the collector, threads of the library's in Java: none has a place in the C part. */
    @Test
    void sourcesCallNoneOfWhatIsForbidden() throws Exception {
        int files = 0;
        try (Stream<Path> sources = Files.list(HERE.resolve("src/main/c"))) {
            for (Path source : sources.collect(Collectors.toList())) {
                String text = Files.readString(source);
                for (String name : List.of("NewStringUTF", "GetStringUTF", "Critical", "AttachCurrentThread")) {
                    assertTrue(!text.contains(name), source + " has " + name);
                }
                files++;
            }
        }
        assertTrue(files >= 5);
    }

    private static List<Path> libraries() throws IOException {
        try (Stream<Path> files = Files.walk(Fixture.BUILD.resolve("classes/dev/pith/native"))) {
            return files.filter(file -> file.toString().endsWith(".so")).collect(Collectors.toList());
        }
    }

    @Test
    void librariesShowJniAloneAndNeedTheSystemAlone() throws Exception {
        assertTrue(libraries().size() >= 1);
        for (Path library : libraries()) {
            for (String line : ok("readelf", "--dyn-syms", "-W", library.toString()).split("\n")) {
                String[] words = line.trim().split(" +");
                boolean defined = words.length == 8 && words[0].matches("\\d+:") && !words[6].equals("UND") && words[4].equals("GLOBAL");
                assertTrue(!defined || words[7].equals("JNI_OnLoad") || words[7].startsWith("Java_dev_pith_Native_"), line);
            }
            for (String line : ok("readelf", "-dlW", library.toString()).split("\n")) {
                assertTrue(!line.contains("(NEEDED)") || line.matches(".*\\[(libc|libm|ld-linux-[a-z0-9-]+)\\.so\\.[0-9]\\]"), line);
                assertTrue(!line.trim().startsWith("LOAD") || line.trim().endsWith("0x4000"), line);
            }
        }
    }

    @Test
    void aDamagedLibraryIsNotLoaded(@TempDir Path folder) throws Exception {
        Path library = libraries().get(0);
        String digest = Files.readString(Path.of(library + ".sha256")).trim();
        BundledLibrary.verify(library, digest);
        byte[] bytes = Files.readAllBytes(library);
        bytes[bytes.length / 2] ^= 1;
        Path damaged = Files.write(folder.resolve("damaged.so"), bytes);
        assertThrows(IOException.class, () -> BundledLibrary.verify(damaged, digest));
    }
}
