/* UTF-8: the decoder behind utf8.h, and the two helpers for streams.
 *
 * Invariant: nothing here reads past the length it was given. A broken sequence is cut as the WHATWG decoder cuts it:
 * the longest prefix of some well-formed sequence, at least one byte, is one replacement character. */
#include "tokenizer/unicode/utf8.h"
#include "tokenizer/tokenizer.h"

/* The bytes a lead byte may be followed by: how many in all, and the range of the second (table 3-7). */
typedef struct lead {
    uint32_t len;
    uint8_t low, high;
} lead;

static lead lead_of(uint8_t b) {
    if (b >= 0xC2 && b <= 0xDF) {
        return (lead){2, 0x80, 0xBF};
    }
    if (b >= 0xE0 && b <= 0xEF) {
        return (lead){3, b == 0xE0 ? 0xA0 : 0x80, b == 0xED ? 0x9F : 0xBF};
    }
    if (b >= 0xF0 && b <= 0xF4) {
        return (lead){4, b == 0xF0 ? 0x90 : 0x80, b == 0xF4 ? 0x8F : 0xBF};
    }
    return (lead){0, 0, 0};
}

/* How many bytes at `p` are the beginning of a well-formed sequence, and how long that sequence would be (0: no such
 * lead). */
static uint32_t well_formed_prefix(const uint8_t *p, uint64_t n, uint32_t *wanted) {
    lead l = lead_of(p[0]);
    *wanted = l.len;
    if (l.len == 0) {
        return 0;
    }
    uint32_t have = 1;
    while (have < l.len && have < n) {
        uint8_t low = have == 1 ? l.low : 0x80, high = have == 1 ? l.high : 0xBF;
        if (p[have] < low || p[have] > high) {
            break;
        }
        have++;
    }
    return have;
}

uint32_t pith__utf8_long(const uint8_t *p, uint64_t n, uint32_t *cp) {
    uint32_t wanted = 0;
    uint32_t have = well_formed_prefix(p, n, &wanted);
    if (have == 0 || have < wanted) {
        return 0;
    }
    uint32_t value = p[0] & (0x7Fu >> wanted);
    for (uint32_t i = 1; i < wanted; i++) {
        value = value << 6 | (p[i] & 0x3Fu);
    }
    *cp = value;
    return wanted;
}

uint64_t pith__utf8_last(const uint8_t *p, uint64_t n) {
    for (uint64_t back = 2; back <= 4 && back <= n; back++) {
        uint32_t cp = 0;
        if (pith__utf8_long(p + n - back, back, &cp) == back) {
            return n - back;
        }
    }
    return n - 1;
}

uint32_t pith__utf8_put(uint32_t cp, uint8_t *out) {
    if (cp < 0x80) {
        out[0] = (uint8_t)cp;
        return 1;
    }
    uint32_t len = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
    for (uint32_t i = len - 1; i > 0; i--) {
        out[i] = (uint8_t)(0x80 | (cp & 0x3F));
        cp >>= 6;
    }
    out[0] = (uint8_t)((0xF00u >> len) | cp);
    return len;
}

uint64_t pith__utf8_complete(const char *text, uint64_t len) {
    const uint8_t *p = (const uint8_t *)text;
    for (uint64_t back = 1; back <= 3 && back <= len; back++) {
        uint32_t wanted = 0;
        uint32_t have = well_formed_prefix(p + len - back, back, &wanted);
        if (have == back && have < wanted) {
            return len - back;
        }
    }
    return len;
}

uint64_t pith__utf8_sanitize(const char *text, uint64_t len, char *out, uint64_t capacity) {
    static const uint8_t replacement[3] = {0xEF, 0xBF, 0xBD};
    const uint8_t *p = (const uint8_t *)text;
    uint64_t needed = 0;
    for (uint64_t at = 0; at < len;) {
        uint32_t wanted = 1;
        uint32_t have = p[at] < 0x80 ? 1 : well_formed_prefix(p + at, len - at, &wanted);
        bool whole = have > 0 && have == wanted; /* a byte that begins nothing has and wants 0 */
        const uint8_t *from = whole ? p + at : replacement;
        uint32_t count = whole ? have : 3;
        for (uint32_t i = 0; i < count; i++, needed++) {
            if (needed < capacity) {
                out[needed] = (char)from[i];
            }
        }
        at += have > 0 ? have : 1;
    }
    return needed;
}
