/* Reading of the formats with blocks of 32 (see blocks.h), and the table of readers. */
#include "kernels/blocks.h"
#include "kernels/math.h"
#include <string.h>

const int8_t pith__levels_iq4[16] = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};
const int8_t pith__levels_mxfp4[16] = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

float pith__e8m0_half(uint8_t e) {
    uint32_t bits = e < 2 ? 0x00200000u << e : (uint32_t)(e - 1) << 23;
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static float half_at(const uint8_t *at) {
    return pith__f16_to_f32((uint16_t)(at[0] | at[1] << 8));
}

/* 16 bytes of nibbles: the low ones are the first 16 elements. */
static void read_nibbles(const uint8_t *qs, int8_t *w) {
    for (int i = 0; i < 16; i++) {
        w[i] = qs[i] & 15;
        w[i + 16] = (int8_t)(qs[i] >> 4);
    }
}

static void add_fifth_bits(const uint8_t *qh, int8_t *w) {
    for (int i = 0; i < 32; i++) {
        w[i] = (int8_t)(w[i] | (qh[i / 8] >> i % 8 & 1) << 4);
    }
}

static void subtract(int8_t *w, int bias) {
    for (int i = 0; i < 32; i++) {
        w[i] = (int8_t)(w[i] - bias);
    }
}

static void look_up(int8_t *w, const int8_t *levels) {
    for (int i = 0; i < 32; i++) {
        w[i] = levels[w[i]];
    }
}

static void read_q4_0(const uint8_t *source, pith__block32 *out) {
    out->d = half_at(source);
    out->m = -0.0f;
    read_nibbles(source + 2, out->w);
    subtract(out->w, 8);
}

static void read_q4_1(const uint8_t *source, pith__block32 *out) {
    out->d = half_at(source);
    out->m = half_at(source + 2);
    read_nibbles(source + 4, out->w);
}

static void read_q5_0(const uint8_t *source, pith__block32 *out) {
    out->d = half_at(source);
    out->m = -0.0f;
    read_nibbles(source + 6, out->w);
    add_fifth_bits(source + 2, out->w);
    subtract(out->w, 16);
}

static void read_q5_1(const uint8_t *source, pith__block32 *out) {
    out->d = half_at(source);
    out->m = half_at(source + 2);
    read_nibbles(source + 8, out->w);
    add_fifth_bits(source + 4, out->w);
}

static void read_q8_0(const uint8_t *source, pith__block32 *out) {
    out->d = half_at(source);
    out->m = -0.0f;
    memcpy(out->w, source + 2, 32);
}

static void read_iq4_nl(const uint8_t *source, pith__block32 *out) {
    out->d = half_at(source);
    out->m = -0.0f;
    read_nibbles(source + 2, out->w);
    look_up(out->w, pith__levels_iq4);
}

static void read_mxfp4(const uint8_t *source, pith__block32 *out) {
    out->d = pith__e8m0_half(source[0]);
    out->m = -0.0f;
    read_nibbles(source + 1, out->w);
    look_up(out->w, pith__levels_mxfp4);
}

pith__block_reader pith__block_reader_get(uint32_t dtype) {
    static const pith__block_reader readers[PITH__DTYPE_LIMIT] = {
        [PITH__Q4_0] = {read_q4_0, 0, false},           [PITH__Q4_1] = {read_q4_1, 0, true},
        [PITH__Q5_0] = {read_q5_0, 0, false},           [PITH__Q5_1] = {read_q5_1, 0, true},
        [PITH__Q8_0] = {read_q8_0, 0, false},           [PITH__IQ4_NL] = {read_iq4_nl, 0, false},
        [PITH__MXFP4] = {read_mxfp4, 0, false},         [PITH__Q2_K] = {0, pith__read_q2_k, true},
        [PITH__Q3_K] = {0, pith__read_q3_k, false},     [PITH__Q4_K] = {0, pith__read_q4_k, true},
        [PITH__Q5_K] = {0, pith__read_q5_k, true},      [PITH__Q6_K] = {0, pith__read_q6_k, false},
        [PITH__IQ4_XS] = {0, pith__read_iq4_xs, false},
    };
    static const pith__block_reader none = {0, 0, false};
    return dtype < PITH__DTYPE_LIMIT ? readers[dtype] : none;
}
