/* Reading UTF-8 one code point at a time, for scanners that must not trip over broken text.
 *
 * Invariant: only well-formed sequences (no surrogates, no overlong forms, at most U+10FFFF) count; any other byte
 * stands alone and reads as PITH__UTF8_BROKEN, so that a walk always advances and never leaves the text. Source: The
 * Unicode Standard, chapter 3.9, table 3-7. */
#ifndef PITH_TOKENIZER_UTF8_H
#define PITH_TOKENIZER_UTF8_H

#include <stdbool.h>
#include <stdint.h>

#define PITH__UTF8_BROKEN 0xFFFFFFFFu

/* Length of the well-formed sequence of two bytes or more at `p`, with its code point in *cp; 0 when it is none. */
uint32_t pith__utf8_long(const uint8_t *p, uint64_t n, uint32_t *cp);

/* Length of the next code point (n > 0). */
static inline uint32_t pith__utf8_next(const uint8_t *p, uint64_t n, uint32_t *cp) {
    if (p[0] < 0x80) {
        *cp = p[0];
        return 1;
    }
    if (p[0] >= 0xE1 && p[0] <= 0xEC && n >= 3 && (p[1] & 0xC0) == 0x80 && (p[2] & 0xC0) == 0x80) {
        *cp = (p[0] & 0x0Fu) << 12 | (p[1] & 0x3Fu) << 6 |
              (p[2] & 0x3Fu); /* most of Asia's scripts: nothing else to check */
        return 3;
    }
    uint32_t len = pith__utf8_long(p, n, cp);
    if (len == 0) {
        *cp = PITH__UTF8_BROKEN;
        return 1;
    }
    return len;
}

/* Where the last code point of the `n` bytes (n > 0) starts. */
uint64_t pith__utf8_last(const uint8_t *p, uint64_t n);

/* Writes `cp` (a Unicode scalar value) to out[4]; returns its length. */
uint32_t pith__utf8_put(uint32_t cp, uint8_t *out);

#endif
