/* A product to be timed: a matrix of random weights, packed as the library packs them, and columns to multiply it with.
 */
#ifndef BENCH_PROBLEM_H
#define BENCH_PROBLEM_H

#include "kernels/kernels.h"

#include <stddef.h>

/* The matrix repeats one group of 16 rows, in memory of its own for each: its numbers do not matter, its size does. */
typedef struct problem {
    pith__dtype dtype;
    uint32_t k;       /* elements of a row */
    uint8_t *weights; /* in large pages, as the library's */
    uint64_t group_bytes;
    uint32_t groups;
    pith__acts acts;
    float *out;
} problem;

/* A matrix of so many bytes with k elements a row, and so many columns beside it. Ends the program where memory lacks.
 */
problem problem_make(pith__dtype dtype, uint32_t k, uint32_t columns, size_t bytes);
void problem_free(problem *p);

/* Multiplies the first `groups` groups with the first `columns` columns, in calls of as many groups as the library
 * gives a task. */
void problem_multiply(const problem *p, const pith__kernels *level, uint32_t groups, uint32_t columns);

#endif
