/* Reference quantizers of the super-blocks of 256: a scale (and minimum) by least squares for each sub-block, those
 * scales quantized in their turn, then the elements rounded with the scales as stored. Invariant: any input gives valid
 * bytes. */
#include "kernels/blocks.h"
#include "quant/blocks_encode.h"
#include "quant/fit.h"
#include <string.h>

/* Bits of element i, where the K types keep them. */
static void put_two_bits(uint8_t *qs, int i, int q) {
    qs[i / 128 * 32 + i % 32] |= (uint8_t)(q << i % 128 / 32 * 2);
}

static void put_four_bits(uint8_t *qs, int i, int q) {
    qs[i / 64 * 32 + i % 32] |= (uint8_t)(q << i % 64 / 32 * 4);
}

/* Scale and minimum j into the twelve zeroed bytes of Q4_K and Q5_K. */
static void put_scale_min(uint8_t *bytes, int j, int scale, int min) {
    if (j < 4) {
        bytes[j] |= (uint8_t)scale;
        bytes[j + 4] |= (uint8_t)min;
    } else {
        bytes[j + 4] |= (uint8_t)((scale & 15) | (min & 15) << 4);
        bytes[j - 4] |= (uint8_t)(scale >> 4 << 6);
        bytes[j] |= (uint8_t)(min >> 4 << 6);
    }
}

/* Scale j (0..63) into the twelve zeroed bytes of Q3_K. */
static void put_q3_scale(uint8_t *bytes, int j, int scale) {
    bytes[j % 8] |= (uint8_t)((scale & 15) << (j < 8 ? 0 : 4));
    bytes[8 + j % 4] |= (uint8_t)(scale >> 4 << 2 * (j / 4));
}

/* Scales and minimums of a super-block, by sub-block, and the two numbers they are multiples of. */
typedef struct affine_scales {
    float d, dmin;
    uint8_t scale[16], min[16];
} affine_scales;

static void quantize_scales(const float *value, int n, int top, uint8_t *at, float *d, uint8_t *q) {
    float highest = 0;
    for (int j = 0; j < n; j++) {
        highest = value[j] > highest ? value[j] : highest;
    }
    pith__block_put_half(at, highest / (float)top);
    *d = pith__block_half(at);
    float inverse = pith__fit_inverse(*d);
    for (int j = 0; j < n; j++) {
        q[j] = (uint8_t)pith__fit_level(value[j] * inverse, 0, top);
    }
}

/* Fits `n` sub-blocks with levels 0..top; scales and minimums get levels 0..scale_top; writes d and dmin as fp16 at
 * `at`. */
static affine_scales fit_super(const float *x, int n, int top, int scale_top, uint8_t *at) {
    affine_scales s;
    float scale[16], min[16];
    int length = 256 / n;
    for (int j = 0; j < n; j++) {
        scale[j] = pith__fit_affine(x + j * length, length, top, &min[j]);
    }
    quantize_scales(scale, n, scale_top, at, &s.d, s.scale);
    quantize_scales(min, n, scale_top, at + 2, &s.dmin, s.min);
    return s;
}

static int affine_level(const affine_scales *s, int j, float x, int top) {
    float inverse = pith__fit_inverse(s->d * (float)s->scale[j]);
    return pith__fit_level((x + s->dmin * (float)s->min[j]) * inverse, 0, top);
}

void pith__encode_q2_k(const float *x, uint8_t *block) {
    memset(block, 0, 84);
    affine_scales s = fit_super(x, 16, 3, 15, block + 80);
    for (int j = 0; j < 16; j++) {
        block[j] = (uint8_t)(s.scale[j] | s.min[j] << 4);
    }
    for (int i = 0; i < 256; i++) {
        put_two_bits(block + 16, i, affine_level(&s, i / 16, x[i], 3));
    }
}

