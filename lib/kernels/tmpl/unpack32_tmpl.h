/* Blocks of 32 as 8 vectors of bytes (lane = row, byte b of vector j = element 4j + b, unsigned but for run 1), with
 * their scales. One pair of functions a type: unpack_<type>_w and unpack_<type>_d; types with minimums have
 * unpack_<type>_m too. `block` counts blocks of the group. Must agree with kernels/layout.h. */
#ifndef PITH_KERNELS_UNPACK32_TMPL_H
#define PITH_KERNELS_UNPACK32_TMPL_H

#include "kernels/blocks.h"
#include "kernels/layout.h"

/* 4 vectors of nibbles: low ones are the first 16 elements. */
V_FN void unpack_nibbles(const uint8_t *qs, vi *w) {
    vi mask = v_set_i(0x0f0f0f0f);
    V_UNROLL
    for (int j = 0; j < 4; j++) {
        vi q = v_load_i(qs + 64 * j);
        w[j] = v_and(q, mask);
        w[j + 4] = v_and(v_shift_right(q, 4), mask);
    }
}

/* Bit v of each byte of qh becomes bit 4 of vector v. */
V_FN void unpack_fifth_bits(const uint8_t *qh, vi *w) {
    vi bits = v_load_i(qh), mask = v_set_i(0x10101010);
    V_UNROLL
    for (int v = 0; v < 8; v++) {
        vi bit = v < 4 ? v_shift_left(bits, 4 - v) : v_shift_right(bits, v - 4);
        w[v] = v_or(w[v], v_and(bit, mask));
    }
}

V_FN void unpack_levels(const int8_t *levels, vi *w) {
    V_UNROLL
    for (int v = 0; v < 8; v++) {
        w[v] = v_lookup(levels, w[v]);
    }
}

/* The fp16 line at `at` of a cell of two blocks. */
V_FN vf unpack_halves(const uint8_t *group, uint64_t block, uint32_t cell, uint32_t at) {
    return v_load_f16(group + block / 2 * cell + at + block % 2 * 32);
}

V_FN const uint8_t *unpack_quants(const uint8_t *group, uint64_t block, uint32_t cell, uint32_t at, uint32_t step) {
    return group + block / 2 * cell + at + block % 2 * step;
}

V_FN vf unpack_q4_0_d(const uint8_t *group, uint64_t block) {
    return unpack_halves(group, block, PITH__Q4_0_CELL, 0);
}
V_FN void unpack_q4_0_w(const uint8_t *group, uint64_t block, vi *w) {
    unpack_nibbles(unpack_quants(group, block, PITH__Q4_0_CELL, 64, 256), w);
}

V_FN vf unpack_q4_1_d(const uint8_t *group, uint64_t block) {
    return unpack_halves(group, block, PITH__Q4_1_CELL, 0);
}
V_FN vf unpack_q4_1_m(const uint8_t *group, uint64_t block) {
    return unpack_halves(group, block, PITH__Q4_1_CELL, 64);
}
V_FN void unpack_q4_1_w(const uint8_t *group, uint64_t block, vi *w) {
    unpack_nibbles(unpack_quants(group, block, PITH__Q4_1_CELL, 128, 256), w);
}

V_FN vf unpack_q5_0_d(const uint8_t *group, uint64_t block) {
    return unpack_halves(group, block, PITH__Q5_0_CELL, 0);
}
V_FN void unpack_q5_0_w(const uint8_t *group, uint64_t block, vi *w) {
    const uint8_t *qh = unpack_quants(group, block, PITH__Q5_0_CELL, 64, 320);
    unpack_nibbles(qh + 64, w);
    unpack_fifth_bits(qh, w);
}

V_FN vf unpack_q5_1_d(const uint8_t *group, uint64_t block) {
    return unpack_halves(group, block, PITH__Q5_1_CELL, 0);
}
V_FN vf unpack_q5_1_m(const uint8_t *group, uint64_t block) {
    return unpack_halves(group, block, PITH__Q5_1_CELL, 64);
}
V_FN void unpack_q5_1_w(const uint8_t *group, uint64_t block, vi *w) {
    const uint8_t *qh = unpack_quants(group, block, PITH__Q5_1_CELL, 128, 320);
    unpack_nibbles(qh + 64, w);
    unpack_fifth_bits(qh, w);
}

V_FN vf unpack_q8_0_d(const uint8_t *group, uint64_t block) {
    return unpack_halves(group, block, PITH__Q8_0_CELL, 0);
}
V_FN void unpack_q8_0_w(const uint8_t *group, uint64_t block, vi *w) {
    const uint8_t *qs = unpack_quants(group, block, PITH__Q8_0_CELL, 64, 512);
    V_UNROLL
    for (int j = 0; j < 8; j++) {
        vi q = v_load_i(qs + 64 * j);
        w[j] = V_WIDE_BIAS ? q : v_xor(q, v_set_i((int32_t)0x80808080));
    }
}

/* The levels of IQ4_NL and IQ4_XS as the dots want them. */
static const int8_t unpack_iq4_levels[16] = {
    -127 + V_WIDE_BIAS,         -104 + V_WIDE_BIAS,         -83 + V_WIDE_BIAS,          -65 + V_WIDE_BIAS,
    -49 + V_WIDE_BIAS,          -35 + V_WIDE_BIAS,          -22 + V_WIDE_BIAS,          -10 + V_WIDE_BIAS,
    (int8_t)(1 + V_WIDE_BIAS),  (int8_t)(13 + V_WIDE_BIAS), (int8_t)(25 + V_WIDE_BIAS), (int8_t)(38 + V_WIDE_BIAS),
    (int8_t)(53 + V_WIDE_BIAS), (int8_t)(69 + V_WIDE_BIAS), (int8_t)(89 + V_WIDE_BIAS), (int8_t)(113 + V_WIDE_BIAS),
};

V_FN vf unpack_iq4_nl_d(const uint8_t *group, uint64_t block) {
    return unpack_halves(group, block, PITH__Q4_0_CELL, 0);
}
V_FN void unpack_iq4_nl_w(const uint8_t *group, uint64_t block, vi *w) {
    unpack_nibbles(unpack_quants(group, block, PITH__Q4_0_CELL, 64, 256), w);
    unpack_levels(unpack_iq4_levels, w);
}

/* MXFP4 levels, 12 added. */
static const int8_t unpack_mxfp4_levels[16] = {12, 13, 14, 15, 16, 18, 20, 24, 12, 11, 10, 9, 8, 6, 4, 0};

/* 2^(e - 128) as a product of two powers that are normal numbers; exact also where it is denormal. */
V_FN vf unpack_mxfp4_d(const uint8_t *group, uint64_t block) {
    vi e = v_load_u8(group + block / 4 * PITH__MXFP4_CELL + block % 4 * 16);
    vi half = v_shift_right(e, 1);
    vi rest = v_add_i(half, v_and(e, v_set_i(1)));
    vi bias = v_set_i(63);
    return v_mul(v_from_bits(v_shift_left(v_add_i(half, bias), 23)),
                 v_from_bits(v_shift_left(v_add_i(rest, bias), 23)));
}
V_FN void unpack_mxfp4_w(const uint8_t *group, uint64_t block, vi *w) {
    unpack_nibbles(group + block / 4 * PITH__MXFP4_CELL + 64 + block % 4 * 256, w);
    unpack_levels(unpack_mxfp4_levels, w);
}

#endif
