package dev.pith;

import java.util.Arrays;

/** Vectors, one a text in order; with pooling "none", one a token. */
public final class Embeddings {
    private final float[] values;
    private final int width;

    Embeddings(float[] values, int width) {
        this.values = values;
        this.width = width;
    }

    /** How many vectors there are. */
    public int count() {
        return values.length / width;
    }

    /** Elements of a vector. */
    public int width() {
        return width;
    }

    /** All vectors, one after the other: count x width elements. The array itself, no copy. */
    public float[] values() {
        return values;
    }

    /** A copy of one vector. */
    public float[] vector(int index) {
        if (index < 0 || index >= count()) {
            throw new IndexOutOfBoundsException("vector " + index + " of " + count());
        }
        return Arrays.copyOfRange(values, index * width, (index + 1) * width);
    }

    /** The dot product of two vectors: for vectors of length 1, the cosine of their angle. */
    public double dot(int first, int second) {
        double sum = 0;
        for (int i = 0; i < width; i++) {
            sum += (double) values[first * width + i] * values[second * width + i];
        }
        return sum;
    }
}
