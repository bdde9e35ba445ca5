/* What the integer dots of all Arm levels share. Arm multiplies signed bytes with signed bytes, so weights of 8 bits
 * stay signed, and smaller ones, all under 64, are signed as they are. */
#ifndef PITH_KERNELS_DOTS_ARM_H
#define PITH_KERNELS_DOTS_ARM_H

#include "kernels/tmpl/unroll.h"

/* What is added to signed 8-bit weights (Q8_0, the IQ4 levels) in panels. */
enum {
    V_WIDE_BIAS = 0
};

/* How many columns weights stream past at once. */
enum {
    V_STREAM_COLS = 4
};
#define V_STREAMS(define, stream, args)                                                                                \
    define(stream, args, 1) define(stream, args, 2) define(stream, args, 3) define(stream, args, 4)

V_FN int32x4_t v_quarter_pair_dot(int32x4_t acc, int32x4_t weights, int32x4_t x) {
    int16x8_t w = vreinterpretq_s16_s32(weights), y = vreinterpretq_s16_s32(x);
    return vaddq_s32(acc, vpaddq_s32(vmull_s16(vget_low_s16(w), vget_low_s16(y)), vmull_high_s16(w, y)));
}

/* acc + the product of two pairs of int16 a lane. */
V_FN vi v_pair_dot(vi acc, vi weights, vi x) {
    return V_EACH_3(vi, v_quarter_pair_dot, acc, weights, x);
}

#endif
