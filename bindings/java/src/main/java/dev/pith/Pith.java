package dev.pith;

/** The library itself. */
public final class Pith {
    private Pith() {}

    /** The version of the native library that runs: major * 1000000 + minor * 1000 + patch. */
    public static int version() {
        return Native.version();
    }

    /** What the native library is, as a JSON object: version, CPU levels, families, tensor types. */
    public static String build() {
        return Text.decode(Native.buildJson());
    }

    /** Every option of a scope ({@link Constants#SCOPE_REQUEST} and the like) with its default, as a JSON object. */
    public static String defaults(int scope) {
        return Text.decode(Native.optionsJson(scope, null));
    }

    /**
     * Checks options ahead of their use.
     *
     * @return all options of the scope as they would be in effect, as a JSON object
     * @throws PithException when a name, type or value is wrong
     */
    public static String check(int scope, Options options) {
        return Text.decode(Native.optionsJson(scope, options.json()));
    }
}
