import dev.pith.EmbedRequest;
import dev.pith.Embeddings;
import dev.pith.Model;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Searches texts by meaning: those nearest to a question come first.
 *
 * <pre>java -cp pith.jar EmbedSearch.java MODEL.gguf "a king" "a queen" "a boat" "a crown"</pre>
 */
public final class EmbedSearch {
    private EmbedSearch() {}

    public static void main(String[] args) {
        if (args.length < 3) {
            System.err.println("usage: EmbedSearch MODEL.gguf QUESTION TEXT...");
            System.exit(2);
        }
        List<String> texts = Arrays.asList(args).subList(1, args.length);
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try (Model model = Model.open(args[0])) {
            Embeddings vectors = model.embed(EmbedRequest.of(texts)); // all at once; the question is vector 0
            List<Integer> order = new ArrayList<>();
            for (int i = 1; i < vectors.count(); i++) {
                order.add(i);
            }
            order.sort(Comparator.comparingDouble(i -> -vectors.dot(0, i)));
            for (int i : order) {
                out.printf("%6.3f  %s%n", vectors.dot(0, i), texts.get(i));
            }
        }
    }
}
