/* Panels: a stretch of 512 elements (or a super-block) of one group, unpacked to bytes on the stack, and the register
 * tiles that multiply panels with columns. Panels know no types: what is left of one is the bias of its weights,
 * whether it has minimums, and `run` (dots_madd.h). Between panels the accumulators rest in `out`, which rounds
 * nothing, so the order of float steps is that of NUMERICS.md. */
#ifndef PITH_KERNELS_PANEL_TMPL_H
#define PITH_KERNELS_PANEL_TMPL_H

/* As many as lanes, see tile_start. */
enum {
    PANEL_BLOCKS = 16
};

/* Blocks of 32. */
typedef struct panel32 {
    vi w[PANEL_BLOCKS * 8];
    vf d[PANEL_BLOCKS], m[PANEL_BLOCKS];
} panel32;

/* One super-block. `pair` holds int16 factors of the sums of 16 activations, two neighbours a vector (v_pair_of):
 * minimums, or -bias * scale. Where weights have their sign instead (V_SIGNED_PANELS), the sum begins at `start`. */
typedef struct panel256 {
    vi w[64];
    vi scale[16];
    vi pair[8], start;
    vf d, dmin;
} panel256;

/* Where a tile finds its columns (at the first element of the panel) and its result. */
typedef struct tile_args {
    const void *panel; /* panel32 or panel256, one a group */
    uint32_t blocks;
    int32_t bias;
    bool first; /* the result so far is 0, whatever stands in `out` */
    const int8_t *q;
    const float *scale;
    const int16_t *sum;
    uint64_t q_stride, scale_stride, sum_stride;
    float *out;
    uint64_t out_stride;
} tile_args;

typedef void (*tile_fn)(const tile_args *args);

/* acc = fma(d * scale, (float)idot, acc) */
V_FN vf tile_step(vf d, vf scale, vi idot, vf acc) {
    return v_fma(v_mul(d, scale), v_to_float(idot), acc);
}

/* What a column brings to each block of a panel beside its dots: where they start, -bias * sum, or the sum as a float.
 */
typedef union tile_start {
    vi start;
    vf sum;
    int32_t starts[PANEL_BLOCKS];
    float sums[PANEL_BLOCKS];
} tile_start;

/* Reads 32 bytes of sums for fewer blocks too: they are padded to 64 bytes. */
V_FN tile_start tile_start_of(const int16_t *sums, int bias, int has_min) {
    tile_start start;
    vi sum = v_load_s16(sums);
    if (has_min) {
        start.sum = v_to_float(sum);
    } else {
        start.start = v_mul_i(sum, v_set_i(-bias));
    }
    return start;
}

V_FN void tile_starts(const tile_args *t, int cols, int has_min, tile_start *out) {
    V_UNROLL
    for (int c = 0; c < cols; c++) {
        out[c] = tile_start_of(t->sum + (uint64_t)c * t->sum_stride, t->bias, has_min);
    }
}

V_FN void tile_load(const tile_args *t, int groups, int cols, vf *acc) {
    V_UNROLL
    for (int g = 0; g < groups; g++) {
        V_UNROLL
        for (int c = 0; c < cols; c++) {
            acc[g * cols + c] = t->first ? v_zero() : v_load(t->out + (uint64_t)c * t->out_stride + 16 * g);
        }
    }
}

V_FN void tile_store(const tile_args *t, int groups, int cols, const vf *acc) {
    V_UNROLL
    for (int g = 0; g < groups; g++) {
        V_UNROLL
        for (int c = 0; c < cols; c++) {
            v_store(t->out + (uint64_t)c * t->out_stride + 16 * g, acc[g * cols + c]);
        }
    }
}

V_FN void tile32(const tile_args *t, int groups, int cols, int has_min, int run) {
    const panel32 *panel = t->panel;
    tile_start start[V_COLS];
    vf acc[V_GROUPS * V_COLS];
    tile_starts(t, cols, has_min, start);
    tile_load(t, groups, cols, acc);
    for (uint32_t b = 0; b < t->blocks; b++) {
        vi idot[V_GROUPS * V_COLS];
        const vi *w[V_GROUPS];
        const int8_t *x[V_COLS];
        V_UNROLL
        for (int g = 0; g < groups; g++) {
            w[g] = panel[g].w + b * 8;
        }
        V_UNROLL
        for (int c = 0; c < cols; c++) {
            x[c] = t->q + (uint64_t)c * t->q_stride + b * 32;
            V_UNROLL
            for (int g = 0; g < groups; g++) {
                idot[g * cols + c] = has_min ? v_zero_i() : v_set_i(start[c].starts[b]);
            }
        }
        v_tile_dots(idot, w, x, 8, groups, cols, run);
        V_UNROLL
        for (int c = 0; c < cols; c++) {
            vf scale = v_set(t->scale[(uint64_t)c * t->scale_stride + b]);
            V_UNROLL
            for (int g = 0; g < groups; g++) {
                vf *a = &acc[g * cols + c];
                *a = tile_step(panel[g].d[b], scale, idot[g * cols + c], *a);
                if (has_min) {
                    *a = v_fma(v_mul(panel[g].m[b], scale), v_set(start[c].sums[b]), *a);
                }
            }
        }
    }
    tile_store(t, groups, cols, acc);
}

