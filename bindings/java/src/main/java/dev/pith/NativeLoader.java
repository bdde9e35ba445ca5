package dev.pith;

/**
 * Loads the native library once: the file that the system property {@code dev.pith.library} names; on Android the one that the application
 * carries; else the one in the jar.
 */
final class NativeLoader {
    static final String PROPERTY = "dev.pith.library";
    private static final String NAME = "pith_jni";

    private NativeLoader() {}

    static void load() {
        String own = System.getProperty(PROPERTY);
        if (own != null) {
            System.load(own);
        } else if ("The Android Project".equals(System.getProperty("java.vendor"))) {
            System.loadLibrary(NAME);
        } else {
            BundledLibrary.load(NAME);
        }
        checkVersion();
    }

    /** The functions of another version may have the same names and other arguments. */
    private static void checkVersion() {
        int found = Native.version();
        if (found != Constants.VERSION) {
            throw new UnsatisfiedLinkError("the native library is of version " + found + ", these classes are of " + Constants.VERSION
                    + ": take both from one release");
        }
    }
}
