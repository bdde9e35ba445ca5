/* Ceilings of AVX-512 with VNNI: four byte products a lane in one instruction. */
#include "ceilings_avx512.h"

static uint64_t multiply_bytes(uint64_t rounds) {
    __m512i sum[CHAINS], a = _mm512_set1_epi8(3), b = _mm512_set1_epi8(2);
    for (int i = 0; i < CHAINS; i++) {
        sum[i] = _mm512_setzero_si512();
    }
    for (uint64_t r = 0; r < rounds; r++) {
        for (int i = 0; i < CHAINS; i++) {
            sum[i] = _mm512_dpbusd_epi32(sum[i], a, b);
        }
    }
    for (int i = 0; i < CHAINS; i++) {
        __asm__ volatile("" ::"v"(sum[i]));
    }
    return rounds * CHAINS * 64;
}

const ceiling_kernels ceilings_avx512vnni = {"avx512vnni", "vpdpbusd", multiply_bytes, multiply_floats, read_all};
