/* Finding good scales for a run of numbers: what the reference quantizers share. Squared error is what is made small.
 * Results are finite and levels in range for any input, NaN and infinities included. */
#ifndef PITH_QUANT_FIT_H
#define PITH_QUANT_FIT_H

#include <stdint.h>

/* The nearest integer to v within [low, high]; low for NaN. */
int pith__fit_level(float v, int low, int high);

/* 1 / d, or 0 where d is 0 or its inverse is no finite number. */
float pith__fit_inverse(float d);

/* The element of the largest magnitude, with its sign. */
float pith__fit_extreme(const float *x, int n);

/* Scale s so that s * q, q in [-half, half - 1], is close to x. */
float pith__fit_symmetric(const float *x, int n, int half);

/* Scale s and minimum m >= 0 so that s * q - m, q in [0, top], is close to x. */
float pith__fit_affine(const float *x, int n, int top, float *min);

/* Scale s so that s * levels[q] is close to x; 16 levels in ascending order. */
float pith__fit_levels(const float *x, int n, const int8_t *levels);

/* The index of the level nearest to v; 16 levels in ascending order. */
int pith__fit_nearest(float v, const int8_t *levels);

#endif
