import dev.pith.GenerateRequest;
import dev.pith.Model;
import dev.pith.Piece;
import dev.pith.Token;
import dev.pith.TokenStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A conversation: each line of standard input is a turn, each answer is shown as it comes.
 *
 * <pre>java -cp pith.jar Chat.java MODEL.gguf</pre>
 *
 * Turns are set in ChatML where the vocabulary has its tokens, else as a plain dialogue. The marks are trusted pieces, what the
 * user types is not: nobody can type a control token.
 */
public final class Chat {
    private final Model model;
    private final boolean chatml;
    private final List<Piece> history = new ArrayList<>();
    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    private Chat(Model model) {
        this.model = model;
        chatml = model.tokenize("<|im_start|>", dev.pith.Constants.TRUSTED).length == 1;
    }

    private void ask(String line) {
        history.add(Piece.trusted(chatml ? "<|im_start|>user\n" : "User: "));
        history.add(Piece.untrusted(line));
        history.add(Piece.trusted(chatml ? "<|im_end|>\n<|im_start|>assistant\n" : "\nAnswer:"));
    }

    private void answer() {
        GenerateRequest.Builder request = GenerateRequest.builder().option("max_tokens", 80)
                .option("stop", List.of(chatml ? "<|im_end|>" : "\nUser:"));
        history.forEach(request::piece);
        StringBuilder said = new StringBuilder();
        try (TokenStream stream = model.stream(request.build())) {
            for (Token token : stream) {
                out.print(token);
                out.flush();
                said.append(token);
            }
        }
        out.println();
        history.add(Piece.untrusted(said.toString()));
        history.add(Piece.trusted(chatml ? "<|im_end|>\n" : "\n"));
    }

    public static void main(String[] args) throws IOException {
        if (args.length != 1) {
            System.err.println("usage: Chat MODEL.gguf");
            System.exit(2);
        }
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (Model model = Model.open(args[0])) {
            Chat chat = new Chat(model);
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                chat.ask(line);
                chat.answer();
            }
        }
    }
}
