/* Reading of the formats with super-blocks of 256 (see blocks.h). */
#include "kernels/blocks.h"
#include "kernels/math.h"
#include <string.h>

static float half_at(const uint8_t *at) {
    return pith__f16_to_f32((uint16_t)(at[0] | at[1] << 8));
}

static void no_minimums(pith__block256 *out) {
    out->dmin = 0;
    memset(out->min, 0, sizeof out->min);
}

/* Two bits of element i: 128 elements share 32 bytes, each 32 of them a bit pair. */
static int two_bits(const uint8_t *qs, int i) {
    return qs[i / 128 * 32 + i % 32] >> i % 128 / 32 * 2 & 3;
}

/* Four bits of element i of Q4_K and Q5_K: 64 elements share 32 bytes. */
static int four_bits(const uint8_t *qs, int i) {
    return qs[i / 64 * 32 + i % 32] >> i % 64 / 32 * 4 & 15;
}

void pith__read_q2_k(const uint8_t *source, pith__block256 *out) {
    out->d = half_at(source + 80);
    out->dmin = half_at(source + 82);
    for (int j = 0; j < 16; j++) {
        out->scale[j] = source[j] & 15;
        out->min[j] = (uint8_t)(source[j] >> 4);
    }
    for (int i = 0; i < 256; i++) {
        out->w[i] = (int8_t)two_bits(source + 16, i);
    }
}

/* Scale j of Q3_K: four low bits in the first eight bytes, two high bits in the last four; 32 means zero. */
static int q3_scale(const uint8_t *bytes, int j) {
    int low = j < 8 ? bytes[j] & 15 : bytes[j - 8] >> 4;
    return (low | (bytes[8 + j % 4] >> 2 * (j / 4) & 3) << 4) - 32;
}

void pith__read_q3_k(const uint8_t *source, pith__block256 *out) {
    out->d = half_at(source + 108);
    no_minimums(out);
    for (int j = 0; j < 16; j++) {
        out->scale[j] = (int8_t)q3_scale(source + 96, j);
    }
    for (int i = 0; i < 256; i++) {
        int high = source[i % 32] >> i / 32 & 1;
        out->w[i] = (int8_t)(two_bits(source + 32, i) + 4 * high - 4);
    }
}

/* The twelve bytes of Q4_K and Q5_K: six bits each of eight scales and eight minimums, the last four of each cut in
 * two. */
static void read_scales_and_minimums(const uint8_t *bytes, pith__block256 *out) {
    for (int j = 0; j < 8; j++) {
        int scale = j < 4 ? bytes[j] & 63 : (bytes[j + 4] & 15) | bytes[j - 4] >> 6 << 4;
        int min = j < 4 ? bytes[j + 4] & 63 : bytes[j + 4] >> 4 | bytes[j] >> 6 << 4;
        out->scale[2 * j] = out->scale[2 * j + 1] = (int8_t)scale;
        out->min[2 * j] = out->min[2 * j + 1] = (uint8_t)min;
    }
}

void pith__read_q4_k(const uint8_t *source, pith__block256 *out) {
    out->d = half_at(source);
    out->dmin = half_at(source + 2);
    read_scales_and_minimums(source + 4, out);
    for (int i = 0; i < 256; i++) {
        out->w[i] = (int8_t)four_bits(source + 16, i);
    }
}

void pith__read_q5_k(const uint8_t *source, pith__block256 *out) {
    out->d = half_at(source);
    out->dmin = half_at(source + 2);
    read_scales_and_minimums(source + 4, out);
    for (int i = 0; i < 256; i++) {
        int high = source[16 + i % 32] >> i / 32 & 1;
        out->w[i] = (int8_t)(four_bits(source + 48, i) | high << 4);
    }
}

void pith__read_q6_k(const uint8_t *source, pith__block256 *out) {
    out->d = half_at(source + 208);
    no_minimums(out);
    memcpy(out->scale, source + 192, 16);
    for (int i = 0; i < 256; i++) {
        int low = source[i / 128 * 64 + i % 64] >> i % 128 / 64 * 4 & 15;
        out->w[i] = (int8_t)((low | two_bits(source + 128, i) << 4) - 32);
    }
}

void pith__read_iq4_xs(const uint8_t *source, pith__block256 *out) {
    out->d = half_at(source);
    no_minimums(out);
    int high = source[2] | source[3] << 8;
    for (int j = 0; j < 16; j++) {
        int sub = j / 2; /* scales of 32, each given twice */
        int scale = (source[4 + sub / 2] >> sub % 2 * 4 & 15) | (high >> 2 * sub & 3) << 4;
        out->scale[j] = (int8_t)(scale - 32);
    }
    for (int i = 0; i < 256; i++) {
        int q = source[8 + i / 32 * 16 + i % 16] >> i % 32 / 16 * 4 & 15;
        out->w[i] = pith__levels_iq4[q];
    }
}
