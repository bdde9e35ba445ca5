package dev.pith;

import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;

/**
 * A native object and its guard: it counts the calls that use it, refuses new ones once it is closed, and frees it when the last has
 * left. So closing from another thread is safe at any time.
 *
 * <p>The safety net: when the owner is collected without having been closed, one daemon thread closes the handle. An owner must not be
 * reachable from its handle, and is passed to each native call, which keeps it alive meanwhile.
 */
final class Handle extends PhantomReference<Object> {
    private static final int CLOSED = 1 << 31;
    private static final long IDLE_MS = 30_000;
    private static final ReferenceQueue<Object> COLLECTED = new ReferenceQueue<>();
    private static final Set<Handle> OPEN = ConcurrentHashMap.newKeySet();
    private static Thread watcher; // guarded by COLLECTED

    private final String name;
    private final long address;
    private final LongConsumer release;
    private final AtomicInteger state = new AtomicInteger(); // CLOSED, and how many calls use it

    /** Takes the address over. */
    Handle(Object owner, String name, long address, LongConsumer release) {
        super(owner, COLLECTED);
        this.name = name;
        this.address = address;
        this.release = release;
        OPEN.add(this);
        watch();
    }

    /** The native address, which stays valid until {@link #leave}. */
    long acquire() {
        for (;;) {
            int seen = state.get();
            if (seen < 0) {
                throw new IllegalStateException(name + " is closed");
            }
            if (state.compareAndSet(seen, seen + 1)) {
                return address;
            }
        }
    }

    void leave() {
        if (state.decrementAndGet() == CLOSED) {
            free();
        }
    }

    boolean isClosed() {
        return state.get() < 0;
    }

    /** True for the call that closed it. Nothing may come after the native object is freed, and nothing waits here for other threads. */
    boolean close() {
        for (;;) {
            int seen = state.get();
            if (seen < 0) {
                return false;
            }
            if (state.compareAndSet(seen, seen | CLOSED)) {
                if (seen == 0) {
                    free();
                }
                return true;
            }
        }
    }

    private void free() {
        OPEN.remove(this);
        clear();
        release.accept(address);
    }

    /** How many native objects are not freed yet, for tests. */
    static int openCount() {
        return OPEN.size();
    }

    private static void watch() {
        synchronized (COLLECTED) {
            if (watcher == null) {
                watcher = new Thread(Handle::closeCollected, "pith-collector");
                watcher.setDaemon(true);
                watcher.start();
            }
        }
    }

    /** Ends when nothing has been open for a while, so that it does not keep a class loader for ever. */
    private static void closeCollected() {
        for (;;) {
            try {
                Handle collected = (Handle) COLLECTED.remove(IDLE_MS);
                if (collected != null) {
                    collected.close();
                }
            } catch (InterruptedException e) {
                continue; // nobody has a reason to; the net stays
            }
            synchronized (COLLECTED) {
                if (OPEN.isEmpty()) {
                    watcher = null;
                    return;
                }
            }
        }
    }
}
