package dev.pith;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What to continue, and how. Immutable and free of native memory: it may be used many times, by any thread. */
public final class GenerateRequest {
    final List<Object> input; // Piece or int[]
    final Options options;

    private GenerateRequest(Builder builder) {
        input = Collections.unmodifiableList(new ArrayList<>(builder.input));
        options = builder.options;
    }

    /** A request that continues a text with default options. */
    public static GenerateRequest of(String prompt) {
        return builder().prompt(prompt).build();
    }

    /** Starts to describe a request. Without any input it begins at the model's begin-of-text token. */
    public static Builder builder() {
        return new Builder();
    }

    /** Gathers the input in order, and options. One thread at a time. */
    public static final class Builder {
        private final List<Object> input = new ArrayList<>();
        private Options options = Options.none();

        private Builder() {}

        /** Adds text, from which no control token is made. "" adds nothing. */
        public Builder prompt(String text) {
            return piece(Piece.untrusted(text));
        }

        /** Adds a piece of text. */
        public Builder piece(Piece piece) {
            if (piece.text.length > 0) {
                input.add(piece);
            }
            return this;
        }

        /** Adds token ids. */
        public Builder tokens(int... ids) {
            input.add(ids.clone());
            return this;
        }

        /** Sets one option of {@link Constants#SCOPE_REQUEST}: max_tokens, temperature, seed, stop, ... */
        public Builder option(String name, Object value) {
            options = options.and(name, value);
            return this;
        }

        /** Sets options, which win over those set before. */
        public Builder options(Options others) {
            options = options.and(others);
            return this;
        }

        /** The request. */
        public GenerateRequest build() {
            return new GenerateRequest(this);
        }
    }
}
