/* See random_blocks.h. The layouts of the blocks are those of ggml (ggml-common.h names and orders their fields). */
#include "random_blocks.h"

#include <math.h>
#include <string.h>

/* xorshift64 by Marsaglia: far faster than a disk, and random enough for weights. */
static uint64_t next_random(uint64_t *state) {
    uint64_t x = *state;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return *state = x;
}

static void fill_random(uint8_t *out, uint64_t bytes, uint64_t *state) {
    for (uint64_t i = 0; i + 8 <= bytes; i += 8) {
        uint64_t word = next_random(state);
        memcpy(out + i, &word, 8);
    }
    uint64_t word = next_random(state);
    memcpy(out + bytes - bytes % 8, &word, bytes % 8);
}

/* The bits of a half for a positive float in its range; the mantissa is cut. Super-blocks do have subnormal scales. */
static uint16_t half_bits(float value) {
    uint32_t bits;
    if (value < 0x1p-14f) {
        return (uint16_t)(value * 0x1p24f);
    }
    memcpy(&bits, &value, sizeof bits);
    uint32_t exponent = (bits >> 23) - 127 + 15;
    return (uint16_t)(exponent << 10 | (bits >> 13 & 0x3FF));
}

/* Puts one F16 scale into a block: about `scale`, a little different in each block. */
static void put_scale(uint8_t *at, uint16_t scale, uint64_t random) {
    uint16_t bits = (uint16_t)(scale + (random & 0x3F));
    memcpy(at, &bits, sizeof bits);
}

uint32_t block_elements(block_type type) {
    switch (type) {
    case BLOCK_Q4_0:
    case BLOCK_Q5_0:
    case BLOCK_Q8_0:
        return 32;
    case BLOCK_Q4_K:
    case BLOCK_Q6_K:
        return 256;
    default:
        return 1;
    }
}

uint32_t block_bytes(block_type type) {
    switch (type) {
    case BLOCK_F32:
        return 4;
    case BLOCK_F16:
        return 2;
    case BLOCK_Q4_0:
        return 2 + 16;
    case BLOCK_Q5_0:
        return 2 + 4 + 16;
    case BLOCK_Q8_0:
        return 2 + 32;
    case BLOCK_Q4_K:
        return 2 + 2 + 12 + 128;
    case BLOCK_Q6_K:
        return 128 + 64 + 16 + 2;
    }
    return 0;
}

/* Floats of random sign between `scale` and twice that, by exponent bits. */
static void fill_f32(uint64_t count, float scale, uint64_t *state, uint8_t *out) {
    uint32_t exponent;
    memcpy(&exponent, &scale, sizeof exponent);
    exponent &= 0x7F800000;
    for (uint64_t i = 0; i < count; i++) {
        uint32_t bits = ((uint32_t)(next_random(state) >> 16) & 0x807FFFFF) | exponent;
        memcpy(out + 4 * i, &bits, 4);
    }
}

static void fill_f16(uint64_t count, float scale, uint64_t *state, uint8_t *out) {
    uint64_t exponent = (uint64_t)(half_bits(scale) & 0x7C00) * 0x0001000100010001;
    fill_random(out, count * 2, state);
    for (uint64_t i = 0; i + 8 <= count * 2; i += 8) {
        uint64_t word;
        memcpy(&word, out + i, 8);
        word = (word & 0x83FF83FF83FF83FF) | exponent;
        memcpy(out + i, &word, 8);
    }
}

/* Q4_K packs eight 6-bit scales and eight 6-bit minimums into 12 bytes. With both equal to s, bytes 0-7 hold s and the top bits of the
 * scales four further on; bytes 8-11 hold low halves of those. */
static void put_equal_scales(uint8_t *out, uint64_t random) {
    uint8_t s[8];
    for (int i = 0; i < 8; i++) {
        s[i] = (uint8_t)(32 + (random >> (5 * i) & 0x1F));
    }
    for (int i = 0; i < 4; i++) {
        uint8_t high = s[i + 4];
        out[i] = out[i + 4] = (uint8_t)(s[i] | (high >> 4) << 6);
        out[i + 8] = (uint8_t)((high & 0xF) | (high & 0xF) << 4);
    }
}

/* In the scales: the spread of uniform quants is 4.6 for 4 bits, 9.2 for 5, 18.5 for 6 and 74 for 8; 6-bit and 8-bit sub-scales are near 48. */
static void fill_quantized(block_type type, float spread, uint64_t blocks, uint64_t *state, uint8_t *out) {
    uint32_t bytes = block_bytes(type);
    fill_random(out, blocks * bytes, state);
    for (uint64_t i = 0; i < blocks; i++, out += bytes) {
        uint64_t random = next_random(state);
        switch (type) {
        case BLOCK_Q4_0:
            put_scale(out, half_bits(spread / 4.6f), random);
            break;
        case BLOCK_Q5_0:
            put_scale(out, half_bits(spread / 9.2f), random);
            break;
        case BLOCK_Q8_0:
            put_scale(out, half_bits(spread / 74.0f), random);
            break;
        case BLOCK_Q4_K: /* the minimum takes the middle of the quants, 7.5, out of each weight */
            put_scale(out, half_bits(spread / (4.6f * 48)), 0);
            put_scale(out + 2, half_bits(7.5f * spread / (4.6f * 48)), 0);
            put_equal_scales(out + 4, random);
            break;
        default: /* Q6_K */
            for (int j = 0; j < 16; j++) {
                out[192 + j] = (uint8_t)(32 + (random >> (4 * j) & 0xF) * 2);
            }
            put_scale(out + 208, half_bits(spread / (18.5f * 48)), 0);
        }
    }
}

void random_blocks(block_type type, uint32_t columns, uint64_t blocks, uint64_t *state, uint8_t *out) {
    float spread = 1.0f / sqrtf((float)columns);
    if (type == BLOCK_F32) {
        fill_f32(blocks, spread / 1.5f, state, out);
    } else if (type == BLOCK_F16) {
        fill_f16(blocks, spread / 1.5f, state, out);
    } else {
        fill_quantized(type, spread, blocks, state, out);
    }
}
