import dev.pith.Constants;
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
 * Turns are set in a format whose control tokens the vocabulary has, else as a plain dialogue. The marks are trusted pieces, what the
 * user types is not: nobody can type a control token.
 */
public final class Chat {
    /** Formats: before what the user says, after it, and what ends an answer. */
    private static final String[][] FORMATS = {
        {"<|im_start|>user\n", "<|im_end|>\n<|im_start|>assistant\n", "<|im_end|>"},
        {"<|user|>\n", "<|end|>\n<|assistant|>\n", "<|end|>"},
        {"User: ", "\nAnswer:", "\nUser:"},
    };

    private final Model model;
    private final String[] format;
    private final List<Piece> history = new ArrayList<>();
    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    private Chat(Model model) {
        this.model = model;
        int known = 0;
        while (known < FORMATS.length - 1 && model.tokenize(FORMATS[known][2], Constants.TRUSTED).length != 1) {
            known++;
        }
        format = FORMATS[known];
    }

    private void ask(String line) {
        history.add(Piece.trusted(format[0]));
        history.add(Piece.untrusted(line));
        history.add(Piece.trusted(format[1]));
    }

    private void answer() {
        GenerateRequest.Builder request = GenerateRequest.builder().option("max_tokens", 80).option("stop", List.of(format[2]));
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
        history.add(Piece.trusted(format[2].startsWith("<") ? format[2] + "\n" : "\n"));
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
