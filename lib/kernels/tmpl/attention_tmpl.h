/* Attention of one block in sixteen lanes (NUMERICS.md, The other entries). Queries that share the K/V head are taken
 * up to V_ATTN_HEADS at a time, so that each vector of K and V is loaded (and widened) once for them. Scores: lane =
 * position. Output: lane = element. Sums run in the order of ref in both, so there are no horizontal sums but the tree
 * over positions. */
#ifndef PITH_KERNELS_ATTENTION_TMPL_H
#define PITH_KERNELS_ATTENTION_TMPL_H

#include "kernels/kernels.h"
#include "kernels/ref/ref.h"
#include "kernels/tmpl/exp_tmpl.h"
#include "kernels/tmpl/unroll.h"
#include <stddef.h>

enum {
    ATTN_LANES = PITH__ATTN_BLOCK / 16
};

/* Scores of some queries, turned to weights in place. */
typedef float attn_scores[V_ATTN_HEADS][PITH__ATTN_BLOCK];

/* The scales behind the bytes of Q8_0. */
V_FN const uint16_t *attn_scales(const pith__attn_args *a, const void *block) {
    return (const uint16_t *)(const void *)((const uint8_t *)block + (size_t)PITH__ATTN_BLOCK * a->head_dim);
}

/* The scales of 16 positions of K, at the run of elements that has element d. */
V_FN vf attn_k_scale(const pith__attn_args *a, uint32_t run, uint32_t d, pith__kv_type type) {
    size_t at = ((size_t)run * pith__kv_runs(a->head_dim) + d / 32) * 16;
    return type == PITH__KV_Q8_0 ? v_load_f16(attn_scales(a, a->k) + at) : v_zero();
}

/* Asks for what lies in the next block where `at` lies in this one. Blocks are short and far apart: the processor's own
 * foresight begins anew in each. */
V_FN void attn_ask(const void *next, const void *block, const void *at) {
    if (next) {
        __builtin_prefetch((const uint8_t *)next + ((const uint8_t *)at - (const uint8_t *)block), 0, 2);
    }
}

/* Element d of 16 positions of K. */
V_FN vf attn_k(const pith__attn_args *a, uint32_t run, uint32_t d, vf scale, pith__kv_type type) {
    size_t at = ((size_t)run * a->head_dim + d) * 16;
    switch (type) {
    case PITH__KV_F16:
        attn_ask(a->next_k, a->k, (const uint16_t *)a->k + at);
        return v_load_f16((const uint16_t *)a->k + at);
    case PITH__KV_F32:
        attn_ask(a->next_k, a->k, (const float *)a->k + at);
        return v_load((const float *)a->k + at);
    default:
        attn_ask(a->next_k, a->k, (const uint8_t *)a->k + at);
        return v_mul(v_to_float(v_load_s8((const uint8_t *)a->k + at)), scale);
    }
}

/* Scales of the runs that up to V_ATTN_WIDTH vectors of V reach into, by position. */
enum {
    ATTN_MIX_RUNS = (16 * V_ATTN_WIDTH + 31) / 32
};
typedef float attn_v_scales[ATTN_MIX_RUNS][PITH__ATTN_BLOCK];

V_FN void attn_load_v_scales(const pith__attn_args *a, uint32_t d, int runs, attn_v_scales scales) {
    const uint16_t *from = attn_scales(a, a->v) + (size_t)(d / 32) * PITH__ATTN_BLOCK;
    for (int i = 0; i < runs * ATTN_LANES; i++) {
        v_store(scales[0] + 16 * i, v_load_f16(from + 16 * i));
    }
}

