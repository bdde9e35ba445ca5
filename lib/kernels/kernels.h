/* The kernel table: one struct of function pointers, filled once per CPU level. ref/ is the meaning, in plain C; x86/ and arm/
 * override entries upward and must give the same bits (NUMERICS.md is the contract of every entry).
 *
 * Invariant: kernels touch only the memory their arguments describe, allocate nothing, know no threads and no models. */
#ifndef PITH_KERNELS_H
#define PITH_KERNELS_H

#include "kernels/dtype.h"
#include <stdbool.h>
#include <stdint.h>

#define PITH__GROUP 16       /* rows of a packed group: one SIMD lane is one row */
#define PITH__NUMERICS 1     /* numerics revision: raised when any result bit may change */
#define PITH__ATTN_BLOCK 64  /* positions of an attention block, aligned to absolute positions; also the positions of a page */

/* How the columns (activations) of a packed product are stored. */
typedef enum pith__act_kind {
    PITH__ACT_FLOAT,  /* as they are: for F32, F16, BF16 weights */
    PITH__ACT_B32,    /* int8 per 32: for weights in blocks of 32 */
    PITH__ACT_B256,   /* int8 per 256: for super-blocks of 256 */
} pith__act_kind;

/* Columns ready to be multiplied; column c of each array starts c * stride elements in. Arrays are 64-byte aligned, strides
 * multiples of 64 bytes, and K is padded with zeros to a multiple of 64 (FLOAT, B32) or 256 (B256). */
typedef struct pith__acts {
    pith__act_kind kind;
    const float *f;     uint64_t f_stride;      /* FLOAT only */
    const int8_t *q;    uint64_t q_stride;      /* B32, B256 */
    const float *scale; uint64_t scale_stride;  /* one per 32 or per 256 */
    const int16_t *sum; uint64_t sum_stride;    /* sums of q per 32 (B32) or per 16 (B256) */
} pith__acts;

/* `groups` packed groups times `cols` columns. Group g writes out[c * out_stride + 16 * g + lane], all 16 lanes. */
typedef struct pith__matmul_args {
    const uint8_t *weights; /* first group, 64-byte aligned */
    uint64_t group_bytes;   /* distance of groups */
    uint32_t groups;
    uint32_t k;             /* columns of the matrix, unpadded */
    const pith__acts *x;
    uint32_t first_col, cols;
    float *out;             /* of column first_col */
    uint64_t out_stride;
} pith__matmul_args;

/* Element types of the K/V cache. Q8_0 stores bytes with one float16 for each 32 elements of a head (fewer at its end). */
typedef enum pith__kv_type {
    PITH__KV_F16,
    PITH__KV_F32,
    PITH__KV_Q8_0,
    PITH__KV_TYPES
} pith__kv_type;

/* Attention of `queries` queries (heads, of one token or of several) that share one K/V head, over positions [begin, end) inside
 * ONE block. Page memory of one K/V head, for PITH__ATTN_BLOCK positions:
 *   K: [block/16][head_dim][16]  (lane = position; sums run over head_dim in order)
 *   V: [block][head_dim]         (lane = element; sums run over positions in order)
 *   Q8_0: the float16 scales follow: of K [block/16][head_dim/32, rounded up][16], of V [head_dim/32, rounded up][block]
 * `begin` and `end` are within the block, 0 <= begin < end <= PITH__ATTN_BLOCK. Positions outside may be read, so
 * the whole block must be readable memory, but never matter. head_dim is any number from 1.
 * Writes per query i: max[i], sum[i] = sum of exp(s - max), out[i * head_dim ...] = sum of exp(s - max) * V, unscaled. */
typedef struct pith__attn_args {
    const float *const *q; /* [queries]: each head_dim floats, already roped */
    uint32_t queries, head_dim;
    float scale;          /* scores are multiplied by this after the dot product */
    const void *k, *v;
    uint32_t begin, end;
    float *max, *sum, *out;
    const void *next_k, *next_v; /* the block that comes after, to be asked for meanwhile, or NULL; never matters */
} pith__attn_args;

