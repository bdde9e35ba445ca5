/* Sixteen lanes of 32 bits on AVX-512 (F, BW, VL, DQ): the small vocabulary in which the templates of kernels/tmpl are
 * written. One register is one lane group; lanes_avx2.h has the same words on two registers. Included by
 * kernels/x86/..._avx512*.c alone. NaN rule: v_max(m, x) is x > m ? x : m, as NUMERICS.md wants. */
#ifndef PITH_KERNELS_LANES_AVX512_H
#define PITH_KERNELS_LANES_AVX512_H

#include <immintrin.h>
#include <stdint.h>
#include <string.h>

#define V_FN static inline __attribute__((always_inline))

typedef __m512i vi; /* 16 x int32, or 64 bytes, or 32 x int16 */
typedef __m512 vf;  /* 16 x binary32 */
typedef uint32_t v_words __attribute__((vector_size(64)));

/* Shape of the register tile of float products. */
enum {
    V_FLOAT_GROUPS = 2,
    V_FLOAT_COLS = 6
};
/* Heads that an attention step takes together, and vectors of V it holds per head. */
enum {
    V_ATTN_HEADS = 8,
    V_ATTN_WIDTH = 2
};

V_FN vi v_load_i(const void *p) {
    return _mm512_loadu_si512(p);
}
V_FN vi v_set_i(int32_t x) {
    return _mm512_set1_epi32(x);
}
V_FN vi v_zero_i(void) {
    return _mm512_setzero_si512();
}
/* The four bytes at p in every lane. */
V_FN vi v_spread(const void *p) {
    int32_t x;
    memcpy(&x, p, sizeof x);
    return _mm512_set1_epi32(x);
}
V_FN vi v_and(vi a, vi b) {
    return _mm512_and_si512(a, b);
}
V_FN vi v_or(vi a, vi b) {
    return _mm512_or_si512(a, b);
}
V_FN vi v_xor(vi a, vi b) {
    return _mm512_xor_si512(a, b);
}
V_FN vi v_add_i(vi a, vi b) {
    return _mm512_add_epi32(a, b);
}
V_FN vi v_sub8(vi a, vi b) {
    return _mm512_sub_epi8(a, b);
}
V_FN vi v_mul_i(vi a, vi b) {
    return _mm512_mullo_epi32(a, b);
}
V_FN vi v_max_i(vi a, vi b) {
    return _mm512_max_epi32(a, b);
}
V_FN vi v_min_i(vi a, vi b) {
    return _mm512_min_epi32(a, b);
}
V_FN vi v_shift_left(vi a, int n) {
    return (vi)((v_words)a << n);
}
V_FN vi v_shift_right(vi a, int n) {
    return (vi)((v_words)a >> n);
}
V_FN vi v_shift_right_signed(vi a, int n) {
    return _mm512_sra_epi32(a, _mm_cvtsi32_si128(n));
}
/* Sixteen bytes looked up by the low four bits of each byte of `index` (upper bits must be zero). */
V_FN vi v_lookup(const int8_t *table, vi index) {
    return _mm512_shuffle_epi8(_mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(const void *)table)), index);
}
V_FN vi v_load_u8(const uint8_t *p) {
    return _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)(const void *)p));
}
V_FN vi v_load_s8(const uint8_t *p) {
    return _mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)(const void *)p));
}
V_FN vi v_load_u16(const void *p) {
    return _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)p));
}
V_FN vi v_load_s16(const void *p) {
    return _mm512_cvtepi16_epi32(_mm256_loadu_si256((const __m256i *)p));
}

/* Bytes and 16-bit halves, for dots without VNNI. */
V_FN vi v_maddubs(vi u, vi s) {
    return _mm512_maddubs_epi16(u, s);
}
V_FN vi v_madd16(vi a, vi b) {
    return _mm512_madd_epi16(a, b);
}
V_FN vi v_add16(vi a, vi b) {
    return _mm512_add_epi16(a, b);
}
V_FN vi v_abs8(vi a) {
    return _mm512_abs_epi8(a);
}
/* x with the sign of w, where w is not zero. */
V_FN vi v_sign8(vi x, vi w) {
    return _mm512_mask_sub_epi8(x, _mm512_movepi8_mask(w), _mm512_setzero_si512(), x);
}

