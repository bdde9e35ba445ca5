package dev.pith;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Settings by name, such as {@code Options.of("temperature", 0.7).and("stop", List.of("\n\n"))}. Immutable.
 *
 * <p>The names, types and ranges are the library's (the keys of pith.h, in lower case); it checks them when they are used, and a
 * {@link PithException} names what is wrong. {@link Pith#defaults} lists them. A value is a Boolean (1 or 0), a whole or decimal number, a
 * CharSequence, a collection or array of ints or longs or of these, a Map with such keys and values (logit_bias), or null for the default.
 */
public final class Options {
    private static final Options NONE = new Options(Collections.<String, String>emptyMap());

    private final Map<String, String> values;

    private Options(Map<String, String> values) {
        this.values = values;
    }

    /** All at their defaults. */
    public static Options none() {
        return NONE;
    }

    /** One setting. */
    public static Options of(String name, Object value) {
        return NONE.and(name, value);
    }

    /** These settings and one more; a name that is there already gets the new value. */
    public Options and(String name, Object value) {
        if (name == null) {
            throw new NullPointerException("the name of an option is null");
        }
        Map<String, String> more = new LinkedHashMap<>(values);
        more.put(name, Json.write(value));
        return new Options(Collections.unmodifiableMap(more));
    }

    /** These settings and others, which win. */
    public Options and(Options others) {
        Map<String, String> more = new LinkedHashMap<>(values);
        more.putAll(others.values);
        return new Options(Collections.unmodifiableMap(more));
    }

    /** The settings as a JSON object. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder("{");
        for (Map.Entry<String, String> entry : values.entrySet()) {
            out.append(out.length() > 1 ? ", " : "").append(Json.write(entry.getKey())).append(": ").append(entry.getValue());
        }
        return out.append('}').toString();
    }

    /** For the native library; null when there is nothing to say. */
    byte[] json() {
        return values.isEmpty() ? null : Text.encode(toString());
    }
}
