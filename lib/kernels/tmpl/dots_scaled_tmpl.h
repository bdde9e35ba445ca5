/* Scaled dots where the dots of a sub-block are whole in 32 bits before they are scaled. Included by dots headers after
 * v_dots. */
#ifndef PITH_KERNELS_DOTS_SCALED_TMPL_H
#define PITH_KERNELS_DOTS_SCALED_TMPL_H

/* The form in which v_dots_scaled takes the scales of 16 rows. */
V_FN vi v_scale_form(vi scale) {
    return scale;
}

/* sum += scale[g] * dots */
V_FN void v_add_scaled(vi *sum, const vi *dots, const vi *scale, int groups, int cols) {
    V_UNROLL
    for (int g = 0; g < groups; g++) {
        V_UNROLL
        for (int c = 0; c < cols; c++) {
            sum[g * cols + c] = v_add_i(sum[g * cols + c], v_mul_i(dots[g * cols + c], scale[g]));
        }
    }
}

/* sum += scale[g] * dots of n vectors. */
V_FN void v_dots_scaled(vi *sum, const vi *const *w, const int8_t *const *x, int n, const vi *scale, int groups,
                        int cols, int run) {
    vi dots[V_GROUPS * V_COLS];
    V_UNROLL
    for (int i = 0; i < groups * cols; i++) {
        dots[i] = v_zero_i();
    }
    v_dots(dots, w, x, n, groups, cols, run);
    v_add_scaled(sum, dots, scale, groups, cols);
}

#endif
