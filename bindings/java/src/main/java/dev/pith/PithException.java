package dev.pith;

import java.nio.charset.StandardCharsets;

/** A failure of the library: a status, and a sentence that says what was wrong and what to do. */
public final class PithException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;

    /** Called by the native library. */
    PithException(int status, byte[] message) {
        super(new String(message, StandardCharsets.UTF_8));
        this.status = status;
    }

    /** Which failure it is: one of the negative numbers E_* of {@link Constants}. */
    public int status() {
        return status;
    }

    /** The status's name, for logs: {@code "PITH_E_FORMAT"}. */
    public String statusName() {
        return Text.decode(Native.statusName(status));
    }
}
