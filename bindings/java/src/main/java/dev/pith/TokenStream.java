package dev.pith;

import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * Tokens of a generation, pulled as they come. It is its own iterator, for one pass. Close it, or leave it half-way and close it: the
 * generation ends. It is made for one thread at a time (others wait); cancel and close may come from any thread.
 *
 * <p>An interrupted thread cancels the generation it waits for: the stream then ends, with {@link Constants#STOP_CANCEL}.
 */
public final class TokenStream implements Iterator<Token>, Iterable<Token>, AutoCloseable {
    private final Request request;
    private Token ahead;
    private boolean ended;

    TokenStream(Engine engine, Model model, GenerateRequest description) {
        request = new Request(engine, model, Constants.GENERATE, description.input, description.options);
    }

    /**
     * Waits for the next token; false at the end.
     *
     * @throws PithException         when the generation failed
     * @throws IllegalStateException when the stream was closed
     */
    @Override
    public synchronized boolean hasNext() {
        if (request.isClosed()) {
            throw new IllegalStateException("the stream is closed");
        }
        if (ahead == null && !ended) {
            byte[] event = request.next();
            ended = event.length == 0;
            ahead = ended ? null : new Token(event);
        }
        return ahead != null;
    }

    /** The next token, as {@link #hasNext}. */
    @Override
    public synchronized Token next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the stream has ended");
        }
        Token token = ahead;
        ahead = null;
        return token;
    }

    /** This stream. */
    @Override
    public Iterator<Token> iterator() {
        return this;
    }

    /** Ends the generation early; what was generated is still given. Any thread. After close, nothing. */
    public void cancel() {
        request.cancel();
    }

    /** Waits for the end, and gives all of it, also what was read already. */
    public GenerateResult result() {
        request.await();
        return request.call(address -> new GenerateResult(request));
    }

    /** Ends the generation and frees it; again is fine. */
    @Override
    public void close() {
        request.close();
    }
}
