/* Float products through OpenBLAS: stripes of rows are widened to plain floats (a panel), then multiplied with all
 * columns.
 *
 * A panel is [k][rows], rows the contiguous ones: a packed group is [k][16] already, so widening moves whole cache
 * lines and transposes nothing. Must not know: which products may go this way (matmul.c decides). */
#ifndef PITH_OPS_PANEL_H
#define PITH_OPS_PANEL_H

#include "ops/ops.h"

/* Fewest columns worth OpenBLAS when nobody says otherwise, as measured (bench/RESULTS.md): pith's own vector kernels
 * were faster or as fast at every width from 8 to 1,024 columns; the scalar ones are not. */
#define PITH__BLAS_COLUMNS_SCALAR 4u
#define PITH__BLAS_NEVER          UINT32_MAX

/* Floats of the memory that holds any panel of matrices of up to k columns. */
uint64_t pith__panel_floats(uint64_t k);

void pith__panel_product(const pith__ops *ops, const pith__product *p, const pith__actbuf *acts, uint32_t n);

#endif
