package dev.pith;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The same prompt and seed give the same text as the pith command, and embeddings have the same bits. */
class SameAsCTest {
    @BeforeEach
    void commandIsThere() {
        assumeFalse(Fixture.COMMAND.isEmpty(), "-Dpith.command names no pith command");
    }

    @Test
    void text() throws Exception {
        try (Model model = Model.open(Fixture.MODEL)) {
            for (int seed : new int[] {0, 1, 42}) {
                for (String prompt : List.of("Once upon a time", "The dog 🙂 日本")) {
                    Fixture.Ended c = Fixture.run(Fixture.COMMAND, "run", Fixture.MODEL, "--prompt", prompt, "--seed", "" + seed,
                            "--max-tokens", "60");
                    GenerateResult java = model.generate(GenerateRequest.builder().prompt(prompt).option("seed", seed)
                            .option("max_tokens", 60).build());
                    assertEquals(c.output, java.text() + "\n");
                }
            }
        }
    }

    @Test
    void embeddingBits() throws Exception {
        List<String> texts = List.of("a king", "a queen", "日本 🙂", "Once upon a time there was a little girl");
        Fixture.Ended c = Fixture.run(String.join("\n", texts) + "\n", List.of(Fixture.COMMAND, "embed", Fixture.MODEL));
        String[] lines = c.output.split("\n");
        assertEquals(texts.size(), lines.length);
        try (Model model = Model.open(Fixture.MODEL)) {
            Embeddings java = model.embed(EmbedRequest.of(texts));
            for (int i = 0; i < lines.length; i++) {
                String[] numbers = lines[i].split(" "); // nine digits: enough to tell every float from the next
                assertEquals(java.width(), numbers.length);
                for (int k = 0; k < numbers.length; k++) {
                    assertEquals(Float.floatToRawIntBits(Float.parseFloat(numbers[k])), Float.floatToRawIntBits(java.vector(i)[k]));
                }
            }
        }
    }
}