V_FN vf v_load(const float *p) {
    return _mm512_loadu_ps(p);
}
V_FN void v_store(float *p, vf a) {
    _mm512_storeu_ps(p, a);
}
V_FN __mmask16 v_first(uint32_t n) {
    return (__mmask16)((1u << n) - 1);
}
/* The first n lanes (0 to 16) of memory; the others are `fill`. */
V_FN vf v_load_part(const float *p, uint32_t n, vf fill) {
    return _mm512_mask_loadu_ps(fill, v_first(n), p);
}
V_FN void v_store_part(float *p, vf a, uint32_t n) {
    _mm512_mask_storeu_ps(p, v_first(n), a);
}
V_FN vf v_set(float x) {
    return _mm512_set1_ps(x);
}
V_FN vf v_zero(void) {
    return _mm512_setzero_ps();
}
V_FN vf v_add(vf a, vf b) {
    return _mm512_add_ps(a, b);
}
V_FN vf v_sub(vf a, vf b) {
    return _mm512_sub_ps(a, b);
}
V_FN vf v_mul(vf a, vf b) {
    return _mm512_mul_ps(a, b);
}
V_FN vf v_div(vf a, vf b) {
    return _mm512_div_ps(a, b);
}
V_FN vf v_fma(vf a, vf b, vf c) {
    return _mm512_fmadd_ps(a, b, c);
}
/* -(a * b) + c, rounded once. */
V_FN vf v_fnma(vf a, vf b, vf c) {
    return _mm512_fnmadd_ps(a, b, c);
}
V_FN vf v_max(vf m, vf x) {
    return _mm512_max_ps(x, m);
}
V_FN vf v_round(vf a) {
    return _mm512_roundscale_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
V_FN vf v_to_float(vi a) {
    return _mm512_cvtepi32_ps(a);
}
/* Nearest even. */
V_FN vi v_to_int(vf a) {
    return _mm512_cvtps_epi32(a);
}
V_FN vi v_bits(vf a) {
    return _mm512_castps_si512(a);
}
V_FN vf v_from_bits(vi a) {
    return _mm512_castsi512_ps(a);
}
/* yes where a > b (false for NaN), else no. */
V_FN vf v_where_greater(vf a, vf b, vf yes, vf no) {
    return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(a, b, _CMP_GT_OQ), no, yes);
}
/* a in the lanes from `begin` to before `end` (0 to 16), `other` elsewhere. */
V_FN vf v_keep_range(vf a, uint32_t begin, uint32_t end, vf other) {
    return _mm512_mask_blend_ps((__mmask16)(v_first(end) & ~v_first(begin)), other, a);
}

V_FN float v_tree_sum(vf a) {
    __m256 b = _mm256_add_ps(_mm512_castps512_ps256(a), _mm512_extractf32x8_ps(a, 1));
    __m128 c = _mm_add_ps(_mm256_castps256_ps128(b), _mm256_extractf128_ps(b, 1));
    c = _mm_add_ps(c, _mm_movehl_ps(c, c));
    return _mm_cvtss_f32(_mm_add_ss(c, _mm_movehdup_ps(c)));
}
V_FN float v_tree_max(vf a) {
    __m256 b = _mm256_max_ps(_mm512_extractf32x8_ps(a, 1), _mm512_castps512_ps256(a));
    __m128 c = _mm_max_ps(_mm256_extractf128_ps(b, 1), _mm256_castps256_ps128(b));
    c = _mm_max_ps(_mm_movehl_ps(c, c), c);
    return _mm_cvtss_f32(_mm_max_ss(_mm_movehdup_ps(c), c));
}
V_FN int32_t v_sum_i(vi a) {
    return _mm512_reduce_add_epi32(a);
}
V_FN int32_t v_greatest_i(vi a) {
    return _mm512_reduce_max_epi32(a);
}
/* Lanes, all within int8, to 16 bytes. */
V_FN void v_store_i8(int8_t *p, vi a) {
    _mm_storeu_si128((__m128i *)(void *)p, _mm512_cvtepi32_epi8(a));
}

V_FN vf v_load_f16(const void *p) {
    return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)p));
}
V_FN vf v_load_bf16(const void *p) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(v_load_u16(p), 16));
}
V_FN void v_store_f16(void *p, vf a) {
    _mm256_storeu_si256((__m256i *)p, _mm512_cvtps_ph(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
}

/* Pairs (a, b) in neighbouring lanes. */
V_FN vf v_swap_pairs(vf a) {
    return _mm512_permute_ps(a, 0xb1);
}
V_FN vf v_even(vf a) {
    return _mm512_moveldup_ps(a);
}
V_FN vf v_odd(vf a) {
    return _mm512_movehdup_ps(a);
}
V_FN vf v_negate_even(vf a) {
    return _mm512_castsi512_ps(_mm512_xor_si512(_mm512_castps_si512(a), _mm512_set1_epi64(0x80000000)));
}
/* 32 floats as pairs: the first of each, and the second of each. */
V_FN void v_load_pairs(const float *p, vf *first, vf *second) {
    __m512i even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    __m512i odd = _mm512_add_epi32(even, _mm512_set1_epi32(1));
    vf low = v_load(p), high = v_load(p + 16);
    *first = _mm512_permutex2var_ps(low, even, high);
    *second = _mm512_permutex2var_ps(low, odd, high);
}

#endif
