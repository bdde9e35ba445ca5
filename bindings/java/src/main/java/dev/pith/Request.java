package dev.pith;

import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A native request: made, filled and submitted at once. One thread at a time works with it, the others wait; cancel and close may come from
 * any thread at any time.
 *
 * <p>Waiting looks up every POLL_MS, so that interrupting the thread ends the request.
 */
final class Request implements AutoCloseable {
    private static final long POLL_MS = 50;

    private final ReentrantLock lock = new ReentrantLock();
    private final Handle handle;
    private boolean submitted; // by the constructor, before anyone else sees the request

    Request(Engine engine, Model model, int kind, List<Object> input, Options options) {
        byte[] json = options.json();
        long modelAddress = model.handle.acquire();
        try {
            long engineAddress = Engine.acquire(engine);
            try {
                handle = new Handle(this, kind == Constants.EMBED ? "the request" : "the stream",
                        Native.requestCreate(engine, engineAddress, model, modelAddress, kind, json), Native::requestRelease);
            } finally {
                Engine.leave(engine);
            }
        } finally {
            model.handle.leave();
        }
        try {
            fillAndSubmit(kind, input);
            submitted = true;
        } finally {
            if (!submitted) {
                handle.close();
            }
        }
    }

    private void fillAndSubmit(int kind, List<Object> input) {
        long address = handle.acquire();
        try {
            boolean first = true;
            for (Object part : input) {
                if (!first && kind == Constants.EMBED) {
                    Native.requestNextInput(this, address);
                }
                add(address, part);
                first = false;
            }
            Native.requestSubmit(this, address);
        } finally {
            handle.leave();
        }
    }

    private void add(long address, Object part) {
        if (part instanceof int[]) {
            Native.requestAddTokens(this, address, (int[]) part);
        } else if (((Piece) part).text.length > 0) {
            Native.requestAddText(this, address, ((Piece) part).text, ((Piece) part).trusted);
        }
    }

    /** What is done with the native request while no other thread works with it. */
    interface Call<T> {
        T with(long address);
    }

    <T> T call(Call<T> call) {
        lock.lock();
        try {
            long address = handle.acquire();
            try {
                return call.with(address);
            } finally {
                handle.leave();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The next event, empty at the end. An interrupted thread cancels, and then gets what was there already. */
    byte[] next() {
        return call(address -> {
            byte[] event = null;
            while (event == null) {
                cancelIfInterrupted(address);
                event = Native.requestNext(this, address, POLL_MS);
            }
            return event;
        });
    }

    /** Waits for the end. */
    void await() {
        call(address -> {
            do {
                cancelIfInterrupted(address);
            } while (!Native.requestWait(this, address, POLL_MS));
            return null;
        });
    }

    /** A thread that closes the handle sees no waiter for long: it cancels, and a canceled request ends every wait. */
    private void cancelIfInterrupted(long address) {
        if (handle.isClosed() || Thread.currentThread().isInterrupted()) {
            Native.requestCancel(this, address);
        }
    }

    /** Ends the request early; nothing happens if it is closed. */
    void cancel() {
        long address;
        try {
            address = handle.acquire();
        } catch (IllegalStateException closed) {
            return;
        }
        try {
            Native.requestCancel(this, address);
        } finally {
            handle.leave();
        }
    }

    void throwIfCanceled() {
        if (get(Constants.REQUEST_STOP) == Constants.STOP_CANCEL) {
            throw new CancellationException("the request was canceled");
        }
    }

    long get(int field) {
        return call(address -> Native.requestGet(this, address, field));
    }

    double seconds(int field) {
        return call(address -> Native.requestSeconds(this, address, field));
    }

    byte[] bytes(int view) {
        return call(address -> Native.requestBytes(this, address, view));
    }

    int[] ints(int view, long index) {
        return call(address -> Native.requestInts(this, address, view, index));
    }

    float[] floats(int view, long index) {
        return call(address -> Native.requestFloats(this, address, view, index));
    }

    @Override
    public void close() {
        cancel();
        handle.close();
    }

    boolean isClosed() {
        return handle.isClosed();
    }
}
