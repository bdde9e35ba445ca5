package dev.pith;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;

/**
 * The native library in the jar: written to a private temporary folder, compared with the digest the build left beside it, loaded, and
 * deleted (the mapping stays). Needs java.nio.file and a file system that may hold programs, so desktops and servers only.
 */
@DesktopOnly
final class BundledLibrary {
    private BundledLibrary() {}

    static void load(String name) {
        String resource = "native/" + platform() + "/lib" + name + ".so";
        try {
            byte[] library = read(resource);
            String digest = new String(read(resource + ".sha256"), StandardCharsets.US_ASCII).trim();
            loadFromFolder(library, digest, "lib" + name + ".so");
        } catch (IOException | NoSuchAlgorithmException e) {
            throw (UnsatisfiedLinkError) new UnsatisfiedLinkError("cannot unpack the native library: " + e.getMessage()
                    + " (java.io.tmpdir names the folder; or set " + NativeLoader.PROPERTY + " to the path of a library)").initCause(e);
        }
    }

    static String platform() {
        String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String machine = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        machine = machine.equals("amd64") ? "x86_64" : machine.equals("arm64") ? "aarch64" : machine;
        return system.replaceAll("[^a-z0-9]", "") + "-" + machine;
    }

    private static byte[] read(String resource) throws IOException {
        try (InputStream in = BundledLibrary.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("this jar has no " + resource);
            }
            return in.readAllBytes();
        }
    }

    private static void loadFromFolder(byte[] library, String digest, String name)
            throws IOException, NoSuchAlgorithmException {
        Path folder = Files.createTempDirectory("pith-"); // readable by its owner alone
        Path file = folder.resolve(name);
        try {
            Files.write(file, library);
            verify(file, digest);
            System.load(file.toAbsolutePath().toString());
        } finally {
            Files.deleteIfExists(file);
            Files.deleteIfExists(folder);
        }
    }

    static void verify(Path file, String digest) throws IOException, NoSuchAlgorithmException {
        StringBuilder found = new StringBuilder();
        for (byte b : MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file))) {
            found.append(Character.forDigit(b >> 4 & 15, 16)).append(Character.forDigit(b & 15, 16));
        }
        if (!found.toString().equals(digest)) {
            throw new IOException(file + " is damaged: its SHA-256 is " + found + " instead of " + digest);
        }
    }
}
