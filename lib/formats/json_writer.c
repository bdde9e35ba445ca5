/* The JSON builder: one growing buffer, doubled when full. Source of the grammar: RFC 8259.
 * Must not know: what is written. */
#include "formats/json_writer.h"
#include "base/format.h"

/* ---- the buffer ---- */

void pith__json_init(pith__json *json, pith__mem *mem) {
    *json = (pith__json){.mem = mem, .status = PITH_OK};
}

void pith__json_free(pith__json *json) {
    pith__mem_free(json->mem, json->text);
    *json = (pith__json){.mem = json->mem, .status = PITH_OK};
}

int32_t pith__json_finish(const pith__json *json) {
    return json->status;
}

static bool reserve(pith__json *json, uint64_t more) {
    if (json->status != PITH_OK) {
        return false;
    }
    if (more <= json->capacity - json->size) {
        return true;
    }
    uint64_t capacity = json->capacity ? json->capacity : 256;
    while (capacity - json->size < more) {
        capacity *= 2;
    }
    json->status = PITH_GROW_ARRAY(json->mem, &json->text, capacity, "JSON text");
    if (json->status != PITH_OK) {
        return false;
    }
    json->capacity = capacity;
    return true;
}

static void append(pith__json *json, const char *text, uint64_t length) {
    if (length > 0 && reserve(json, length)) {
        memcpy(json->text + json->size, text, (size_t)length);
        json->size += length;
    }
}

/* Before every value and key: the comma that parts it from what stands before. */
static void separate(pith__json *json) {
    if (json->comma) {
        append(json, ",", 1);
    }
    json->comma = true;
}

static void value_text(pith__json *json, const char *text, uint64_t length) {
    separate(json);
    append(json, text, length);
}

/* ---- structure ---- */

static void begin(pith__json *json, const char *bracket) {
    value_text(json, bracket, 1);
    json->comma = false;
}

static void end(pith__json *json, const char *bracket) {
    append(json, bracket, 1);
    json->comma = true;
}

void pith__json_begin_object(pith__json *json) {
    begin(json, "{");
}

void pith__json_end_object(pith__json *json) {
    end(json, "}");
}

void pith__json_begin_array(pith__json *json) {
    begin(json, "[");
}

void pith__json_end_array(pith__json *json) {
    end(json, "]");
}

void pith__json_key(pith__json *json, pith__str key) {
    pith__json_str(json, key);
    append(json, ":", 1);
    json->comma = false;
}

/* ---- strings ---- */

/* Length of the well-formed UTF-8 sequence at p (RFC 3629: no overlong forms, surrogates, or numbers past U+10FFFF); 0:
 * malformed, and *skip is how many bytes one U+FFFD stands for (the longest start of a valid sequence, as the WHATWG
 * decoder has it). */
static uint64_t sequence(const uint8_t *p, uint64_t left, uint64_t *skip) {
    uint8_t first = p[0], low = 0x80, high = 0xbf;
    uint64_t need = first < 0x80                     ? 1
                    : first >= 0xc2 && first <= 0xdf ? 2
                    : (first & 0xf0) == 0xe0         ? 3
                    : first >= 0xf0 && first <= 0xf4 ? 4
                                                     : 0;
    if (first == 0xe0) {
        low = 0xa0;
    } else if (first == 0xed) {
        high = 0x9f;
    } else if (first == 0xf0) {
        low = 0x90;
    } else if (first == 0xf4) {
        high = 0x8f;
    }
    uint64_t have = 1;
    while (have < need && have < left && p[have] >= low && p[have] <= high) {
        low = 0x80;
        high = 0xbf;
        have++;
    }
    *skip = have;
    return have == need ? need : 0;
}

static void escape(pith__json *json, uint8_t c) {
    static const char shorts[] = "\bb\tt\nn\ff\rr\"\"\\\\";
    for (const char *s = shorts; *s; s += 2) {
        if ((uint8_t)s[0] == c) {
            char two[2] = {'\\', s[1]};
            append(json, two, 2);
            return;
        }
    }
    char six[8];
    append(json, six, pith__format(six, sizeof(six), "\\u%04x", (unsigned)c));
}

