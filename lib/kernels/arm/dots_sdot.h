/* Integer dots with SDOT: four products a lane and instruction. A register of activations serves four vectors of
 * weights, each by one of its words. */
#ifndef PITH_KERNELS_DOTS_SDOT_H
#define PITH_KERNELS_DOTS_SDOT_H

#include "kernels/arm/dots_arm.h"

/* The word of `x` must be a constant of the instruction. */
#define V_DOT_WORD(word)                                                                                               \
    V_FN int32x4_t v_quarter_dot_##word(int32x4_t sum, int32x4_t w, int8x16_t x) {                                     \
        return vdotq_laneq_s32(sum, vreinterpretq_s8_s32(w), x, word);                                                 \
    }                                                                                                                  \
    V_FN vi v_dot_##word(vi sum, vi w, int8x16_t x) {                                                                  \
        return (vi){v_quarter_dot_##word(sum.a, w.a, x), v_quarter_dot_##word(sum.b, w.b, x),                          \
                    v_quarter_dot_##word(sum.c, w.c, x), v_quarter_dot_##word(sum.d, w.d, x)};                         \
    }
V_DOT_WORD(0)
V_DOT_WORD(1)
V_DOT_WORD(2)
V_DOT_WORD(3)

V_FN vi v_dot_by_word(vi sum, vi w, int8x16_t x, int word) {
    switch (word) {
    case 0:
        return v_dot_0(sum, w, x);
    case 1:
        return v_dot_1(sum, w, x);
    case 2:
        return v_dot_2(sum, w, x);
    default:
        return v_dot_3(sum, w, x);
    }
}

/* Adds the dots of n vectors of weights (4n elements of x), n a multiple of 4. */
#define V_DOTS_WITHOUT_RUN
V_FN void v_dots(vi *sum, const vi *const *w, const int8_t *const *x, int n, int groups, int cols, int run) {
    (void)run;
    int8x16_t words[V_COLS];
    V_UNROLL
    for (int j = 0; j < n; j++) {
        V_UNROLL
        for (int c = 0; c < cols; c++) {
            if (j % 4 == 0) {
                words[c] = vld1q_s8(x[c] + 4 * j);
            }
            V_UNROLL
            for (int g = 0; g < groups; g++) {
                sum[g * cols + c] = v_dot_by_word(sum[g * cols + c], w[g][j], words[c], j % 4);
            }
        }
    }
}

#include "kernels/tmpl/dots_scaled_tmpl.h"

#endif
