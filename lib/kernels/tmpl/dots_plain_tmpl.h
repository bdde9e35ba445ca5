/* Panels that hold weights as they are unpacked, and tiles that multiply them as streams do. Included by dots headers
 * that have no better form for panels, after v_dots and v_dots_scaled. */
#ifndef PITH_KERNELS_DOTS_PLAIN_TMPL_H
#define PITH_KERNELS_DOTS_PLAIN_TMPL_H

/* Brings 8 vectors of unpacked weights into the form in which v_tile_dots takes them. */
V_FN void v_panel_form(vi *w) {
    (void)w;
}

V_FN void v_tile_dots(vi *sum, const vi *const *w, const int8_t *const *x, int n, int groups, int cols, int run) {
    v_dots(sum, w, x, n, groups, cols, run);
}

/* What v_tile_dots_scaled adds to its sums beside the dots of n vectors of signed weights, taken off `start`. */
V_FN vi v_signed_start(vi start, const vi *w, int n, vi scale) {
    (void)w, (void)n, (void)scale;
    return start;
}

/* `is_signed`: the weights have their sign, see V_SIGNED_PANELS. */
V_FN void v_tile_dots_scaled(vi *sum, const vi *const *w, const int8_t *const *x, int n, const vi *scale, int groups,
                             int cols, int run, int is_signed) {
    (void)is_signed;
    v_dots_scaled(sum, w, x, n, scale, groups, cols, run);
}

#endif
