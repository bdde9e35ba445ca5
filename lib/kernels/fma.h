/* The fused multiply-add of the scalar code, inline. Where the compiler has the instruction for the target it is used;
 * elsewhere it is made of binary64 operations, because libm's fmaf cannot be trusted everywhere.
 *
 * Method: the product of two binary32 is exact in binary64; the sum is rounded to odd (S. Boldo, G. Melquiond,
 * "Emulation of a FMA and correctly rounded sums: proved algorithms using rounding to odd", 2008), so that rounding to
 * binary32 is right. */
#ifndef PITH_KERNELS_FMA_H
#define PITH_KERNELS_FMA_H

#include <float.h>
#include <stdint.h>
#include <string.h>

#ifdef __FAST_MATH__
#error "pith needs IEEE arithmetic: build without -ffast-math"
#endif
#if FLT_EVAL_METHOD != 0
#error "pith needs float arithmetic without excess precision (on 32-bit x86: -msse2 -mfpmath=sse)"
#endif

static inline double pith__round_to_odd(double sum, double error) {
    uint64_t bits;
    memcpy(&bits, &sum, sizeof bits);
    int finite = (bits & 0x7ff0000000000000u) != 0x7ff0000000000000u;
    if (error != 0 && finite && (bits & 1) == 0) {
        bits = (error > 0) == (sum > 0) ? bits + 1 : bits - 1;
        memcpy(&sum, &bits, sizeof sum);
    }
    return sum;
}

static inline float pith__fmaf_inline(float x, float y, float z) {
#ifdef __FP_FAST_FMAF
    return __builtin_fmaf(x, y, z);
#else
    double product = (double)x * y;
    double addend = z;
    double sum = product + addend;
    double back = sum - product;
    double error = (product - (sum - back)) + (addend - back);
    return (float)pith__round_to_odd(sum, error);
#endif
}

#endif
