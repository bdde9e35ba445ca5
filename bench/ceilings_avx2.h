/* What the ceilings of AVX2 and of AVX-VNNI share: floats and reading. Included by ceilings_avx2.c and ceilings_avxvnni.c alone. */
#ifndef PITH_BENCH_CEILINGS_AVX2_H
#define PITH_BENCH_CEILINGS_AVX2_H

#include "ceilings.h"
#include <immintrin.h>

#define CHAINS 12 /* independent sums: more than latency times ports */

static uint64_t multiply_floats(uint64_t rounds) {
    __m256 sum[CHAINS], a = _mm256_set1_ps(0.5f), b = _mm256_set1_ps(0.25f);
    for (int i = 0; i < CHAINS; i++) {
        sum[i] = _mm256_set1_ps((float)i);
    }
    for (uint64_t r = 0; r < rounds; r++) {
        for (int i = 0; i < CHAINS; i++) {
            sum[i] = _mm256_fmadd_ps(sum[i], a, b);
        }
    }
    for (int i = 0; i < CHAINS; i++) {
        __asm__ volatile("" ::"x"(sum[i]));
    }
    return rounds * CHAINS * 8;
}

static uint64_t read_all(const uint8_t *bytes, uint64_t size, uint32_t streams) {
    __m256i sum[4] = {_mm256_setzero_si256(), _mm256_setzero_si256(), _mm256_setzero_si256(), _mm256_setzero_si256()};
    uint64_t part = size / streams;
    for (uint64_t at = 0; at < part; at += 256) {
        for (uint32_t stream = 0; stream < streams; stream++) {
            const uint8_t *from = bytes + stream * part + at;
            for (uint64_t i = 0; i < 8; i++) {
                sum[i % 4] = _mm256_xor_si256(sum[i % 4], _mm256_load_si256((const void *)(from + 32 * i)));
            }
        }
    }
    __m256i all = _mm256_xor_si256(_mm256_xor_si256(sum[0], sum[1]), _mm256_xor_si256(sum[2], sum[3]));
    return (uint64_t)_mm256_extract_epi64(all, 0);
}

#endif
