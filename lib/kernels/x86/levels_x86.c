/* The levels of x86-64: their tables, and the detection of what processor and operating system allow. Compiled for the
 * baseline, so that it runs anywhere. Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume
 * 1, 14.3 and 15.2 (detection of AVX and AVX-512); volume 2, CPUID (leaf 7.1, EAX bit 4: AVX-VNNI). */
#include "kernels/levels.h"
#include "kernels/ref/ref.h"
#include "kernels/x86/x86.h"
#include <cpuid.h>
#include <stddef.h>

static const pith__kernels level_avx2 = {
    .name = "avx2", .matmul = {PITH__FLOAT_PRODUCTS(avx2), PITH__QUANT_ENTRIES(avx2)}, PITH__OTHER_ENTRIES(avx2)};

static const pith__kernels level_avxvnni = {
    .name = "avxvnni", .matmul = {PITH__FLOAT_PRODUCTS(avx2), PITH__QUANT_ENTRIES(avxvnni)}, PITH__OTHER_ENTRIES(avx2)};

static const pith__kernels level_avx512 = {.name = "avx512",
                                           .matmul = {PITH__FLOAT_PRODUCTS(avx512), PITH__QUANT_ENTRIES(avx512)},
                                           PITH__OTHER_ENTRIES(avx512)};

static const pith__kernels level_avx512vnni = {
    .name = "avx512vnni",
    .matmul = {PITH__FLOAT_PRODUCTS(avx512), PITH__QUANT_ENTRIES(avx512vnni)},
    PITH__OTHER_ENTRIES(avx512)};

/* What the processor says, and which registers the operating system saves. */
typedef struct cpu_report {
    uint32_t leaf1_ecx, leaf7_ebx, leaf7_ecx, leaf7_1_eax;
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
    cpu_report r = {0, 0, 0, 0, 0};
    uint32_t eax, ebx, ecx, edx;
    if (__get_cpuid(1, &eax, &ebx, &ecx, &edx)) {
        r.leaf1_ecx = ecx;
    }
    if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx)) {
        r.leaf7_ebx = ebx;
        r.leaf7_ecx = ecx;
    }
    if (__get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx)) {
        r.leaf7_1_eax = eax;
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

static bool runs_avxvnni(const cpu_report *r) {
    return runs_avx2(r) && has_all(r->leaf7_1_eax, 1 << 4);
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
    } levels[] = {{&level_avx2, runs_avx2},
                  {&level_avxvnni, runs_avxvnni},
                  {&level_avx512, runs_avx512},
                  {&level_avx512vnni, runs_avx512vnni}};
    cpu_report report = report_cpu();
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        if (levels[i].runs(&report) && index-- == 0) {
            return levels[i].table;
        }
    }
    return NULL;
}
