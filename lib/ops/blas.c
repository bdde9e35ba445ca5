/* Calls into OpenBLAS, one at a time. See blas.h. */
#include "ops/blas.h"
#include "base/os.h"

#if PITH_OPENBLAS
#include <cblas.h>
#include <stdatomic.h>

/* A lock that needs no initialization, so that the first caller cannot race it; OpenBLAS calls last for milliseconds,
 * and contention (two engines with float models) is rare. */
static atomic_flag busy = ATOMIC_FLAG_INIT;

static void lock(void) {
    while (atomic_flag_test_and_set_explicit(&busy, memory_order_acquire)) {
        pith__thread_yield();
    }
}

bool pith__blas_available(void) {
    return true;
}

const char *pith__blas_describe(void) {
    return openblas_get_config();
}

void pith__blas_sgemm(uint32_t m, uint32_t n, uint32_t k, const float *a, uint64_t lda, const float *b, uint64_t ldb,
                      float *c, uint64_t ldc) {
    lock();
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (blasint)m, (blasint)n, (blasint)k, 1.0f, a, (blasint)lda, b,
                (blasint)ldb, 0.0f, c, (blasint)ldc);
    atomic_flag_clear_explicit(&busy, memory_order_release);
}

#else

bool pith__blas_available(void) {
    return false;
}

const char *pith__blas_describe(void) {
    return "";
}

void pith__blas_sgemm(uint32_t m, uint32_t n, uint32_t k, const float *a, uint64_t lda, const float *b, uint64_t ldb,
                      float *c, uint64_t ldc) {
    (void)m, (void)n, (void)k, (void)a, (void)lda, (void)b, (void)ldb, (void)c, (void)ldc;
}

#endif
