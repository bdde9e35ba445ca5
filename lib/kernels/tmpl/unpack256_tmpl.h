/* Super-blocks as vectors of bytes, a sub-block of 32 elements (8 vectors, as in unpack32_tmpl.h) at a time, and their
 * scales and minimums as lanes of int32. For each type: unpack_<type>_w(cell, s, w) for s in 0..7, and
 * unpack_<type>_scales(cell, scale, min) with 16 or 8 scales; types without minimums leave `min` alone. The weights are
 * unsigned (but for run 1): what was added to them is the bias of the type in matmul_quant_tmpl.h. */
#ifndef PITH_KERNELS_UNPACK256_TMPL_H
#define PITH_KERNELS_UNPACK256_TMPL_H

#include "kernels/tmpl/unpack32_tmpl.h"

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
V_FN void unpack_q2_k_w(const uint8_t *cell, int s, vi *w) {
    const uint8_t *qs = cell + 320 + s / 4 * 512;
    V_UNROLL
    for (int j = 0; j < 8; j++) {
        w[j] = v_and(v_shift_right(v_load_i(qs + 64 * j), s % 4 * 2), v_set_i(0x03030303));
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
V_FN void unpack_q3_k_w(const uint8_t *cell, int s, vi *w) {
    const uint8_t *hmask = cell + 256;
    const uint8_t *qs = s < 4 ? cell + 320 : cell + 1280;
    V_UNROLL
    for (int j = 0; j < 8; j++) {
        vi low = v_and(v_shift_right(v_load_i(qs + (s < 4 ? 128 : 64) * j), s % 4 * 2), v_set_i(0x03030303));
        vi high = v_and(v_shift_right(v_load_i(hmask + 128 * j), s), v_set_i(0x01010101));
        w[j] = v_or(low, v_shift_left(high, 2));
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

/* Four bits of sub-block s: two sub-blocks share 8 vectors, `step` bytes apart. */
V_FN void unpack_four_bits(const uint8_t *qs, int step, int s, vi *w) {
    V_UNROLL
    for (int j = 0; j < 8; j++) {
        w[j] = v_and(v_shift_right(v_load_i(qs + step * j), s % 2 * 4), v_set_i(0x0f0f0f0f));
    }
}

V_FN void unpack_q4_k_scales(const uint8_t *cell, vi *scale, vi *min) {
    unpack_scales_and_minimums(cell + 64, scale, min);
}
V_FN void unpack_q4_k_w(const uint8_t *cell, int s, vi *w) {
    unpack_four_bits(cell + 256 + s / 2 * 512, 64, s, w);
}

V_FN void unpack_q5_k_scales(const uint8_t *cell, vi *scale, vi *min) {
    unpack_scales_and_minimums(cell + 64, scale, min);
}
V_FN void unpack_q5_k_w(const uint8_t *cell, int s, vi *w) {
    unpack_four_bits(s < 2 ? cell + 320 : cell + 768 + s / 2 * 512, s < 2 ? 128 : 64, s, w);
    V_UNROLL
    for (int j = 0; j < 8; j++) {
        vi high = v_and(v_shift_right(v_load_i(cell + 256 + 128 * j), s), v_set_i(0x01010101));
        w[j] = v_or(w[j], v_shift_left(high, 4));
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
V_FN void unpack_q6_k_w(const uint8_t *cell, int s, vi *w) {
    const uint8_t *qh = cell + 320 + s / 4 * 1536;
    const uint8_t *ql = qh + 64 + s % 2 * 64;
    V_UNROLL
    for (int j = 0; j < 8; j++) {
        vi low = v_and(v_shift_right(v_load_i(ql + 192 * j), s % 4 / 2 * 4), v_set_i(0x0f0f0f0f));
        vi high = v_and(v_shift_right(v_load_i(qh + 192 * j), s % 4 * 2), v_set_i(0x03030303));
        w[j] = v_or(low, v_shift_left(high, 4));
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
V_FN void unpack_iq4_xs_w(const uint8_t *cell, int s, vi *w) {
    unpack_nibbles(cell + 128 + s * 256, w);
    unpack_levels(unpack_iq4_levels, w);
}

#endif
