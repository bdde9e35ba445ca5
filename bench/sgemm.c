/* See sgemm.h. */
#include "sgemm.h"
#include "clock.h"

#include <stdlib.h>

#if PITH_OPENBLAS
#include <cblas.h>

#define TRIES 3

static void fill(float *x, size_t n) {
    for (size_t i = 0; i < n; i++) {
        x[i] = (float)((int)(i * 7 % 31) - 15) / 16;
    }
}

/* The best time of one product: tokens x columns times columns x rows. */
static double time_product(const matrix_shape *s, uint32_t tokens, const float *weights, const float *x, float *out) {
    double best = 1e30;
    for (int i = 0; i < TRIES; i++) {
        double start = seconds_now();
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)tokens, (int)s->rows, (int)s->columns, 1, x, (int)s->columns,
                    weights, (int)s->columns, 0, out, (int)s->rows);
        double seconds = seconds_now() - start;
        best = seconds < best ? seconds : best;
    }
    return best;
}

static bool time_shape(const matrix_shape *s, uint32_t tokens, double *seconds) {
    size_t weights_size = (size_t)s->rows * s->columns, x_size = (size_t)tokens * s->columns;
    float *weights = malloc(weights_size * sizeof *weights), *x = malloc(x_size * sizeof *x);
    float *out = malloc((size_t)tokens * s->rows * sizeof *out);
    bool ok = weights && x && out;
    if (ok) {
        fill(weights, weights_size);
        fill(x, x_size);
        fill(out, (size_t)tokens * s->rows);
        *seconds = time_product(s, tokens, weights, x, out);
    }
    free(weights);
    free(x);
    free(out);
    return ok;
}

bool sgemm_measure(const model_facts *facts, uint32_t threads, uint32_t tokens, sgemm_result *out) {
    double seconds = 0, macs = 0;
    openblas_set_num_threads((int)threads);
    for (uint32_t i = 0; i < facts->n_shapes; i++) {
        const matrix_shape *s = &facts->shapes[i];
        double one;
        if (!time_shape(s, tokens, &one)) {
            return false;
        }
        seconds += one * s->count;
        macs += (double)s->rows * s->columns * s->count * tokens;
    }
    out->tokens_per_second = tokens / seconds;
    out->macs_per_second = macs / seconds;
    return true;
}

#else

bool sgemm_measure(const model_facts *facts, uint32_t threads, uint32_t tokens, sgemm_result *out) {
    (void)facts, (void)threads, (void)tokens, (void)out;
    return false;
}

#endif
