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

/* One group times one column. */
V_FN vf T_JOIN2(column, V_TYPE)(const uint8_t *group, uint64_t blocks, const int8_t *q, const float *scale,
                                const int16_t *sum) {
    vf acc = v_zero();
    for (uint64_t b = 0; b < blocks; b++) {
        vi w[8];
        T_UNPACK(w)(group, b, w);
        const vi *weights = w;
        const int8_t *x = q + b * 32;
        vi idot = v_set_i(V_TYPE_MIN ? 0 : -V_TYPE_BIAS * sum[b]);
        v_dots(&idot, &weights, &x, 8, 1, 1, V_TYPE_RUN);
        vf s = v_set(scale[b]);
        acc = tile_step(T_UNPACK(d)(group, b), s, idot, acc);
        if (V_TYPE_MIN) {
            acc = v_fma(v_mul(T_MIN(group, b), s), v_set(sum[b]), acc);
        }
    }
    return acc;
}

void v_name(T_JOIN2(matmul, V_TYPE))(const pith__matmul_args *a) {
    if (a->cols != 1) {
        matmul_panels32(a, T_JOIN2(fill, V_TYPE), &V_TYPE_TILES, V_TYPE_BIAS);
        return;
    }
    const pith__acts *x = a->x;
    for (uint32_t g = 0; g < a->groups; g++) {
        vf acc = T_JOIN2(column, V_TYPE)(a->weights + g * a->group_bytes, ((uint64_t)a->k + 63) / 64 * 2,
                                         x->q + a->first_col * x->q_stride, x->scale + a->first_col * x->scale_stride,
                                         x->sum + a->first_col * x->sum_stride);
        v_store(a->out + 16 * (uint64_t)g, acc);
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
