/* Ceilings of AVX2 with FMA. Bytes are multiplied as everybody without VNNI must: maddubs, madd, add. */
#include "ceilings_avx2.h"

static uint64_t multiply_bytes(uint64_t rounds) {
    __m256i sum[CHAINS], a = _mm256_set1_epi8(3), b = _mm256_set1_epi8(2), ones = _mm256_set1_epi16(1);
    for (int i = 0; i < CHAINS; i++) {
        sum[i] = _mm256_setzero_si256();
    }
    for (uint64_t r = 0; r < rounds; r++) {
        for (int i = 0; i < CHAINS; i++) {
            __asm__("" : "+x"(a)); /* the product is not the same as last time, for all the compiler knows */
            sum[i] = _mm256_add_epi32(sum[i], _mm256_madd_epi16(_mm256_maddubs_epi16(a, b), ones));
        }
    }
    for (int i = 0; i < CHAINS; i++) {
        __asm__ volatile("" ::"x"(sum[i]));
    }
    return rounds * CHAINS * 32;
}

const ceiling_kernels ceilings_avx2 = {"avx2", "vpmaddubsw + vpmaddwd", multiply_bytes, multiply_floats, read_all};
