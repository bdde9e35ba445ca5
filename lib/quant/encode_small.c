/* Reference quantizers of the types with blocks of 32: scale from the range (or the exponent), then the nearest level.
 * Elements are rounded with the scale as it is stored. Invariant: any input gives valid bytes; what is infinite or NaN
 * becomes some level. */
#include "kernels/blocks.h"
#include "quant/blocks_encode.h"
#include "quant/fit.h"
#include <string.h>

static void put_nibbles(uint8_t *qs, const uint8_t *q) {
    for (int i = 0; i < 16; i++) {
        qs[i] = (uint8_t)((q[i] & 15) | (q[i + 16] & 15) << 4);
    }
}

static void put_fifth_bits(uint8_t *qh, const uint8_t *q) {
    memset(qh, 0, 4);
    for (int i = 0; i < 32; i++) {
        qh[i / 8] |= (uint8_t)((q[i] >> 4 & 1) << i % 8);
    }
}

/* Levels around zero, `half` to each side; writes the scale and the levels moved up by `half`. */
static void encode_symmetric(const float *x, int half, uint8_t *d_at, uint8_t *q) {
    pith__block_put_half(d_at, pith__fit_extreme(x, 32) / (float)-half);
    float inverse = pith__fit_inverse(pith__block_half(d_at));
    for (int i = 0; i < 32; i++) {
        q[i] = (uint8_t)(pith__fit_level(x[i] * inverse, -half, half - 1) + half);
    }
}

/* Levels from the minimum up; writes scale, minimum (two fp16 numbers) and the levels. */
static void encode_affine(const float *x, int top, uint8_t *dm_at, uint8_t *q) {
    float low = x[0], high = x[0];
    for (int i = 1; i < 32; i++) {
        low = x[i] < low ? x[i] : low;
        high = x[i] > high ? x[i] : high;
    }
    pith__block_put_half(dm_at, (high - low) / (float)top);
    pith__block_put_half(dm_at + 2, low);
    float inverse = pith__fit_inverse(pith__block_half(dm_at));
    float min = pith__block_half(dm_at + 2);
    for (int i = 0; i < 32; i++) {
        q[i] = (uint8_t)pith__fit_level((x[i] - min) * inverse, 0, top);
    }
}

void pith__encode_q4_0(const float *x, uint8_t *block) {
    uint8_t q[32];
    encode_symmetric(x, 8, block, q);
    put_nibbles(block + 2, q);
}

void pith__encode_q4_1(const float *x, uint8_t *block) {
    uint8_t q[32];
    encode_affine(x, 15, block, q);
    put_nibbles(block + 4, q);
}

void pith__encode_q5_0(const float *x, uint8_t *block) {
    uint8_t q[32];
    encode_symmetric(x, 16, block, q);
    put_fifth_bits(block + 2, q);
    put_nibbles(block + 6, q);
}

void pith__encode_q5_1(const float *x, uint8_t *block) {
    uint8_t q[32];
    encode_affine(x, 31, block, q);
    put_fifth_bits(block + 4, q);
    put_nibbles(block + 8, q);
}

void pith__encode_q8_0(const float *x, uint8_t *block) {
    float extreme = pith__fit_extreme(x, 32);
    pith__block_put_half(block, (extreme < 0 ? -extreme : extreme) / 127.0f);
    float inverse = pith__fit_inverse(pith__block_half(block));
    for (int i = 0; i < 32; i++) {
        block[2 + i] = (uint8_t)(int8_t)pith__fit_level(x[i] * inverse, -127, 127);
    }
}

void pith__encode_iq4_nl(const float *x, uint8_t *block) {
    uint8_t q[32];
    pith__block_put_half(block, pith__fit_levels(x, 32, pith__levels_iq4));
    float inverse = pith__fit_inverse(pith__block_half(block));
    for (int i = 0; i < 32; i++) {
        q[i] = (uint8_t)pith__fit_nearest(x[i] * inverse, pith__levels_iq4);
    }
    put_nibbles(block + 2, q);
}

/* E8M0 exponent for the largest magnitude: floor(log2) minus the 2 of e2m1's largest exponent. */
static uint8_t mxfp4_exponent(float extreme) {
    uint32_t bits;
    memcpy(&bits, &extreme, sizeof bits);
    int32_t exponent = (int32_t)(bits >> 23 & 0xff) - 2;
    return (uint8_t)(exponent < 0 ? 0 : exponent);
}

static uint8_t mxfp4_level(float v) {
    uint8_t sign = v < 0 ? 8 : 0;
    float a = v < 0 ? -v : v;
    int best = 0;
    while (best < 7 && a > 0.5f * (float)(pith__levels_mxfp4[best] + pith__levels_mxfp4[best + 1])) {
        best++;
    }
    return (uint8_t)(best ? best | sign : 0);
}

void pith__encode_mxfp4(const float *x, uint8_t *block) {
    uint8_t q[32];
    block[0] = mxfp4_exponent(pith__fit_extreme(x, 32));
    float inverse = pith__fit_inverse(pith__e8m0_half(block[0]));
    for (int i = 0; i < 32; i++) {
        q[i] = mxfp4_level(x[i] * inverse);
    }
    put_nibbles(block + 1, q);
}