/* n elements of V at position p, from d on, in n lanes of 16. */
V_FN vf attn_v(const pith__attn_args *a, uint32_t p, uint32_t d, uint32_t n, float scale, pith__kv_type type) {
    size_t at = (size_t)p * a->head_dim + d;
    const uint16_t *half = (const uint16_t *)a->v + at;
    const uint8_t *byte = (const uint8_t *)a->v + at;
    union {
        uint16_t half[16];
        uint8_t byte[16];
    } part = {{0}};
    if (n < 16 && type == PITH__KV_F16) {
        memcpy(part.half, half, n * sizeof *half);
        half = part.half;
    } else if (n < 16 && type == PITH__KV_Q8_0) {
        memcpy(part.byte, byte, n);
        byte = part.byte;
    }
    switch (type) {
    case PITH__KV_F16:
        attn_ask(a->next_v, a->v, (const uint16_t *)a->v + at);
        return v_load_f16(half);
    case PITH__KV_F32:
        attn_ask(a->next_v, a->v, (const float *)a->v + at);
        return n == 16 ? v_load((const float *)a->v + at) : v_load_part((const float *)a->v + at, n, v_zero());
    default:
        attn_ask(a->next_v, a->v, (const uint8_t *)a->v + at);
        return v_mul(v_to_float(v_load_s8(byte)), v_set(scale));
    }
}

/* Dots of `queries` queries with `runs` runs of 16 positions from run `first`. */
V_FN void attn_dots(const pith__attn_args *a, const float *const *q, int queries, uint32_t first, int runs,
                    pith__kv_type type, attn_scores s) {
    vf acc[V_ATTN_HEADS * ATTN_LANES];
    V_UNROLL
    for (int i = 0; i < queries * runs; i++) {
        acc[i] = v_zero();
    }
    for (uint32_t start = 0; start < a->head_dim; start += 32) {
        uint32_t end = a->head_dim - start < 32 ? a->head_dim : start + 32;
        vf scale[ATTN_LANES];
        V_UNROLL
        for (int r = 0; r < runs; r++) {
            scale[r] = attn_k_scale(a, first + (uint32_t)r, start, type);
        }
        for (uint32_t d = start; d < end; d++) {
            V_UNROLL
            for (int r = 0; r < runs; r++) {
                vf k = attn_k(a, first + (uint32_t)r, d, scale[r], type);
                V_UNROLL
                for (int h = 0; h < queries; h++) {
                    acc[h * runs + r] = v_fma(v_set(q[h][d]), k, acc[h * runs + r]);
                }
            }
        }
    }
    V_UNROLL
    for (int h = 0; h < queries; h++) {
        V_UNROLL
        for (int r = 0; r < runs; r++) {
            v_store(s[h] + (first + (uint32_t)r) * 16, v_mul(acc[h * runs + r], v_set(a->scale)));
        }
    }
}

/* Runs of 16 positions that touch [begin, end), `at_once` together where there are as many. */
V_FN void attn_all_dots(const pith__attn_args *a, const float *const *q, int queries, int at_once, pith__kv_type type,
                        attn_scores s) {
    uint32_t run = a->begin / 16, last = (a->end + 15) / 16;
    for (; last - run >= (uint32_t)at_once; run += (uint32_t)at_once) {
        attn_dots(a, q, queries, run, at_once, type, s);
    }
    for (; at_once > 1 && run < last; run++) {
        attn_dots(a, q, queries, run, 1, type, s);
    }
}

/* Lanes of run r that are inside [begin, end); `other` in the rest. */
V_FN vf attn_inside(const pith__attn_args *a, uint32_t run, vf v, vf other) {
    uint32_t start = run * 16;
    uint32_t from = a->begin > start ? a->begin - start : 0;
    uint32_t to = a->end - start < 16 ? a->end - start : 16;
    return v_keep_range(v, from, to, other);
}

V_FN void attn_soften(const pith__attn_args *a, float *s, float *max, float *sum) {
    uint32_t first = a->begin / 16, last = (a->end + 15) / 16;
    vf nothing = v_set(-__builtin_inff());
    vf m = nothing, total = v_zero();
    for (uint32_t r = first; r < last; r++) {
        m = v_max(m, attn_inside(a, r, v_load(s + r * 16), nothing));
    }
    *max = v_tree_max(m);
    for (uint32_t r = first; r < last; r++) {
        vf e = attn_inside(a, r, v_exp(v_sub(v_load(s + r * 16), v_set(*max))), v_zero());
        v_store(s + r * 16, e);
        total = v_add(total, e);
    }
    *sum = v_tree_sum(total);
}

