/* Attention of one block, the merge of blocks, and the stores of K and V, scalar (NUMERICS.md, The other entries).
 * Layout of a block of one K/V head: K [block/16][head_dim][16], V [block][head_dim]. */
#include "kernels/fma.h"
#include "kernels/math.h"
#include "kernels/ref/ref.h"
#include <math.h>
#include <stddef.h>
#include <string.h>

typedef float (*load_fn)(const void *base, size_t i);

static float load_f32(const void *base, size_t i) {
    float v;
    memcpy(&v, (const uint8_t *)base + i * 4, sizeof v);
    return v;
}

static float load_f16(const void *base, size_t i) {
    uint16_t v;
    memcpy(&v, (const uint8_t *)base + i * 2, sizeof v);
    return pith__f16_to_f32(v);
}

/* Where element d of position p lies in a K block. */
static size_t k_index(uint32_t head_dim, uint32_t p, uint32_t d) {
    return ((size_t)(p / 16) * head_dim + d) * 16 + p % 16;
}

static float score(const pith__attn_args *a, const float *q, uint32_t p, load_fn load) {
    float sum = 0;
    for (uint32_t d = 0; d < a->head_dim; d++) {
        sum = pith__fmaf_inline(q[d], load(a->k, k_index(a->head_dim, p, d)), sum);
    }
    return sum * a->scale;
}

/* Scores to weights in place; their maximum and sum by lanes (position mod 16) and tree. */
static void soften(float *s, uint32_t begin, uint32_t end, float *max, float *sum) {
    float m[16], a[16];
    for (uint32_t i = 0; i < 16; i++) {
        m[i] = -INFINITY;
        a[i] = 0;
    }
    for (uint32_t p = begin; p < end; p++) {
        m[p % 16] = pith__lane_max(m[p % 16], s[p]);
    }
    *max = pith__tree_max(m);
    for (uint32_t p = begin; p < end; p++) {
        s[p] = pith__expf(s[p] - *max);
        a[p % 16] += s[p];
    }
    *sum = pith__tree_sum(a);
}

static void attend_head(const pith__attn_args *a, uint32_t head, load_fn load) {
    float s[PITH__ATTN_BLOCK];
    for (uint32_t p = a->begin; p < a->end; p++) {
        s[p] = score(a, a->q + (size_t)head * a->head_dim, p, load);
    }
    soften(s, a->begin, a->end, &a->max[head], &a->sum[head]);
    for (uint32_t d = 0; d < a->head_dim; d++) {
        float acc = 0;
        for (uint32_t p = a->begin; p < a->end; p++) {
            acc = pith__fmaf_inline(s[p], load(a->v, (size_t)p * a->head_dim + d), acc);
        }
        a->out[(size_t)head * a->head_dim + d] = acc;
    }
}

static void attend(const pith__attn_args *a, load_fn load) {
    for (uint32_t head = 0; head < a->heads; head++) {
        attend_head(a, head, load);
    }
}

void pith__attn_f32_ref(const pith__attn_args *args) {
    attend(args, load_f32);
}

void pith__attn_f16_ref(const pith__attn_args *args) {
    attend(args, load_f16);
}

void pith__attn_merge_ref(float *m, float *sum, float *out, float bm, float bsum, const float *bout,
                          uint32_t head_dim) {
    if (*m == -INFINITY) {
        *m = bm;
        *sum = bsum;
        memcpy(out, bout, head_dim * sizeof(float));
        return;
    }
    float joined = pith__lane_max(*m, bm);
    float a = pith__expf(*m - joined);
    float b = pith__expf(bm - joined);
    *m = joined;
    *sum = pith__fmaf_inline(bsum, b, *sum * a);
    for (uint32_t d = 0; d < head_dim; d++) {
        out[d] = pith__fmaf_inline(bout[d], b, out[d] * a);
    }
}

void pith__store_k_f16_ref(const float *k, uint32_t head_dim, void *k_block, uint32_t pos) {
    for (uint32_t d = 0; d < head_dim; d++) {
        uint16_t h = pith__f32_to_f16(k[d]);
        memcpy((uint8_t *)k_block + k_index(head_dim, pos, d) * 2, &h, sizeof h);
    }
}

void pith__store_v_f16_ref(const float *v, uint32_t head_dim, void *v_block, uint32_t pos) {
    for (uint32_t d = 0; d < head_dim; d++) {
        uint16_t h = pith__f32_to_f16(v[d]);
        memcpy((uint8_t *)v_block + ((size_t)pos * head_dim + d) * 2, &h, sizeof h);
    }
}

void pith__store_k_f32_ref(const float *k, uint32_t head_dim, void *k_block, uint32_t pos) {
    for (uint32_t d = 0; d < head_dim; d++) {
        memcpy((uint8_t *)k_block + k_index(head_dim, pos, d) * 4, k + d, sizeof *k);
    }
}

void pith__store_v_f32_ref(const float *v, uint32_t head_dim, void *v_block, uint32_t pos) {
    memcpy((uint8_t *)v_block + (size_t)pos * head_dim * 4, v, head_dim * sizeof *v);
}
