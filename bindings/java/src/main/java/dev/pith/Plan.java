package dev.pith;

/** Bytes of memory that a model and an engine will take, told before anything is loaded: {@link ModelBuilder#plan}. */
public final class Plan {
    private final long[] fields;

    Plan(long[] fields) {
        this.fields = fields;
    }

    /** Weights, vocabulary, KV cache and work space together. */
    public long total() {
        return get(Constants.PLAN_TOTAL);
    }

    /** Packed weights. */
    public long weights() {
        return get(Constants.PLAN_WEIGHTS);
    }

    /** Tokenizer and metadata. */
    public long vocabulary() {
        return get(Constants.PLAN_VOCABULARY);
    }

    /** KV cache. */
    public long kv() {
        return get(Constants.PLAN_KV);
    }

    /** Work space of a step. */
    public long work() {
        return get(Constants.PLAN_WORK);
    }

    /** Each running request with default options, on top of the total. */
    public long request() {
        return get(Constants.PLAN_REQUEST);
    }

    /** The most bytes while loading, on top of weights and vocabulary. */
    public long loading() {
        return get(Constants.PLAN_LOADING);
    }

    private long get(int field) {
        return fields[field - Constants.PLAN_TOTAL];
    }
}
