/* Integer dots with VNNI: four products a lane and instruction, unsigned weights times signed activations. Same words
 * as dots_madd.h. The weights of a product are given as pointers to their vectors, one a group; sum[g * cols + c].
 * Needs v_dot4, v_pair_dot and the numbers of vnni_256.h or vnni_512.h. */
#ifndef PITH_KERNELS_DOTS_VNNI_H
#define PITH_KERNELS_DOTS_VNNI_H

#include "kernels/tmpl/unroll.h"
#include "kernels/x86/pairs_x86.h"

/* What is added to signed 8-bit weights (Q8_0, the IQ4 levels). Panels of super-blocks without minimums hold weights
 * with their sign, and activations are flipped to unsigned on their way: what that adds to the dots is one vector a
 * panel, where the bias of unsigned weights would take products of pairs for each column. */
enum {
    V_WIDE_BIAS = 128,
    V_SIGNED_PANELS = 1
};

/* Adds the dots of n vectors of weights (4n elements of x); `run` matters only without VNNI. */
#define V_DOTS_WITHOUT_RUN
V_FN void v_dots(vi *sum, const vi *const *w, const int8_t *const *x, int n, int groups, int cols, int run) {
    (void)run;
    V_UNROLL
    for (int j = 0; j < n; j++) {
        V_UNROLL
        for (int c = 0; c < cols; c++) {
            vi xj = v_spread(x[c] + 4 * j);
            V_UNROLL
            for (int g = 0; g < groups; g++) {
                sum[g * cols + c] = v_dot4(sum[g * cols + c], w[g][j], xj);
            }
        }
    }
}

#include "kernels/tmpl/dots_scaled_tmpl.h"

V_FN void v_panel_form(vi *w) {
    (void)w;
}

V_FN void v_tile_dots(vi *sum, const vi *const *w, const int8_t *const *x, int n, int groups, int cols, int run) {
    v_dots(sum, w, x, n, groups, cols, run);
}

/* start - scale * 128 * the sum of n vectors of signed weights. */
V_FN vi v_signed_start(vi start, const vi *w, int n, vi scale) {
    vi sum = v_zero_i();
    V_UNROLL
    for (int j = 0; j < n; j++) {
        sum = v_dot4(sum, v_set_i((int32_t)0x80808080), w[j]);
    }
    return v_add_i(start, v_mul_i(sum, v_mul_i(scale, v_set_i(-1))));
}

/* Signed weights times activations that become unsigned by 128 more. */
V_FN void v_flipped_dots(vi *sum, const vi *const *w, const int8_t *const *x, int n, int groups, int cols) {
    V_UNROLL
    for (int j = 0; j < n; j++) {
        V_UNROLL
        for (int c = 0; c < cols; c++) {
            vi xj = v_xor(v_spread(x[c] + 4 * j), v_set_i((int32_t)0x80808080));
            V_UNROLL
            for (int g = 0; g < groups; g++) {
                sum[g * cols + c] = v_dot4(sum[g * cols + c], xj, w[g][j]);
            }
        }
    }
}

V_FN void v_tile_dots_scaled(vi *sum, const vi *const *w, const int8_t *const *x, int n, const vi *scale, int groups,
                             int cols, int run, int is_signed) {
    vi dots[V_GROUPS * V_COLS];
    if (!is_signed) {
        v_dots_scaled(sum, w, x, n, scale, groups, cols, run);
        return;
    }
    V_UNROLL
    for (int i = 0; i < groups * cols; i++) {
        dots[i] = v_zero_i();
    }
    v_flipped_dots(dots, w, x, n, groups, cols);
    v_add_scaled(sum, dots, scale, groups, cols);
}

#endif
