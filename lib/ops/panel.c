/* Panels for OpenBLAS. See panel.h. */
#include "ops/panel.h"
#include "base/checked.h"
#include "ops/blas.h"
#include <string.h>

/* A panel's size, as measured: a larger one falls out of the caches between being widened and multiplied, a smaller one
 * makes products too short for OpenBLAS's threads. Very long rows still get a panel of MIN_GROUPS groups. */
#define PANEL_FLOATS (1u << 20)
#define MIN_GROUPS   8u
/* Lines of k lie this much further apart than their floats need: a distance that is a power of two would crowd them
 * into few sets of the caches. */
#define LINE_PADDING 16u
/* Elements of K widened at a time: with 16 rows they stay in the first-level cache. */
#define CHUNK 128u

static uint64_t groups_at_most(uint64_t k) {
    uint64_t groups = PANEL_FLOATS / (k * PITH__GROUP);
    return groups < MIN_GROUPS ? MIN_GROUPS : groups;
}

uint64_t pith__panel_floats(uint64_t k) {
    uint64_t least = k * PITH__GROUP * MIN_GROUPS;
    return (least > PANEL_FLOATS ? least : PANEL_FLOATS) + k * LINE_PADDING;
}

typedef struct widen_job {
    const pith__kernels *kernels;
    const pith__matrix *matrix;
    uint32_t first;  /* group */
    uint32_t stride; /* floats from line to line of the panel */
    float *panel;
} widen_job;

/* Elements k .. k + n of all 16 rows of a group as floats, [k][16] as they are packed; 16-bit ones are put into `room`.
 */
static const float *widen(const widen_job *job, const uint8_t *group, uint32_t k, uint32_t n, float *room) {
    uint64_t at = (uint64_t)k * PITH__GROUP, elements = (uint64_t)n * PITH__GROUP;
    if (job->matrix->dtype == PITH__F32) {
        return (const float *)(const void *)group + at;
    }
    const uint16_t *from = (const uint16_t *)(const void *)group + at;
    (job->matrix->dtype == PITH__F16 ? job->kernels->f16_to_f32 : job->kernels->bf16_to_f32)(from, elements, room);
    return room;
}

static void widen_task(void *arg, uint32_t index) {
    const widen_job *job = arg;
    const pith__matrix *m = job->matrix;
    const uint8_t *group = m->data + m->group_bytes * (job->first + index);
    float *out = job->panel + (uint64_t)index * PITH__GROUP;
    float room[CHUNK * PITH__GROUP];
    for (uint32_t k = 0; k < m->cols; k += CHUNK) {
        uint32_t n = m->cols - k < CHUNK ? m->cols - k : CHUNK;
        const float *chunk = widen(job, group, k, n, room);
        for (uint32_t i = 0; i < n; i++) {
            memcpy(out + (uint64_t)job->stride * (k + i), chunk + (uint64_t)i * PITH__GROUP,
                   PITH__GROUP * sizeof(float));
        }
    }
}

/* All columns against `groups` groups from `first` on; the rows that pad the last group are left out. */
static void multiply(const pith__ops *ops, const pith__product *p, const pith__actbuf *acts, uint32_t n, uint32_t first,
                     uint32_t groups) {
    const pith__matrix *m = p->matrix;
    uint32_t row = first * PITH__GROUP, rows = groups * PITH__GROUP;
    widen_job job = {ops->kernels, m, first, rows + LINE_PADDING, ops->panel};
    pith__pool_run(ops->pool, widen_task, &job, groups);
    pith__blas_sgemm(n, m->rows - row < rows ? m->rows - row : rows, m->cols, acts->f.f, acts->f.f_stride, ops->panel,
                     job.stride, p->out.data + row, p->out.stride);
}

void pith__panel_product(const pith__ops *ops, const pith__product *p, const pith__actbuf *acts, uint32_t n) {
    const pith__matrix *m = p->matrix;
    uint64_t panels = pith__div_up(m->groups, groups_at_most(m->cols));
    uint32_t per = (uint32_t)pith__div_up(m->groups, panels); /* all of about one size */
    for (uint32_t first = 0; first < m->groups; first += per) {
        multiply(ops, p, acts, n, first, m->groups - first < per ? m->groups - first : per);
    }
}
