/* What this machine could do at best: how fast it reads memory, multiplies bytes and multiplies floats, with all
 * threads at once.
 *
 * The kernels behind it do nothing else, on registers (or, for reading, on memory far larger than any cache and in
 * large pages), so that what a model reaches can be told as a fraction. A sample takes a third of a second: neighbours
 * of a virtual machine change what it can do within seconds, so that a sample tells about its own moment alone. Must
 * not know: pith. */
#ifndef BENCH_CEILINGS_H
#define BENCH_CEILINGS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct ceilings {
    double read_bytes; /* per second, as the next two */
    double dot_macs;   /* products of bytes, summed into 32 bits */
    double fma_macs;   /* float fused multiply-adds */
} ceilings;

/* One instruction set's kernels. dot and fma run `rounds` rounds and return the multiply-adds done; read reads size
 * bytes (a multiple of 8192) in so many streams at once, 1 to 8, and returns something made of all of them. */
typedef struct ceiling_kernels {
    const char *level; /* pith's name of the CPU level */
    const char *dot_instruction;
    uint64_t (*dot)(uint64_t rounds);
    uint64_t (*fma)(uint64_t rounds);
    uint64_t (*read)(const uint8_t *bytes, uint64_t size, uint32_t streams);
} ceiling_kernels;

extern const ceiling_kernels ceilings_avx2, ceilings_avxvnni, ceilings_avx512, ceilings_avx512vnni;

/* The kernels of a CPU level; NULL: there are none. */
const ceiling_kernels *ceiling_kernels_find(const char *level);

/* The machine as a thing to be measured: its kernels, threads, and the memory that is read, which is kept from sample
 * to sample. */
typedef struct machine {
    const ceiling_kernels *kernels;
    uint32_t threads;
    uint8_t *bytes;
    uint64_t size;
} machine;

/* False when there are no kernels for the level or memory or threads lack; close frees the memory, also after that. */
bool machine_open(machine *m, const char *level, uint32_t threads);
void machine_close(machine *m);

/* All ceilings now. */
ceilings machine_sample(const machine *m);
/* Bytes a second that so many threads read now, at most those of the machine. */
double machine_sample_reading(const machine *m, uint32_t threads);

ceilings ceilings_mean(ceilings a, ceilings b);
/* Of each the greater. */
ceilings ceilings_best(ceilings a, ceilings b);

#endif
