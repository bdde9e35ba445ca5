/* What this machine could do at best: how fast it reads memory, multiplies bytes and multiplies floats, with all threads at once.
 *
 * The kernels behind it do nothing else, on registers (or, for reading, on memory far larger than any cache), so that what a model
 * reaches can be told as a fraction. Must not know: pith. */
#ifndef BENCH_CEILINGS_H
#define BENCH_CEILINGS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct ceilings {
    const char *dot_instruction;
    double read_bytes; /* per second, as the next two */
    double dot_macs;   /* products of bytes, summed into 32 bits */
    double fma_macs;   /* float fused multiply-adds */
} ceilings;

/* One instruction set's kernels. dot and fma run `rounds` rounds and return the multiply-adds done; read reads size bytes
 * (a multiple of 8192) in so many streams at once, 1 to 8, and returns something made of all of them. */
typedef struct ceiling_kernels {
    const char *level; /* pith's name of the CPU level */
    const char *dot_instruction;
    uint64_t (*dot)(uint64_t rounds);
    uint64_t (*fma)(uint64_t rounds);
    uint64_t (*read)(const uint8_t *bytes, uint64_t size, uint32_t streams);
} ceiling_kernels;

extern const ceiling_kernels ceilings_avx2, ceilings_avxvnni, ceilings_avx512, ceilings_avx512vnni;

/* Measures with the kernels of a CPU level; false when there are none for it or memory or threads lack. */
bool ceilings_measure(const char *level, uint32_t threads, ceilings *out);

#endif
