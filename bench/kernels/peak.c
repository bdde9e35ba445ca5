/* Reading speed, and the clock. */
#define _POSIX_C_SOURCE 200809L
#include "peak.h"

#include <stdint.h>
#include <string.h>
#include <time.h>

double bench_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

double peak_read_bytes(const void *memory, size_t n) {
    const uint8_t *at = memory;
    double best = 0;
    for (int round = 0; round < 15; round++) {
        uint64_t sum[8] = {0};
        double start = bench_seconds();
        for (size_t i = 0; i + 64 <= n; i += 64) {
            uint64_t words[8];
            memcpy(words, at + i, sizeof words);
            for (int j = 0; j < 8; j++) {
                sum[j] += words[j];
            }
        }
        double rate = (double)n / (bench_seconds() - start);
        for (int j = 0; j < 8; j++) {
            __asm__ volatile("" : : "r"(sum[j])); /* the sums are wanted */
        }
        best = rate > best ? rate : best;
    }
    return best;
}
