/* Attention of one block in sixteen lanes (NUMERICS.md, The other entries). Heads that share the K/V head are taken up
 * to V_ATTN_HEADS at a time, so that each vector of K and V is loaded (and widened) once for them. Scores: lane =
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

/* Scores of some heads, turned to weights in place. */
typedef float attn_scores[V_ATTN_HEADS][PITH__ATTN_BLOCK];

V_FN vf attn_load(const void *base, size_t i, int half) {
    return half ? v_load_f16((const uint16_t *)base + i) : v_load((const float *)base + i);
}

V_FN vf attn_load_part(const void *base, size_t i, uint32_t n, int half) {
    if (!half) {
        return v_load_part((const float *)base + i, n, v_zero());
    }
    uint16_t part[16] = {0};
    memcpy(part, (const uint16_t *)base + i, n * sizeof *part);
    return v_load_f16(part);
}

/* Dots of `heads` heads with `runs` runs of 16 positions from run `first`. */
V_FN void attn_dots(const pith__attn_args *a, const float *q, int heads, uint32_t first, int runs, int half,
                    attn_scores s) {
    vf acc[V_ATTN_HEADS * ATTN_LANES];
    size_t run_elements = (size_t)a->head_dim * 16;
    V_UNROLL
    for (int i = 0; i < heads * runs; i++) {
        acc[i] = v_zero();
    }
    for (uint32_t d = 0; d < a->head_dim; d++) {
        V_UNROLL
        for (int r = 0; r < runs; r++) {
            vf k = attn_load(a->k, (first + (uint32_t)r) * run_elements + (size_t)d * 16, half);
            V_UNROLL
            for (int h = 0; h < heads; h++) {
                acc[h * runs + r] = v_fma(v_set(q[(size_t)h * a->head_dim + d]), k, acc[h * runs + r]);
            }
        }
    }
    V_UNROLL
    for (int h = 0; h < heads; h++) {
        V_UNROLL
        for (int r = 0; r < runs; r++) {
            v_store(s[h] + (first + (uint32_t)r) * 16, v_mul(acc[h * runs + r], v_set(a->scale)));
        }
    }
}

/* Runs of 16 positions that touch [begin, end), `at_once` together where there are as many. */
V_FN void attn_all_dots(const pith__attn_args *a, const float *q, int heads, int at_once, int half, attn_scores s) {
    uint32_t run = a->begin / 16, last = (a->end + 15) / 16;
    for (; last - run >= (uint32_t)at_once; run += (uint32_t)at_once) {
        attn_dots(a, q, heads, run, at_once, half, s);
    }
    for (; at_once > 1 && run < last; run++) {
        attn_dots(a, q, heads, run, 1, half, s);
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

/* `vectors` vectors of output elements from element d, for `heads` heads; the last one has `n` lanes. */
V_FN void attn_mix(const pith__attn_args *a, float *out, int heads, uint32_t d, int vectors, uint32_t n, int half,
                   attn_scores s) {
    vf acc[V_ATTN_HEADS * V_ATTN_WIDTH];
    V_UNROLL
    for (int i = 0; i < heads * vectors; i++) {
        acc[i] = v_zero();
    }
    for (uint32_t p = a->begin; p < a->end; p++) {
        V_UNROLL
        for (int i = 0; i < vectors; i++) {
            size_t at = (size_t)p * a->head_dim + d + 16 * (size_t)i;
            vf v = n == 16 ? attn_load(a->v, at, half) : attn_load_part(a->v, at, n, half);
            V_UNROLL
            for (int h = 0; h < heads; h++) {
                acc[h * vectors + i] = v_fma(v_set(s[h][p]), v, acc[h * vectors + i]);
            }
        }
    }
    V_UNROLL
    for (int h = 0; h < heads; h++) {
        V_UNROLL
        for (int i = 0; i < vectors; i++) {
            v_store_part(out + (size_t)h * a->head_dim + d + 16 * (size_t)i, acc[h * vectors + i], n);
        }
    }
}

V_FN void attn_all_mixes(const pith__attn_args *a, float *out, int heads, int half, attn_scores s) {
    uint32_t d = 0;
    for (; a->head_dim - d >= 16 * V_ATTN_WIDTH; d += 16 * V_ATTN_WIDTH) {
        attn_mix(a, out, heads, d, V_ATTN_WIDTH, 16, half, s);
    }
    for (; a->head_dim - d >= 16; d += 16) {
        attn_mix(a, out, heads, d, 1, 16, half, s);
    }
    if (d < a->head_dim) {
        attn_mix(a, out, heads, d, 1, a->head_dim - d, half, s);
    }
}

V_FN void attn_heads(const pith__attn_args *a, uint32_t head, int heads, int half) {
    attn_scores s;
    size_t at = (size_t)head * a->head_dim;
    attn_all_dots(a, a->q + at, heads,
                  heads == 1                      ? 4
                  : heads < 8 && V_ATTN_HEADS > 4 ? 2
                  : heads == 2                    ? 2
                                                  : 1,
                  half, s);
    for (int h = 0; h < heads; h++) {
        attn_soften(a, s[h], &a->max[head + (uint32_t)h], &a->sum[head + (uint32_t)h]);
    }
    attn_all_mixes(a, a->out + at, heads, half, s);
}

V_FN void attend(const pith__attn_args *a, int half) {
    uint32_t head = 0;
    for (; V_ATTN_HEADS > 4 && a->heads - head >= V_ATTN_HEADS; head += V_ATTN_HEADS) {
        attn_heads(a, head, V_ATTN_HEADS, half);
    }
    for (; a->heads - head >= 4; head += 4) {
        attn_heads(a, head, 4, half);
    }
    switch (a->heads - head) {
    case 3:
        attn_heads(a, head, 3, half);
        break;
    case 2:
        attn_heads(a, head, 2, half);
        break;
    case 1:
        attn_heads(a, head, 1, half);
        break;
    default:
        break;
    }
}

void v_name(attn_f32)(const pith__attn_args *args) {
    attend(args, 0);
}

void v_name(attn_f16)(const pith__attn_args *args) {
    attend(args, 1);
}

void v_name(attn_merge)(float *m, float *sum, float *out, float bm, float bsum, const float *bout, uint32_t head_dim) {
    if (*m == -__builtin_inff()) {
        pith__attn_merge_ref(m, sum, out, bm, bsum, bout, head_dim);
        return;
    }
    float joined = pith__lane_max(*m, bm);
    vf a = v_exp(v_set(*m - joined)), b = v_exp(v_set(bm - joined));
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
