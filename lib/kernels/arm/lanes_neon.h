/* Sixteen lanes of 32 bits on Advanced SIMD: the vocabulary of x86/lanes_avx512.h with four registers a lane group.
 * Lanes 0 to 3 are in `a`, 4 to 7 in `b`, 8 to 11 in `c`, 12 to 15 in `d`. All of it is in ARMv8.0, FCVT from and to
 * fp16 included; bytes are in little-endian order. Included by kernels/arm/float_*.c and quant_*.c alone. */
#ifndef PITH_KERNELS_LANES_NEON_H
#define PITH_KERNELS_LANES_NEON_H

#include <arm_neon.h>
#include <stdint.h>
#include <string.h>

#define V_FN static inline __attribute__((always_inline))

typedef struct vi {
    int32x4_t a, b, c, d;
} vi;
typedef struct vf {
    float32x4_t a, b, c, d;
} vf;

/* Shape of the register tile of float products. Of the 32 registers six columns take 24 for their sums. */
enum {
    V_FLOAT_GROUPS = 1,
    V_FLOAT_COLS = 6
};
/* Heads that an attention step takes together, and vectors of V it holds per head. */
enum {
    V_ATTN_HEADS = 4,
    V_ATTN_WIDTH = 1
};

/* One function for the four quarters of one, two or three vectors. */
#define V_EACH_1(type, f, x)       ((type){f(x.a), f(x.b), f(x.c), f(x.d)})
#define V_EACH_2(type, f, x, y)    ((type){f(x.a, y.a), f(x.b, y.b), f(x.c, y.c), f(x.d, y.d)})
#define V_EACH_3(type, f, x, y, z) ((type){f(x.a, y.a, z.a), f(x.b, y.b, z.b), f(x.c, y.c, z.c), f(x.d, y.d, z.d)})
#define V_EACH_BY(type, f, x, n)   ((type){f(x.a, n), f(x.b, n), f(x.c, n), f(x.d, n)})

V_FN int32x4_t v_quarter_load(const uint8_t *p) {
    return vreinterpretq_s32_u8(vld1q_u8(p));
}
V_FN vi v_load_i(const void *p) {
    const uint8_t *q = p;
    return (vi){v_quarter_load(q), v_quarter_load(q + 16), v_quarter_load(q + 32), v_quarter_load(q + 48)};
}
V_FN vi v_set_i(int32_t x) {
    int32x4_t v = vdupq_n_s32(x);
    return (vi){v, v, v, v};
}
V_FN vi v_zero_i(void) {
    return v_set_i(0);
}
V_FN vi v_spread(const void *p) {
    int32_t x;
    memcpy(&x, p, sizeof x);
    return v_set_i(x);
}
V_FN vi v_and(vi x, vi y) {
    return V_EACH_2(vi, vandq_s32, x, y);
}
V_FN vi v_or(vi x, vi y) {
    return V_EACH_2(vi, vorrq_s32, x, y);
}
V_FN vi v_xor(vi x, vi y) {
    return V_EACH_2(vi, veorq_s32, x, y);
}
V_FN vi v_add_i(vi x, vi y) {
    return V_EACH_2(vi, vaddq_s32, x, y);
}
V_FN int32x4_t v_quarter_sub8(int32x4_t x, int32x4_t y) {
    return vreinterpretq_s32_s8(vsubq_s8(vreinterpretq_s8_s32(x), vreinterpretq_s8_s32(y)));
}
V_FN vi v_sub8(vi x, vi y) {
    return V_EACH_2(vi, v_quarter_sub8, x, y);
}
V_FN vi v_mul_i(vi x, vi y) {
    return V_EACH_2(vi, vmulq_s32, x, y);
}
V_FN vi v_max_i(vi x, vi y) {
    return V_EACH_2(vi, vmaxq_s32, x, y);
}
V_FN vi v_min_i(vi x, vi y) {
    return V_EACH_2(vi, vminq_s32, x, y);
}
/* Shifts are operators, not intrinsics, so that a constant count becomes part of the instruction. */
V_FN int32x4_t v_quarter_left(int32x4_t x, int n) {
    return (int32x4_t)((uint32x4_t)x << n);
}
V_FN int32x4_t v_quarter_right(int32x4_t x, int n) {
    return (int32x4_t)((uint32x4_t)x >> n);
}
V_FN int32x4_t v_quarter_right_signed(int32x4_t x, int n) {
    return x >> n;
}
V_FN vi v_shift_left(vi x, int n) {
    return V_EACH_BY(vi, v_quarter_left, x, n);
}
V_FN vi v_shift_right(vi x, int n) {
    return V_EACH_BY(vi, v_quarter_right, x, n);
}
V_FN vi v_shift_right_signed(vi x, int n) {
    return V_EACH_BY(vi, v_quarter_right_signed, x, n);
}
V_FN int32x4_t v_quarter_lookup(int8x16_t table, int32x4_t index) {
    return vreinterpretq_s32_s8(vqtbl1q_s8(table, vreinterpretq_u8_s32(index)));
}
V_FN vi v_lookup(const int8_t *table, vi index) {
    int8x16_t t = vld1q_s8(table);
    return (vi){v_quarter_lookup(t, index.a), v_quarter_lookup(t, index.b), v_quarter_lookup(t, index.c),
                v_quarter_lookup(t, index.d)};
}
V_FN vi v_widen_u16(uint16x8_t low, uint16x8_t high) {
    return (vi){vreinterpretq_s32_u32(vmovl_u16(vget_low_u16(low))), vreinterpretq_s32_u32(vmovl_high_u16(low)),
                vreinterpretq_s32_u32(vmovl_u16(vget_low_u16(high))), vreinterpretq_s32_u32(vmovl_high_u16(high))};
}
V_FN vi v_load_u8(const uint8_t *p) {
    uint8x16_t x = vld1q_u8(p);
    return v_widen_u16(vmovl_u8(vget_low_u8(x)), vmovl_high_u8(x));
}
V_FN vi v_load_s8(const uint8_t *p) {
    int8x16_t x = vreinterpretq_s8_u8(vld1q_u8(p));
    int16x8_t low = vmovl_s8(vget_low_s8(x)), high = vmovl_high_s8(x);
    return (vi){vmovl_s16(vget_low_s16(low)), vmovl_high_s16(low), vmovl_s16(vget_low_s16(high)), vmovl_high_s16(high)};
}
V_FN vi v_load_u16(const void *p) {
    const uint8_t *q = p;
    return v_widen_u16(vreinterpretq_u16_u8(vld1q_u8(q)), vreinterpretq_u16_u8(vld1q_u8(q + 16)));
}
V_FN vi v_load_s16(const void *p) {
    const uint8_t *q = p;
    int16x8_t low = vreinterpretq_s16_u8(vld1q_u8(q)), high = vreinterpretq_s16_u8(vld1q_u8(q + 16));
    return (vi){vmovl_s16(vget_low_s16(low)), vmovl_high_s16(low), vmovl_s16(vget_low_s16(high)), vmovl_high_s16(high)};
}

