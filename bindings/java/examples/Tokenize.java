import dev.pith.Constants;
import dev.pith.Model;
import dev.pith.Piece;
import dev.pith.Tokens;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Cuts a text into tokens and shows each with its id and where it lies, in bytes.
 *
 * <pre>java -cp pith.jar Tokenize.java MODEL.gguf "Once upon a time"</pre>
 */
public final class Tokenize {
    private Tokenize() {}

    public static void main(String[] args) {
        if (args.length != 2) {
            System.err.println("usage: Tokenize MODEL.gguf TEXT");
            System.exit(2);
        }
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try (Model model = Model.open(args[0])) {
            Tokens tokens = model.tokenize(List.of(Piece.untrusted(args[1])), 0);
            for (int i = 0; i < tokens.count(); i++) {
                byte[] text = model.detokenize(new int[] {tokens.id(i)}, Constants.TRUSTED);
                out.printf("%8d  %3d-%-3d [%s]%n", tokens.id(i), tokens.begin(i), tokens.end(i),
                        new String(text, StandardCharsets.UTF_8));
            }
        }
    }
}
