package dev.pith;

/**
 * What models and engines stand on: a memory limit, and the instruction set to use ({@code memory_limit}, {@code cpu}). Most programs need none.
 * Any thread may use it. What was made with it keeps what it needs: closing a host early is fine.
 */
public final class Host implements AutoCloseable {
    final Handle handle;

    /** A host with options of {@link Constants#SCOPE_HOST}. */
    public Host(Options options) {
        handle = new Handle(this, "the host", Native.hostCreate(options.json()), Native::hostRelease);
    }

    /** Bytes of native memory held now. */
    public long memoryUsed() {
        return get(Constants.HOST_MEMORY_USED);
    }

    /** The most bytes of native memory held at once so far. */
    public long memoryPeak() {
        return get(Constants.HOST_MEMORY_PEAK);
    }

    /** The limit in bytes; 0: none. */
    public long memoryLimit() {
        return get(Constants.HOST_MEMORY_LIMIT);
    }

    /** Bytes of native memory held by all that was made without a host. */
    public static long defaultMemoryUsed() {
        return Native.hostGet(null, 0, Constants.HOST_MEMORY_USED);
    }

    private long get(int field) {
        long address = handle.acquire();
        try {
            return Native.hostGet(this, address, field);
        } finally {
            handle.leave();
        }
    }

    /** Lets go of the host; again is fine. */
    @Override
    public void close() {
        handle.close();
    }

    /** The address of a host or 0, to be given back with {@link #leave}. */
    static long acquire(Host host) {
        return host == null ? 0 : host.handle.acquire();
    }

    static void leave(Host host) {
        if (host != null) {
            host.handle.leave();
        }
    }
}