static bool needs_escape(uint8_t c) {
    return c < 0x20 || c == '"' || c == '\\' || c == 0x7f;
}

void pith__json_str(pith__json *json, pith__str value) {
    const uint8_t *p = (const uint8_t *)value.ptr;
    separate(json);
    append(json, "\"", 1);
    uint64_t plain = 0, at = 0, skip = 0; /* [plain, at) is still to be copied as it is */
    while (at < value.len) {
        if (!needs_escape(p[at]) && sequence(p + at, value.len - at, &skip)) {
            at += skip;
            continue;
        }
        append(json, value.ptr + plain, at - plain);
        if (needs_escape(p[at])) {
            escape(json, p[at]);
            skip = 1;
        } else {
            append(json, "\xef\xbf\xbd", 3);
        }
        at += skip;
        plain = at;
    }
    append(json, value.ptr + plain, at - plain);
    append(json, "\"", 1);
}

/* ---- numbers ---- */

void pith__json_i64(pith__json *json, int64_t value) {
    char text[24];
    value_text(json, text, pith__format(text, sizeof(text), "%lld", (long long)value));
}

void pith__json_u64(pith__json *json, uint64_t value) {
    char text[24];
    value_text(json, text, pith__format(text, sizeof(text), "%llu", (unsigned long long)value));
}

/* Reads back what "%.*e" wrote with at most 15 digits, if that can be done with one correctly rounded operation: digits
 * below 10^15 and powers of ten up to 10^22 are exact doubles (Clinger, How to Read Floating Point Numbers Accurately,
 * 1990). */
static bool read_back(const char *text, double *out) {
    static const double tens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                  1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    bool negative = *text == '-';
    double digits = 0;
    int exponent = 0, power = 0;
    bool fraction = false;
    for (text += negative; *text && *text != 'e'; text++) {
        if (*text == '.') {
            fraction = true;
            continue;
        }
        digits = digits * 10 + (*text - '0');
        exponent -= fraction;
    }
    bool down = *text == 'e' && text[1] == '-';
    for (text += *text == 'e' ? 2 : 0; *text; text++) {
        power = power * 10 + (*text - '0');
    }
    exponent += down ? -power : power;
    if (exponent < -22 || exponent > 22) {
        return false;
    }
    digits = exponent < 0 ? digits / tens[-exponent] : digits * tens[exponent];
    *out = negative ? -digits : digits;
    return true;
}

static void number_text(pith__json *json, double value, int digits, char *text, size_t capacity) {
    value_text(json, text, pith__format(text, capacity, "%.*g", digits, value));
}

static bool is_finite(double value) {
    return value - value == 0;
}

void pith__json_f64(pith__json *json, double value) {
    char text[40];
    double back;
    if (!is_finite(value)) {
        pith__json_null(json);
        return;
    }
    pith__format(text, sizeof(text), "%.14e", value);
    number_text(json, value, read_back(text, &back) && back == value ? 15 : 17, text, sizeof(text));
}

void pith__json_f32(pith__json *json, float value) {
    char text[40];
    double back;
    if (!is_finite((double)value)) {
        pith__json_null(json);
        return;
    }
    for (int digits = 6; digits < 9; digits++) {
        pith__format(text, sizeof(text), "%.*e", digits - 1, (double)value);
        if (read_back(text, &back) && (float)back == value) {
            number_text(json, (double)value, digits, text, sizeof(text));
            return;
        }
    }
    number_text(json, (double)value, 9, text, sizeof(text));
}

/* ---- the rest ---- */

void pith__json_bool(pith__json *json, bool value) {
    value_text(json, value ? "true" : "false", value ? 4 : 5);
}

void pith__json_null(pith__json *json) {
    value_text(json, "null", 4);
}

void pith__json_put_str(pith__json *json, const char *key, const char *value) {
    pith__json_key(json, pith__str_of(key));
    pith__json_str(json, pith__str_of(value));
}

void pith__json_put_u64(pith__json *json, const char *key, uint64_t value) {
    pith__json_key(json, pith__str_of(key));
    pith__json_u64(json, value);
}
