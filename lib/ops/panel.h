/* Float products through OpenBLAS: stripes of rows are unpacked to plain floats (a panel), then multiplied with all
 * columns. */
#ifndef PITH_OPS_PANEL_H
#define PITH_OPS_PANEL_H

#include "ops/ops.h"

#define PITH__PANEL_ROWS 512u /* rows unpacked at a time; a multiple of 16 */
/* Fewest columns worth OpenBLAS when nobody says otherwise, as measured (bench/RESULTS.md): pith's own vector kernels
 * were faster at every width from 64 to 1,024 columns; the scalar ones are not. */
#define PITH__BLAS_COLUMNS_SCALAR 4u
#define PITH__BLAS_NEVER          UINT32_MAX

/* Floats a panel needs for matrices of up to k columns. */
uint64_t pith__panel_floats(uint64_t k);

void pith__panel_product(const pith__ops *ops, const pith__product *p, const pith__actbuf *acts, uint32_t n);

#endif
