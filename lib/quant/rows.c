/* Rows of any type to floats and back, block by block. A negative or unknown type number writes nothing.
 * Invariant: k is a multiple of the type's block (the caller checked it with pith__row_bytes). */
#include "kernels/blocks.h"
#include "kernels/math.h"
#include "quant/blocks_encode.h"
#include "quant/quant.h"
#include <stddef.h>
#include <string.h>

static uint16_t get_u16(const uint8_t *at) {
    return (uint16_t)(at[0] | at[1] << 8);
}

static void put_u16(uint8_t *at, uint16_t v) {
    at[0] = (uint8_t)(v & 0xff);
    at[1] = (uint8_t)(v >> 8);
}

/* True when the type was a float type. */
static bool floats_to_float(pith__dtype dtype, const uint8_t *row, uint64_t k, float *out) {
    switch (dtype) {
    case PITH__F32:
        memcpy(out, row, (size_t)k * 4);
        return true;
    case PITH__F16:
        for (uint64_t i = 0; i < k; i++) {
            out[i] = pith__f16_to_f32(get_u16(row + 2 * i));
        }
        return true;
    case PITH__BF16:
        for (uint64_t i = 0; i < k; i++) {
            out[i] = pith__bf16_to_f32(get_u16(row + 2 * i));
        }
        return true;
    default:
        return false;
    }
}

static bool floats_from_float(pith__dtype dtype, const float *x, uint64_t k, uint8_t *row) {
    switch (dtype) {
    case PITH__F32:
        memcpy(row, x, (size_t)k * 4);
        return true;
    case PITH__F16:
        for (uint64_t i = 0; i < k; i++) {
            put_u16(row + 2 * i, pith__f32_to_f16(x[i]));
        }
        return true;
    case PITH__BF16:
        for (uint64_t i = 0; i < k; i++) {
            put_u16(row + 2 * i, pith__f32_to_bf16(x[i]));
        }
        return true;
    default:
        return false;
    }
}

static void block32_to_float(const pith__block32 *b, float *out) {
    for (int i = 0; i < 32; i++) {
        out[i] = b->d * (float)b->w[i] + b->m;
    }
}

static void block256_to_float(const pith__block256 *b, float *out) {
    for (int j = 0; j < 16; j++) {
        float scale = b->d * (float)b->scale[j];
        float min = b->dmin * (float)b->min[j];
        for (int i = j * 16; i < j * 16 + 16; i++) {
            out[i] = scale * (float)b->w[i] - min;
        }
    }
}

void pith__row_to_float(pith__dtype dtype, const void *row, uint64_t k, float *out) {
    const pith__dtype_info *info = pith__dtype_get(dtype);
    if (!info || floats_to_float(dtype, row, k, out)) {
        return;
    }
    pith__block_reader reader = pith__block_reader_get(dtype);
    const uint8_t *block = row;
    for (uint64_t i = 0; i < k; i += info->block, block += info->block_bytes) {
        if (reader.read32) {
            pith__block32 b;
            reader.read32(block, &b);
            block32_to_float(&b, out + i);
        } else {
            pith__block256 b;
            reader.read256(block, &b);
            block256_to_float(&b, out + i);
        }
    }
}

static pith__encode_fn encoder_of(pith__dtype dtype) {
    static const pith__encode_fn encoders[PITH__DTYPE_LIMIT] = {
        [PITH__Q4_0] = pith__encode_q4_0,     [PITH__Q4_1] = pith__encode_q4_1, [PITH__Q5_0] = pith__encode_q5_0,
        [PITH__Q5_1] = pith__encode_q5_1,     [PITH__Q8_0] = pith__encode_q8_0, [PITH__IQ4_NL] = pith__encode_iq4_nl,
        [PITH__MXFP4] = pith__encode_mxfp4,   [PITH__Q2_K] = pith__encode_q2_k, [PITH__Q3_K] = pith__encode_q3_k,
        [PITH__Q4_K] = pith__encode_q4_k,     [PITH__Q5_K] = pith__encode_q5_k, [PITH__Q6_K] = pith__encode_q6_k,
        [PITH__IQ4_XS] = pith__encode_iq4_xs,
    };
    return encoders[dtype];
}

void pith__row_from_float(pith__dtype dtype, const float *x, uint64_t k, void *row) {
    const pith__dtype_info *info = pith__dtype_get(dtype);
    if (!info || floats_from_float(dtype, x, k, row)) {
        return;
    }
    pith__encode_fn encode = encoder_of(dtype);
    uint8_t *block = row;
    for (uint64_t i = 0; i < k; i += info->block, block += info->block_bytes) {
        encode(x + i, block);
    }
}