V_FN vf v_load(const float *p) {
    return (vf){vld1q_f32(p), vld1q_f32(p + 4), vld1q_f32(p + 8), vld1q_f32(p + 12)};
}
V_FN void v_store(float *p, vf x) {
    vst1q_f32(p, x.a);
    vst1q_f32(p + 4, x.b);
    vst1q_f32(p + 8, x.c);
    vst1q_f32(p + 12, x.d);
}
V_FN vf v_set(float x) {
    float32x4_t v = vdupq_n_f32(x);
    return (vf){v, v, v, v};
}
V_FN vf v_zero(void) {
    return v_set(0);
}
/* There are no masked loads: parts go through a copy. */
V_FN vf v_load_part(const float *p, uint32_t n, vf fill) {
    float part[16];
    v_store(part, fill);
    memcpy(part, p, n * sizeof *p);
    return v_load(part);
}
V_FN void v_store_part(float *p, vf x, uint32_t n) {
    float part[16];
    v_store(part, x);
    memcpy(p, part, n * sizeof *p);
}
V_FN float32x4_t v_quarter_keep(float32x4_t x, uint32_t lane, uint32_t begin, uint32_t end, float32x4_t other) {
    static const uint32_t count[4] = {0, 1, 2, 3};
    uint32x4_t lanes = vaddq_u32(vld1q_u32(count), vdupq_n_u32(lane));
    uint32x4_t inside = vandq_u32(vcgeq_u32(lanes, vdupq_n_u32(begin)), vcltq_u32(lanes, vdupq_n_u32(end)));
    return vbslq_f32(inside, x, other);
}
V_FN vf v_keep_range(vf x, uint32_t begin, uint32_t end, vf other) {
    return (vf){v_quarter_keep(x.a, 0, begin, end, other.a), v_quarter_keep(x.b, 4, begin, end, other.b),
                v_quarter_keep(x.c, 8, begin, end, other.c), v_quarter_keep(x.d, 12, begin, end, other.d)};
}
V_FN vf v_add(vf x, vf y) {
    return V_EACH_2(vf, vaddq_f32, x, y);
}
V_FN vf v_sub(vf x, vf y) {
    return V_EACH_2(vf, vsubq_f32, x, y);
}
V_FN vf v_mul(vf x, vf y) {
    return V_EACH_2(vf, vmulq_f32, x, y);
}
V_FN vf v_div(vf x, vf y) {
    return V_EACH_2(vf, vdivq_f32, x, y);
}
V_FN vf v_fma(vf x, vf y, vf z) {
    return V_EACH_3(vf, vfmaq_f32, z, x, y);
}
V_FN vf v_fnma(vf x, vf y, vf z) {
    return V_EACH_3(vf, vfmsq_f32, z, x, y);
}
/* FMAX would hand a NaN on; this passes it over, as NUMERICS.md wants. */
V_FN float32x4_t v_quarter_max(float32x4_t m, float32x4_t x) {
    return vbslq_f32(vcgtq_f32(x, m), x, m);
}
V_FN vf v_max(vf m, vf x) {
    return V_EACH_2(vf, v_quarter_max, m, x);
}
V_FN vf v_round(vf x) {
    return V_EACH_1(vf, vrndnq_f32, x);
}
V_FN vf v_to_float(vi x) {
    return V_EACH_1(vf, vcvtq_f32_s32, x);
}
V_FN vi v_to_int(vf x) {
    return V_EACH_1(vi, vcvtnq_s32_f32, x);
}
V_FN vi v_bits(vf x) {
    return V_EACH_1(vi, vreinterpretq_s32_f32, x);
}
V_FN vf v_from_bits(vi x) {
    return V_EACH_1(vf, vreinterpretq_f32_s32, x);
}
V_FN vf v_where_greater(vf x, vf y, vf yes, vf no) {
    return (vf){vbslq_f32(vcgtq_f32(x.a, y.a), yes.a, no.a), vbslq_f32(vcgtq_f32(x.b, y.b), yes.b, no.b),
                vbslq_f32(vcgtq_f32(x.c, y.c), yes.c, no.c), vbslq_f32(vcgtq_f32(x.d, y.d), yes.d, no.d)};
}

