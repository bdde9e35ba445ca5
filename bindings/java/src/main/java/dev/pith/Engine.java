package dev.pith;

import java.nio.FloatBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Workers, the KV cache and the schedule. Requests of many threads, for one or several models, are computed together. Any thread may use it.
 * Streams go on when it is closed. None of its threads ever calls into Java.
 */
public final class Engine implements AutoCloseable {
    final Handle handle;

    /** An engine with default options: all processors. */
    public Engine() {
        this(Options.none());
    }

    /** An engine with options of {@link Constants#SCOPE_ENGINE}: threads, context, kv_tokens, ... */
    public Engine(Options options) {
        this(null, options);
    }

    /** An engine whose memory is counted and limited by a host. */
    public Engine(Host host, Options options) {
        long address = Host.acquire(host);
        try {
            handle = new Handle(this, "the engine", Native.engineCreate(host, address, options.json()), Native::engineRelease);
        } finally {
            Host.leave(host);
        }
    }

    /** A counter: one of ENGINE_* of {@link Constants}. */
    public long get(int field) {
        long address = handle.acquire();
        try {
            return Native.engineGet(this, address, field);
        } finally {
            handle.leave();
        }
    }

    /**
     * Starts to continue a text, and gives its tokens as they come.
     *
     * @throws PithException when options are wrong, the prompt does not fit the context, or the queue is full ({@link Constants#E_BUSY})
     */
    public TokenStream stream(Model model, GenerateRequest request) {
        return new TokenStream(this, model, request);
    }

    /** Continues a text and waits for the end. Interrupting the thread ends it early, with {@link Constants#STOP_CANCEL}. */
    public GenerateResult generate(Model model, GenerateRequest request) {
        return Work.generate(this, model, request);
    }

    /**
     * Continues a text on a thread of an executor, which waits with it. The request is submitted at once. Canceling the future ends the
     * generation.
     */
    public CompletableFuture<GenerateResult> generateAsync(Model model, GenerateRequest request, Executor executor) {
        return Work.generateAsync(this, model, request, executor);
    }

    /**
     * The vectors of texts, computed together.
     *
     * @throws java.util.concurrent.CancellationException when the waiting thread is interrupted
     */
    public Embeddings embed(Model model, EmbedRequest request) {
        return Work.embed(this, model, request);
    }

    /**
     * Puts the vectors of texts, one after the other, into a direct buffer of native byte order, from its position on, which moves behind
     * them; no copy is made on the Java heap. When they do not fit, IllegalArgumentException tells the room needed.
     *
     * @return how many vectors
     */
    public int embed(Model model, EmbedRequest request, FloatBuffer direct) {
        return Work.embedInto(this, model, request, direct);
    }

    /** The vectors of texts, awaited on a thread of an executor. Canceling the future ends the work. */
    public CompletableFuture<Embeddings> embedAsync(Model model, EmbedRequest request, Executor executor) {
        return Work.embedAsync(this, model, request, executor);
    }

    /** Lets go of the engine; again is fine. Its threads end with its last stream. */
    @Override
    public void close() {
        handle.close();
    }

    static long acquire(Engine engine) {
        return engine == null ? 0 : engine.handle.acquire();
    }

    static void leave(Engine engine) {
        if (engine != null) {
            engine.handle.leave();
        }
    }
}
