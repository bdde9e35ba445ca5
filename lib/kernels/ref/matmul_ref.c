/* Packed products, scalar: the meaning of every matmul entry. One row (lane) and one block at a time is read into
 * integers and multiplied with every column; the accumulators live in `out`. Invariant: the order of float operations
 * is that of NUMERICS.md, products. */
#include "kernels/blocks.h"
#include "kernels/fma.h"
#include "kernels/layout.h"
#include "kernels/math.h"
#include "kernels/ref/ref.h"
#include <stddef.h>

enum {
    SOURCE_BYTES_MAX = 256
};

static float *out_at(const pith__matmul_args *a, uint32_t group, uint32_t lane, uint32_t col) {
    return a->out + col * a->out_stride + (uint64_t)group * PITH__GROUP + lane;
}

static void clear(const pith__matmul_args *a) {
    for (uint32_t col = 0; col < a->cols; col++) {
        memset(out_at(a, 0, 0, col), 0, (size_t)a->groups * PITH__GROUP * sizeof(float));
    }
}

static int32_t dot(const int8_t *w, const int8_t *q, int n) {
    int32_t sum = 0;
    for (int i = 0; i < n; i++) {
        sum += w[i] * q[i];
    }
    return sum;
}

static float step32(const pith__block32 *b, bool has_min, const pith__acts *x, uint64_t col, uint64_t block,
                    float acc) {
    const int8_t *q = x->q + col * x->q_stride + block * 32;
    float scale = x->scale[col * x->scale_stride + block];
    acc = pith__fmaf_inline(b->d * scale, (float)dot(b->w, q, 32), acc);
    if (has_min) {
        float sum = x->sum[col * x->sum_stride + block];
        acc = pith__fmaf_inline(b->m * scale, sum, acc);
    }
    return acc;
}

static float step256(const pith__block256 *b, bool has_min, const pith__acts *x, uint64_t col, uint64_t block,
                     float acc) {
    const int8_t *q = x->q + col * x->q_stride + block * 256;
    const int16_t *sum = x->sum + col * x->sum_stride + block * 16;
    float scale = x->scale[col * x->scale_stride + block];
    int32_t isum = 0, msum = 0;
    for (int j = 0; j < 16; j++) {
        isum += b->scale[j] * dot(b->w + 16 * j, q + 16 * j, 16);
        msum += b->min[j] * sum[j];
    }
    acc = pith__fmaf_inline(b->d * scale, (float)isum, acc);
    return has_min ? pith__fmaf_inline(-(b->dmin * scale), (float)msum, acc) : acc;
}

/* One block of one row against all columns. */
static void multiply_block(const pith__matmul_args *a, pith__block_reader reader, const uint8_t *source, uint64_t block,
                           uint32_t group, uint32_t lane) {
    pith__block32 b32;
    pith__block256 b256;
    if (reader.read32) {
        reader.read32(source, &b32);
    } else {
        reader.read256(source, &b256);
    }
    for (uint32_t c = 0; c < a->cols; c++) {
        float *acc = out_at(a, group, lane, c);
        uint64_t col = (uint64_t)a->first_col + c;
        *acc = reader.read32 ? step32(&b32, reader.has_min, a->x, col, block, *acc)
                             : step256(&b256, reader.has_min, a->x, col, block, *acc);
    }
}

static void matmul_quantized(const pith__matmul_args *a, pith__dtype dtype) {
    const pith__layout *layout = pith__layout_get(dtype);
    pith__block_reader reader = pith__block_reader_get(dtype);
    uint64_t blocks = pith__layout_blocks(dtype, a->k);
    uint8_t source[SOURCE_BYTES_MAX];
    clear(a);
    for (uint32_t group = 0; group < a->groups; group++) {
        for (uint32_t lane = 0; lane < PITH__GROUP; lane++) {
            for (uint64_t block = 0; block < blocks; block++) {
                pith__layout_gather(layout, a->weights + group * a->group_bytes, block, lane, source);
                multiply_block(a, reader, source, block, group, lane);
            }
        }
    }
}

static uint16_t get_u16(const uint8_t *at) {
    uint16_t v;
    memcpy(&v, at, sizeof v);
    return v;
}

static float widen_f32(const uint8_t *w, uint64_t i) {
    float v;
    memcpy(&v, w + i * 4, sizeof v);
    return v;
}

static float widen_f16(const uint8_t *w, uint64_t i) {
    return pith__f16_to_f32(get_u16(w + i * 2));
}

static float widen_bf16(const uint8_t *w, uint64_t i) {
    return pith__bf16_to_f32(get_u16(w + i * 2));
}

static void matmul_float(const pith__matmul_args *a, float (*widen)(const uint8_t *w, uint64_t i)) {
    clear(a);
    for (uint32_t group = 0; group < a->groups; group++) {
        const uint8_t *w = a->weights + group * a->group_bytes;
        for (uint64_t i = 0; i < (uint64_t)a->k * PITH__GROUP; i++) {
            float weight = widen(w, i);
            for (uint32_t c = 0; c < a->cols; c++) {
                float *acc = out_at(a, group, i % PITH__GROUP, c);
                float x = a->x->f[((uint64_t)a->first_col + c) * a->x->f_stride + i / PITH__GROUP];
                *acc = pith__fmaf_inline(weight, x, *acc);
            }
        }
    }
}

void pith__matmul_f32_ref(const pith__matmul_args *args) {
    matmul_float(args, widen_f32);
}

void pith__matmul_f16_ref(const pith__matmul_args *args) {
    matmul_float(args, widen_f16);
}

void pith__matmul_bf16_ref(const pith__matmul_args *args) {
    matmul_float(args, widen_bf16);
}

#define QUANTIZED(name, dtype)                                                                                         \
    void pith__matmul_##name##_ref(const pith__matmul_args *args) {                                                    \
        matmul_quantized(args, dtype);                                                                                 \
    }

QUANTIZED(q4_0, PITH__Q4_0)
QUANTIZED(q4_1, PITH__Q4_1)
QUANTIZED(q5_0, PITH__Q5_0)
QUANTIZED(q5_1, PITH__Q5_1)
QUANTIZED(q8_0, PITH__Q8_0)
QUANTIZED(iq4_nl, PITH__IQ4_NL)
QUANTIZED(mxfp4, PITH__MXFP4)
QUANTIZED(q2_k, PITH__Q2_K)
QUANTIZED(q3_k, PITH__Q3_K)
QUANTIZED(q4_k, PITH__Q4_K)
QUANTIZED(q5_k, PITH__Q5_K)
QUANTIZED(q6_k, PITH__Q6_K)
QUANTIZED(iq4_xs, PITH__IQ4_XS)
