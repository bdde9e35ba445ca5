/* See sgemm.h. */
#include "sgemm.h"
#include "clock.h"

#include <stdlib.h>

#if PITH_OPENBLAS
#include <cblas.h>

#define MIN_TRIES   5
#define MIN_SECONDS 0.25 /* of each shape: threads that start on one core have long been spread over all */
#define PADDING     16   /* between lines, so that a power of two does not crowd them into few sets of the caches */

static void fill(float *x, size_t n) {
    for (size_t i = 0; i < n; i++) {
        x[i] = (float)((int)(i * 7 % 31) - 15) / 16;
    }
}

/* The best time of one product: tokens x columns times columns x rows. */
static double time_product(const matrix_shape *s, uint32_t tokens, const float *weights, const float *x, float *out) {
    double best = 1e30, begin = seconds_now();
    for (int i = 0; i < MIN_TRIES || seconds_now() - begin < MIN_SECONDS; i++) {
        double start = seconds_now();
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)tokens, (int)s->rows, (int)s->columns, 1, x,
                    (int)s->columns + PADDING, weights, (int)s->rows + PADDING, 0, out, (int)s->rows + PADDING);
        double seconds = seconds_now() - start;
        best = seconds < best ? seconds : best;
    }
    return best;
}

static float *take(size_t lines, size_t width) {
    size_t floats = lines * (width + PADDING);
    float *x = malloc(floats * sizeof *x);
    if (x) {
        fill(x, floats);
    }
    return x;
}

static bool time_shape(const matrix_shape *s, uint32_t tokens, double *seconds) {
    float *weights = take(s->columns, s->rows), *x = take(tokens, s->columns), *out = take(tokens, s->rows);
    bool ok = weights && x && out;
    if (ok) {
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
