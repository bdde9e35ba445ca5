/* The products of one type with blocks of 32, included once a type by matmul_quant_tmpl.h with
 *   V_TYPE        its name in the functions of unpack32_tmpl.h
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
        panel->d[b] = T_UNPACK(d)(group, block + b);
        panel->m[b] = T_MIN(group, block + b);
    }
}

/* One group times `cols` columns. */
V_FN void T_JOIN2(group, V_TYPE)(const uint8_t *group, uint64_t blocks, const stream_columns *x, int cols, vf *acc) {
    for (uint64_t b = 0; b < blocks; b++) {
        vi w[8], idot[V_COLS];
        const int8_t *q[V_COLS];
        const vi *weights = w;
        T_UNPACK(w)(group, b, w);
        V_UNROLL
        for (int c = 0; c < cols; c++) {
            q[c] = x->q[c] + b * 32;
            idot[c] = v_set_i(V_TYPE_MIN ? 0 : -V_TYPE_BIAS * x->sum[c][b]);
        }
        v_dots(idot, &weights, q, 8, 1, cols, V_TYPE_RUN);
        V_UNROLL
        for (int c = 0; c < cols; c++) {
            vf s = v_set(x->scale[c][b]);
            acc[c] = tile_step(T_UNPACK(d)(group, b), s, idot[c], acc[c]);
            if (V_TYPE_MIN) {
                acc[c] = v_fma(v_mul(T_MIN(group, b), s), v_set(x->sum[c][b]), acc[c]);
            }
        }
    }
}

V_FN void T_JOIN2(stream, V_TYPE)(const pith__matmul_args *a, int cols) {
    stream_columns x = stream_columns_of(a, cols);
    for (uint32_t g = 0; g < a->groups; g++) {
        vf acc[V_COLS];
        stream_clear(cols, acc);
        T_JOIN2(group, V_TYPE)(a->weights + g * a->group_bytes, ((uint64_t)a->k + 63) / 64 * 2, &x, cols, acc);
        stream_store(a, g, cols, acc);
    }
}

void v_name(T_JOIN2(matmul, V_TYPE))(const pith__matmul_args *a) {
    switch (a->cols) {
        STREAM_CASES(T_JOIN2(stream, V_TYPE), a)
    default: matmul_panels32(a, T_JOIN2(fill, V_TYPE), &V_TYPE_TILES, V_TYPE_BIAS);
    }
}

#undef T_JOIN3_
#undef T_JOIN3
#undef T_JOIN2_
#undef T_JOIN2
#undef T_UNPACK
#undef T_MIN
#undef V_TYPE
#undef V_TYPE_BIAS
#undef V_TYPE_RUN
#undef V_TYPE_MIN
#undef V_TYPE_TILES
