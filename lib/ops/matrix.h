/* A weight matrix in memory: packed in groups of 16 rows for products, or (an untied embedding) row after row as in the
 * file for look-ups only. Knows its size before it is loaded, so that plans and loading agree. Must not know: where its
 * bytes come from. */
#ifndef PITH_OPS_MATRIX_H
#define PITH_OPS_MATRIX_H

#include "kernels/dtype.h"
#include <stdbool.h>
#include <stdint.h>

typedef struct pith__matrix {
    pith__dtype dtype;
    uint32_t rows, cols; /* outputs, inputs (K) */
    uint32_t groups;     /* of 16 rows; 0 when row-major */
    uint64_t group_bytes;
    uint64_t row_bytes; /* of a row in file form */
    uint8_t *data;      /* 64-byte aligned; NULL until loaded */
    bool row_major;
    bool blas; /* float, and allowed to go through OpenBLAS */
} pith__matrix;

/* Fills everything but data. cols must be a multiple of the type's block (checked by the file reader). */
void pith__matrix_shape(pith__matrix *m, pith__dtype dtype, uint32_t rows, uint32_t cols, bool row_major);
uint64_t pith__matrix_bytes(const pith__matrix *m);

/* Puts `count` rows in file form, starting at row `first` (a multiple of 16 when packed), in their place. Different
 * stripes may be stored by different threads. */
void pith__matrix_store(pith__matrix *m, uint32_t first, uint32_t count, const void *rows);

/* Row `index` as floats. */
void pith__matrix_row(const pith__matrix *m, uint32_t index, float *out);

#endif
