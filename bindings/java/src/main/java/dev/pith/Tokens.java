package dev.pith;

/** Tokens of pieces of text, and where in the text each lies. */
public final class Tokens {
    private final long[] triples; // id, begin, end

    Tokens(long[] triples) {
        this.triples = triples;
    }

    /** How many tokens there are. */
    public int count() {
        return triples.length / 3;
    }

    /** The id of a token, by its place from 0 on. */
    public int id(int index) {
        return (int) triples[3 * index];
    }

    /** Where a token's text begins, in bytes of the pieces' UTF-8 laid end to end. */
    public long begin(int index) {
        return triples[3 * index + 1];
    }

    /** Where a token's text ends. */
    public long end(int index) {
        return triples[3 * index + 2];
    }

    /** All ids. */
    public int[] ids() {
        int[] ids = new int[count()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = id(i);
        }
        return ids;
    }
}