/* The sums of 16 activations times the pairs, added to `sum`. */
V_FN void tile_pair_dots(const tile_args *t, int groups, int cols, vi *sum) {
    const panel256 *panel = t->panel;
    V_UNROLL
    for (int i = 0; i < 8; i++) {
        V_UNROLL
        for (int c = 0; c < cols; c++) {
            vi x = v_spread(t->sum + (uint64_t)c * t->sum_stride + 2 * i);
            V_UNROLL
            for (int g = 0; g < groups; g++) {
                sum[g * cols + c] = v_pair_dot(sum[g * cols + c], panel[g].pair[i], x);
            }
        }
    }
}

V_FN void tile_clear(int n, vi *sum) {
    V_UNROLL
    for (int i = 0; i < n; i++) {
        sum[i] = v_zero_i();
    }
}

/* Dots of one run of `vectors` vectors from vector `at`, times scale number `at / vectors`. */
V_FN void tile_sub_block(const tile_args *t, int groups, int cols, int at, int vectors, int has_min, int run,
                         vi *isum) {
    const panel256 *panel = t->panel;
    const vi *w[V_GROUPS];
    const int8_t *x[V_COLS];
    vi scale[V_GROUPS];
    V_UNROLL
    for (int g = 0; g < groups; g++) {
        w[g] = panel[g].w + at;
        scale[g] = panel[g].scale[at / vectors];
    }
    V_UNROLL
    for (int c = 0; c < cols; c++) {
        x[c] = t->q + (uint64_t)c * t->q_stride + 4 * at;
    }
    v_tile_dots_scaled(isum, w, x, vectors, scale, groups, cols, run, V_SIGNED_PANELS && !has_min);
}

/* The sums before the dots: what takes the bias of the weights out again. */
V_FN void tile_begin256(const tile_args *t, int groups, int cols, int has_min, vi *isum) {
    const panel256 *panel = t->panel;
    tile_clear(groups * cols, isum);
    if (has_min) {
        return;
    }
    if (!V_SIGNED_PANELS) {
        tile_pair_dots(t, groups, cols, isum);
        return;
    }
    V_UNROLL
    for (int i = 0; i < groups * cols; i++) {
        isum[i] = panel[i / cols].start;
    }
}

/* `vectors` is 8 for sub-blocks of 32 elements, 4 for those of 16. */
V_FN void tile256(const tile_args *t, int groups, int cols, int vectors, int has_min, int run) {
    const panel256 *panel = t->panel;
    vi isum[V_GROUPS * V_COLS], msum[V_GROUPS * V_COLS];
    vf acc[V_GROUPS * V_COLS];
    tile_begin256(t, groups, cols, has_min, isum);
    for (int at = 0; at < 64; at += vectors) {
        tile_sub_block(t, groups, cols, at, vectors, has_min, run, isum);
    }
    tile_load(t, groups, cols, acc);
    V_UNROLL
    for (int i = 0; i < groups * cols; i++) {
        vf scale = v_set(t->scale[(uint64_t)(i % cols) * t->scale_stride]);
        acc[i] = tile_step(panel[i / cols].d, scale, isum[i], acc[i]);
    }
    if (has_min) {
        tile_clear(groups * cols, msum);
        tile_pair_dots(t, groups, cols, msum);
        V_UNROLL
        for (int i = 0; i < groups * cols; i++) {
            vf scale = v_set(t->scale[(uint64_t)(i % cols) * t->scale_stride]);
            acc[i] = v_fnma(v_mul(panel[i / cols].dmin, scale), v_to_float(msum[i]), acc[i]);
        }
    }
    tile_store(t, groups, cols, acc);
}

/* The tiles of one kind of panel, by columns. They take V_GROUPS groups; fewer stream. */
typedef tile_fn tile_table[V_COLS - V_COLS_FEW + 1];

#define TILE32(name, cols, has_min, run)                                                                               \
    static void name##_##cols(const tile_args *args) {                                                                 \
        tile32(args, V_GROUPS, cols, has_min, run);                                                                    \
    }
#define TILE256(name, cols, vectors, has_min, run)                                                                     \
    static void name##_##cols(const tile_args *args) {                                                                 \
        tile256(args, V_GROUPS, cols, vectors, has_min, run);                                                          \
    }

#define TILE_KIND(define, name, ...)                                                                                   \
    V_TILES(define, name, __VA_ARGS__)                                                                                 \
    static const tile_table name = V_TILE_TABLE(name);

TILE_KIND(TILE32, tile32_plain, 0, 4)
TILE_KIND(TILE32, tile32_min, 1, 4)
#if defined(V_DOTS_WITHOUT_RUN)
#define tile32_wide tile32_plain
#else
TILE_KIND(TILE32, tile32_wide, 0, 1)
#endif
TILE_KIND(TILE256, tile256_plain16, 4, 0, 2)
TILE_KIND(TILE256, tile256_min16, 4, 1, 4)
TILE_KIND(TILE256, tile256_min32, 8, 1, 4)
TILE_KIND(TILE256, tile256_wide32, 8, 0, 1)

#endif
