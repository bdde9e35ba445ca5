/* What the vector files of x86 offer to the tables in levels_x86.c: the same names once for each instruction set. */
#ifndef PITH_KERNELS_X86_H
#define PITH_KERNELS_X86_H

#include "kernels/kernels.h"

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
    void pith__attn_merge_##isa(float *m, float *sum, float *out, float bm, float bsum, const float *bout,             \
                                uint32_t head_dim);                                                                    \
    void pith__store_k_f16_##isa(const float *k, uint32_t head_dim, void *k_block, uint32_t pos);                      \
    void pith__store_v_f16_##isa(const float *v, uint32_t head_dim, void *v_block, uint32_t pos);

PITH__DECLARE_QUANT(avx2)
PITH__DECLARE_QUANT(avx512)
PITH__DECLARE_QUANT(avx512vnni)
PITH__DECLARE_FLOAT(avx2)
PITH__DECLARE_FLOAT(avx512)

#endif
