/* The names of a level's kernels: their declarations, and their places in a table, once for each instruction set.
 * Integer products and the rest are apart, since a level may bring the former alone.
 *
 * Must not know: which instruction sets there are. */
#ifndef PITH_KERNELS_ENTRIES_H
#define PITH_KERNELS_ENTRIES_H

#include "kernels/kernels.h"
#include "kernels/ref/ref.h"

#define PITH__DECLARE_QUANT(isa)                                                                                       \
    void pith__matmul_q4_0_##isa(const pith__matmul_args *args);                                                       \
    void pith__matmul_q4_1_##isa(const pith__matmul_args *args);                                                       \
    void pith__matmul_q5_0_##isa(const pith__matmul_args *args);                                                       \
    void pith__matmul_q5_1_##isa(const pith__matmul_args *args);                                                       \
    void pith__matmul_q8_0_##isa(const pith__matmul_args *args);                                                       \
    void pith__matmul_iq4_nl_##isa(const pith__matmul_args *args);                                                     \
    void pith__matmul_mxfp4_##isa(const pith__matmul_args *args);                                                      \
    void pith__matmul_q2_k_##isa(const pith__matmul_args *args);                                                       \
    void pith__matmul_q3_k_##isa(const pith__matmul_args *args);                                                       \
    void pith__matmul_q4_k_##isa(const pith__matmul_args *args);                                                       \
    void pith__matmul_q5_k_##isa(const pith__matmul_args *args);                                                       \
    void pith__matmul_q6_k_##isa(const pith__matmul_args *args);                                                       \
    void pith__matmul_iq4_xs_##isa(const pith__matmul_args *args);

#define PITH__DECLARE_FLOAT(isa)                                                                                       \
    void pith__matmul_f32_##isa(const pith__matmul_args *args);                                                        \
    void pith__matmul_f16_##isa(const pith__matmul_args *args);                                                        \
    void pith__matmul_bf16_##isa(const pith__matmul_args *args);                                                       \
    bool pith__quantize_b32_##isa(const float *x, uint32_t k, int8_t *q, float *scale, int16_t *sum);                  \
    bool pith__quantize_b256_##isa(const float *x, uint32_t k, int8_t *q, float *scale, int16_t *sum);                 \
    void pith__rms_norm_##isa(const float *x, const float *weight, uint32_t n, float eps, float *out);                 \
    void pith__add_##isa(float *x, const float *y, uint32_t n);                                                        \
    void pith__scale_##isa(float *x, float by, uint32_t n);                                                            \
    void pith__silu_mul_##isa(const float *gate, const float *up, uint32_t n, float *out);                             \
    void pith__rope_normal_##isa(float *head, const float *cs, uint32_t n_rot);                                        \
    void pith__rope_neox_##isa(float *head, const float *cs, uint32_t n_rot);                                          \
    float pith__exp_sum_##isa(float *x, uint32_t n, float max);                                                        \
    float pith__max_##isa(const float *x, uint32_t n);                                                                 \
    void pith__f16_to_f32_##isa(const uint16_t *x, uint64_t n, float *out);                                            \
    void pith__f32_to_f16_##isa(const float *x, uint64_t n, uint16_t *out);                                            \
    void pith__bf16_to_f32_##isa(const uint16_t *x, uint64_t n, float *out);                                           \
    void pith__attn_f32_##isa(const pith__attn_args *args);                                                            \
    void pith__attn_f16_##isa(const pith__attn_args *args);                                                            \
    void pith__attn_q8_0_##isa(const pith__attn_args *args);                                                           \
    void pith__attn_merge_##isa(float *m, float *sum, float *out, float bm, float bsum, const float *bout,             \
                                uint32_t head_dim);                                                                    \
    void pith__store_k_f16_##isa(const float *k, uint32_t head_dim, void *k_block, uint32_t pos);                      \
    void pith__store_v_f16_##isa(const float *v, uint32_t head_dim, void *v_block, uint32_t pos);

#define PITH__QUANT_ENTRIES(isa)                                                                                       \
    [PITH__Q4_0] = pith__matmul_q4_0_##isa, [PITH__Q4_1] = pith__matmul_q4_1_##isa,                                    \
    [PITH__Q5_0] = pith__matmul_q5_0_##isa, [PITH__Q5_1] = pith__matmul_q5_1_##isa,                                    \
    [PITH__Q8_0] = pith__matmul_q8_0_##isa, [PITH__IQ4_NL] = pith__matmul_iq4_nl_##isa,                                \
    [PITH__MXFP4] = pith__matmul_mxfp4_##isa, [PITH__Q2_K] = pith__matmul_q2_k_##isa,                                  \
    [PITH__Q3_K] = pith__matmul_q3_k_##isa, [PITH__Q4_K] = pith__matmul_q4_k_##isa,                                    \
    [PITH__Q5_K] = pith__matmul_q5_k_##isa, [PITH__Q6_K] = pith__matmul_q6_k_##isa,                                    \
    [PITH__IQ4_XS] = pith__matmul_iq4_xs_##isa

#define PITH__FLOAT_PRODUCTS(isa)                                                                                      \
    [PITH__F32] = pith__matmul_f32_##isa, [PITH__F16] = pith__matmul_f16_##isa, [PITH__BF16] = pith__matmul_bf16_##isa

#define PITH__OTHER_ENTRIES(isa)                                                                                       \
    .quantize_b32 = pith__quantize_b32_##isa, .quantize_b256 = pith__quantize_b256_##isa,                              \
    .rms_norm = pith__rms_norm_##isa, .add = pith__add_##isa, .silu_mul = pith__silu_mul_##isa,                        \
    .rope_normal = pith__rope_normal_##isa, .rope_neox = pith__rope_neox_##isa,                                        \
    .attn = {[PITH__KV_F16] = pith__attn_f16_##isa,                                                                    \
             [PITH__KV_F32] = pith__attn_f32_##isa,                                                                    \
             [PITH__KV_Q8_0] = pith__attn_q8_0_##isa},                                                                 \
    .store_k = {[PITH__KV_F16] = pith__store_k_f16_##isa,                                                              \
                [PITH__KV_F32] = pith__store_k_f32_ref,                                                                \
                [PITH__KV_Q8_0] = pith__store_k_q8_0_ref},                                                             \
    .store_v = {[PITH__KV_F16] = pith__store_v_f16_##isa,                                                              \
                [PITH__KV_F32] = pith__store_v_f32_ref,                                                                \
                [PITH__KV_Q8_0] = pith__store_v_q8_0_ref},                                                             \
    .attn_merge = pith__attn_merge_##isa, .scale = pith__scale_##isa, .f16_to_f32 = pith__f16_to_f32_##isa,            \
    .f32_to_f16 = pith__f32_to_f16_##isa, .bf16_to_f32 = pith__bf16_to_f32_##isa, .exp_sum = pith__exp_sum_##isa,      \
    .max = pith__max_##isa

#endif
