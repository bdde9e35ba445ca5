/* Quantized types: what a block of each type holds, how rows become floats, how floats become blocks, and how a matrix is packed
 * for the kernels. One table row a type (pith__dtype_info).
 *
 * Packed form (layout number 1): rows in groups of 16, interleaved so that one SIMD lane is one row; K padded with zero-scale
 * blocks; missing rows of the last group are zero. Packing is invertible bit for bit. kernels/layout.h describes each type's bytes.
 * Must not know: files, models, threads. */
#ifndef PITH_QUANT_H
#define PITH_QUANT_H

#include "base/status.h"
#include "kernels/dtype.h"
#include "kernels/kernels.h"
#include <stdbool.h>
#include <stdint.h>

#define PITH__LAYOUT 1 /* layout number of the packed form */

typedef struct pith__dtype_info {
    const char *name;        /* "Q4_0" */
    uint32_t block;          /* elements of a block: 1, 32 or 256 */
    uint32_t block_bytes;
    pith__act_kind acts;     /* what its products take */
    bool quantized;
} pith__dtype_info;

/* NULL for a number that is not a known type: file numbers may be passed unchecked. */
const pith__dtype_info *pith__dtype_get(uint32_t dtype);

/* Bytes of one row of k elements in the source (file) form; false if k is not a multiple of the block or it overflows. */
bool pith__row_bytes(uint32_t dtype, uint64_t k, uint64_t *bytes);

/* Source form to floats and back. k is a multiple of the block. from_float is the plain reference quantizer of the type (for MXFP4
 * and the IQ types too). */
void pith__row_to_float(pith__dtype dtype, const void *row, uint64_t k, float *out);
void pith__row_from_float(pith__dtype dtype, const float *x, uint64_t k, void *row);

/* Bytes of one packed group of 16 rows (a multiple of 64); k as above. */
uint64_t pith__group_bytes(pith__dtype dtype, uint64_t k);

/* Packs `rows` (1 to 16) source rows, row r at rows_src + r * row_bytes, into one group at `group` (64-byte aligned). */
void pith__pack_group(pith__dtype dtype, const void *rows_src, uint64_t row_bytes, uint32_t rows, uint64_t k, void *group);
/* The inverse: writes `rows` source rows. */
void pith__unpack_group(pith__dtype dtype, const void *group, uint32_t rows, uint64_t k, void *rows_out, uint64_t row_bytes);
/* Row `lane` of a packed group as floats (embedding lookup from a tied table; panels for OpenBLAS). */
void pith__group_row_to_float(pith__dtype dtype, const void *group, uint32_t lane, uint64_t k, float *out);

/* Bytes of the activation arrays for one column (each padded to 64 bytes): q, scale and sum, or f. */
typedef struct pith__acts_size {
    uint64_t f, q, scale, sum;
} pith__acts_size;
pith__acts_size pith__acts_bytes(pith__act_kind kind, uint64_t k);

#endif