/* `vectors` vectors of output elements from element d, for `queries` queries; the last one has `n` lanes. */
V_FN void attn_mix(const pith__attn_args *a, float *out, int queries, uint32_t d, int vectors, uint32_t n,
                   pith__kv_type type, attn_scores s) {
    vf acc[V_ATTN_HEADS * V_ATTN_WIDTH];
    attn_v_scales scales;
    if (type == PITH__KV_Q8_0) {
        attn_load_v_scales(a, d, (16 * vectors + 31) / 32, scales);
    }
    V_UNROLL
    for (int i = 0; i < queries * vectors; i++) {
        acc[i] = v_zero();
    }
    for (uint32_t p = a->begin; p < a->end; p++) {
        V_UNROLL
        for (int i = 0; i < vectors; i++) {
            float scale = type == PITH__KV_Q8_0 ? scales[(d % 32 + 16 * (uint32_t)i) / 32][p] : 0;
            vf v = attn_v(a, p, d + 16 * (uint32_t)i, n, scale, type);
            V_UNROLL
            for (int h = 0; h < queries; h++) {
                acc[h * vectors + i] = v_fma(v_set(s[h][p]), v, acc[h * vectors + i]);
            }
        }
    }
    V_UNROLL
    for (int h = 0; h < queries; h++) {
        V_UNROLL
        for (int i = 0; i < vectors; i++) {
            v_store_part(out + (size_t)h * a->head_dim + d + 16 * (size_t)i, acc[h * vectors + i], n);
        }
    }
}

V_FN void attn_all_mixes(const pith__attn_args *a, float *out, int queries, pith__kv_type type, attn_scores s) {
    uint32_t d = 0;
    for (; a->head_dim - d >= 16 * V_ATTN_WIDTH; d += 16 * V_ATTN_WIDTH) {
        attn_mix(a, out, queries, d, V_ATTN_WIDTH, 16, type, s);
    }
    for (; a->head_dim - d >= 16; d += 16) {
        attn_mix(a, out, queries, d, 1, 16, type, s);
    }
    if (d < a->head_dim) {
        attn_mix(a, out, queries, d, 1, a->head_dim - d, type, s);
    }
}

/* How many runs of 16 positions are taken together, for enough independent sums. */
V_FN int attn_runs(int queries) {
    if (queries == 1) {
        return 4;
    }
    return queries == 2 || V_ATTN_HEADS > 4 ? 2 : 1;
}

V_FN void attn_queries(const pith__attn_args *a, uint32_t first, int queries, pith__kv_type type) {
    attn_scores s;
    attn_all_dots(a, a->q + first, queries, attn_runs(queries), type, s);
    for (int h = 0; h < queries; h++) {
        attn_soften(a, s[h], &a->max[first + (uint32_t)h], &a->sum[first + (uint32_t)h]);
    }
    attn_all_mixes(a, a->out + (size_t)first * a->head_dim, queries, type, s);
}

V_FN void attend(const pith__attn_args *a, pith__kv_type type) {
    uint32_t first = 0;
    for (; V_ATTN_HEADS > 4 && a->queries - first >= V_ATTN_HEADS; first += V_ATTN_HEADS) {
        attn_queries(a, first, V_ATTN_HEADS, type);
    }
    for (; a->queries - first >= 4; first += 4) {
        attn_queries(a, first, 4, type);
    }
    switch (a->queries - first) {
    case 3:
        attn_queries(a, first, 3, type);
        break;
    case 2:
        attn_queries(a, first, 2, type);
        break;
    case 1:
        attn_queries(a, first, 1, type);
        break;
    default:
        break;
    }
}

/* Widest head, and fewest queries, for which a block is turned to floats once, rather than once for each set of
 * queries. */
enum {
    ATTN_WIDEN_DIM = 128,
    ATTN_WIDEN_QUERIES = 4 * V_ATTN_HEADS
};

V_FN void attn_widen_k(const pith__attn_args *a, pith__kv_type type, float *k) {
    for (uint32_t run = a->begin / 16; run < (a->end + 15) / 16; run++) {
        for (uint32_t d = 0; d < a->head_dim; d++) {
            v_store(k + ((size_t)run * a->head_dim + d) * 16, attn_k(a, run, d, attn_k_scale(a, run, d, type), type));
        }
    }
}

