/* Integer dots with VNNI (512 bits): four products a lane and instruction, unsigned weights times signed activations.
 * Same words as dots_madd.h. The weights of a product are given as pointers to their vectors, one a group; sum[g * cols
 * + c]. */
#ifndef PITH_KERNELS_DOTS_VNNI_H
#define PITH_KERNELS_DOTS_VNNI_H

#include "kernels/tmpl/unroll.h"
#include "kernels/x86/pairs_x86.h"

/* What is added to signed 8-bit weights (Q8_0, the IQ4 levels) in panels. */
enum {
    V_WIDE_BIAS = 128
};

/* How many columns weights stream past at once, and up to how many they do so, in turns, where blocks are of 32 and of
 * 256. */
enum {
    V_STREAM_COLS = 6,
    V_STREAM_LIMIT_32 = 48,
    V_STREAM_LIMIT_256 = 16
};
#define V_STREAMS(define, stream, args)                                                                                \
    define(stream, args, 1) define(stream, args, 2) define(stream, args, 3) define(stream, args, 4)                    \
        define(stream, args, 5) define(stream, args, 6)

/* acc + the product of two pairs of int16 a lane. */
V_FN vi v_pair_dot(vi acc, vi weights, vi x) {
    return _mm512_dpwssd_epi32(acc, weights, x);
}

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
                sum[g * cols + c] = _mm512_dpbusd_epi32(sum[g * cols + c], w[g][j], xj);
            }
        }
    }
}

#include "kernels/tmpl/dots_scaled_tmpl.h"

#include "kernels/tmpl/dots_plain_tmpl.h"

#endif
