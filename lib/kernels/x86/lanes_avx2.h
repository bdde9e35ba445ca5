/* Sixteen lanes of 32 bits on AVX2, FMA and F16C: the vocabulary of lanes_avx512.h with two registers a lane group.
 * Lanes 0 to 7 are in `a`, 8 to 15 in `b`. Included by kernels/x86/..._avx2.c alone. */
#ifndef PITH_KERNELS_LANES_AVX2_H
#define PITH_KERNELS_LANES_AVX2_H

#include <immintrin.h>
#include <stdint.h>
#include <string.h>

#define V_FN static inline __attribute__((always_inline))

typedef struct vi {
    __m256i a, b;
} vi;
typedef struct vf {
    __m256 a, b;
} vf;
typedef uint32_t v_words __attribute__((vector_size(32)));

/* Shape of the register tile of float products. */
enum {
    V_FLOAT_GROUPS = 1,
    V_FLOAT_COLS = 6
};
/* Heads that an attention step takes together, and vectors of V it holds per head. */
enum {
    V_ATTN_HEADS = 4,
    V_ATTN_WIDTH = 1
};

#define V_BOTH_I(expression_a, expression_b) ((vi){(expression_a), (expression_b)})
#define V_BOTH(expression_a, expression_b)   ((vf){(expression_a), (expression_b)})

V_FN vi v_load_i(const void *p) {
    const __m256i *q = (const __m256i *)p;
    return V_BOTH_I(_mm256_loadu_si256(q), _mm256_loadu_si256(q + 1));
}
V_FN vi v_set_i(int32_t x) {
    __m256i v = _mm256_set1_epi32(x);
    return V_BOTH_I(v, v);
}
V_FN vi v_zero_i(void) {
    return V_BOTH_I(_mm256_setzero_si256(), _mm256_setzero_si256());
}
V_FN vi v_spread(const void *p) {
    int32_t x;
    memcpy(&x, p, sizeof x);
    return v_set_i(x);
}
V_FN vi v_and(vi x, vi y) {
    return V_BOTH_I(_mm256_and_si256(x.a, y.a), _mm256_and_si256(x.b, y.b));
}
V_FN vi v_or(vi x, vi y) {
    return V_BOTH_I(_mm256_or_si256(x.a, y.a), _mm256_or_si256(x.b, y.b));
}
V_FN vi v_xor(vi x, vi y) {
    return V_BOTH_I(_mm256_xor_si256(x.a, y.a), _mm256_xor_si256(x.b, y.b));
}
V_FN vi v_add_i(vi x, vi y) {
    return V_BOTH_I(_mm256_add_epi32(x.a, y.a), _mm256_add_epi32(x.b, y.b));
}
V_FN vi v_sub8(vi x, vi y) {
    return V_BOTH_I(_mm256_sub_epi8(x.a, y.a), _mm256_sub_epi8(x.b, y.b));
}
V_FN vi v_mul_i(vi x, vi y) {
    return V_BOTH_I(_mm256_mullo_epi32(x.a, y.a), _mm256_mullo_epi32(x.b, y.b));
}
V_FN vi v_max_i(vi x, vi y) {
    return V_BOTH_I(_mm256_max_epi32(x.a, y.a), _mm256_max_epi32(x.b, y.b));
}
V_FN vi v_min_i(vi x, vi y) {
    return V_BOTH_I(_mm256_min_epi32(x.a, y.a), _mm256_min_epi32(x.b, y.b));
}
V_FN vi v_shift_left(vi x, int n) {
    return V_BOTH_I((__m256i)((v_words)x.a << n), (__m256i)((v_words)x.b << n));
}
V_FN vi v_shift_right(vi x, int n) {
    return V_BOTH_I((__m256i)((v_words)x.a >> n), (__m256i)((v_words)x.b >> n));
}
V_FN vi v_shift_right_signed(vi x, int n) {
    __m128i count = _mm_cvtsi32_si128(n);
    return V_BOTH_I(_mm256_sra_epi32(x.a, count), _mm256_sra_epi32(x.b, count));
}
V_FN vi v_lookup(const int8_t *table, vi index) {
    __m256i t = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)table));
    return V_BOTH_I(_mm256_shuffle_epi8(t, index.a), _mm256_shuffle_epi8(t, index.b));
}
V_FN vi v_load_u8(const uint8_t *p) {
    __m128i x = _mm_loadu_si128((const __m128i *)(const void *)p);
    return V_BOTH_I(_mm256_cvtepu8_epi32(x), _mm256_cvtepu8_epi32(_mm_srli_si128(x, 8)));
}
V_FN vi v_load_s8(const uint8_t *p) {
    __m128i x = _mm_loadu_si128((const __m128i *)(const void *)p);
    return V_BOTH_I(_mm256_cvtepi8_epi32(x), _mm256_cvtepi8_epi32(_mm_srli_si128(x, 8)));
}
V_FN vi v_load_u16(const void *p) {
    const __m128i *q = (const __m128i *)p;
    return V_BOTH_I(_mm256_cvtepu16_epi32(_mm_loadu_si128(q)), _mm256_cvtepu16_epi32(_mm_loadu_si128(q + 1)));
}
V_FN vi v_load_s16(const void *p) {
    const __m128i *q = (const __m128i *)p;
    return V_BOTH_I(_mm256_cvtepi16_epi32(_mm_loadu_si128(q)), _mm256_cvtepi16_epi32(_mm_loadu_si128(q + 1)));
}

