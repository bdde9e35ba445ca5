/* English contractions, which several pre-tokenizers keep together: 's 't 're 've 'm 'll 'd. */
#ifndef PITH_TOKENIZER_PRETOK_CONTRACTION_H
#define PITH_TOKENIZER_PRETOK_CONTRACTION_H

#include <stdbool.h>
#include <stdint.h>

/* Length of the contraction that begins the text; 0: none. With `any_case`, case is ignored as Unicode folds it. */
static inline uint64_t pith__contraction(const uint8_t *p, uint64_t n, bool any_case) {
    if (p[0] != '\'' || n < 2) {
        return 0;
    }
    uint8_t a = any_case && p[1] < 0x80 ? p[1] | 0x20 : p[1];
    if (a == 's' || a == 't' || a == 'm' || a == 'd') {
        return 2;
    }
    if (n < 3) {
        return 0;
    }
    if (any_case && p[1] == 0xC5 && p[2] == 0xBF) { /* U+017F */
        return 3;
    }
    uint8_t b = any_case && p[2] < 0x80 ? p[2] | 0x20 : p[2];
    bool two = (a == 'r' && b == 'e') || (a == 'v' && b == 'e') || (a == 'l' && b == 'l');
    return two ? 3 : 0;
}

#endif
