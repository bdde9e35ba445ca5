/* Integer dots without VNNI, from 8-bit multiplies with 16-bit sums of pairs.
 * Needs the numbers of madd_256.h or madd_512.h.
 *
 * `run` tells how far 16 bits carry: the sum of `run` vectors of pair products must not pass 32767. Weights up to 31
 * give 31 * 127 * 2 = 7874 a pair (run 4), up to 63 give 16002 (run 2). run 1 means signed 8-bit weights: their
 * magnitude is multiplied with the activation carrying their sign, 128 * 127 * 2 = 32512 at most. */
#ifndef PITH_KERNELS_DOTS_MADD_H
#define PITH_KERNELS_DOTS_MADD_H

#include "kernels/tmpl/unroll.h"
#include "kernels/x86/pairs_x86.h"

/* Signed 8-bit weights stay signed in panels, others keep their bias there. */
enum {
    V_WIDE_BIAS = 0,
    V_SIGNED_PANELS = 0
};

/* Scales fit 16 bits and are multiplied with the pair sums: the scale twice in each lane. */
V_FN vi v_scale_form(vi scale) {
    return v_or(v_and(scale, v_set_i(0xffff)), v_shift_left(scale, 16));
}

V_FN vi v_pair_dot(vi acc, vi weights, vi x) {
    return v_add_i(acc, v_madd16(weights, x));
}

V_FN vi v_pair_products(vi w, vi x, int run) {
    return run == 1 ? v_maddubs(v_abs8(w), v_sign8(x, w)) : v_maddubs(w, x);
}

/* sum += factor[g] * dots of `run` vectors. */
V_FN void v_dots_run(vi *sum, const vi *const *w, const int8_t *const *x, int j, const vi *factor, int groups, int cols,
                     int run) {
    vi pairs[V_GROUPS * V_COLS];
    V_UNROLL
    for (int f = 0; f < run; f++) {
        V_UNROLL
        for (int c = 0; c < cols; c++) {
            vi xj = v_spread(x[c] + 4 * (j + f));
            V_UNROLL
            for (int g = 0; g < groups; g++) {
                vi p = v_pair_products(w[g][j + f], xj, run);
                pairs[g * cols + c] = f == 0 ? p : v_add16(pairs[g * cols + c], p);
            }
        }
    }
    V_UNROLL
    for (int g = 0; g < groups; g++) {
        V_UNROLL
        for (int c = 0; c < cols; c++) {
            sum[g * cols + c] = v_add_i(sum[g * cols + c], v_madd16(pairs[g * cols + c], factor[g]));
        }
    }
}

V_FN void v_dots_scaled(vi *sum, const vi *const *w, const int8_t *const *x, int n, const vi *scale, int groups,
                        int cols, int run) {
    V_UNROLL
    for (int j = 0; j < n; j += run) {
        v_dots_run(sum, w, x, j, scale, groups, cols, run);
    }
}

V_FN void v_dots(vi *sum, const vi *const *w, const int8_t *const *x, int n, int groups, int cols, int run) {
    vi ones[V_GROUPS];
    V_UNROLL
    for (int g = 0; g < groups; g++) {
        ones[g] = v_set_i(0x00010001);
    }
    v_dots_scaled(sum, w, x, n, ones, groups, cols, run);
}

#include "kernels/tmpl/dots_plain_tmpl.h"

#endif
