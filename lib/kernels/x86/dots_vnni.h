/* Integer dots with VNNI: four products a lane and instruction, unsigned weights times signed activations. Same words
 * as dots_madd.h. The weights of a product are given as pointers to their vectors, one a group; sum[g * cols + c].
 * Needs v_dot4, v_pair_dot and the numbers of vnni_256.h or vnni_512.h. */
#ifndef PITH_KERNELS_DOTS_VNNI_H
#define PITH_KERNELS_DOTS_VNNI_H

#include "kernels/tmpl/unroll.h"
#include "kernels/x86/pairs_x86.h"

/* What is added to signed 8-bit weights (Q8_0, the IQ4 levels) in panels. */
enum {
    V_WIDE_BIAS = 128
};

/* Adds the dots of n vectors of weights (4n elements of x); `run` matters only without VNNI. */
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

#include "kernels/tmpl/dots_plain_tmpl.h"

#endif
