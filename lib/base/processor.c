/* What depends on the processor and not on the operating system: the floating-point mode and the pause of a spin loop.
 *
 * Invariant: leave() puts back every bit that enter() found, sticky exception flags included: a host that unmasked
 * exceptions or set FTZ sees no trace of us. Must not know: what is computed in between. */
#include "base/os.h"

#if defined(__SSE2__) || defined(_M_X64)
#include <immintrin.h>

/* All exceptions masked, round to nearest, no FTZ, no DAZ (Intel SDM vol. 1, 10.2.3). */
#define MXCSR_DEFAULT 0x1f80u

pith__fpmode pith__fpmode_enter(void) {
    pith__fpmode saved = {_mm_getcsr()};
    if (saved.bits != MXCSR_DEFAULT) {
        _mm_setcsr(MXCSR_DEFAULT);
    }
    return saved;
}

void pith__fpmode_leave(pith__fpmode saved) {
    _mm_setcsr((unsigned)saved.bits);
}

void pith__cpu_relax(void) {
    _mm_pause();
}

#elif defined(__aarch64__)

/* FPCR in the low half, FPSR (sticky flags) in the high half; 0 is the default of both (Arm ARM, C5.2). */
pith__fpmode pith__fpmode_enter(void) {
    uint64_t fpcr, fpsr;
    __asm__ volatile("mrs %0, fpcr" : "=r"(fpcr));
    __asm__ volatile("mrs %0, fpsr" : "=r"(fpsr));
    if (fpcr != 0) {
        __asm__ volatile("msr fpcr, %0" : : "r"(UINT64_C(0)));
    }
    return (pith__fpmode){(fpsr << 32) | (uint32_t)fpcr};
}

void pith__fpmode_leave(pith__fpmode saved) {
    uint64_t fpcr = (uint32_t)saved.bits, fpsr = saved.bits >> 32;
    __asm__ volatile("msr fpcr, %0" : : "r"(fpcr));
    __asm__ volatile("msr fpsr, %0" : : "r"(fpsr));
}

void pith__cpu_relax(void) {
    __asm__ volatile("yield" : : : "memory");
}

#else
#include <fenv.h>

/* Rounding is all that C itself can name. */
pith__fpmode pith__fpmode_enter(void) {
    pith__fpmode saved = {(uint64_t)fegetround()};
    fesetround(FE_TONEAREST);
    return saved;
}

void pith__fpmode_leave(pith__fpmode saved) {
    fesetround((int)saved.bits);
}

void pith__cpu_relax(void) {}

#endif
