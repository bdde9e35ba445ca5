/* Panels for OpenBLAS. See panel.h. */
#include "ops/panel.h"
#include "base/checked.h"
#include "ops/blas.h"
#include <string.h>

uint64_t pith__panel_floats(uint64_t k) {
    return k * PITH__PANEL_ROWS;
}

/* Elements of K widened at a time: with 16 rows they stay in the first-level cache. */
#define CHUNK 256u

typedef struct unpack_job {
    const pith__kernels *kernels;
    const pith__matrix *matrix;
    uint32_t first, count; /* rows */
    float *panel;
} unpack_job;

/* Elements k .. k + n of all 16 rows of a group, as floats, in packed order: a float group is [k][16] (quant/pack.h).
 */
static void widen(const unpack_job *job, const uint8_t *group, uint32_t k, uint32_t n, float *out) {
    uint64_t at = (uint64_t)k * PITH__GROUP, elements = (uint64_t)n * PITH__GROUP;
    switch (job->matrix->dtype) {
    case PITH__F16:
        job->kernels->f16_to_f32((const uint16_t *)(const void *)group + at, elements, out);
        break;
    case PITH__BF16:
        job->kernels->bf16_to_f32((const uint16_t *)(const void *)group + at, elements, out);
        break;
    default:
        memcpy(out, group + at * sizeof(float), elements * sizeof(float));
    }
}

static void unpack_task(void *arg, uint32_t index) {
    const unpack_job *job = arg;
    const pith__matrix *m = job->matrix;
    const uint8_t *group = m->data + m->group_bytes * (job->first / PITH__GROUP + index);
    uint32_t row = index * PITH__GROUP;
    uint32_t rows = job->count - row < PITH__GROUP ? job->count - row : PITH__GROUP;
    float chunk[CHUNK * PITH__GROUP];
    for (uint32_t k = 0; k < m->cols; k += CHUNK) {
        uint32_t n = m->cols - k < CHUNK ? m->cols - k : CHUNK;
        widen(job, group, k, n, chunk);
        for (uint32_t lane = 0; lane < rows; lane++) {
            float *out = job->panel + (uint64_t)m->cols * (row + lane) + k;
            for (uint32_t i = 0; i < n; i++) {
                out[i] = chunk[i * PITH__GROUP + lane];
            }
        }
    }
}

void pith__panel_product(const pith__ops *ops, const pith__product *p, const pith__actbuf *acts, uint32_t n) {
    const pith__matrix *m = p->matrix;
    for (uint32_t first = 0; first < m->rows; first += PITH__PANEL_ROWS) {
        uint32_t count = m->rows - first < PITH__PANEL_ROWS ? m->rows - first : PITH__PANEL_ROWS;
        unpack_job job = {ops->kernels, m, first, count, ops->panel};
        pith__pool_run(ops->pool, unpack_task, &job, (uint32_t)pith__div_up(count, PITH__GROUP));
        pith__blas_sgemm(n, count, m->cols, acts->f.f, acts->f.f_stride, ops->panel, m->cols, p->out.data + first,
                         p->out.stride);
    }
}
