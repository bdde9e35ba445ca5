/* Integer dots of the baseline, from 8-bit multiplies with 16-bit sums.
 *
 * Each 16-bit lane takes one product of each of `run` vectors; neighbours are then added, still in 16 bits, as `run` of
 * dots_madd.h promises: 31 * 127 * 2 * 4, 63 * 127 * 2 * 2 and 128 * 127 * 2 are under 32768. */
#ifndef PITH_KERNELS_DOTS_NEON_H
#define PITH_KERNELS_DOTS_NEON_H

#include "kernels/arm/dots_arm.h"

/* Up to how many columns weights stream past, in turns, where blocks are of 32 and of 256. */
enum {
    V_STREAM_LIMIT_32 = 4,
    V_STREAM_LIMIT_256 = 4,
    V_STREAM_LIMIT_Q4_K = V_STREAM_LIMIT_256
};

/* 16-bit sums of two rows in each of the eight. */
typedef struct v_products {
    int16x8_t low[4], high[4];
} v_products;

V_FN void v_quarter_products(v_products *p, int quarter, int32x4_t weights, int8x16_t x, int first) {
    int8x16_t w = vreinterpretq_s8_s32(weights);
    if (first) {
        p->low[quarter] = vmull_s8(vget_low_s8(w), vget_low_s8(x));
        p->high[quarter] = vmull_high_s8(w, x);
    } else {
        p->low[quarter] = vmlal_s8(p->low[quarter], vget_low_s8(w), vget_low_s8(x));
        p->high[quarter] = vmlal_high_s8(p->high[quarter], w, x);
    }
}

V_FN int32x4_t v_quarter_gather(int32x4_t sum, const v_products *p, int quarter) {
    return vpadalq_s16(sum, vpaddq_s16(p->low[quarter], p->high[quarter]));
}

/* sum + the dots of `run` vectors. */
V_FN vi v_dots_run(vi sum, const vi *w, const int8_t *x, int run) {
    v_products p;
    V_UNROLL
    for (int f = 0; f < run; f++) {
        int8x16_t xf = vreinterpretq_s8_s32(v_spread(x + 4 * f).a);
        v_quarter_products(&p, 0, w[f].a, xf, f == 0);
        v_quarter_products(&p, 1, w[f].b, xf, f == 0);
        v_quarter_products(&p, 2, w[f].c, xf, f == 0);
        v_quarter_products(&p, 3, w[f].d, xf, f == 0);
    }
    return (vi){v_quarter_gather(sum.a, &p, 0), v_quarter_gather(sum.b, &p, 1), v_quarter_gather(sum.c, &p, 2),
                v_quarter_gather(sum.d, &p, 3)};
}

/* Adds the dots of n vectors of weights (4n elements of x). */
V_FN void v_dots(vi *sum, const vi *const *w, const int8_t *const *x, int n, int groups, int cols, int run) {
    V_UNROLL
    for (int j = 0; j < n; j += run) {
        V_UNROLL
        for (int i = 0; i < groups * cols; i++) {
            sum[i] = v_dots_run(sum[i], w[i / cols] + j, x[i % cols] + 4 * j, run);
        }
    }
}

#include "kernels/tmpl/dots_scaled_tmpl.h"

#include "kernels/tmpl/dots_plain_tmpl.h"

#endif
