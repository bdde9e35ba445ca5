/* Ceilings of one core that the kernels are held against: the loops of ceilings.h, timed in this thread. */
#ifndef BENCH_PEAK_H
#define BENCH_PEAK_H

#include "ceilings.h"

#include <stddef.h>

/* A hundredth of a second or two each, so that they can be measured beside every kernel; k NULL: 0. */
double peak_macs(const ceiling_kernels *k, bool floats);
double peak_read_bytes(const ceiling_kernels *k, const uint8_t *memory, size_t n);

/* Processor time of this thread: what other programs take of the core does not count. */
double bench_seconds(void);

#endif
