/* Quantization of activations, scalar (NUMERICS.md, Activations). */
#include "kernels/ref/ref.h"
#include <string.h>

static uint32_t magnitude_bits(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits & 0x7fffffff;
}

/* The largest magnitude; as an integer, the order of the bits of non-negative floats is their order. NaN and infinity
 * come out on top. */
static uint32_t largest_magnitude(const float *x, uint32_t n) {
    uint32_t largest = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t bits = magnitude_bits(x[i]);
        largest = bits > largest ? bits : largest;
    }
    return largest;
}

static int8_t round_clamped(float v) {
    float r = (v + 0x1.8p+23f) - 0x1.8p+23f; /* to nearest even, |v| < 2^22 */
    r = r > 127.0f ? 127.0f : r;
    r = r < -127.0f ? -127.0f : r;
    return (int8_t)r;
}

/* n <= block elements of x into `block` elements of q. */
static bool quantize_block(const float *x, uint32_t n, uint32_t block, int8_t *q, float *scale) {
    memset(q, 0, block);
    *scale = 0;
    uint32_t bits = largest_magnitude(x, n);
    if (bits >= 0x7f800000) {
        return false;
    }
    float amax;
    memcpy(&amax, &bits, sizeof amax);
    if (amax < 0x1p-119f) {
        return true;
    }
    float inverse = 127.0f / amax;
    for (uint32_t i = 0; i < n; i++) {
        q[i] = round_clamped(x[i] * inverse);
    }
    *scale = amax / 127.0f;
    return true;
}

static void sum_runs(const int8_t *q, uint32_t runs, uint32_t length, int16_t *sum) {
    for (uint32_t r = 0; r < runs; r++) {
        int32_t total = 0;
        for (uint32_t i = 0; i < length; i++) {
            total += q[r * length + i];
        }
        sum[r] = (int16_t)total;
    }
}

static uint32_t count_in_block(uint32_t k, uint32_t start, uint32_t block) {
    uint32_t left = k > start ? k - start : 0;
    return left < block ? left : block;
}

bool pith__quantize_b32_ref(const float *x, uint32_t k, int8_t *q, float *scale, int16_t *sum) {
    bool finite = true;
    uint32_t blocks = (uint32_t)(((uint64_t)k + 63) / 64 * 2);
    for (uint32_t b = 0; b < blocks; b++) {
        uint32_t n = count_in_block(k, b * 32, 32);
        finite &= quantize_block(n ? x + b * 32 : x, n, 32, q + b * 32, scale + b);
        sum_runs(q + b * 32, 1, 32, sum + b);
    }
    return finite;
}

bool pith__quantize_b256_ref(const float *x, uint32_t k, int8_t *q, float *scale, int16_t *sum) {
    bool finite = true;
    uint32_t blocks = (uint32_t)(((uint64_t)k + 255) / 256);
    for (uint32_t b = 0; b < blocks; b++) {
        finite &= quantize_block(x + b * 256, count_in_block(k, b * 256, 256), 256, q + b * 256, scale + b);
        sum_runs(q + b * 256, 16, 16, sum + b * 16);
    }
    return finite;
}
