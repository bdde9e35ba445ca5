package dev.pith;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What the tests share: the bundled model, a small vocabulary, child processes. */
final class Fixture {
    static final Path ROOT = Path.of(System.getProperty("pith.root")).toAbsolutePath().normalize();
    static final Path BUILD = Path.of(System.getProperty("pith.build"));
    static final String MODEL = ROOT.resolve("examples/models/tales-q8_0.gguf").toString();
    /** The pith command, or "". */
    static final String COMMAND = System.getProperty("pith.command", "");

    private Fixture() {}

    /** A tokenizer.json of one token a byte, as GPT-2 names bytes: it opens fast and takes any bytes. */
    static Path byteVocabulary(Path folder) throws IOException {
        StringBuilder vocabulary = new StringBuilder();
        int beyond = 256;
        for (int b = 0; b < 256; b++) {
            boolean printable = b >= '!' && b <= '~' || b >= 0xA1 && b != 0xAD;
            vocabulary.append(b == 0 ? "" : ", ").append(Json.write(String.valueOf((char) (printable ? b : beyond++)))).append(": ").append(b);
        }
        String json = "{\"version\": \"1.0\", \"truncation\": null, \"padding\": null, \"added_tokens\": [{\"id\": 256, \"content\": \"<|end|>\", "
                + "\"single_word\": false, \"lstrip\": false, \"rstrip\": false, \"normalized\": false, \"special\": true}], \"normalizer\": null, "
                + "\"pre_tokenizer\": {\"type\": \"ByteLevel\", \"add_prefix_space\": false, \"trim_offsets\": true, \"use_regex\": true}, "
                + "\"post_processor\": null, \"decoder\": {\"type\": \"ByteLevel\", \"add_prefix_space\": true, \"trim_offsets\": true, "
                + "\"use_regex\": true}, \"model\": {\"type\": \"BPE\", \"dropout\": null, \"unk_token\": null, "
                + "\"continuing_subword_prefix\": null, \"end_of_word_suffix\": null, \"fuse_unk\": false, \"byte_fallback\": false, "
                + "\"vocab\": {" + vocabulary + "}, \"merges\": []}}";
        return Files.write(folder.resolve("tokenizer.json"), json.getBytes(StandardCharsets.UTF_8));
    }

    static GenerateRequest.Builder tale(int tokens) {
        return GenerateRequest.builder().prompt("Once upon a time").option("max_tokens", tokens);
    }

    /** What a process ended with and printed, both streams together. */
    static final class Ended {
        final int code;
        final String output;

        Ended(int code, String output) {
            this.code = code;
            this.output = output;
        }
    }

    static Ended run(String input, List<String> command) throws IOException, InterruptedException {
        Path out = Files.createTempFile("pith-test-", ".out");
        Path in = Files.createTempFile("pith-test-", ".in");
        try {
            Files.write(in, input.getBytes(StandardCharsets.UTF_8));
            Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectInput(in.toFile())
                    .redirectOutput(out.toFile()).start();
            if (!process.waitFor(120, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(command + " does not end; it printed " + Files.readString(out));
            }
            return new Ended(process.exitValue(), Files.readString(out));
        } finally {
            Files.delete(out);
            Files.delete(in);
        }
    }

    static Ended run(String... command) throws IOException, InterruptedException {
        return run("", Arrays.asList(command));
    }

    /** A Java program in a process of its own; arguments from java's options on. */
    static Ended java(String input, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java", "-cp", System.getProperty("java.class.path"),
                "-Dfile.encoding=UTF-8", "-Dpith.root=" + ROOT, "-Dpith.build=" + BUILD, "-XX:-CreateCoredumpOnCrash"));
        if (Runtime.version().feature() >= 24) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(Arrays.asList(arguments));
        return run(input, command);
    }

    static File file(String path) {
        return new File(path);
    }
}
