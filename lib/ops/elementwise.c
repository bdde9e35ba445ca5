/* Row-wise operations: look-up, norm, sums. One task takes a few rows; a single row runs on the calling thread. */
#include "base/checked.h"
#include "ops/ops.h"

#define ROWS_PER_TASK 4u

typedef struct row_job row_job;
struct row_job {
    void (*body)(const row_job *job, uint32_t row);
    const pith__ops *ops;
    uint32_t n, width;
    pith__rows a, b, out;
    const float *vector;
    float eps;
    const pith__matrix *table;
    const int32_t *ids;
};

static void row_task(void *arg, uint32_t index) {
    const row_job *job = arg;
    uint32_t end = (index + 1) * ROWS_PER_TASK < job->n ? (index + 1) * ROWS_PER_TASK : job->n;
    for (uint32_t row = index * ROWS_PER_TASK; row < end; row++) {
        job->body(job, row);
    }
}

static void run_rows(row_job *job) {
    pith__pool_run(job->ops->pool, row_task, job, (uint32_t)pith__div_up(job->n, ROWS_PER_TASK));
}

static void lookup_row(const row_job *job, uint32_t row) {
    pith__matrix_row(job->table, (uint32_t)job->ids[row], pith__row(job->out, row));
}

void pith__op_lookup(const pith__ops *ops, const pith__matrix *table, const int32_t *ids, uint32_t n, pith__rows out) {
    row_job job = {.body = lookup_row, .ops = ops, .n = n, .out = out, .table = table, .ids = ids};
    run_rows(&job);
}

static void norm_row(const row_job *job, uint32_t row) {
    job->ops->kernels->rms_norm(pith__row(job->a, row), job->vector, job->width, job->eps, pith__row(job->out, row));
}

void pith__op_rms_norm(const pith__ops *ops, pith__rows x, uint32_t n, uint32_t width, const float *weight, float eps,
                       pith__rows out) {
    row_job job = {
        .body = norm_row, .ops = ops, .n = n, .width = width, .a = x, .out = out, .vector = weight, .eps = eps};
    run_rows(&job);
}

static void add_row(const row_job *job, uint32_t row) {
    job->ops->kernels->add(pith__row(job->a, row), pith__row(job->b, row), job->width);
}

void pith__op_add(const pith__ops *ops, pith__rows x, pith__rows y, uint32_t n, uint32_t width) {
    row_job job = {.body = add_row, .ops = ops, .n = n, .width = width, .a = x, .b = y};
    run_rows(&job);
}

static void add_bias_row(const row_job *job, uint32_t row) {
    job->ops->kernels->add(pith__row(job->a, row), job->vector, job->width);
}

void pith__op_add_bias(const pith__ops *ops, pith__rows x, uint32_t n, uint32_t width, const float *bias) {
    row_job job = {.body = add_bias_row, .ops = ops, .n = n, .width = width, .a = x, .vector = bias};
    run_rows(&job);
}
