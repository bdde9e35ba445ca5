package dev.pith;

/**
 * A piece of a text. Control tokens such as {@code <|im_end|>} are made from trusted pieces only: never mark what a user typed. A token
 * never reaches across two pieces. Immutable.
 */
public final class Piece {
    final byte[] text;
    final boolean trusted;

    private Piece(byte[] text, boolean trusted) {
        this.text = text;
        this.trusted = trusted;
    }

    /** Text whose control tokens are just text; unpaired surrogates become U+FFFD. */
    public static Piece untrusted(String text) {
        return new Piece(Text.encode(text), false);
    }

    /** UTF-8, broken or not, whose control tokens are just text. The array is copied. */
    public static Piece untrusted(byte[] text) {
        return new Piece(text.clone(), false);
    }

    /** Text of the program's own, which may hold control tokens. */
    public static Piece trusted(String text) {
        return new Piece(Text.encode(text), true);
    }

    /** UTF-8 of the program's own, which may hold control tokens. The array is copied. */
    public static Piece trusted(byte[] text) {
        return new Piece(text.clone(), true);
    }
}
