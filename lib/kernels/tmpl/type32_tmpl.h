/* The products of one type with blocks of 32, included once a type by matmul_quant_tmpl.h with
 *   V_TYPE        its name in the functions of unpack32_tmpl.h
 *   V_TYPE_CELL   bytes of a cell, V_TYPE_BLOCKS its blocks
 *   V_TYPE_BIAS   what its unpacked weights have too much
 *   V_TYPE_RUN    see dots_madd.h
 *   V_TYPE_MIN    1 when it has minimums
 *   V_TYPE_TILES  its kind of tiles */

#define T_JOIN3_(a, b, c) a##_##b##_##c
#define T_JOIN3(a, b, c)  T_JOIN3_(a, b, c)
#define T_JOIN2_(a, b)    a##_##b
#define T_JOIN2(a, b)     T_JOIN2_(a, b)
#define T_UNPACK(part)    T_JOIN3(unpack, V_TYPE, part)

#if V_TYPE_MIN
#define T_MIN(group, block) T_UNPACK(m)(group, block)
#else
#define T_MIN(group, block) v_zero()
#endif

static void T_JOIN2(fill, V_TYPE)(panel32 *panel, const uint8_t *group, uint64_t block, uint32_t count) {
    for (uint32_t b = 0; b < count; b++) {
        T_UNPACK(w)(group, block + b, panel->w + b * 8);
        v_panel_form(panel->w + b * 8);
        panel->d[b] = T_UNPACK(d)(group, block + b);
        panel->m[b] = T_MIN(group, block + b);
    }
}

/* Up to PANEL_BLOCKS blocks of one group, from block `first`, times `cols` columns. */
V_FN void T_JOIN2(blocks, V_TYPE)(const uint8_t *group, uint64_t first, uint64_t end, const stream_columns *x, int cols,
                                  vf *acc) {
    const int block_bytes = V_TYPE_CELL / V_TYPE_BLOCKS;
    tile_start start[V_COLS];
    V_UNROLL
    for (int c = 0; c < cols; c++) {
        start[c] = tile_start_of(x->sum[c] + first, V_TYPE_BIAS, V_TYPE_MIN);
    }
    for (uint64_t b = first; b < end; b++) {
        vi w[8], idot[V_COLS];
        const int8_t *q[V_COLS];
        const vi *weights = w;
        if (cols > 1) {
            prefetch_ahead(group + b * (uint64_t)block_bytes, block_bytes);
        }
        T_UNPACK(w)(group, b, w);
        V_UNROLL
        for (int c = 0; c < cols; c++) {
            q[c] = x->q[c] + b * 32;
            idot[c] = V_TYPE_MIN ? v_zero_i() : v_set_i(start[c].starts[b - first]);
        }
        v_dots(idot, &weights, q, 8, 1, cols, V_TYPE_RUN);
        V_UNROLL
        for (int c = 0; c < cols; c++) {
            vf s = v_set(x->scale[c][b]);
            acc[c] = tile_step(T_UNPACK(d)(group, b), s, idot[c], acc[c]);
            if (V_TYPE_MIN) {
                acc[c] = v_fma(v_mul(T_MIN(group, b), s), v_set(start[c].sums[b - first]), acc[c]);
            }
        }
    }
}

V_FN void T_JOIN2(stream, V_TYPE)(const pith__matmul_args *a, int cols) {
    stream_columns x = stream_columns_of(a, cols);
    uint64_t blocks = ((uint64_t)a->k + 63) / 64 * 2;
    for (uint32_t g = 0; g < a->groups; g++) {
        vf acc[V_COLS];
        stream_clear(a, g, cols, acc);
        for (uint64_t b = 0; b < blocks; b += PANEL_BLOCKS) {
            uint64_t end = blocks - b < PANEL_BLOCKS ? blocks : b + PANEL_BLOCKS;
            T_JOIN2(blocks, V_TYPE)(a->weights + g * a->group_bytes, b, end, &x, cols, acc);
        }
        stream_store(a, g, cols, acc);
    }
}

static void T_JOIN2(few, V_TYPE)(const pith__matmul_args *a) {
    switch (a->cols) { STREAM_CASES(T_JOIN2(stream, V_TYPE), a) }
}

void v_name(T_JOIN2(matmul, V_TYPE))(const pith__matmul_args *a) {
    /* Said apart, so that compilers see that panels are never needed and leave them out. */
    if (V_STREAM_LIMIT_32 == INT32_MAX || a->cols <= V_STREAM_LIMIT_32) {
        stream_all(a, T_JOIN2(few, V_TYPE));
    } else {
        pith__matmul_args sets = whole_sets(a, T_JOIN2(few, V_TYPE));
        matmul_panels32(&sets, T_JOIN2(fill, V_TYPE), &V_TYPE_TILES, V_TYPE_BIAS);
    }
}

#undef T_JOIN3_
#undef T_JOIN3
#undef T_JOIN2_
#undef T_JOIN2
#undef T_UNPACK
#undef T_MIN
#undef V_TYPE
#undef V_TYPE_CELL
#undef V_TYPE_BLOCKS
#undef V_TYPE_BIAS
#undef V_TYPE_RUN
#undef V_TYPE_MIN
#undef V_TYPE_TILES
