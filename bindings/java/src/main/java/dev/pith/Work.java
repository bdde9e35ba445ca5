package dev.pith;

import java.nio.Buffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** Whole pieces of work, as Model and Engine offer them; engine null: the model's own. */
final class Work {
    private Work() {}

    // ---- generate ----

    static GenerateResult generate(Engine engine, Model model, GenerateRequest description) {
        try (TokenStream stream = new TokenStream(engine, model, description)) {
            return stream.result();
        }
    }

    static CompletableFuture<GenerateResult> generateAsync(Engine engine, Model model, GenerateRequest description,
            Executor executor) {
        TokenStream stream = new TokenStream(engine, model, description);
        return finish(stream, stream::result, executor);
    }

    // ---- embed ----

    private static Request embedding(Engine engine, Model model, EmbedRequest description) {
        return new Request(engine, model, Constants.EMBED, description.inputs, description.options);
    }

    private static Embeddings vectors(Request request) {
        request.await();
        request.throwIfCanceled();
        return new Embeddings(request.floats(Constants.VIEW_VECTORS, 0), (int) request.get(Constants.REQUEST_WIDTH));
    }

    static Embeddings embed(Engine engine, Model model, EmbedRequest description) {
        try (Request request = embedding(engine, model, description)) {
            return vectors(request);
        }
    }

    static CompletableFuture<Embeddings> embedAsync(Engine engine, Model model, EmbedRequest description, Executor executor) {
        Request request = embedding(engine, model, description);
        return finish(request, () -> vectors(request), executor);
    }

    private static void checkBuffer(FloatBuffer direct) {
        if (!direct.isDirect() || direct.isReadOnly() || direct.order() != ByteOrder.nativeOrder()) {
            throw new IllegalArgumentException("the buffer must be direct, writable and of native byte order: "
                    + "ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder()).asFloatBuffer()");
        }
    }

    static int embedInto(Engine engine, Model model, EmbedRequest description, FloatBuffer direct) {
        checkBuffer(direct);
        try (Request request = embedding(engine, model, description)) {
            request.await();
            request.throwIfCanceled();
            int room = direct.remaining();
            int offset = direct.position();
            long count = request.call(address ->
                    Native.requestFloatsInto(request, address, Constants.VIEW_VECTORS, direct, offset, room));
            if (count > room) {
                throw new IllegalArgumentException("the vectors have " + count + " elements, the buffer has room for " + room);
            }
            ((Buffer) direct).position(offset + (int) count); // FloatBuffer's own position() is not in older Androids
            return (int) request.get(Constants.REQUEST_VECTORS);
        }
    }

    // ---- futures ----

    private interface Waiting<T> {
        T get();
    }

    /** Waits on the executor, closes the work, and completes the future; closes the work too when the future is canceled. */
    private static <T> CompletableFuture<T> finish(AutoCloseable work, Waiting<T> waiting, Executor executor) {
        CompletableFuture<T> future = new CompletableFuture<>();
        future.whenComplete((result, failure) -> close(work));
        try {
            executor.execute(() -> complete(future, waiting));
        } catch (RuntimeException | Error refused) {
            close(work);
            throw refused;
        }
        return future;
    }

    private static <T> void complete(CompletableFuture<T> future, Waiting<T> waiting) {
        try {
            future.complete(waiting.get());
        } catch (Throwable failure) { // of whatever kind: it belongs to the future
            future.completeExceptionally(failure);
        }
    }

    private static void close(AutoCloseable work) {
        try {
            work.close();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError(e); // neither streams nor requests throw checked exceptions
        }
    }
}
