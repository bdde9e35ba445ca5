/* Hangul syllables and their parts, which decompose and compose by rule. Source: the Unicode Standard, chapter 3.12. */
#ifndef PITH_TOKENIZER_HANGUL_H
#define PITH_TOKENIZER_HANGUL_H

#include <stdbool.h>
#include <stdint.h>

enum {
    PITH__HANGUL_L = 0x1100,
    PITH__HANGUL_V = 0x1161,
    PITH__HANGUL_T = 0x11A7, /* one before the first: no T */
    PITH__HANGUL_S = 0xAC00,
    PITH__HANGUL_L_COUNT = 19,
    PITH__HANGUL_V_COUNT = 21,
    PITH__HANGUL_T_COUNT = 28,
    PITH__HANGUL_S_COUNT = PITH__HANGUL_L_COUNT * PITH__HANGUL_V_COUNT * PITH__HANGUL_T_COUNT
};

static inline bool pith__hangul_is_syllable(uint32_t cp) {
    return cp >= PITH__HANGUL_S && cp < PITH__HANGUL_S + PITH__HANGUL_S_COUNT;
}

/* Of a syllable; returns how many parts, two or three. */
static inline uint32_t pith__hangul_decompose(uint32_t cp, uint32_t out[3]) {
    uint32_t s = cp - PITH__HANGUL_S;
    out[0] = PITH__HANGUL_L + s / (PITH__HANGUL_V_COUNT * PITH__HANGUL_T_COUNT);
    out[1] = PITH__HANGUL_V + s % (PITH__HANGUL_V_COUNT * PITH__HANGUL_T_COUNT) / PITH__HANGUL_T_COUNT;
    out[2] = PITH__HANGUL_T + s % PITH__HANGUL_T_COUNT;
    return out[2] == PITH__HANGUL_T ? 2 : 3;
}

/* What two parts, or a syllable of two parts and a third, make; 0: nothing. */
static inline uint32_t pith__hangul_compose(uint32_t first, uint32_t second) {
    /* What lies before the first of its kind wraps around and is very large. */
    uint32_t l = first - PITH__HANGUL_L, v = second - PITH__HANGUL_V, t = second - PITH__HANGUL_T;
    if (l < PITH__HANGUL_L_COUNT && v < PITH__HANGUL_V_COUNT) {
        return PITH__HANGUL_S + (l * PITH__HANGUL_V_COUNT + v) * PITH__HANGUL_T_COUNT;
    }
    if (pith__hangul_is_syllable(first) && (first - PITH__HANGUL_S) % PITH__HANGUL_T_COUNT == 0 && t > 0 &&
        t < PITH__HANGUL_T_COUNT) {
        return first + t;
    }
    return 0;
}

#endif
