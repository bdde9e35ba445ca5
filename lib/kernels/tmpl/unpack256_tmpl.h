/* Super-blocks as vectors of bytes (as in unpack32_tmpl.h), a quarter of 16 vectors at a time: what its sub-blocks have
 * in common is loaded once, in the order it lies in memory, and shifted by constant counts, as others cost several times
 * as much. For each type: unpack_<type>_w(cell, quarter, w, step), whose i-th sub-block, numbered by unpack_sub_block,
 * begins at w[i * step]; and unpack_<type>_scales(cell, scale, min) with 16 or 8 scales and minimums as lanes of int32;
 * types without minimums leave `min` alone. The weights are unsigned (but for run 1): what was added to them is the bias
 * of the type in matmul_quant_tmpl.h. */
#ifndef PITH_KERNELS_UNPACK256_TMPL_H
#define PITH_KERNELS_UNPACK256_TMPL_H

#include "kernels/tmpl/unpack32_tmpl.h"

/* Which sub-block the i-th of a quarter is. `vectors` of them: 8, two that follow each other; 4, each other one of eight.
 */
V_FN int unpack_sub_block(int quarter, int i, int vectors) {
    return vectors == 8 ? 2 * quarter + i : quarter / 2 * 8 + quarter % 2 + 2 * i;
}

/* Byte b of each lane as int32. */
V_FN vi unpack_byte(vi words, int b) {
    return v_and(v_shift_right(words, 8 * b), v_set_i(0xff));
}

V_FN void unpack_q2_k_scales(const uint8_t *cell, vi *scale, vi *min) {
    V_UNROLL
    for (int j = 0; j < 16; j++) {
        vi byte = unpack_byte(v_load_i(cell + 64 + j / 4 * 64), j % 4);
        scale[j] = v_and(byte, v_set_i(15));
        min[j] = v_shift_right(byte, 4);
    }
}
V_FN void unpack_q2_k_w(const uint8_t *cell, int quarter, vi *w, int step) {
    const uint8_t *qs = cell + 320 + quarter * 256;
    V_UNROLL
    for (int j = 0; j < 4; j++) {
        vi q = v_load_i(qs + 64 * j), mask = v_set_i(0x03030303);
        w[j] = v_and(q, mask);
        w[j + step] = v_and(v_shift_right(q, 2), mask);
        w[j + 2 * step] = v_and(v_shift_right(q, 4), mask);
        w[j + 3 * step] = v_and(v_shift_right(q, 6), mask);
    }
}

V_FN void unpack_q3_k_scales(const uint8_t *cell, vi *scale, vi *min) {
    (void)min;
    vi high = v_load_i(cell + 192);
    V_UNROLL
    for (int j = 0; j < 16; j++) {
        vi low = unpack_byte(v_load_i(cell + 64 + j % 8 / 4 * 64), j % 4);
        vi low_bits = j < 8 ? v_and(low, v_set_i(15)) : v_shift_right(low, 4);
        vi high_bits = v_and(v_shift_right(unpack_byte(high, j % 4), j / 4 * 2), v_set_i(3));
        scale[j] = v_add_i(v_or(low_bits, v_shift_left(high_bits, 4)), v_set_i(-32));
    }
}
V_FN void unpack_q3_k_w(const uint8_t *cell, int quarter, vi *w, int step) {
    const uint8_t *hmask = cell + 256 + quarter % 2 * 512;
    const uint8_t *qs = quarter < 2 ? hmask + 64 : cell + 1280 + quarter % 2 * 256;
    int line = quarter < 2 ? 128 : 64;
    V_UNROLL
    for (int j = 0; j < 4; j++) {
        vi q = v_load_i(qs + line * j), mask = v_set_i(0x03030303);
        vi h = v_shift_right(v_load_i(hmask + 128 * j), quarter / 2 * 4), high = v_set_i(0x04040404);
        w[j] = v_or(v_and(q, mask), v_and(v_shift_left(h, 2), high));
        w[j + step] = v_or(v_and(v_shift_right(q, 2), mask), v_and(v_shift_left(h, 1), high));
        w[j + 2 * step] = v_or(v_and(v_shift_right(q, 4), mask), v_and(h, high));
        w[j + 3 * step] = v_or(v_and(v_shift_right(q, 6), mask), v_and(v_shift_right(h, 1), high));
    }
}

/* The twelve bytes of Q4_K and Q5_K as three words a row: 4 x 6 bits of the first scales, of the first minimums, and
 * 4 x (4 + 4) bits of the last ones, whose upper two bits are in the first two words. */
