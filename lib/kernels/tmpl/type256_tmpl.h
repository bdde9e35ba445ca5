/* The products of one type with super-blocks, included once a type by matmul_quant_tmpl.h with
 *   V_TYPE          its name in the functions of unpack256_tmpl.h
 *   V_TYPE_CELL     bytes of a cell
 *   V_TYPE_BIAS     what its unpacked weights have too much
 *   V_TYPE_RUN      see dots_madd.h
 *   V_TYPE_MIN      1 when it has minimums
 *   V_TYPE_VECTORS  vectors of a sub-block: 8 or 4
 *   V_TYPE_TILES    its kind of tiles */

#define T_JOIN3_(a, b, c) a##_##b##_##c
#define T_JOIN3(a, b, c)  T_JOIN3_(a, b, c)
#define T_JOIN2_(a, b)    a##_##b
#define T_JOIN2(a, b)     T_JOIN2_(a, b)
#define T_UNPACK(part)    T_JOIN3(unpack, V_TYPE, part)

static void T_JOIN2(fill, V_TYPE)(panel256 *panel, const uint8_t *cell) {
    vi scale[16], min[16];
    T_UNPACK(scales)(cell, scale, min);
    make_pairs(scale, min, V_TYPE_VECTORS, V_TYPE_MIN, V_TYPE_BIAS, panel->pair);
    for (int j = 0; j < 64 / V_TYPE_VECTORS; j++) {
        panel->scale[j] = v_scale_form(scale[j]);
    }
    for (int s = 0; s < 8; s++) {
        T_UNPACK(w)(cell, s, panel->w + 8 * s);
    }
    panel->d = v_load_f16(cell);
    panel->dmin = V_TYPE_MIN ? v_load_f16(cell + 32) : v_zero();
}

/* One super-block of one group times one column. */
V_FN vf T_JOIN2(block, V_TYPE)(const uint8_t *cell, const int8_t *q, float x_scale, const int16_t *sum, vf acc) {
    vi scale[16], min[16], pair[8];
    vi psum = v_zero_i(), isum = v_zero_i();
    T_UNPACK(scales)(cell, scale, min);
    make_pairs(scale, min, V_TYPE_VECTORS, V_TYPE_MIN, V_TYPE_BIAS, pair);
    V_UNROLL
    for (int i = 0; i < 8; i++) {
        psum = v_pair_dot(psum, pair[i], v_spread(sum + 2 * i));
    }
    V_UNROLL
    for (int s = 0; s < 8; s++) {
        vi w[8];
        prefetch_part(cell + 2 * V_TYPE_CELL, V_TYPE_CELL / 64, s);
        T_UNPACK(w)(cell, s, w);
        V_UNROLL
        for (int at = 0; at < 8; at += V_TYPE_VECTORS) {
            const vi *weights = w + at;
            const int8_t *x = q + 32 * s + 4 * at;
            vi factor = v_scale_form(scale[(8 * s + at) / V_TYPE_VECTORS]);
            v_dots_scaled(&isum, &weights, &x, V_TYPE_VECTORS, &factor, 1, 1, V_TYPE_RUN);
        }
    }
    vf xs = v_set(x_scale);
    if (V_TYPE_MIN) {
        acc = tile_step(v_load_f16(cell), xs, isum, acc);
        return v_fnma(v_mul(v_load_f16(cell + 32), xs), v_to_float(psum), acc);
    }
    return tile_step(v_load_f16(cell), xs, v_add_i(isum, psum), acc);
}

static void T_JOIN2(columns, V_TYPE)(const pith__matmul_args *a) {
    const pith__acts *x = a->x;
    const int8_t *q = x->q + a->first_col * x->q_stride;
    const float *scale = x->scale + a->first_col * x->scale_stride;
    const int16_t *sum = x->sum + a->first_col * x->sum_stride;
    uint64_t blocks = ((uint64_t)a->k + 255) / 256;
    for (uint32_t g = 0; g < a->groups; g++) {
        const uint8_t *cell = a->weights + g * a->group_bytes;
        vf acc = v_zero();
        for (uint64_t b = 0; b < blocks; b++) {
            acc = T_JOIN2(block, V_TYPE)(cell + b * V_TYPE_CELL, q + b * 256, scale[b], sum + b * 16, acc);
        }
        v_store(a->out + 16 * (uint64_t)g, acc);
    }
}

void v_name(T_JOIN2(matmul, V_TYPE))(const pith__matmul_args *a) {
    if (a->cols == 1) {
        T_JOIN2(columns, V_TYPE)(a);
    } else {
        matmul_panels256(a, T_JOIN2(fill, V_TYPE), V_TYPE_CELL, &V_TYPE_TILES);
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
