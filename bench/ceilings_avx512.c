/* Ceilings of AVX-512 (F, BW) without VNNI. */
#include "ceilings_avx512.h"

static uint64_t multiply_bytes(uint64_t rounds) {
    __m512i sum[CHAINS], a = _mm512_set1_epi8(3), b = _mm512_set1_epi8(2), ones = _mm512_set1_epi16(1);
    for (int i = 0; i < CHAINS; i++) {
        sum[i] = _mm512_setzero_si512();
    }
    for (uint64_t r = 0; r < rounds; r++) {
        for (int i = 0; i < CHAINS; i++) {
            __asm__("" : "+v"(a)); /* the product is not the same as last time, for all the compiler knows */
            sum[i] = _mm512_add_epi32(sum[i], _mm512_madd_epi16(_mm512_maddubs_epi16(a, b), ones));
        }
    }
    for (int i = 0; i < CHAINS; i++) {
        __asm__ volatile("" ::"v"(sum[i]));
    }
    return rounds * CHAINS * 64;
}

const ceiling_kernels ceilings_avx512 = {"avx512", "vpmaddubsw + vpmaddwd", multiply_bytes, multiply_floats, read_all};
