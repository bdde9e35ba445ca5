/* See peak.h. */
#include "peak.h"

#include <time.h>

enum {
    ROUNDS = 20000,
    MAC_TRIES = 50,
    READ_TRIES = 8 /* two with each number of streams */
};

double bench_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

double peak_macs(const ceiling_kernels *k, bool floats) {
    double best = 0;
    for (int i = 0; k && i < MAC_TRIES; i++) {
        double start = bench_seconds();
        double rate = (double)(floats ? k->fma : k->dot)(ROUNDS) / (bench_seconds() - start);
        best = rate > best ? rate : best;
    }
    return best;
}

double peak_read_bytes(const ceiling_kernels *k, const uint8_t *memory, size_t n) {
    static volatile uint64_t sink;
    size_t part = n / READ_TRIES / 8192 * 8192; /* another one each time, as no cache is to help */
    double best = 0;
    for (int i = 0; k && i < READ_TRIES; i++) {
        double start = bench_seconds();
        sink = k->read(memory + i * part, part, 1u << i % 4);
        double rate = (double)part / (bench_seconds() - start);
        best = rate > best ? rate : best;
    }
    (void)sink;
    return best;
}
