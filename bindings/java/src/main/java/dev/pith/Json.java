package dev.pith;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Writes values as JSON the way the library takes options: Booleans as 1 and 0, whole numbers past 2^53 as strings. */
final class Json {
    private static final long EXACT = 1L << 53;

    static String write(Object value) {
        StringBuilder out = new StringBuilder();
        append(out, value);
        return out.toString();
    }

    private static void append(StringBuilder out, Object value) {
        if (value == null) {
            out.append("null");
        } else if (value instanceof CharSequence) {
            appendString(out, (CharSequence) value);
        } else if (value instanceof Boolean) {
            out.append((Boolean) value ? 1 : 0);
        } else if (value instanceof Number) {
            appendNumber(out, (Number) value);
        } else if (value instanceof Map) {
            appendMap(out, (Map<?, ?>) value);
        } else {
            appendList(out, value);
        }
    }

    private static void appendNumber(StringBuilder out, Number value) {
        if (value instanceof Double || value instanceof Float) {
            double number = value.doubleValue();
            if (Double.isNaN(number)) {
                throw new IllegalArgumentException("the value of an option is not a number (NaN)");
            }
            out.append(Double.isInfinite(number) ? (number > 0 ? "\"infinity\"" : "\"-infinity\"") : Double.toString(number));
            return;
        }
        long number = value.longValue();
        boolean exact = number >= -EXACT && number <= EXACT;
        out.append(exact ? "" : "\"").append(number).append(exact ? "" : "\"");
    }

    private static void appendMap(StringBuilder out, Map<?, ?> map) {
        String comma = "";
        out.append('{');
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            out.append(comma);
            appendString(out, String.valueOf(entry.getKey()));
            out.append(": ");
            append(out, entry.getValue());
            comma = ", ";
        }
        out.append('}');
    }

    private static void appendList(StringBuilder out, Object value) {
        String comma = "";
        out.append('[');
        for (Object element : elements(value)) {
            out.append(comma);
            append(out, element);
            comma = ", ";
        }
        out.append(']');
    }

    private static Iterable<?> elements(Object value) {
        if (value instanceof Collection) {
            return (Collection<?>) value;
        }
        if (value instanceof Object[]) {
            return Arrays.asList((Object[]) value);
        }
        List<Object> list = new ArrayList<>();
        if (value instanceof int[]) {
            for (int element : (int[]) value) {
                list.add(element);
            }
        } else if (value instanceof long[]) {
            for (long element : (long[]) value) {
                list.add(element);
            }
        } else {
            throw new IllegalArgumentException("the value of an option is a " + value.getClass().getName()
                    + "; it may be a number, text, Boolean, list, array, map or null");
        }
        return list;
    }

    private static void appendString(StringBuilder out, CharSequence text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append("\\u00").append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
