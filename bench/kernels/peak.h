/* Ceilings of the machine that the kernels are held against. */
#ifndef PITH_BENCH_PEAK_H
#define PITH_BENCH_PEAK_H

#include <stddef.h>

/* Multiply-adds a second of 8-bit numbers on one core with VNNI; 0 where the machine or the build lacks it. */
double peak_int8_macs(void);

/* Bytes a second that one core reads from `n` bytes of memory. */
double peak_read_bytes(const void *memory, size_t n);

/* Processor time of this thread: what other programs take of the core does not count. */
double bench_seconds(void);

#endif
