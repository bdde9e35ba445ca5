package dev.pith;

import java.io.File;
import java.nio.ByteBuffer;
import java.util.function.DoubleConsumer;

/** How to open a model: where its bytes come from, then {@link #open} or {@link #plan}. Made by {@link Model#from}; one thread at a time. */
public final class ModelBuilder {
    /** Makes the native source; host is the address of the builder's host, or 0. */
    private interface Source {
        long open(Host owner, long host);
    }

    private final Source source;
    private final Object kept; // what the source borrows
    private Host host;
    private Options options = Options.none();
    private DoubleConsumer progress;

    private ModelBuilder(Source source, Object kept) {
        this.source = source;
        this.kept = kept;
    }

    static ModelBuilder path(File file) {
        byte[] path = Text.encode(file.getPath());
        return new ModelBuilder((owner, host) -> Native.sourceFromPath(owner, host, path), null);
    }

    static ModelBuilder descriptor(int descriptor, long offset, long length) {
        if (descriptor < 0 || offset < 0 || length < 0) {
            throw new IllegalArgumentException("descriptor " + descriptor + ", offset " + offset + " and length " + length
                    + " must not be negative");
        }
        return new ModelBuilder((owner, host) -> Native.sourceFromDescriptor(owner, host, descriptor, offset, length), null);
    }

    static ModelBuilder memory(ByteBuffer bytes) {
        if (!bytes.isDirect()) {
            throw new IllegalArgumentException("the buffer is not direct: use ByteBuffer.allocateDirect or FileChannel.map");
        }
        int offset = bytes.position();
        int length = bytes.remaining();
        return new ModelBuilder((owner, host) -> Native.sourceFromMemory(owner, host, bytes, offset, length), bytes);
    }

    /** What the model's memory is counted and limited by; null: nothing. */
    public ModelBuilder host(Host host) {
        this.host = host;
        return this;
    }

    /** Sets one option of {@link Constants#SCOPE_MODEL}. */
    public ModelBuilder option(String name, Object value) {
        options = options.and(name, value);
        return this;
    }

    /** Is told how far the load is, from 0 to 1, on the thread that opens. What it throws ends the load and comes out of {@link #open}. */
    public ModelBuilder progress(DoubleConsumer listener) {
        progress = listener;
        return this;
    }

    /**
     * Opens the model: checks the whole file, reads and packs its weights.
     *
     * @throws PithException when the file cannot be read, is damaged or not known, or does not fit the memory limit
     */
    public Model open() {
        return new Model(withSource((hostAddress, sourceAddress) ->
                Native.modelOpen(this, hostAddress, sourceAddress, options.json(), progress)));
    }

    /** Tells what opening the model and running an engine with these options will take. Nothing stays loaded. */
    public Plan plan(Options engineOptions) {
        return new Plan(withSource((hostAddress, sourceAddress) ->
                Native.plan(this, hostAddress, sourceAddress, options.json(), engineOptions.json())));
    }

    private interface Work<T> {
        T with(long host, long source);
    }

    private <T> T withSource(Work<T> work) {
        Host used = host;
        long hostAddress = Host.acquire(used);
        try {
            long sourceAddress = source.open(used, hostAddress);
            try {
                return work.with(hostAddress, sourceAddress);
            } finally {
                Native.sourceRelease(sourceAddress);
            }
        } finally {
            Host.leave(used);
        }
    }
}