V_FN void attn_widen_v(const pith__attn_args *a, pith__kv_type type, float *v) {
    for (uint32_t d = 0; d < a->head_dim; d += 16) {
        uint32_t n = a->head_dim - d < 16 ? a->head_dim - d : 16;
        attn_v_scales scales = {{0}};
        if (type == PITH__KV_Q8_0) {
            attn_load_v_scales(a, d, 1, scales);
        }
        for (uint32_t p = a->begin; p < a->end; p++) {
            v_store_part(v + (size_t)p * a->head_dim + d, attn_v(a, p, d, n, scales[0][p], type), n);
        }
    }
}

static void attend_widened(const pith__attn_args *args, pith__kv_type type) {
    float k[PITH__ATTN_BLOCK * ATTN_WIDEN_DIM], v[PITH__ATTN_BLOCK * ATTN_WIDEN_DIM];
    pith__attn_args a = *args;
    attn_widen_k(args, type, k);
    attn_widen_v(args, type, v);
    a.k = k;
    a.v = v;
    a.next_k = a.next_v = NULL; /* asked for while widening */
    v_name(attn_f32)(&a);
}

V_FN void attend_stored(const pith__attn_args *a, pith__kv_type type) {
    if (a->queries >= ATTN_WIDEN_QUERIES && a->head_dim <= ATTN_WIDEN_DIM) {
        attend_widened(a, type);
    } else {
        attend(a, type);
    }
}

void v_name(attn_f32)(const pith__attn_args *args) {
    attend(args, PITH__KV_F32);
}

void v_name(attn_f16)(const pith__attn_args *args) {
    attend_stored(args, PITH__KV_F16);
}

void v_name(attn_q8_0)(const pith__attn_args *args) {
    attend_stored(args, PITH__KV_Q8_0);
}

/* exp(m - joined) in all lanes: 1 for one of the two that are joined, mostly. */
V_FN vf attn_decay(float m, float joined) {
    return m - joined == 0 ? v_set(1) : v_exp(v_set(m - joined));
}

void v_name(attn_merge)(float *m, float *sum, float *out, float bm, float bsum, const float *bout, uint32_t head_dim) {
    if (*m == -__builtin_inff()) {
        pith__attn_merge_ref(m, sum, out, bm, bsum, bout, head_dim);
        return;
    }
    float joined = pith__lane_max(*m, bm);
    vf a = attn_decay(*m, joined), b = attn_decay(bm, joined);
    uint32_t d = 0;
    for (; head_dim - d >= 16; d += 16) {
        v_store(out + d, v_fma(v_load(bout + d), b, v_mul(v_load(out + d), a)));
    }
    if (d < head_dim) {
        vf old = v_load_part(out + d, head_dim - d, v_zero()), more = v_load_part(bout + d, head_dim - d, v_zero());
        v_store_part(out + d, v_fma(more, b, v_mul(old, a)), head_dim - d);
    }
    v_store_part(sum, v_fma(v_set(bsum), b, v_mul(v_set(*sum), a)), 1);
    *m = joined;
}

void v_name(store_v_f16)(const float *v, uint32_t head_dim, void *v_block, uint32_t pos) {
    v_name(f32_to_f16)(v, head_dim, (uint16_t *)v_block + (size_t)pos * head_dim);
}

void v_name(store_k_f16)(const float *k, uint32_t head_dim, void *k_block, uint32_t pos) {
    uint16_t *at = (uint16_t *)k_block + (size_t)(pos / 16) * head_dim * 16 + pos % 16;
    for (uint32_t d = 0; d < head_dim; d += 16) {
        uint16_t part[16];
        uint32_t n = head_dim - d < 16 ? head_dim - d : 16;
        v_store_f16(part, n == 16 ? v_load(k + d) : v_load_part(k + d, n, v_zero()));
        for (uint32_t i = 0; i < n; i++) {
            at[(size_t)(d + i) * 16] = part[i];
        }
    }
}

#endif
