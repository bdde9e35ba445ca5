package dev.pith;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A step of a stream: new tokens, mostly one, and the text they complete. Immutable. */
public final class Token {
    private static final int HEAD = 8;

    private final byte[] event; // as Native.requestNext packs it
    private final int idCount;
    private final String text;

    Token(byte[] event) {
        ByteBuffer head = ByteBuffer.wrap(event).order(ByteOrder.nativeOrder());
        this.event = event;
        idCount = head.getInt();
        text = new String(event, textStart(), head.getInt(), StandardCharsets.UTF_8);
    }

    private int textStart() {
        return HEAD + 4 * idCount;
    }

    /** New text, always whole; "" while a character or a possible stop text is incomplete. */
    public String text() {
        return text;
    }

    /** Ids of the new tokens: mostly one; none where held-back text comes out at the end. */
    public int[] ids() {
        int[] ids = new int[idCount];
        ByteBuffer.wrap(event, HEAD, 4 * idCount).order(ByteOrder.nativeOrder()).asIntBuffer().get(ids);
        return ids;
    }

    /** The tokens' exact bytes, those of stop texts included; not always whole UTF-8. */
    public byte[] bytes() {
        int textSize = ByteBuffer.wrap(event).order(ByteOrder.nativeOrder()).getInt(4);
        return Arrays.copyOfRange(event, textStart() + textSize, event.length);
    }

    /** The text. */
    @Override
    public String toString() {
        return text;
    }
}
