package dev.pith;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Texts to turn into vectors, and how. Immutable and free of native memory. */
public final class EmbedRequest {
    final List<Object> inputs; // Piece or int[], each an input of its own
    final Options options;

    private EmbedRequest(Builder builder) {
        inputs = Collections.unmodifiableList(new ArrayList<>(builder.inputs));
        options = builder.options;
    }

    /** A request for one text with default options. */
    public static EmbedRequest of(String text) {
        return builder().text(text).build();
    }

    /** A request for many texts with default options. */
    public static EmbedRequest of(List<String> texts) {
        Builder builder = builder();
        for (String text : texts) {
            builder.text(text);
        }
        return builder.build();
    }

    /** Starts to describe a request. */
    public static Builder builder() {
        return new Builder();
    }

    /** Gathers inputs in order, and options. One thread at a time. */
    public static final class Builder {
        private final List<Object> inputs = new ArrayList<>();
        private Options options = Options.none();

        private Builder() {}

        /** Adds a text, from which no control token is made. */
        public Builder text(String text) {
            return piece(Piece.untrusted(text));
        }

        /** Adds an input of one piece of text. */
        public Builder piece(Piece piece) {
            inputs.add(java.util.Objects.requireNonNull(piece));
            return this;
        }

        /** Adds an input of token ids. */
        public Builder tokens(int... ids) {
            inputs.add(ids.clone());
            return this;
        }

        /** Sets one option of {@link Constants#SCOPE_REQUEST}: pooling, normalize, ... */
        public Builder option(String name, Object value) {
            options = options.and(name, value);
            return this;
        }

        /** The request. @throws IllegalArgumentException without any input */
        public EmbedRequest build() {
            if (inputs.isEmpty()) {
                throw new IllegalArgumentException("there is no text to embed: add at least one");
            }
            return new EmbedRequest(this);
        }
    }
}
