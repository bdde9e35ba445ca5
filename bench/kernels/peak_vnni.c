/* The peak of vpdpbusd on 512 bits: sixteen independent chains in registers. Compiled with -mavx512vnni where the
 * compiler knows it, called only where the kernel table says the machine does. */
#include "peak.h"

#include "kernels/kernels.h"

#if defined(__AVX512VNNI__)
#include <immintrin.h>

enum {
    CHAINS = 16,
    ROUNDS = 100000,
    TRIES = 100
};

static double run_chains(void) {
    __m512i acc[CHAINS], w = _mm512_set1_epi32(0x01020304), x = _mm512_set1_epi32(0x01010101);
    for (int i = 0; i < CHAINS; i++) {
        acc[i] = _mm512_set1_epi32(i);
    }
    double start = bench_seconds();
    for (int r = 0; r < ROUNDS; r++) {
#pragma GCC unroll 16
        for (int i = 0; i < CHAINS; i++) {
            acc[i] = _mm512_dpbusd_epi32(acc[i], w, x);
        }
        __asm__ volatile("" : "+v"(w), "+v"(x));
    }
    double took = bench_seconds() - start;
    for (int i = 0; i < CHAINS; i++) {
        __asm__ volatile("" : : "v"(acc[i])); /* the sums are wanted */
    }
    return (double)CHAINS * ROUNDS * 64 / took;
}
#endif

double peak_int8_macs(void) {
#if defined(__AVX512VNNI__)
    if (pith__kernels_get("avx512vnni")) {
        double best = 0;
        for (int i = 0; i < TRIES; i++) {
            double rate = run_chains();
            best = rate > best ? rate : best;
        }
        return best;
    }
#endif
    return 0;
}
