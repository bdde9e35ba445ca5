/* Integer dots of the level i8mm: SDOT where weights stream, SMMLA in panels.
 *
 * SMMLA multiplies two rows of eight bytes with two columns of eight, twice the products of SDOT. A panel holds the
 * weights as it wants them: two vectors, four bytes of each row in either, become two of eight bytes a row, the first
 * of rows 0 to 7, the second of rows 8 to 15. Columns pass in pairs; an odd one is its own neighbour. */
#ifndef PITH_KERNELS_DOTS_I8MM_H
#define PITH_KERNELS_DOTS_I8MM_H

#include "kernels/arm/dots_sdot.h"

/* Up to how many columns weights stream past, in turns, where blocks are of 32 and of 256. */
enum {
    V_STREAM_LIMIT_32 = 4,
    V_STREAM_LIMIT_256 = 4,
    V_STREAM_LIMIT_Q4_K = V_STREAM_LIMIT_256
};

enum {
    V_PAIRS = (V_COLS + 1) / 2 /* of columns */
};

V_FN void v_panel_form(vi *w) {
    V_UNROLL
    for (int j = 0; j < 8; j += 2) {
        vi x = w[j], y = w[j + 1];
        w[j] = (vi){vzip1q_s32(x.a, y.a), vzip2q_s32(x.a, y.a), vzip1q_s32(x.b, y.b), vzip2q_s32(x.b, y.b)};
        w[j + 1] = (vi){vzip1q_s32(x.c, y.c), vzip2q_s32(x.c, y.c), vzip1q_s32(x.d, y.d), vzip2q_s32(x.d, y.d)};
    }
}

V_FN int32x4_t v_quarter_matrix(int32x4_t sum, int32x4_t w, int8x16_t x) {
    return vmmlaq_s32(sum, vreinterpretq_s8_s32(w), x);
}

/* Two rows times two columns in each quarter. */
V_FN vi v_matrix(vi sum, vi w, int8x16_t x) {
    return (vi){v_quarter_matrix(sum.a, w.a, x), v_quarter_matrix(sum.b, w.b, x), v_quarter_matrix(sum.c, w.c, x),
                v_quarter_matrix(sum.d, w.d, x)};
}

/* The first column of a pair, from the products of rows 0 to 7 and 8 to 15; then the second. */
V_FN vi v_first_column(vi low, vi high) {
    return (vi){vuzp1q_s32(low.a, low.b), vuzp1q_s32(low.c, low.d), vuzp1q_s32(high.a, high.b),
                vuzp1q_s32(high.c, high.d)};
}
V_FN vi v_second_column(vi low, vi high) {
    return (vi){vuzp2q_s32(low.a, low.b), vuzp2q_s32(low.c, low.d), vuzp2q_s32(high.a, high.b),
                vuzp2q_s32(high.c, high.d)};
}

/* Products of one group, by pairs of columns. */
V_FN void v_matrix_dots(vi *low, vi *high, const vi *w, const int8_t *const *x, int n, int cols) {
    V_UNROLL
    for (int c = 0; c < cols; c += 2) {
        low[c / 2] = high[c / 2] = v_zero_i();
    }
    V_UNROLL
    for (int j = 0; j < n; j += 2) {
        V_UNROLL
        for (int c = 0; c < cols; c += 2) {
            const int8_t *neighbour = x[c + 1 < cols ? c + 1 : c];
            int8x16_t columns = vcombine_s8(vld1_s8(x[c] + 4 * j), vld1_s8(neighbour + 4 * j));
            low[c / 2] = v_matrix(low[c / 2], w[j], columns);
            high[c / 2] = v_matrix(high[c / 2], w[j + 1], columns);
        }
    }
}

V_FN void v_tile_dots(vi *sum, const vi *const *w, const int8_t *const *x, int n, int groups, int cols, int run) {
    (void)run;
    V_UNROLL
    for (int g = 0; g < groups; g++) {
        vi low[V_PAIRS], high[V_PAIRS];
        v_matrix_dots(low, high, w[g], x, n, cols);
        V_UNROLL
        for (int c = 0; c < cols; c++) {
            vi dots = c % 2 == 0 ? v_first_column(low[c / 2], high[c / 2]) : v_second_column(low[c / 2], high[c / 2]);
            sum[g * cols + c] = v_add_i(sum[g * cols + c], dots);
        }
    }
}

V_FN vi v_signed_start(vi start, const vi *w, int n, vi scale) {
    (void)w, (void)n, (void)scale;
    return start;
}

V_FN void v_tile_dots_scaled(vi *sum, const vi *const *w, const int8_t *const *x, int n, const vi *scale, int groups,
                             int cols, int run, int is_signed) {
    (void)is_signed;
    vi dots[V_GROUPS * V_COLS];
    V_UNROLL
    for (int i = 0; i < groups * cols; i++) {
        dots[i] = v_zero_i();
    }
    v_tile_dots(dots, w, x, n, groups, cols, run);
    v_add_scaled(sum, dots, scale, groups, cols);
}

#endif
