package dev.pith;

/** Turns token ids, as they come, into whole text: an incomplete UTF-8 sequence waits for the next id. One thread at a time; others wait. */
public final class Decoder implements AutoCloseable {
    private final Handle handle;

    Decoder(Model model, int flags) {
        long address = model.handle.acquire();
        try {
            handle = new Handle(this, "the decoder", Native.decoderCreate(model, address, flags), Native::decoderRelease);
        } finally {
            model.handle.leave();
        }
    }

    /** The text that an id completes, often all of its own, sometimes "". */
    public synchronized String feed(int id) {
        if (id < 0) {
            throw new IllegalArgumentException("token id " + id + " is negative");
        }
        return pass(id);
    }

    /** The rest, with U+FFFD for what stays incomplete. The next id begins a new text. */
    public synchronized String flush() {
        return pass(-1);
    }

    private String pass(int id) {
        long address = handle.acquire();
        try {
            return Text.decode(Native.decoderFeed(this, address, id));
        } finally {
            handle.leave();
        }
    }

    /** Lets go of the decoder; again is fine. */
    @Override
    public void close() {
        handle.close();
    }
}
