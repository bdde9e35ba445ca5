/* The one seam to OpenBLAS. One thread of the process is inside it at a time (older releases corrupt or serialize under
 * concurrent callers); its settings are never changed. In a build without OpenBLAS available() is false and nothing
 * else may be called. */
#ifndef PITH_OPS_BLAS_H
#define PITH_OPS_BLAS_H

#include <stdbool.h>
#include <stdint.h>

bool pith__blas_available(void);
const char *pith__blas_describe(void); /* OpenBLAS's own words about its build and kernel; "" without it */

/* c[m][n] = a[m][k] * b[k][n], all row-major with leading dimensions lda, ldb, ldc. */
void pith__blas_sgemm(uint32_t m, uint32_t n, uint32_t k, const float *a, uint64_t lda, const float *b, uint64_t ldb,
                      float *c, uint64_t ldc);

#endif
