/* The exact decimal digits of a double, for the formatter. */
#ifndef PITH_BASE_DECIMAL_H
#define PITH_BASE_DECIMAL_H

#include <stdint.h>

/* A finite double's magnitude: 0.d1 d2 d3 ... times 10^point, d1 not 0 (count 0: the value is zero). */
typedef struct pith__decimal {
    uint8_t digits[800]; /* the longest double has 767 significant digits */
    int32_t count;
    int32_t point;
} pith__decimal;

void pith__decimal_of(double value, pith__decimal *out);

/* Keeps the first `keep` digits (may be negative or 0), rounded half to even; drops trailing zeros. */
void pith__decimal_round(pith__decimal *d, int32_t keep);

#endif
