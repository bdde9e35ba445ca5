package dev.pith;

import java.io.File;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Weights and vocabulary. Immutable: any number of threads and engines share one. Its native memory, often most of the process's, is freed by
 * {@link #close}, and, if that is forgotten, some time after the last reference is gone. Streams and decoders made from a model go on
 * when it is closed.
 */
public final class Model implements AutoCloseable {
    final Handle handle;

    Model(long address) {
        handle = new Handle(this, "the model", address, Native::modelRelease);
    }

    /** Opens a model file with default options. */
    public static Model open(String path) {
        return from(new File(path)).open();
    }

    /** A model in a file; of a split file, the first part. */
    public static ModelBuilder from(File file) {
        return ModelBuilder.path(file);
    }

    /**
     * A model in a part of an open file, such as an uncompressed Android asset. The descriptor is duplicated when the model is opened, and stays
     * the caller's.
     *
     * @param descriptor the operating system's number, as ParcelFileDescriptor.getFd() gives it
     * @param offset     where the model begins, in bytes
     * @param length     how many bytes it has; 0: to the file's end
     */
    public static ModelBuilder from(int descriptor, long offset, long length) {
        return ModelBuilder.descriptor(descriptor, offset, length);
    }

    /** A model in the remaining bytes of a direct buffer, which must not change until the model is open. */
    public static ModelBuilder from(ByteBuffer direct) {
        return ModelBuilder.memory(direct);
    }

    // ---- what it is ----

    /** Tokens of its vocabulary. */
    public int vocabularySize() {
        return (int) get(Constants.MODEL_VOCABULARY);
    }

    /** Tokens of context it was trained for. */
    public int contextSize() {
        return (int) get(Constants.MODEL_CONTEXT);
    }

    /** Elements of an embedding vector. */
    public int width() {
        return (int) get(Constants.MODEL_WIDTH);
    }

    /** The name in the file; "" when absent. */
    public String name() {
        return text(Constants.MODEL_NAME);
    }

    /** The family, such as "llama"; "vocabulary-only" of a file without weights. */
    public String family() {
        return text(Constants.MODEL_FAMILY);
    }

    /** The chat template in the file; "" when absent. */
    public String chatTemplate() {
        return text(Constants.MODEL_CHAT_TEMPLATE);
    }

    /** A number of the model: one of MODEL_* of {@link Constants}. */
    public long get(int field) {
        long address = handle.acquire();
        try {
            return Native.modelGet(this, address, field);
        } finally {
            handle.leave();
        }
    }

    private String text(int field) {
        long address = handle.acquire();
        try {
            return Text.decode(Native.modelText(this, address, field));
        } finally {
            handle.leave();
        }
    }

    /** All that the file holds, as JSON: metadata, tensors, hyperparameters, kernels. */
    public String toJson() {
        long address = handle.acquire();
        try {
            return Text.decode(Native.modelJson(this, address));
        } finally {
            handle.leave();
        }
    }

    // ---- text and tokens ----

    /** Token ids of a text; control tokens are not made from it. */
    public int[] tokenize(String text) {
        return tokenize(text, Constants.UNTRUSTED);
    }

    /** Token ids of a text. @param flags a sum of UNTRUSTED, TRUSTED, ADD_BOS and ADD_EOS of {@link Constants} */
    public int[] tokenize(String text, int flags) {
        return tokenize(Text.encode(text), flags);
    }

    /** Token ids of UTF-8, which may be broken. */
    public int[] tokenize(byte[] text, int flags) {
        long address = handle.acquire();
        try {
            return Native.tokenize(this, address, text, flags);
        } finally {
            handle.leave();
        }
    }

    /** Tokens of pieces in a row, and where each lies in them. @param flags a sum of ADD_BOS and ADD_EOS, or 0 */
    public Tokens tokenize(List<Piece> pieces, int flags) {
        byte[][] texts = new byte[pieces.size()][];
        boolean[] trusted = new boolean[texts.length];
        int i = 0;
        for (Piece piece : pieces) {
            texts[i] = piece.text;
            trusted[i++] = piece.trusted;
        }
        long address = handle.acquire();
        try {
            return new Tokens(Native.tokenizePieces(this, address, texts, trusted, flags));
        } finally {
            handle.leave();
        }
    }

    /** The text of ids, without control tokens; what is not UTF-8 becomes U+FFFD. */
    public String detokenize(int... ids) {
        return Text.decode(detokenize(ids, Constants.UNTRUSTED));
    }

    /** The exact bytes of ids. @param flags {@link Constants#TRUSTED} shows control tokens as text */
    public byte[] detokenize(int[] ids, int flags) {
        long address = handle.acquire();
        try {
            return Native.detokenize(this, address, ids, flags);
        } finally {
            handle.leave();
        }
    }

    /** Turns a stream of ids into whole text. */
    public Decoder decoder() {
        return new Decoder(this, Constants.UNTRUSTED);
    }

    // ---- work, with the model's own engine ----

    /** Starts to continue a text with default options. As {@link Engine#stream}. */
    public TokenStream stream(String prompt) {
        return stream(GenerateRequest.of(prompt));
    }

    /** As {@link Engine#stream}, with the model's own engine: all processors, made at first use. */
    public TokenStream stream(GenerateRequest request) {
        return new TokenStream(null, this, request);
    }

    /** Continues a text with default options, and waits for the end. */
    public GenerateResult generate(String prompt) {
        return generate(GenerateRequest.of(prompt));
    }

    /** As {@link Engine#generate}, with the model's own engine. */
    public GenerateResult generate(GenerateRequest request) {
        return Work.generate(null, this, request);
    }

    /** As {@link Engine#generateAsync}, with the model's own engine. */
    public CompletableFuture<GenerateResult> generateAsync(GenerateRequest request, Executor executor) {
        return Work.generateAsync(null, this, request, executor);
    }

    /** The vector of a text, with default options: the mean of its tokens, of length 1. */
    public float[] embed(String text) {
        return embed(EmbedRequest.of(text)).values();
    }

    /** The vectors of texts, computed together. */
    public Embeddings embed(String... texts) {
        return embed(EmbedRequest.of(Arrays.asList(texts)));
    }

    /** As {@link Engine#embed(Model, EmbedRequest)}, with the model's own engine. */
    public Embeddings embed(EmbedRequest request) {
        return Work.embed(null, this, request);
    }

    /** As {@link Engine#embed(Model, EmbedRequest, FloatBuffer)}, with the model's own engine. */
    public int embed(EmbedRequest request, FloatBuffer direct) {
        return Work.embedInto(null, this, request, direct);
    }

    /** As {@link Engine#embedAsync}, with the model's own engine. */
    public CompletableFuture<Embeddings> embedAsync(EmbedRequest request, Executor executor) {
        return Work.embedAsync(null, this, request, executor);
    }

    /** Lets go of the model; again is fine. Native memory is freed when the last call, stream and engine that uses it has ended. */
    @Override
    public void close() {
        handle.close();
    }
}
