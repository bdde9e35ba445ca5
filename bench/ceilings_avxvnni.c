/* Ceilings of AVX-VNNI: four byte products a lane in one instruction. */
#include "ceilings_avx2.h"

static uint64_t multiply_bytes(uint64_t rounds) {
    __m256i sum[CHAINS], a = _mm256_set1_epi8(3), b = _mm256_set1_epi8(2);
    for (int i = 0; i < CHAINS; i++) {
        sum[i] = _mm256_setzero_si256();
    }
    for (uint64_t r = 0; r < rounds; r++) {
        for (int i = 0; i < CHAINS; i++) {
            sum[i] = _mm256_dpbusd_avx_epi32(sum[i], a, b);
        }
    }
    for (int i = 0; i < CHAINS; i++) {
        __asm__ volatile("" ::"x"(sum[i]));
    }
    return rounds * CHAINS * 32;
}

const ceiling_kernels ceilings_avxvnni = {"avxvnni", "vpdpbusd", multiply_bytes, multiply_floats, read_all};
