/* Quantization of activations in sixteen lanes (NUMERICS.md, Activations). */
#ifndef PITH_KERNELS_QUANTIZE_TMPL_H
#define PITH_KERNELS_QUANTIZE_TMPL_H

#include "kernels/kernels.h"

V_FN uint32_t quantize_largest(const float *x, int vectors) {
    vi largest = v_zero_i();
    for (int i = 0; i < vectors; i++) {
        largest = v_max_i(largest, v_and(v_bits(v_load(x + 16 * i)), v_set_i(0x7fffffff)));
    }
    return (uint32_t)v_greatest_i(largest);
}

/* 16 * vectors floats to q; sum[i] gets the sum of every `per_sum` vectors. */
V_FN bool quantize_block(const float *x, int vectors, int per_sum, int8_t *q, float *scale, int16_t *sum) {
    uint32_t bits = quantize_largest(x, vectors);
    float amax;
    memcpy(&amax, &bits, sizeof amax);
    if (bits >= 0x7f800000 || amax < 0x1p-119f) {
        memset(q, 0, (size_t)vectors * 16);
        memset(sum, 0, (size_t)(vectors / per_sum) * sizeof *sum);
        *scale = 0;
        return bits < 0x7f800000;
    }
    vf inverse = v_set(127.0f / amax);
    for (int i = 0; i < vectors; i += per_sum) {
        vi total = v_zero_i();
        for (int j = i; j < i + per_sum; j++) {
            vi level = v_to_int(v_mul(v_load(x + 16 * j), inverse));
            level = v_max_i(v_min_i(level, v_set_i(127)), v_set_i(-127));
            v_store_i8(q + 16 * j, level);
            total = v_add_i(total, level);
        }
        sum[i / per_sum] = (int16_t)v_sum_i(total);
    }
    *scale = amax / 127.0f;
    return true;
}

/* The last block when k ends inside it: its elements, then zeros. `n` may be 0. */
V_FN bool quantize_rest(const float *x, uint32_t n, int vectors, int per_sum, int8_t *q, float *scale, int16_t *sum) {
    float block[256];
    memset(block, 0, (size_t)vectors * 16 * sizeof(float));
    if (n) {
        memcpy(block, x, n * sizeof(float));
    }
    return quantize_block(block, vectors, per_sum, q, scale, sum);
}

bool v_name(quantize_b32)(const float *x, uint32_t k, int8_t *q, float *scale, int16_t *sum) {
    bool finite = true;
    uint32_t whole = k / 32, blocks = (uint32_t)(((uint64_t)k + 63) / 64 * 2);
    for (uint32_t b = 0; b < whole; b++) {
        finite &= quantize_block(x + b * 32, 2, 2, q + b * 32, scale + b, sum + b);
    }
    for (uint32_t b = whole; b < blocks; b++) {
        uint32_t n = b == whole ? k % 32 : 0;
        finite &= quantize_rest(n ? x + b * 32 : x, n, 2, 2, q + b * 32, scale + b, sum + b);
    }
    return finite;
}

bool v_name(quantize_b256)(const float *x, uint32_t k, int8_t *q, float *scale, int16_t *sum) {
    bool finite = true;
    uint32_t whole = k / 256;
    for (uint32_t b = 0; b < whole; b++) {
        finite &= quantize_block(x + b * 256, 16, 1, q + b * 256, scale + b, sum + b * 16);
    }
    if (k % 256) {
        finite &= quantize_rest(x + whole * 256, k % 256, 16, 1, q + whole * 256, scale + whole, sum + whole * 16);
    }
    return finite;
}

#endif
