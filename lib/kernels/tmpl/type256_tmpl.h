/* The products of one type with super-blocks, included once a type by matmul_quant_tmpl.h with
 *   V_TYPE          its name in the functions of unpack256_tmpl.h
 *   V_TYPE_CELL     bytes of a cell
 *   V_TYPE_BIAS     what its unpacked weights have too much
 *   V_TYPE_RUN      see dots_madd.h
 *   V_TYPE_MIN      1 when it has minimums
 *   V_TYPE_VECTORS  vectors of a sub-block: 8 or 4
 *   V_TYPE_TILES    its kind of tiles
 *   V_TYPE_LIMIT    up to how many columns it streams */

#define T_JOIN3_(a, b, c) a##_##b##_##c
#define T_JOIN3(a, b, c)  T_JOIN3_(a, b, c)
#define T_JOIN2_(a, b)    a##_##b
#define T_JOIN2(a, b)     T_JOIN2_(a, b)
#define T_UNPACK(part)    T_JOIN3(unpack, V_TYPE, part)

static void T_JOIN2(fill, V_TYPE)(panel256 *panel, const uint8_t *cell) {
    const int is_signed = V_SIGNED_PANELS && !V_TYPE_MIN;
    vi scale[16], min[16];
    T_UNPACK(scales)(cell, scale, min);
    panel->start = v_zero_i();
    for (int quarter = 0; quarter < 4; quarter++) {
        int first = unpack_sub_block(quarter, 0, V_TYPE_VECTORS);
        T_UNPACK(w)(cell, quarter, panel->w + V_TYPE_VECTORS * first, 8);
        V_UNROLL
        for (int i = 0; is_signed && i < 16 / V_TYPE_VECTORS; i++) {
            int at = unpack_sub_block(quarter, i, V_TYPE_VECTORS);
            panel_sign(panel, panel->w + V_TYPE_VECTORS * at, V_TYPE_BIAS, V_TYPE_VECTORS, scale[at]);
        }
    }
    for (int s = 0; s < 8; s++) {
        v_panel_form(panel->w + 8 * s);
    }
    if (!is_signed) {
        make_pairs(scale, min, V_TYPE_VECTORS, V_TYPE_MIN, V_TYPE_BIAS, panel->pair);
    }
    for (int j = 0; j < 64 / V_TYPE_VECTORS; j++) {
        panel->scale[j] = v_scale_form(scale[j]);
    }
    panel->d = v_load_f16(cell);
    panel->dmin = V_TYPE_MIN ? v_load_f16(cell + 32) : v_zero();
}

/* A quarter of a super-block. */
V_FN void T_JOIN2(quarter, V_TYPE)(const uint8_t *cell, int quarter, const vi *scale, const int8_t *const *q, int cols,
                                   vi *isum) {
    vi w[16];
    if (cols > 1) {
        prefetch_quarter(cell + PREFETCH_AHEAD / V_TYPE_CELL * V_TYPE_CELL, V_TYPE_CELL, quarter);
    }
    T_UNPACK(w)(cell, quarter, w, V_TYPE_VECTORS);
    V_UNROLL
    for (int i = 0; i < 16 / V_TYPE_VECTORS; i++) {
        const vi *weights = w + V_TYPE_VECTORS * i;
        const int8_t *x[V_COLS];
        int at = unpack_sub_block(quarter, i, V_TYPE_VECTORS);
        vi factor = v_scale_form(scale[at]);
        V_UNROLL
        for (int c = 0; c < cols; c++) {
            x[c] = q[c] + 4 * V_TYPE_VECTORS * at;
        }
        v_dots_scaled(isum, &weights, x, V_TYPE_VECTORS, &factor, 1, cols, V_TYPE_RUN);
    }
}

/* One super-block of one group times `cols` columns. The loop over its quarters stays one: the code is long, and
 * processors foresee what is read from few places of it better. */
V_FN void T_JOIN2(block, V_TYPE)(const uint8_t *cell, uint64_t b, const stream_columns *x, int cols, vf *acc) {
    vi scale[16], min[16], pair[8], psum[V_COLS], isum[V_COLS];
    const int8_t *q[V_COLS];
    T_UNPACK(scales)(cell, scale, min);
    make_pairs(scale, min, V_TYPE_VECTORS, V_TYPE_MIN, V_TYPE_BIAS, pair);
    V_UNROLL
    for (int c = 0; c < cols; c++) {
        q[c] = x->q[c] + b * 256;
        psum[c] = isum[c] = v_zero_i();
        V_UNROLL
        for (int i = 0; i < 8; i++) {
            psum[c] = v_pair_dot(psum[c], pair[i], v_spread(x->sum[c] + b * 16 + 2 * i));
        }
    }
    for (int i = 0; i < 4; i++) {
        T_JOIN2(quarter, V_TYPE)(cell, i, scale, q, cols, isum);
    }
    V_UNROLL
    for (int c = 0; c < cols; c++) {
        vf xs = v_set(x->scale[c][b]);
        acc[c] = tile_step(v_load_f16(cell), xs, V_TYPE_MIN ? isum[c] : v_add_i(isum[c], psum[c]), acc[c]);
        if (V_TYPE_MIN) {
            acc[c] = v_fnma(v_mul(v_load_f16(cell + 32), xs), v_to_float(psum[c]), acc[c]);
        }
    }
}

V_FN void T_JOIN2(stream, V_TYPE)(const pith__matmul_args *a, int cols) {
    stream_columns x = stream_columns_of(a, cols);
    uint64_t blocks = ((uint64_t)a->k + 255) / 256;
    for (uint32_t g = 0; g < a->groups; g++) {
        vf acc[V_COLS];
        stream_clear(a, g, cols, acc);
        for (uint64_t b = 0; b < blocks; b++) {
            T_JOIN2(block, V_TYPE)(a->weights + g * a->group_bytes + b * V_TYPE_CELL, b, &x, cols, acc);
        }
        stream_store(a, g, cols, acc);
    }
}

static void T_JOIN2(few, V_TYPE)(const pith__matmul_args *a) {
    switch (a->cols) { STREAM_CASES(T_JOIN2(stream, V_TYPE), a) }
}

void v_name(T_JOIN2(matmul, V_TYPE))(const pith__matmul_args *a) {
    if (a->cols <= V_TYPE_LIMIT) {
        stream_all(a, T_JOIN2(few, V_TYPE));
    } else {
        pith__matmul_args sets = whole_sets(a, T_JOIN2(few, V_TYPE));
        matmul_panels256(&sets, T_JOIN2(fill, V_TYPE), V_TYPE_CELL, &V_TYPE_TILES);
    }
}

#undef T_JOIN3_
#undef T_JOIN3
#undef T_JOIN2_
#undef T_JOIN2
#undef T_UNPACK
#undef V_TYPE
#undef V_TYPE_CELL
#undef V_TYPE_BIAS
#undef V_TYPE_RUN
#undef V_TYPE_MIN
#undef V_TYPE_VECTORS
#undef V_TYPE_TILES
#undef V_TYPE_LIMIT
