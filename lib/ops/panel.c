/* Panels for OpenBLAS. See panel.h. */
#include "ops/panel.h"
#include "base/checked.h"
#include "ops/blas.h"
#include "quant/quant.h"

uint64_t pith__panel_floats(uint64_t k) {
    return k * PITH__PANEL_ROWS;
}

typedef struct unpack_job {
    const pith__matrix *matrix;
    uint32_t first, count;
    float *panel;
} unpack_job;

static void unpack_task(void *arg, uint32_t index) {
    const unpack_job *job = arg;
    uint32_t end = (index + 1) * PITH__GROUP < job->count ? (index + 1) * PITH__GROUP : job->count;
    for (uint32_t r = index * PITH__GROUP; r < end; r++) {
        pith__matrix_row(job->matrix, job->first + r, job->panel + (uint64_t)job->matrix->cols * r);
    }
}

void pith__panel_product(const pith__ops *ops, const pith__product *p, const pith__actbuf *acts, uint32_t n) {
    const pith__matrix *m = p->matrix;
    for (uint32_t first = 0; first < m->rows; first += PITH__PANEL_ROWS) {
        uint32_t count = m->rows - first < PITH__PANEL_ROWS ? m->rows - first : PITH__PANEL_ROWS;
        unpack_job job = {m, first, count, ops->panel};
        pith__pool_run(ops->pool, unpack_task, &job, (uint32_t)pith__div_up(count, PITH__GROUP));
        pith__blas_sgemm(n, count, m->cols, acts->f.f, acts->f.f_stride, ops->panel, m->cols, p->out.data + first, p->out.stride);
    }
}
