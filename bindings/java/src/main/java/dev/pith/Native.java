package dev.pith;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.function.DoubleConsumer;

/**
 * Every function of the native library, one to one. {@code javac -h} makes the C prototypes of it (src/main/c/dev_pith_Native.h), which the
 * C compiler holds the implementation to.
 *
 * <p>Texts are UTF-8 bytes. Failures are exceptions: {@link PithException} for a status, and NullPointerException, IllegalArgumentException or
 * OutOfMemoryError for arguments. {@code owner} is not used in C: an argument of a running native method cannot be collected, so the
 * safety net of {@link Handle} never frees what a call is using. The handle must be held by {@link Handle#acquire} during the call.
 */
final class Native {
    static {
        NativeLoader.load();
    }

    private Native() {}

    static native int version();

    static native byte[] buildJson();

    /** The name of a status, ASCII. */
    static native byte[] statusName(int status);

    /** Sets options from JSON and returns all that are then in effect; json null: the defaults. */
    static native byte[] optionsJson(int scope, byte[] json);

    static native long hostCreate(byte[] json);

    static native void hostRelease(long host);

    static native long hostGet(Object owner, long host, int field);

    static native long sourceFromPath(Object owner, long host, byte[] path);

    static native long sourceFromDescriptor(Object owner, long host, int descriptor, long offset, long length);

    /** The buffer is borrowed: it must stay reachable until the source is released. */
    static native long sourceFromMemory(Object owner, long host, ByteBuffer direct, int offset, int length);

    static native void sourceRelease(long source);

    /** What PITH_PLAN_TOTAL and the following fields say. */
    static native long[] plan(Object owner, long host, long source, byte[] modelJson, byte[] engineJson);

    /** What the progress listener throws ends the load and comes out of here. */
    static native long modelOpen(Object owner, long host, long source, byte[] json, DoubleConsumer progress);

    static native void modelRelease(long model);

    static native long modelGet(Object owner, long model, int field);

    static native byte[] modelText(Object owner, long model, int field);

    static native byte[] modelJson(Object owner, long model);

    static native int[] tokenize(Object owner, long model, byte[] text, int flags);

    /** Three numbers a token: its id, and where its text begins and ends in the bytes of all pieces. */
    static native long[] tokenizePieces(Object owner, long model, byte[][] texts, boolean[] trusted, int flags);

    static native byte[] detokenize(Object owner, long model, int[] ids, int flags);

    static native long decoderCreate(Object owner, long model, int flags);

    static native byte[] decoderFeed(Object owner, long decoder, int id);

    static native void decoderRelease(long decoder);

    static native long engineCreate(Object owner, long host, byte[] json);

    static native void engineRelease(long engine);

    static native long engineGet(Object owner, long engine, int field);

    /** engine 0: the model's own. */
    static native long requestCreate(Object engineOwner, long engine, Object modelOwner, long model, int kind, byte[] json);

    static native void requestRelease(long request);

    static native void requestAddText(Object owner, long request, byte[] text, boolean trusted);

    static native void requestAddTokens(Object owner, long request, int[] ids);

    static native void requestNextInput(Object owner, long request);

    static native void requestSubmit(Object owner, long request);

    /**
     * Waits for the next event. null: nothing within the time; empty: the end; else, in native byte order, int32 count of ids, int32 size of
     * the text, the ids (int32 each), the text, and to the end the tokens' exact bytes.
     */
    static native byte[] requestNext(Object owner, long request, long timeoutMs);

    /** False: not done within the time. */
    static native boolean requestWait(Object owner, long request, long timeoutMs);

    static native void requestCancel(Object owner, long request);

    static native long requestGet(Object owner, long request, int field);

    static native double requestSeconds(Object owner, long request, int field);

    static native byte[] requestBytes(Object owner, long request, int view);

    static native int[] requestInts(Object owner, long request, int view, long index);

    static native float[] requestFloats(Object owner, long request, int view, long index);

    /** Copies a view to a direct buffer, from element offset on; returns how many elements, and copies nothing if room is less. */
    static native long requestFloatsInto(Object owner, long request, int view, FloatBuffer direct, int offset, int room);
}
