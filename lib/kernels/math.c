/* Elementary functions from IEEE operations only. expf is the canonical one that vector kernels repeat lane by lane;
 * the binary64 functions serve tables (RoPE) and are good to a few units of their last place.
 *
 * Invariant: no libm but sqrtf, no fma in the binary64 code, no state; the same bits everywhere.
 * Sources: Cephes (S. L. Moshier) for expf's coefficients; the others are series with Cody-Waite argument reduction
 * (W. J. Cody, W. Waite, "Software Manual for the Elementary Functions", 1980). */
#include "kernels/math.h"
#include "kernels/fma.h"
#include <math.h>

static float power_of_two(int32_t n) {
    uint32_t bits = (uint32_t)(n + 127) << 23;
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

float pith__fmaf(float x, float y, float z) {
    return pith__fmaf_inline(x, y, z);
}

float pith__sqrtf(float x) {
    return sqrtf(x);
}

float pith__expf(float x) {
    if (x != x) {
        return x;
    }
    if (x > 0x1.62e430p+6f) {
        return INFINITY;
    }
    if (x < -0x1.5d589ep+6f) {
        return 0.0f;
    }
    /* Adding and taking away 1.5 * 2^23 rounds to an integer. */
    float n = (x * 0x1.715476p+0f + 0x1.8p+23f) - 0x1.8p+23f;
    float r = pith__fmaf_inline(n, -0.693359375f, x);
    r = pith__fmaf_inline(n, 2.12194440e-4f, r);
    float p = 1.98756912e-4f;
    p = pith__fmaf_inline(p, r, 1.39819994e-3f);
    p = pith__fmaf_inline(p, r, 8.33345205e-3f);
    p = pith__fmaf_inline(p, r, 4.16657962e-2f);
    p = pith__fmaf_inline(p, r, 0.166666654f);
    p = pith__fmaf_inline(p, r, 0.5f);
    p = pith__fmaf_inline(p, r * r, r) + 1.0f;
    int32_t e = (int32_t)n;
    int32_t half = e >> 1;
    return p * power_of_two(half) * power_of_two(e - half);
}

/* x * 2^n for |n| <= 2100, in steps that neither overflow nor underflow before the last. */
static double scale_by_two(double x, int32_t n) {
    for (int step = 0; step < 3; step++) {
        int32_t part = n > 1000 ? 1000 : n < -1000 ? -1000 : n;
        uint64_t bits = (uint64_t)(part + 1023) << 52;
        double factor;
        memcpy(&factor, &bits, sizeof factor);
        x *= factor;
        n -= part;
    }
    return x;
}

static double round_to_integer(double x) {
    return (x + 0x1.8p+52) - 0x1.8p+52;
}

static double polynomial(double x, const double *coefficient, int count) {
    double sum = coefficient[0];
    for (int i = 1; i < count; i++) {
        sum = sum * x + coefficient[i];
    }
    return sum;
}

double pith__exp(double x) {
    static const double series[] = {1.0 / 6227020800.0,
                                    1.0 / 479001600.0,
                                    1.0 / 39916800.0,
                                    1.0 / 3628800.0,
                                    1.0 / 362880.0,
                                    1.0 / 40320.0,
                                    1.0 / 5040.0,
                                    1.0 / 720.0,
                                    1.0 / 120.0,
                                    1.0 / 24.0,
                                    1.0 / 6.0,
                                    0.5,
                                    1.0,
                                    1.0};
    if (x != x) {
        return x;
    }
    if (x > 710.0) {
        return (double)INFINITY;
    }
    if (x < -746.0) {
        return 0.0;
    }
    double n = round_to_integer(x * 0x1.71547652b82fep+0);
    double r = (x - n * 0x1.62e42feep-1) - n * 0x1.a39ef35793c76p-33;
    return scale_by_two(polynomial(r, series, 14), (int32_t)n);
}

/* Splits a positive finite x into m * 2^e with m in [sqrt(1/2), sqrt(2)). */
static double split(double x, int32_t *e) {
    int32_t bias = 1023;
    if (x < 0x1p-1022) {
        x *= 0x1p54;
        bias += 54;
    }
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    *e = (int32_t)(bits >> 52) - bias;
    bits = (bits & 0x000fffffffffffffu) | 0x3ff0000000000000u;
    memcpy(&x, &bits, sizeof x);
    if (x > 0x1.6a09e667f3bcdp+0) {
        x *= 0.5;
        *e += 1;
    }
    return x;
}

double pith__log(double x) {
    static const double series[] = {1.0 / 25, 1.0 / 23, 1.0 / 21, 1.0 / 19, 1.0 / 17, 1.0 / 15,
                                    1.0 / 13, 1.0 / 11, 1.0 / 9,  1.0 / 7,  1.0 / 5,  1.0 / 3};
    if (!(x > 0)) {
        return x == 0 ? -(double)INFINITY : (double)NAN;
    }
    if (x > 0x1.fffffffffffffp+1023) {
        return x;
    }
    /* log m = 2 atanh(f), f = (m - 1) / (m + 1), |f| < 0.172. */
    int32_t e;
    double m = split(x, &e);
    double f = (m - 1.0) / (m + 1.0);
    double tail = 2.0 * f * (f * f) * polynomial(f * f, series, 12);
    return e * 0x1.62e42feep-1 + (2.0 * f + (tail + e * 0x1.a39ef35793c76p-33));
}

double pith__pow(double x, double y) {
    return pith__exp(y * pith__log(x));
}

/* x minus the nearest multiple n of pi/2; pi/2 in three parts of at most 23 bits, so that n times each is exact, and a
 * rest. */
static double reduce_quarter_turn(double x, int64_t *quarter) {
    double n = round_to_integer(x * 0x1.45f306dc9c883p-1);
    *quarter = (int64_t)n;
    double r = x - n * 0x1.921fb4p+0;
    r -= n * 0x1.4442dp-24;
    r -= n * 0x1.84698p-48;
    return r - n * 0x1.3198a2e037073p-69;
}

void pith__sincos(double x, double *sine, double *cosine) {
    static const double sine_series[] = {
        1.0 / 355687428096000.0, -1.0 / 1307674368000.0, 1.0 / 6227020800.0, -1.0 / 39916800.0,
        1.0 / 362880.0,          -1.0 / 5040.0,          1.0 / 120.0,        -1.0 / 6.0};
    static const double cosine_series[] = {
        1.0 / 20922789888000.0, -1.0 / 87178291200.0, 1.0 / 479001600.0, -1.0 / 3628800.0,
        1.0 / 40320.0,          -1.0 / 720.0,         1.0 / 24.0};
    if (!(x < 0x1p30 && x > -0x1p30)) {
        *sine = *cosine = (double)NAN;
        return;
    }
    int64_t quarter;
    double r = reduce_quarter_turn(x, &quarter);
    double square = r * r;
    double s = r + r * (square * polynomial(square, sine_series, 8));
    double c = 1.0 - (0.5 * square - square * square * polynomial(square, cosine_series, 7));
    double swapped_s = (quarter & 1) ? c : s;
    double swapped_c = (quarter & 1) ? s : c;
    *sine = (quarter & 2) ? -swapped_s : swapped_s;
    *cosine = ((quarter + 1) & 2) ? -swapped_c : swapped_c;
}

float pith__tanhf(float x) {
    double t = x;
    if (t > 10.0 || t < -10.0) { /* 1 - |tanh| < 2^-27 */
        return t > 0 ? 1.0f : -1.0f;
    }
    if (t < 1e-3 && t > -1e-3) { /* the quotient below would lose digits */
        return (float)(t * (1.0 - t * t / 3.0));
    }
    double e = pith__exp(2.0 * t);
    return (float)((e - 1.0) / (e + 1.0));
}
