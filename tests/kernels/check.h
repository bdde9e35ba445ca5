/* Shared by the kernel checks: random data, guarded buffers, bit comparison, and the walk over levels. Every check
 * computes with "ref" and with a level, on the same data, and compares bits; guards around outputs must stay as they
 * were. */
#ifndef PITH_TESTS_CHECK_H
#define PITH_TESTS_CHECK_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernels/kernels.h"
#include "quant/quant.h"

uint32_t check_random(void);
float check_normal(void);    /* roughly normal, variance one */
float check_any_float(void); /* normal numbers, now and then zeros, denormals, huge, infinite or NaN */
void check_random_bytes(void *at, size_t n);
void check_normals(float *at, size_t n);

/* A buffer of exactly n bytes, 64-byte aligned, between guards that check_free verifies. */
void *check_alloc(size_t n);
void check_free(void *buffer);

/* Fails unless n floats have the same bits, or are NaN on both sides. `what` names the case in the message. */
void check_floats(const float *expected, const float *got, size_t n, const char *level, const char *what);
void check_bytes(const void *expected, const void *got, size_t n, const char *level, const char *what);

/* The index-th level above ref, then variants of a level that the library itself does not have; NULL past the end. */
const pith__kernels *check_level(uint32_t index);
const pith__kernels *check_ref(void);

double check_seconds(void);

/* Every type with a product. */
extern const pith__dtype check_types[];
extern const size_t check_types_count;
/* `rows` rows of k elements with random quants and tame scales; hostile: all bits random, so that scales may be NaN or
 * infinite. */
void check_fill_rows(pith__dtype dtype, uint8_t *rows, size_t count, uint64_t k, bool hostile);
/* A block whose quants and small scales are all `byte`, with scales of 0.01: the extremes of the integer sums. */
void check_fill_extreme(pith__dtype dtype, uint8_t *rows, size_t count, uint64_t k, uint8_t byte);

int check_run_products(void);
int check_run_errors(void);
int check_run_vectors(void);
int check_run_attention(void);

#endif