V_FN float v_tree_sum(vf x) {
    float32x4_t four = vaddq_f32(vaddq_f32(x.a, x.c), vaddq_f32(x.b, x.d));
    float32x2_t two = vadd_f32(vget_low_f32(four), vget_high_f32(four));
    return vget_lane_f32(two, 0) + vget_lane_f32(two, 1);
}
V_FN float v_tree_max(vf x) {
    float32x4_t m = v_quarter_max(v_quarter_max(x.a, x.c), v_quarter_max(x.b, x.d));
    m = v_quarter_max(m, vextq_f32(m, m, 2));
    return vgetq_lane_f32(v_quarter_max(m, vextq_f32(m, m, 1)), 0);
}
V_FN int32_t v_sum_i(vi x) {
    return vaddvq_s32(vaddq_s32(vaddq_s32(x.a, x.c), vaddq_s32(x.b, x.d)));
}
V_FN int32_t v_greatest_i(vi x) {
    return vmaxvq_s32(vmaxq_s32(vmaxq_s32(x.a, x.c), vmaxq_s32(x.b, x.d)));
}
V_FN void v_store_i8(int8_t *p, vi x) {
    int16x8_t low = vcombine_s16(vmovn_s32(x.a), vmovn_s32(x.b));
    int16x8_t high = vcombine_s16(vmovn_s32(x.c), vmovn_s32(x.d));
    vst1q_s8(p, vcombine_s8(vmovn_s16(low), vmovn_s16(high)));
}

V_FN vf v_load_f16(const void *p) {
    const uint8_t *q = p;
    float16x8_t low = vreinterpretq_f16_u8(vld1q_u8(q)), high = vreinterpretq_f16_u8(vld1q_u8(q + 16));
    return (vf){vcvt_f32_f16(vget_low_f16(low)), vcvt_high_f32_f16(low), vcvt_f32_f16(vget_low_f16(high)),
                vcvt_high_f32_f16(high)};
}
V_FN vf v_load_bf16(const void *p) {
    return v_from_bits(v_shift_left(v_load_u16(p), 16));
}
V_FN void v_store_f16(void *p, vf x) {
    uint8_t *q = p;
    vst1q_u8(q, vreinterpretq_u8_f16(vcvt_high_f16_f32(vcvt_f16_f32(x.a), x.b)));
    vst1q_u8(q + 16, vreinterpretq_u8_f16(vcvt_high_f16_f32(vcvt_f16_f32(x.c), x.d)));
}

V_FN float32x4_t v_quarter_even(float32x4_t x) {
    return vtrn1q_f32(x, x);
}
V_FN float32x4_t v_quarter_odd(float32x4_t x) {
    return vtrn2q_f32(x, x);
}
V_FN float32x4_t v_quarter_negate_even(float32x4_t x) {
    uint64x2_t sign = vdupq_n_u64(0x80000000);
    return vreinterpretq_f32_u64(veorq_u64(vreinterpretq_u64_f32(x), sign));
}
V_FN vf v_swap_pairs(vf x) {
    return V_EACH_1(vf, vrev64q_f32, x);
}
V_FN vf v_even(vf x) {
    return V_EACH_1(vf, v_quarter_even, x);
}
V_FN vf v_odd(vf x) {
    return V_EACH_1(vf, v_quarter_odd, x);
}
V_FN vf v_negate_even(vf x) {
    return V_EACH_1(vf, v_quarter_negate_even, x);
}
V_FN void v_load_pairs(const float *p, vf *first, vf *second) {
    vf low = v_load(p), high = v_load(p + 16);
    *first = (vf){vuzp1q_f32(low.a, low.b), vuzp1q_f32(low.c, low.d), vuzp1q_f32(high.a, high.b),
                  vuzp1q_f32(high.c, high.d)};
    *second = (vf){vuzp2q_f32(low.a, low.b), vuzp2q_f32(low.c, low.d), vuzp2q_f32(high.a, high.b),
                   vuzp2q_f32(high.c, high.d)};
}

#endif
