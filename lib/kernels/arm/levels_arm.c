/* The levels of 64-bit Arm: their tables, and the detection of what the processor allows. Compiled for the baseline, so
 * that it runs anywhere. A program may not ask an Arm processor itself; the system tells (base/os.h), and where it does
 * not, the baseline is taken. Source of the bits: the Linux kernel's "ARM64 ELF hwcaps". */
#include "base/os.h"
#include "kernels/arm/arm.h"
#include "kernels/levels.h"
#include <stddef.h>

#define HWCAP_DOTPROD (UINT64_C(1) << 20) /* HWCAP_ASIMDDP */
#define HWCAP2_I8MM   (UINT64_C(1) << 13)

static const pith__kernels level_neon = {
    .name = "neon", .matmul = {PITH__FLOAT_PRODUCTS(neon), PITH__QUANT_ENTRIES(neon)}, PITH__OTHER_ENTRIES(neon)};

static const pith__kernels level_dotprod = {
    .name = "dotprod", .matmul = {PITH__FLOAT_PRODUCTS(neon), PITH__QUANT_ENTRIES(dotprod)}, PITH__OTHER_ENTRIES(neon)};

static const pith__kernels level_i8mm = {
    .name = "i8mm", .matmul = {PITH__FLOAT_PRODUCTS(neon), PITH__QUANT_ENTRIES(i8mm)}, PITH__OTHER_ENTRIES(neon)};

const pith__kernels *pith__family_level(uint32_t index) {
    static const struct {
        const pith__kernels *table;
        pith__hwcaps needs;
    } levels[] = {
        {&level_neon, {0, 0}}, {&level_dotprod, {HWCAP_DOTPROD, 0}}, {&level_i8mm, {HWCAP_DOTPROD, HWCAP2_I8MM}}};
    if (index >= sizeof levels / sizeof levels[0]) {
        return NULL;
    }
    pith__hwcaps has = pith__hwcaps_get(), needs = levels[index].needs;
    bool runs = (has.first & needs.first) == needs.first && (has.second & needs.second) == needs.second;
    return runs ? levels[index].table : NULL;
}
