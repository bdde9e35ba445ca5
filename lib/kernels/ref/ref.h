/* The scalar level: the meaning of every entry of the kernel table, in plain C. Other levels are tested against it and
 * fall back to it. Must not use: intrinsics, libm, anything whose result is not fixed by the C standard and IEEE 754.
 */
#ifndef PITH_KERNELS_REF_H
#define PITH_KERNELS_REF_H

#include "kernels/kernels.h"

extern const pith__kernels pith__kernels_ref;

void pith__matmul_f32_ref(const pith__matmul_args *args);
void pith__matmul_f16_ref(const pith__matmul_args *args);
void pith__matmul_bf16_ref(const pith__matmul_args *args);
void pith__matmul_q4_0_ref(const pith__matmul_args *args);
void pith__matmul_q4_1_ref(const pith__matmul_args *args);
void pith__matmul_q5_0_ref(const pith__matmul_args *args);
void pith__matmul_q5_1_ref(const pith__matmul_args *args);
void pith__matmul_q8_0_ref(const pith__matmul_args *args);
void pith__matmul_iq4_nl_ref(const pith__matmul_args *args);
void pith__matmul_mxfp4_ref(const pith__matmul_args *args);
void pith__matmul_q2_k_ref(const pith__matmul_args *args);
void pith__matmul_q3_k_ref(const pith__matmul_args *args);
void pith__matmul_q4_k_ref(const pith__matmul_args *args);
void pith__matmul_q5_k_ref(const pith__matmul_args *args);
void pith__matmul_q6_k_ref(const pith__matmul_args *args);
void pith__matmul_iq4_xs_ref(const pith__matmul_args *args);

bool pith__quantize_b32_ref(const float *x, uint32_t k, int8_t *q, float *scale, int16_t *sum);
bool pith__quantize_b256_ref(const float *x, uint32_t k, int8_t *q, float *scale, int16_t *sum);

void pith__rms_norm_ref(const float *x, const float *weight, uint32_t n, float eps, float *out);
void pith__add_ref(float *x, const float *y, uint32_t n);
void pith__scale_ref(float *x, float by, uint32_t n);
void pith__silu_mul_ref(const float *gate, const float *up, uint32_t n, float *out);
void pith__rope_normal_ref(float *head, const float *cs, uint32_t n_rot);
void pith__rope_neox_ref(float *head, const float *cs, uint32_t n_rot);
float pith__exp_sum_ref(float *x, uint32_t n, float max);
float pith__max_ref(const float *x, uint32_t n);

void pith__f16_to_f32_ref(const uint16_t *x, uint64_t n, float *out);
void pith__f32_to_f16_ref(const float *x, uint64_t n, uint16_t *out);
void pith__bf16_to_f32_ref(const uint16_t *x, uint64_t n, float *out);

void pith__attn_f32_ref(const pith__attn_args *args);
void pith__attn_f16_ref(const pith__attn_args *args);
void pith__attn_q8_0_ref(const pith__attn_args *args);
void pith__attn_merge_ref(float *m, float *sum, float *out, float bm, float bsum, const float *bout, uint32_t head_dim);
void pith__store_k_f16_ref(const float *k, uint32_t head_dim, void *k_block, uint32_t pos);
void pith__store_v_f16_ref(const float *v, uint32_t head_dim, void *v_block, uint32_t pos);
void pith__store_k_q8_0_ref(const float *k, uint32_t head_dim, void *k_block, uint32_t pos);
void pith__store_v_q8_0_ref(const float *v, uint32_t head_dim, void *v_block, uint32_t pos);
void pith__store_k_f32_ref(const float *k, uint32_t head_dim, void *k_block, uint32_t pos);
void pith__store_v_f32_ref(const float *v, uint32_t head_dim, void *v_block, uint32_t pos);

/* Joins 16 accumulators by the fixed tree (NUMERICS.md, Lanes and trees); the array is used up. */
static inline float pith__tree_sum(float *a) {
    for (int width = 8; width > 0; width /= 2) {
        for (int i = 0; i < width; i++) {
            a[i] += a[i + width];
        }
    }
    return a[0];
}

static inline float pith__lane_max(float m, float x) {
    return x > m ? x : m;
}

static inline float pith__tree_max(float *a) {
    for (int width = 8; width > 0; width /= 2) {
        for (int i = 0; i < width; i++) {
            a[i] = pith__lane_max(a[i], a[i + width]);
        }
    }
    return a[0];
}

#endif
