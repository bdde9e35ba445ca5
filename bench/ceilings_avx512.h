/* What the two AVX-512 levels share: floats and reading; to be included by their files only, which have the flags. */
#ifndef BENCH_CEILINGS_AVX512_H
#define BENCH_CEILINGS_AVX512_H

#include "ceilings.h"

#include <immintrin.h>

#define CHAINS 16 /* independent sums: more than latency times ports */

static uint64_t multiply_floats(uint64_t rounds) {
    __m512 sum[CHAINS], a = _mm512_set1_ps(0.5f), b = _mm512_set1_ps(0.25f);
    for (int i = 0; i < CHAINS; i++) {
        sum[i] = _mm512_set1_ps((float)i);
    }
    for (uint64_t r = 0; r < rounds; r++) {
        for (int i = 0; i < CHAINS; i++) {
            sum[i] = _mm512_fmadd_ps(sum[i], a, b);
        }
    }
    for (int i = 0; i < CHAINS; i++) {
        __asm__ volatile("" ::"v"(sum[i]));
    }
    return rounds * CHAINS * 16;
}

static uint64_t read_all(const uint8_t *bytes, uint64_t size, uint32_t streams) {
    __m512i sum[4] = {_mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512()};
    uint64_t part = size / streams;
    for (uint64_t at = 0; at < part; at += 256) {
        for (uint32_t stream = 0; stream < streams; stream++) {
            const uint8_t *from = bytes + stream * part + at;
            for (uint64_t i = 0; i < 4; i++) {
                sum[i] = _mm512_xor_si512(sum[i], _mm512_load_si512(from + 64 * i));
            }
        }
    }
    __m512i all = _mm512_xor_si512(_mm512_xor_si512(sum[0], sum[1]), _mm512_xor_si512(sum[2], sum[3]));
    return (uint64_t)_mm512_reduce_add_epi64(all);
}

#endif