V_FN void unpack_scales_and_minimums(const uint8_t *at, vi *scale, vi *min) {
    vi first = v_load_i(at), second = v_load_i(at + 64), third = v_load_i(at + 128);
    vi six = v_set_i(0x3f3f3f3f), four = v_set_i(0x0f0f0f0f), upper = v_set_i(0x30303030);
    vi scales[2] = {v_and(first, six), v_or(v_and(third, four), v_and(v_shift_right(first, 2), upper))};
    vi mins[2] = {v_and(second, six),
                  v_or(v_and(v_shift_right(third, 4), four), v_and(v_shift_right(second, 2), upper))};
    V_UNROLL
    for (int j = 0; j < 8; j++) {
        scale[j] = unpack_byte(scales[j / 4], j % 4);
        min[j] = unpack_byte(mins[j / 4], j % 4);
    }
}

/* Two sub-blocks share the nibbles of 8 vectors, `line` bytes apart. */
V_FN void unpack_four_bits(const uint8_t *qs, int line, vi *w, int step) {
    V_UNROLL
    for (int j = 0; j < 8; j++) {
        vi q = v_load_i(qs + line * j), mask = v_set_i(0x0f0f0f0f);
        w[j] = v_and(q, mask);
        w[j + step] = v_and(v_shift_right(q, 4), mask);
    }
}

V_FN void unpack_q4_k_scales(const uint8_t *cell, vi *scale, vi *min) {
    unpack_scales_and_minimums(cell + 64, scale, min);
}
V_FN void unpack_q4_k_w(const uint8_t *cell, int quarter, vi *w, int step) {
    unpack_four_bits(cell + 256 + quarter * 512, 64, w, step);
}

V_FN void unpack_q5_k_scales(const uint8_t *cell, vi *scale, vi *min) {
    unpack_scales_and_minimums(cell + 64, scale, min);
}
V_FN void unpack_q5_k_w(const uint8_t *cell, int quarter, vi *w, int step) {
    unpack_four_bits(quarter == 0 ? cell + 320 : cell + 768 + quarter * 512, quarter == 0 ? 128 : 64, w, step);
    V_UNROLL
    for (int j = 0; j < 8; j++) {
        vi h = v_shift_right(v_load_i(cell + 256 + 128 * j), 2 * quarter), high = v_set_i(0x10101010);
        w[j] = v_or(w[j], v_and(v_shift_left(h, 4), high));
        w[j + step] = v_or(w[j + step], v_and(v_shift_left(h, 3), high));
    }
}

V_FN void unpack_q6_k_scales(const uint8_t *cell, vi *scale, vi *min) {
    (void)min;
    V_UNROLL
    for (int j = 0; j < 16; j++) {
        vi words = v_load_i(cell + 64 + j / 4 * 64);
        scale[j] = v_shift_right_signed(v_shift_left(words, 24 - j % 4 * 8), 24);
    }
}
V_FN void unpack_q6_k_w(const uint8_t *cell, int quarter, vi *w, int step) {
    const uint8_t *q = cell + 320 + quarter * 768;
    V_UNROLL
    for (int j = 0; j < 4; j++) {
        vi h = v_load_i(q + 192 * j), first = v_load_i(q + 192 * j + 64), second = v_load_i(q + 192 * j + 128);
        vi low = v_set_i(0x0f0f0f0f), high = v_set_i(0x30303030);
        w[j] = v_or(v_and(first, low), v_and(v_shift_left(h, 4), high));
        w[j + step] = v_or(v_and(second, low), v_and(v_shift_left(h, 2), high));
        w[j + 2 * step] = v_or(v_and(v_shift_right(first, 4), low), v_and(h, high));
        w[j + 3 * step] = v_or(v_and(v_shift_right(second, 4), low), v_and(v_shift_right(h, 2), high));
    }
}

V_FN void unpack_iq4_xs_scales(const uint8_t *cell, vi *scale, vi *min) {
    (void)min;
    vi high = v_load_u16(cell + 32), low = v_load_i(cell + 64);
    V_UNROLL
    for (int j = 0; j < 8; j++) {
        vi low_bits = v_and(v_shift_right(low, 4 * j), v_set_i(15));
        vi high_bits = v_and(v_shift_right(high, 2 * j), v_set_i(3));
        scale[j] = v_add_i(v_or(low_bits, v_shift_left(high_bits, 4)), v_set_i(-32));
    }
}
V_FN void unpack_iq4_xs_w(const uint8_t *cell, int quarter, vi *w, int step) {
    V_UNROLL
    for (int i = 0; i < 2; i++) {
        unpack_nibbles(cell + 128 + (2 * quarter + i) * 256, w + step * i);
        unpack_levels(unpack_iq4_levels, w + step * i);
    }
}

#endif