typedef void (*pith__matmul_fn)(const pith__matmul_args *args);
typedef void (*pith__attn_fn)(const pith__attn_args *args);
/* Stores one token's K (or V) of one head, head_dim floats, at position `pos` of a page's K (or V) block. */
typedef void (*pith__kv_store_fn)(const float *row, uint32_t head_dim, void *block, uint32_t pos);

typedef struct pith__kernels {
    const char *name; /* "ref", "avx2", "avxvnni", "avx512", "avx512vnni", "neon", "dotprod", "i8mm" */

    /* Packed product by weight type; NULL where the type has none. Layouts are described in kernels/layout.h. */
    pith__matmul_fn matmul[PITH__DTYPE_LIMIT];

    /* Quantize one column of k floats; q is padded with zeros to 64 (b32) or 256 (b256) elements, padded scales and sums are 0.
     * Returns false when an input is NaN or infinite (the outputs are then defined, and zero for that block). */
    bool (*quantize_b32)(const float *x, uint32_t k, int8_t *q, float *scale, int16_t *sum);
    bool (*quantize_b256)(const float *x, uint32_t k, int8_t *q, float *scale, int16_t *sum);

    /* out[i] = x[i] * r * weight[i], r = 1 / sqrt(mean(x^2) + eps); 16 accumulators, fixed tree. weight may be NULL (ones). */
    void (*rms_norm)(const float *x, const float *weight, uint32_t n, float eps, float *out);

    void (*add)(float *x, const float *y, uint32_t n);                                /* x += y */
    void (*silu_mul)(const float *gate, const float *up, uint32_t n, float *out);     /* out = silu(gate) * up; out may be gate */

    /* Rotates one head in place. cs: [n_rot/2][2] cosines and sines. NORMAL pairs (2i, 2i+1), NEOX pairs (i, i + n_rot/2). */
    void (*rope_normal)(float *head, const float *cs, uint32_t n_rot);
    void (*rope_neox)(float *head, const float *cs, uint32_t n_rot);

    pith__attn_fn attn[PITH__KV_TYPES];

    /* Merges the partial results of one more block into the running ones, in block order:
     * m' = max(m, bm); out = out * exp(m - m') + bout * exp(bm - m'); likewise sum. m may be -inf (nothing yet). */
    void (*attn_merge)(float *m, float *sum, float *out, float bm, float bsum, const float *bout, uint32_t head_dim);
    void (*scale)(float *x, float by, uint32_t n);                                    /* x *= by */

    pith__kv_store_fn store_k[PITH__KV_TYPES], store_v[PITH__KV_TYPES];

    void (*f16_to_f32)(const uint16_t *x, uint64_t n, float *out);
    void (*f32_to_f16)(const float *x, uint64_t n, uint16_t *out); /* nearest even, overflow to infinity */
    void (*bf16_to_f32)(const uint16_t *x, uint64_t n, float *out);

    /* exp(x[i] - max) in place, canonical exp; returns the sum: 16 accumulators, fixed tree. For samplers and softmax. */
    float (*exp_sum)(float *x, uint32_t n, float max);
    float (*max)(const float *x, uint32_t n); /* NaN is ignored; -inf for n == 0 */
} pith__kernels;

/* The table for this machine, capped by `level` ("ref", "avx2", ...; NULL or "" = the best). NULL when the name is unknown or the
 * machine lacks it. Filled once; the pointer is good for ever. The environment variable PITH_CPU is the caller's business. */
const pith__kernels *pith__kernels_get(const char *level);

/* The names of the levels this build has and this machine can run, "ref" first; NULL past the end. */
const char *pith__kernels_level(uint32_t index);

/* Runs of 32 elements of a head, each with a scale, in a Q8_0 cache. */
static inline uint32_t pith__kv_runs(uint32_t head_dim) {
    return (head_dim + 31) / 32;
}

/* Bytes of the K, or the V, of one head in a block. */
static inline uint64_t pith__kv_block_bytes(pith__kv_type type, uint32_t head_dim) {
    uint64_t elements = (uint64_t)PITH__ATTN_BLOCK * head_dim;
    uint64_t scales = (uint64_t)PITH__ATTN_BLOCK * pith__kv_runs(head_dim) * 2;
    return type == PITH__KV_F16 ? elements * 2 : type == PITH__KV_F32 ? elements * 4 : elements + scales;
}

#endif