V_FN vi v_maddubs(vi u, vi s) {
    return V_BOTH_I(_mm256_maddubs_epi16(u.a, s.a), _mm256_maddubs_epi16(u.b, s.b));
}
V_FN vi v_madd16(vi x, vi y) {
    return V_BOTH_I(_mm256_madd_epi16(x.a, y.a), _mm256_madd_epi16(x.b, y.b));
}
V_FN vi v_add16(vi x, vi y) {
    return V_BOTH_I(_mm256_add_epi16(x.a, y.a), _mm256_add_epi16(x.b, y.b));
}
V_FN vi v_abs8(vi x) {
    return V_BOTH_I(_mm256_abs_epi8(x.a), _mm256_abs_epi8(x.b));
}
V_FN vi v_sign8(vi x, vi w) {
    return V_BOTH_I(_mm256_sign_epi8(x.a, w.a), _mm256_sign_epi8(x.b, w.b));
}

V_FN vf v_load(const float *p) {
    return V_BOTH(_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8));
}
V_FN void v_store(float *p, vf x) {
    _mm256_storeu_ps(p, x.a);
    _mm256_storeu_ps(p + 8, x.b);
}
/* All bits set in the lanes from `begin` to before `end`. */
V_FN vi v_range_mask(uint32_t begin, uint32_t end) {
    __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    __m256i lane_b = _mm256_add_epi32(lane, _mm256_set1_epi32(8));
    __m256i before = _mm256_set1_epi32((int32_t)begin - 1), limit = _mm256_set1_epi32((int32_t)end);
    return V_BOTH_I(_mm256_and_si256(_mm256_cmpgt_epi32(lane, before), _mm256_cmpgt_epi32(limit, lane)),
                    _mm256_and_si256(_mm256_cmpgt_epi32(lane_b, before), _mm256_cmpgt_epi32(limit, lane_b)));
}
V_FN vf v_keep_range(vf x, uint32_t begin, uint32_t end, vf other) {
    vi mask = v_range_mask(begin, end);
    return V_BOTH(_mm256_blendv_ps(other.a, x.a, _mm256_castsi256_ps(mask.a)),
                  _mm256_blendv_ps(other.b, x.b, _mm256_castsi256_ps(mask.b)));
}
V_FN vf v_load_part(const float *p, uint32_t n, vf fill) {
    vi mask = v_range_mask(0, n);
    vf x = V_BOTH(_mm256_maskload_ps(p, mask.a), n > 8 ? _mm256_maskload_ps(p + 8, mask.b) : _mm256_setzero_ps());
    return v_keep_range(x, 0, n, fill);
}
V_FN void v_store_part(float *p, vf x, uint32_t n) {
    vi mask = v_range_mask(0, n);
    _mm256_maskstore_ps(p, mask.a, x.a);
    if (n > 8) {
        _mm256_maskstore_ps(p + 8, mask.b, x.b);
    }
}
V_FN vf v_set(float x) {
    __m256 v = _mm256_set1_ps(x);
    return V_BOTH(v, v);
}
V_FN vf v_zero(void) {
    return V_BOTH(_mm256_setzero_ps(), _mm256_setzero_ps());
}
V_FN vf v_add(vf x, vf y) {
    return V_BOTH(_mm256_add_ps(x.a, y.a), _mm256_add_ps(x.b, y.b));
}
V_FN vf v_sub(vf x, vf y) {
    return V_BOTH(_mm256_sub_ps(x.a, y.a), _mm256_sub_ps(x.b, y.b));
}
V_FN vf v_mul(vf x, vf y) {
    return V_BOTH(_mm256_mul_ps(x.a, y.a), _mm256_mul_ps(x.b, y.b));
}
V_FN vf v_div(vf x, vf y) {
    return V_BOTH(_mm256_div_ps(x.a, y.a), _mm256_div_ps(x.b, y.b));
}
V_FN vf v_fma(vf x, vf y, vf z) {
    return V_BOTH(_mm256_fmadd_ps(x.a, y.a, z.a), _mm256_fmadd_ps(x.b, y.b, z.b));
}
V_FN vf v_fnma(vf x, vf y, vf z) {
    return V_BOTH(_mm256_fnmadd_ps(x.a, y.a, z.a), _mm256_fnmadd_ps(x.b, y.b, z.b));
}
V_FN vf v_max(vf m, vf x) {
    return V_BOTH(_mm256_max_ps(x.a, m.a), _mm256_max_ps(x.b, m.b));
}
V_FN vf v_round(vf x) {
    return V_BOTH(_mm256_round_ps(x.a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC),
                  _mm256_round_ps(x.b, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
}
V_FN vf v_to_float(vi x) {
    return V_BOTH(_mm256_cvtepi32_ps(x.a), _mm256_cvtepi32_ps(x.b));
}
V_FN vi v_to_int(vf x) {
    return V_BOTH_I(_mm256_cvtps_epi32(x.a), _mm256_cvtps_epi32(x.b));
}
V_FN vi v_bits(vf x) {
    return V_BOTH_I(_mm256_castps_si256(x.a), _mm256_castps_si256(x.b));
}
V_FN vf v_from_bits(vi x) {
    return V_BOTH(_mm256_castsi256_ps(x.a), _mm256_castsi256_ps(x.b));
}
V_FN vf v_where_greater(vf x, vf y, vf yes, vf no) {
    return V_BOTH(_mm256_blendv_ps(no.a, yes.a, _mm256_cmp_ps(x.a, y.a, _CMP_GT_OQ)),
                  _mm256_blendv_ps(no.b, yes.b, _mm256_cmp_ps(x.b, y.b, _CMP_GT_OQ)));
}

V_FN float v_tree_sum(vf x) {
    __m256 b = _mm256_add_ps(x.a, x.b);
    __m128 c = _mm_add_ps(_mm256_castps256_ps128(b), _mm256_extractf128_ps(b, 1));
    c = _mm_add_ps(c, _mm_movehl_ps(c, c));
    return _mm_cvtss_f32(_mm_add_ss(c, _mm_movehdup_ps(c)));
}
V_FN float v_tree_max(vf x) {
    __m256 b = _mm256_max_ps(x.b, x.a);
    __m128 c = _mm_max_ps(_mm256_extractf128_ps(b, 1), _mm256_castps256_ps128(b));
    c = _mm_max_ps(_mm_movehl_ps(c, c), c);
    return _mm_cvtss_f32(_mm_max_ss(_mm_movehdup_ps(c), c));
}
V_FN int32_t v_sum_i(vi x) {
    __m256i b = _mm256_add_epi32(x.a, x.b);
    __m128i c = _mm_add_epi32(_mm256_castsi256_si128(b), _mm256_extracti128_si256(b, 1));
    c = _mm_add_epi32(c, _mm_shuffle_epi32(c, 0x4e));
    return _mm_cvtsi128_si32(_mm_add_epi32(c, _mm_shuffle_epi32(c, 0xb1)));
}
V_FN int32_t v_greatest_i(vi x) {
    __m256i b = _mm256_max_epi32(x.a, x.b);
    __m128i c = _mm_max_epi32(_mm256_castsi256_si128(b), _mm256_extracti128_si256(b, 1));
    c = _mm_max_epi32(c, _mm_shuffle_epi32(c, 0x4e));
    return _mm_cvtsi128_si32(_mm_max_epi32(c, _mm_shuffle_epi32(c, 0xb1)));
}
V_FN void v_store_i8(int8_t *p, vi x) {
    __m256i words = _mm256_permute4x64_epi64(_mm256_packs_epi32(x.a, x.b), 0xd8);
    __m128i bytes = _mm_packs_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
    _mm_storeu_si128((__m128i *)(void *)p, bytes);
}

V_FN vf v_load_f16(const void *p) {
    const __m128i *q = (const __m128i *)p;
    return V_BOTH(_mm256_cvtph_ps(_mm_loadu_si128(q)), _mm256_cvtph_ps(_mm_loadu_si128(q + 1)));
}
V_FN vf v_load_bf16(const void *p) {
    return v_from_bits(v_shift_left(v_load_u16(p), 16));
}
V_FN void v_store_f16(void *p, vf x) {
    __m128i *q = (__m128i *)p;
    _mm_storeu_si128(q, _mm256_cvtps_ph(x.a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
    _mm_storeu_si128(q + 1, _mm256_cvtps_ph(x.b, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
}

V_FN vf v_swap_pairs(vf x) {
    return V_BOTH(_mm256_permute_ps(x.a, 0xb1), _mm256_permute_ps(x.b, 0xb1));
}
V_FN vf v_even(vf x) {
    return V_BOTH(_mm256_moveldup_ps(x.a), _mm256_moveldup_ps(x.b));
}
V_FN vf v_odd(vf x) {
    return V_BOTH(_mm256_movehdup_ps(x.a), _mm256_movehdup_ps(x.b));
}
V_FN vf v_negate_even(vf x) {
    __m256 sign = _mm256_castsi256_ps(_mm256_set1_epi64x(0x80000000));
    return V_BOTH(_mm256_xor_ps(x.a, sign), _mm256_xor_ps(x.b, sign));
}
V_FN __m256 v_half_of_pairs(__m256 low, __m256 high, int odd) {
    __m256 mixed = odd ? _mm256_shuffle_ps(low, high, 0xdd) : _mm256_shuffle_ps(low, high, 0x88);
    return _mm256_castpd_ps(_mm256_permute4x64_pd(_mm256_castps_pd(mixed), 0xd8));
}
V_FN void v_load_pairs(const float *p, vf *first, vf *second) {
    vf low = v_load(p), high = v_load(p + 16);
    *first = V_BOTH(v_half_of_pairs(low.a, low.b, 0), v_half_of_pairs(high.a, high.b, 0));
    *second = V_BOTH(v_half_of_pairs(low.a, low.b, 1), v_half_of_pairs(high.a, high.b, 1));
}

#endif
