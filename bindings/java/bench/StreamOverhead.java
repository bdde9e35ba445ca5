import dev.pith.Engine;
import dev.pith.GenerateRequest;
import dev.pith.Model;
import dev.pith.Options;
import dev.pith.Token;
import dev.pith.TokenStream;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.Arrays;

/**
 * What a streamed token costs in Java beyond C: runs the same stream in both, in turns, and prints nanoseconds a token (medians).
 *
 * <pre>java -cp pith.jar bench/StreamOverhead.java MODEL STREAM_OVERHEAD_C_PROGRAM [ROUNDS]</pre>
 *
 * <p>"live" pulls tokens as they are computed, "drain" after all are computed, which leaves the cost of the stream alone. Ends with 1
 * when the difference of drain is 20 microseconds or more.
 */
public final class StreamOverhead {
    private static final String PROMPT = "Once upon a time";
    private static final int TOKENS = 200;
    private static final double LIMIT_NS = 20_000;

    private StreamOverhead() {}

    private static double[] inJava(Model model, Engine engine) {
        return new double[] {measure(model, engine, false), measure(model, engine, true)};
    }

    private static double measure(Model model, Engine engine, boolean drain) {
        GenerateRequest request = GenerateRequest.builder().prompt(PROMPT).option("max_tokens", TOKENS).option("ignore_eog", 1)
                .option("loop_guard", 0).build();
        try (TokenStream stream = engine.stream(model, request)) {
            if (drain) {
                stream.result();
            }
            long characters = 0;
            long start = System.nanoTime();
            for (Token token : stream) {
                characters += token.text().length();
            }
            long took = System.nanoTime() - start;
            if (characters == 0) {
                throw new IllegalStateException("the stream gave no text");
            }
            return (double) took / TOKENS;
        }
    }

    private static double[] inC(String program, String model) throws Exception {
        Process process = new ProcessBuilder(program, model, PROMPT, Integer.toString(TOKENS)).redirectErrorStream(true).start();
        try (BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream()))) {
            String[] words = out.readLine().split(" ");
            return new double[] {Double.parseDouble(words[1]), Double.parseDouble(words[3])};
        }
    }

    private static double median(double[][] rounds, int column) {
        double[] values = Arrays.stream(rounds).mapToDouble(round -> round[column]).sorted().toArray();
        return values[values.length / 2];
    }

    public static void main(String[] args) throws Exception {
        int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 15;
        double[][] java = new double[rounds][];
        double[][] c = new double[rounds][];
        try (Model model = Model.open(args[0]); Engine engine = new Engine(Options.of("threads", 1))) {
            for (int i = 0; i < 5; i++) {
                inJava(model, engine); // the compiler's warm-up
            }
            for (int i = 0; i < rounds; i++) {
                c[i] = inC(args[1], args[0]);
                java[i] = inJava(model, engine);
            }
        }
        String[] names = {"live", "drain"};
        for (int column = 0; column < 2; column++) {
            double inC = median(c, column);
            double inJava = median(java, column);
            System.out.printf("%-5s  C %10.0f ns/token   Java %10.0f ns/token   difference %8.0f ns%n", names[column], inC, inJava,
                    inJava - inC);
        }
        if (median(java, 1) - median(c, 1) >= LIMIT_NS) {
            System.exit(1);
        }
    }
}
