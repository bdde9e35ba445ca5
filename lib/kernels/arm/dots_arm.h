/* What the integer dots of all Arm levels share. Arm multiplies signed bytes with signed bytes, so weights of 8 bits
 * stay signed, and smaller ones, all under 64, are signed as they are. */
#ifndef PITH_KERNELS_DOTS_ARM_H
#define PITH_KERNELS_DOTS_ARM_H

#include "kernels/tmpl/unroll.h"

/* What is added to signed 8-bit weights (Q8_0, the IQ4 levels); panels of super-blocks without minimums hold weights
 * with their sign. */
enum {
    V_WIDE_BIAS = 0,
    V_SIGNED_PANELS = 1
};

/* The register tile of panels: groups, and columns, from few to many. */
enum {
    V_GROUPS = 1,
    V_COLS_FEW = 2,
    V_COLS = 4
};
#define V_TILES(define, name, ...)                                                                                     \
    define(name, 2, __VA_ARGS__) define(name, 3, __VA_ARGS__) define(name, 4, __VA_ARGS__)
#define V_TILE_TABLE(name)                                                                                             \
    { name##_2, name##_3, name##_4 }

/* How many columns weights stream past at once. */
enum {
    V_STREAM_COLS = 4
};
#define V_STREAMS(define, stream, args)                                                                                \
    define(stream, args, 1) define(stream, args, 2) define(stream, args, 3) define(stream, args, 4)

/* int16 factors of neighbouring sums of 16 from int32 lanes: in each quarter those of the first sum, then those of the
 * second, as SMLAL and SMLAL2 take them. */
V_FN int32x4_t v_quarter_pair_of(int32x4_t first, int32x4_t second) {
    return vreinterpretq_s32_s16(vmovn_high_s32(vmovn_s32(first), second));
}
V_FN vi v_pair_of(vi first, vi second) {
    return V_EACH_2(vi, v_quarter_pair_of, first, second);
}

/* acc + the products of a pair of factors with a pair of int16, the same in all lanes of x. */
V_FN int32x4_t v_quarter_pair_dot(int32x4_t acc, int32x4_t factors, int32x4_t x) {
    int16x8_t f = vreinterpretq_s16_s32(factors);
    int16x4_t sums = vget_low_s16(vreinterpretq_s16_s32(x));
    return vmlal_high_lane_s16(vmlal_lane_s16(acc, vget_low_s16(f), sums, 0), f, sums, 1);
}
V_FN vi v_pair_dot(vi acc, vi factors, vi x) {
    return V_EACH_3(vi, v_quarter_pair_dot, acc, factors, x);
}

#endif
