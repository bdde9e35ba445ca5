package dev.pith;

/** All of a finished generation. Immutable, without native memory. */
public final class GenerateResult {
    private final String text;
    private final int[] ids;
    private final int stop;
    private final long promptTokens;
    private final double promptSeconds;
    private final double generateSeconds;
    private final float[] logprobs;
    private final int[][] topIds;
    private final float[][] topLogprobs;

    GenerateResult(Request request) {
        text = Text.decode(request.bytes(Constants.VIEW_ALL_TEXT));
        ids = request.ints(Constants.VIEW_ALL_IDS, 0);
        stop = (int) request.get(Constants.REQUEST_STOP);
        promptTokens = request.get(Constants.REQUEST_PROMPT_TOKENS);
        promptSeconds = request.seconds(Constants.REQUEST_SECONDS_PROMPT);
        generateSeconds = request.seconds(Constants.REQUEST_SECONDS_GENERATE);
        logprobs = request.floats(Constants.VIEW_LOGPROBS, 0);
        topIds = new int[logprobs.length][];
        topLogprobs = new float[logprobs.length][];
        for (int i = 0; i < logprobs.length; i++) {
            topIds[i] = request.ints(Constants.VIEW_TOP_IDS, i);
            topLogprobs[i] = request.floats(Constants.VIEW_TOP_LOGPROBS, i);
        }
    }

    /** The whole text, without the prompt. */
    public String text() {
        return text;
    }

    /** Ids of all tokens generated, also a final end or stop token. */
    public int[] ids() {
        return ids.clone();
    }

    /** Why it ended: one of STOP_* of {@link Constants}. */
    public int stop() {
        return stop;
    }

    /** Tokens of the prompt. */
    public long promptTokens() {
        return promptTokens;
    }

    /** Seconds from the first step to the first token. */
    public double promptSeconds() {
        return promptSeconds;
    }

    /** Seconds from the first token to the last. */
    public double generateSeconds() {
        return generateSeconds;
    }

    /** The log-probability of each token, with the option logprobs; else empty. */
    public float[] logprobs() {
        return logprobs.clone();
    }

    /** The ids most likely at a token, with the option logprobs. */
    public int[] topIds(int index) {
        return topIds[index].clone();
    }

    /** The log-probabilities of those. */
    public float[] topLogprobs(int index) {
        return topLogprobs[index].clone();
    }

    /** The text. */
    @Override
    public String toString() {
        return text;
    }
}