void pith__encode_q4_k(const float *x, uint8_t *block) {
    memset(block, 0, 144);
    affine_scales s = fit_super(x, 8, 15, 63, block);
    for (int j = 0; j < 8; j++) {
        put_scale_min(block + 4, j, s.scale[j], s.min[j]);
    }
    for (int i = 0; i < 256; i++) {
        put_four_bits(block + 16, i, affine_level(&s, i / 32, x[i], 15));
    }
}

void pith__encode_q5_k(const float *x, uint8_t *block) {
    memset(block, 0, 176);
    affine_scales s = fit_super(x, 8, 31, 63, block);
    for (int j = 0; j < 8; j++) {
        put_scale_min(block + 4, j, s.scale[j], s.min[j]);
    }
    for (int i = 0; i < 256; i++) {
        int q = affine_level(&s, i / 32, x[i], 31);
        put_four_bits(block + 48, i, q & 15);
        block[16 + i % 32] |= (uint8_t)(q >> 4 << i / 32);
    }
}

/* Signed scales of `n` sub-blocks as multiples of one number, levels -top..top-1; writes it as fp16 at `at` and returns
 * it. */
static float quantize_signed_scales(const float *scale, int n, int top, uint8_t *at, int *q) {
    pith__block_put_half(at, pith__fit_extreme(scale, n) / (float)-top);
    float d = pith__block_half(at);
    float inverse = pith__fit_inverse(d);
    for (int j = 0; j < n; j++) {
        q[j] = pith__fit_level(scale[j] * inverse, -top, top - 1);
    }
    return d;
}

void pith__encode_q3_k(const float *x, uint8_t *block) {
    memset(block, 0, 110);
    float scale[16];
    int level[16];
    for (int j = 0; j < 16; j++) {
        scale[j] = pith__fit_symmetric(x + j * 16, 16, 4);
    }
    float d = quantize_signed_scales(scale, 16, 32, block + 108, level);
    for (int j = 0; j < 16; j++) {
        put_q3_scale(block + 96, j, level[j] + 32);
    }
    for (int i = 0; i < 256; i++) {
        int q = pith__fit_level(x[i] * pith__fit_inverse(d * (float)level[i / 16]), -4, 3) + 4;
        put_two_bits(block + 32, i, q & 3);
        block[i % 32] |= (uint8_t)(q >> 2 << i / 32);
    }
}

void pith__encode_q6_k(const float *x, uint8_t *block) {
    memset(block, 0, 210);
    float scale[16];
    int level[16];
    for (int j = 0; j < 16; j++) {
        scale[j] = pith__fit_symmetric(x + j * 16, 16, 32);
    }
    float d = quantize_signed_scales(scale, 16, 128, block + 208, level);
    for (int j = 0; j < 16; j++) {
        block[192 + j] = (uint8_t)(int8_t)level[j];
    }
    for (int i = 0; i < 256; i++) {
        int q = pith__fit_level(x[i] * pith__fit_inverse(d * (float)level[i / 16]), -32, 31) + 32;
        block[i / 128 * 64 + i % 64] |= (uint8_t)((q & 15) << i % 128 / 64 * 4);
        put_two_bits(block + 128, i, q >> 4);
    }
}

void pith__encode_iq4_xs(const float *x, uint8_t *block) {
    memset(block, 0, 136);
    float scale[8];
    int level[8], high = 0;
    for (int j = 0; j < 8; j++) {
        scale[j] = pith__fit_levels(x + j * 32, 32, pith__levels_iq4);
    }
    float d = quantize_signed_scales(scale, 8, 32, block, level);
    for (int j = 0; j < 8; j++) {
        block[4 + j / 2] |= (uint8_t)(((level[j] + 32) & 15) << j % 2 * 4);
        high |= (level[j] + 32) >> 4 << 2 * j;
    }
    block[2] = (uint8_t)(high & 0xff);
    block[3] = (uint8_t)(high >> 8);
    for (int i = 0; i < 256; i++) {
        int q = pith__fit_nearest(x[i] * pith__fit_inverse(d * (float)level[i / 32]), pith__levels_iq4);
        block[8 + i / 32 * 16 + i % 16] |= (uint8_t)(q << i % 32 / 16 * 4);
    }
}
