/* The levels of x86-64: their tables, and the detection of what processor and operating system allow. Compiled for the
 * baseline, so that it runs anywhere. Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume
 * 1, 14.3 and 15.2 (detection of AVX and AVX-512). */
#include "kernels/levels.h"
#include "kernels/ref/ref.h"
#include "kernels/x86/x86.h"
#include <cpuid.h>
#include <stddef.h>

#define QUANT_ENTRIES(isa)                                                                                             \
    [PITH__Q4_0] = pith__matmul_q4_0_##isa, [PITH__Q4_1] = pith__matmul_q4_1_##isa,                                    \
    [PITH__Q5_0] = pith__matmul_q5_0_##isa, [PITH__Q5_1] = pith__matmul_q5_1_##isa,                                    \
    [PITH__Q8_0] = pith__matmul_q8_0_##isa, [PITH__IQ4_NL] = pith__matmul_iq4_nl_##isa,                                \
    [PITH__MXFP4] = pith__matmul_mxfp4_##isa, [PITH__Q2_K] = pith__matmul_q2_k_##isa,                                  \
    [PITH__Q3_K] = pith__matmul_q3_k_##isa, [PITH__Q4_K] = pith__matmul_q4_k_##isa,                                    \
    [PITH__Q5_K] = pith__matmul_q5_k_##isa, [PITH__Q6_K] = pith__matmul_q6_k_##isa,                                    \
    [PITH__IQ4_XS] = pith__matmul_iq4_xs_##isa

#define FLOAT_PRODUCTS(isa)                                                                                            \
    [PITH__F32] = pith__matmul_f32_##isa, [PITH__F16] = pith__matmul_f16_##isa, [PITH__BF16] = pith__matmul_bf16_##isa

#define OTHER_ENTRIES(isa)                                                                                             \
    .quantize_b32 = pith__quantize_b32_##isa, .quantize_b256 = pith__quantize_b256_##isa,                              \
    .rms_norm = pith__rms_norm_##isa, .add = pith__add_##isa, .silu_mul = pith__silu_mul_##isa,                        \
    .rope_normal = pith__rope_normal_##isa, .rope_neox = pith__rope_neox_##isa, .attn_f32 = pith__attn_f32_##isa,      \
    .attn_f16 = pith__attn_f16_##isa, .attn_merge = pith__attn_merge_##isa, .scale = pith__scale_##isa,                \
    .store_k_f16 = pith__store_k_f16_##isa, .store_v_f16 = pith__store_v_f16_##isa,                                    \
    .store_k_f32 = pith__store_k_f32_ref, .store_v_f32 = pith__store_v_f32_ref, .f16_to_f32 = pith__f16_to_f32_##isa,  \
    .f32_to_f16 = pith__f32_to_f16_##isa, .bf16_to_f32 = pith__bf16_to_f32_##isa, .exp_sum = pith__exp_sum_##isa,      \
    .max = pith__max_##isa

static const pith__kernels level_avx2 = {
    .name = "avx2", .matmul = {FLOAT_PRODUCTS(avx2), QUANT_ENTRIES(avx2)}, OTHER_ENTRIES(avx2)};

static const pith__kernels level_avx512 = {
    .name = "avx512", .matmul = {FLOAT_PRODUCTS(avx512), QUANT_ENTRIES(avx512)}, OTHER_ENTRIES(avx512)};

static const pith__kernels level_avx512vnni = {
    .name = "avx512vnni", .matmul = {FLOAT_PRODUCTS(avx512), QUANT_ENTRIES(avx512vnni)}, OTHER_ENTRIES(avx512)};

/* What the processor says, and which registers the operating system saves. */
typedef struct cpu_report {
    uint32_t leaf1_ecx, leaf7_ebx, leaf7_ecx;
    uint32_t saved;
} cpu_report;

/* Spelled as assembly: the intrinsic would need a flag this file must not have. */
static uint32_t saved_registers(void) {
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

static bool has_all(uint32_t bits, uint32_t wanted) {
    return (bits & wanted) == wanted;
}

static cpu_report report_cpu(void) {
    cpu_report r = {0, 0, 0, 0};
    uint32_t eax, ebx, ecx, edx;
    if (__get_cpuid(1, &eax, &ebx, &ecx, &edx)) {
        r.leaf1_ecx = ecx;
    }
    if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx)) {
        r.leaf7_ebx = ebx;
        r.leaf7_ecx = ecx;
    }
    if (has_all(r.leaf1_ecx, bit_OSXSAVE)) {
        r.saved = saved_registers();
    }
    return r;
}

static bool runs_avx2(const cpu_report *r) {
    return has_all(r->saved, 0x6) && has_all(r->leaf1_ecx, bit_AVX | bit_FMA | bit_F16C) &&
           has_all(r->leaf7_ebx, bit_AVX2);
}

static bool runs_avx512(const cpu_report *r) {
    return runs_avx2(r) && has_all(r->saved, 0xe6) &&
           has_all(r->leaf7_ebx, bit_AVX512F | bit_AVX512BW | bit_AVX512VL | bit_AVX512DQ);
}

static bool runs_avx512vnni(const cpu_report *r) {
    return runs_avx512(r) && has_all(r->leaf7_ecx, bit_AVX512VNNI);
}

const pith__kernels *pith__family_level(uint32_t index) {
    static const struct {
        const pith__kernels *table;
        bool (*runs)(const cpu_report *r);
    } levels[] = {{&level_avx2, runs_avx2}, {&level_avx512, runs_avx512}, {&level_avx512vnni, runs_avx512vnni}};
    cpu_report report = report_cpu();
    if (index >= sizeof levels / sizeof levels[0] || !levels[index].runs(&report)) {
        return NULL;
    }
    return levels[index].table;
}
