/* Doubles to decimal digits, exactly: the value is mantissa * 2^e, written as a fixed-point number of base 10^9 limbs
 * and shifted left or right a few bits at a time. Slower than the clever algorithms (Ryu and its kin), a tenth of their
 * size, and never wrong.
 *
 * Invariant: no rounding happens before pith__decimal_round. Must not know: formats, text. */
#include "base/decimal.h"
#include <string.h>

enum {
    INT_LIMBS = 36,   /* 2^1024 has 309 digits */
    FRAC_LIMBS = 120, /* 2^-1074 ends at the 1074th place */
    LIMBS = INT_LIMBS + FRAC_LIMBS,
    LIMB_DIGITS = 9,
    STEP = 29 /* bits shifted at once: a limb times 2^29 fits in 64 bits */
};
#define LIMB_BASE 1000000000u

/* limb[0] is the most significant; limb[INT_LIMBS - 1] holds the ones. */
static void shift_left(uint32_t *limb, uint32_t bits) {
    uint64_t carry = 0;
    for (int i = LIMBS - 1; i >= 0; i--) {
        uint64_t v = ((uint64_t)limb[i] << bits) + carry;
        limb[i] = (uint32_t)(v % LIMB_BASE);
        carry = v / LIMB_BASE;
    }
}

static void shift_right(uint32_t *limb, uint32_t bits) {
    uint64_t rest = 0;
    for (int i = 0; i < LIMBS; i++) {
        uint64_t v = rest * LIMB_BASE + limb[i];
        limb[i] = (uint32_t)(v >> bits);
        rest = v & ((1u << bits) - 1);
    }
}

/* mantissa * 2^exponent as limbs. */
static void expand(uint64_t mantissa, int32_t exponent, uint32_t *limb) {
    memset(limb, 0, LIMBS * sizeof(*limb));
    limb[INT_LIMBS - 1] = (uint32_t)(mantissa % LIMB_BASE);
    limb[INT_LIMBS - 2] = (uint32_t)(mantissa / LIMB_BASE);
    while (exponent > 0) {
        int32_t bits = exponent < STEP ? exponent : STEP;
        shift_left(limb, (uint32_t)bits);
        exponent -= bits;
    }
    while (exponent < 0) {
        int32_t bits = -exponent < STEP ? -exponent : STEP;
        shift_right(limb, (uint32_t)bits);
        exponent += bits;
    }
}

static void drop_zeros(pith__decimal *d) {
    while (d->count > 0 && d->digits[d->count - 1] == 0) {
        d->count--;
    }
}

/* Digit `i` (0 is the most significant of the first limb) of the fixed-point number. */
static uint8_t digit_at(const uint32_t *limb, int32_t i) {
    uint32_t v = limb[i / LIMB_DIGITS];
    for (int32_t places = LIMB_DIGITS - 1 - i % LIMB_DIGITS; places > 0; places--) {
        v /= 10;
    }
    return (uint8_t)(v % 10);
}

void pith__decimal_of(double value, pith__decimal *out) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof(bits));
    int32_t exponent = (int32_t)((bits >> 52) & 0x7ff);
    uint64_t mantissa = bits & ((UINT64_C(1) << 52) - 1);
    if (exponent != 0) {
        mantissa |= UINT64_C(1) << 52;
        exponent--;
    }
    out->count = 0;
    out->point = 0;
    if (mantissa == 0) {
        return;
    }
    uint32_t limb[LIMBS];
    expand(mantissa, exponent - 1074, limb);
    int32_t first = 0;
    while (digit_at(limb, first) == 0) {
        first++;
    }
    out->point = INT_LIMBS * LIMB_DIGITS - first;
    for (int32_t i = first; i < LIMBS * LIMB_DIGITS && out->count < (int32_t)sizeof(out->digits); i++) {
        out->digits[out->count++] = digit_at(limb, i);
    }
    drop_zeros(out);
}

/* Whether the part from digit `keep` on rounds the rest up. Trailing zeros are already gone, so a lone 5 is an exact
 * half. */
static int rounds_up(const pith__decimal *d, int32_t keep) {
    if (keep < 0 || d->digits[keep] != 5 || keep + 1 < d->count) {
        return keep >= 0 && d->digits[keep] >= 5;
    }
    return keep > 0 && d->digits[keep - 1] % 2 != 0;
}

void pith__decimal_round(pith__decimal *d, int32_t keep) {
    if (keep >= d->count) {
        return;
    }
    int up = rounds_up(d, keep);
    d->count = keep > 0 ? keep : 0;
    while (up && d->count > 0 && d->digits[d->count - 1] == 9) {
        d->count--;
    }
    if (up && d->count > 0) {
        d->digits[d->count - 1]++;
    } else if (up) { /* 9.99 became 10, or 0.6 became 1: the kept digits were all nines or none */
        d->digits[0] = 1;
        d->count = 1;
        d->point++;
    }
    drop_zeros(d);
}
