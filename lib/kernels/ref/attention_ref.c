/* Attention of one block, the merge of blocks, and the stores of K and V, scalar (NUMERICS.md, The other entries).
 * The layouts of K and V are told in kernels.h. */
#include "kernels/fma.h"
#include "kernels/math.h"
#include "kernels/ref/ref.h"
#include <math.h>
#include <stddef.h>
#include <string.h>

/* Where element d of position p lies in a K and in a V block. */
static size_t k_index(uint32_t head_dim, uint32_t p, uint32_t d) {
    return ((size_t)(p / 16) * head_dim + d) * 16 + p % 16;
}

static size_t v_index(uint32_t head_dim, uint32_t p, uint32_t d) {
    return (size_t)p * head_dim + d;
}

/* Where the scale of run d / 32 is, in the scales that follow the bytes of Q8_0. */
static size_t scale_at(uint32_t head_dim, size_t index) {
    return (size_t)PITH__ATTN_BLOCK * head_dim + 2 * index;
}

static size_t k_scale(uint32_t head_dim, uint32_t p, uint32_t d) {
    return scale_at(head_dim, k_index(pith__kv_runs(head_dim), p, d / 32));
}

static size_t v_scale(uint32_t head_dim, uint32_t p, uint32_t d) {
    return scale_at(head_dim, (size_t)(d / 32) * PITH__ATTN_BLOCK + p);
}

static float f32_at(const uint8_t *at) {
    float v;
    memcpy(&v, at, sizeof v);
    return v;
}

static float f16_at(const uint8_t *at) {
    uint16_t v;
    memcpy(&v, at, sizeof v);
    return pith__f16_to_f32(v);
}

/* Element d of position p. */
typedef float (*load_fn)(const uint8_t *block, uint32_t head_dim, uint32_t p, uint32_t d);

static float k_f32(const uint8_t *block, uint32_t head_dim, uint32_t p, uint32_t d) {
    return f32_at(block + k_index(head_dim, p, d) * 4);
}

static float v_f32(const uint8_t *block, uint32_t head_dim, uint32_t p, uint32_t d) {
    return f32_at(block + v_index(head_dim, p, d) * 4);
}

static float k_f16(const uint8_t *block, uint32_t head_dim, uint32_t p, uint32_t d) {
    return f16_at(block + k_index(head_dim, p, d) * 2);
}

static float v_f16(const uint8_t *block, uint32_t head_dim, uint32_t p, uint32_t d) {
    return f16_at(block + v_index(head_dim, p, d) * 2);
}

/* A byte times a float16 is a float exactly. */
static float k_q8_0(const uint8_t *block, uint32_t head_dim, uint32_t p, uint32_t d) {
    return (float)(int8_t)block[k_index(head_dim, p, d)] * f16_at(block + k_scale(head_dim, p, d));
}

static float v_q8_0(const uint8_t *block, uint32_t head_dim, uint32_t p, uint32_t d) {
    return (float)(int8_t)block[v_index(head_dim, p, d)] * f16_at(block + v_scale(head_dim, p, d));
}

static float score(const pith__attn_args *a, const float *q, uint32_t p, load_fn load_k) {
    float sum = 0;
    for (uint32_t d = 0; d < a->head_dim; d++) {
        sum = pith__fmaf_inline(q[d], load_k(a->k, a->head_dim, p, d), sum);
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

static void attend_query(const pith__attn_args *a, uint32_t query, load_fn load_k, load_fn load_v) {
    float s[PITH__ATTN_BLOCK];
    for (uint32_t p = a->begin; p < a->end; p++) {
        s[p] = score(a, a->q[query], p, load_k);
    }
    soften(s, a->begin, a->end, &a->max[query], &a->sum[query]);
    for (uint32_t d = 0; d < a->head_dim; d++) {
        float acc = 0;
        for (uint32_t p = a->begin; p < a->end; p++) {
            acc = pith__fmaf_inline(s[p], load_v(a->v, a->head_dim, p, d), acc);
        }
        a->out[(size_t)query * a->head_dim + d] = acc;
    }
}

static void attend(const pith__attn_args *a, load_fn load_k, load_fn load_v) {
    for (uint32_t query = 0; query < a->queries; query++) {
        attend_query(a, query, load_k, load_v);
    }
}

void pith__attn_f32_ref(const pith__attn_args *args) {
    attend(args, k_f32, v_f32);
}

void pith__attn_f16_ref(const pith__attn_args *args) {
    attend(args, k_f16, v_f16);
}

void pith__attn_q8_0_ref(const pith__attn_args *args) {
    attend(args, k_q8_0, v_q8_0);
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
        memcpy((uint8_t *)v_block + v_index(head_dim, pos, d) * 2, &h, sizeof h);
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

/* The scale of n elements as stored: NaN where one of them is not finite, so that the result tells. */
static uint16_t scale_of(const float *x, uint32_t n) {
    float largest = 0;
    for (uint32_t i = 0; i < n; i++) {
        float magnitude = x[i] < 0 ? -x[i] : x[i];
        if (!(magnitude < INFINITY)) {
            return 0x7e00;
        }
        largest = magnitude > largest ? magnitude : largest;
    }
    return pith__f32_to_f16(largest / 127.0f);
}

/* x in units of a stored scale. Scales that are 0 or not finite take all of it. */
static uint8_t quant_of(float x, uint16_t scale) {
    float d = pith__f16_to_f32(scale);
    if (!(d > 0 && d < INFINITY)) {
        return 0;
    }
    float r = (x / d + 0x1.8p+23f) - 0x1.8p+23f; /* to nearest even */
    r = r > 127.0f ? 127.0f : r;
    r = r < -127.0f ? -127.0f : r;
    return (uint8_t)(int8_t)r;
}

typedef size_t (*index_fn)(uint32_t head_dim, uint32_t p, uint32_t d);

static void store_q8_0(const float *x, uint32_t head_dim, uint8_t *block, uint32_t pos, index_fn index,
                       index_fn scale) {
    for (uint32_t start = 0; start < head_dim; start += 32) {
        uint32_t n = head_dim - start < 32 ? head_dim - start : 32;
        uint16_t d = scale_of(x + start, n);
        memcpy(block + scale(head_dim, pos, start), &d, sizeof d);
        for (uint32_t i = start; i < start + n; i++) {
            block[index(head_dim, pos, i)] = quant_of(x[i], d);
        }
    }
}

void pith__store_k_q8_0_ref(const float *k, uint32_t head_dim, void *k_block, uint32_t pos) {
    store_q8_0(k, head_dim, k_block, pos, k_index, k_scale);
}

void pith__store_v_q8_0_ref(const float *v, uint32_t head_dim, void *v_block, uint32_t pos) {
    store_q8_0(v, head_dim, v_block, pos, v_index, v_scale);
}
