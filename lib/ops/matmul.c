/* Products of packed matrices with batches: quantizing the input once, and splitting the groups of a list of matrices
 * into tasks. Float matrices with many columns go to OpenBLAS by panels when that is allowed.
 *
 * Invariant: which task computes a group, and with how many columns at once, never changes a bit (kernels promise
 * that). */
#include "base/checked.h"
#include "ops/blas.h"
#include "ops/ops.h"
#include "ops/panel.h"
#include "quant/quant.h"
#include <string.h>

/* A task's weights should stay in a core's second-level cache while all columns pass over them. */
#define TASK_BYTES (192u * 1024u)
/* Fewer bytes than this are not worth waking anybody for. */
#define SMALL_BYTES (64u * 1024u)

static pith__act_kind acts_of(const pith__matrix *m) {
    return pith__dtype_get((uint32_t)m->dtype)->acts;
}

static bool wants_blas(const pith__ops *ops, const pith__matrix *m, uint32_t n) {
    return m->blas && ops->panel != NULL && n >= ops->blas_columns && pith__blas_available();
}

/* ---- Activation buffers ---- */

uint64_t pith__actbuf_bytes(uint32_t mask, uint64_t k, uint64_t rows) {
    uint64_t bytes = 0;
    for (uint32_t kind = PITH__ACT_B32; kind <= PITH__ACT_B256; kind++) {
        if (mask & (1u << kind)) {
            pith__acts_size s = pith__acts_bytes((pith__act_kind)kind, k);
            bytes += (s.q + s.scale + s.sum) * rows;
        }
    }
    return bytes;
}

void pith__actbuf_place(pith__actbuf *buf, uint32_t mask, uint64_t k, uint64_t rows, uint8_t *memory) {
    memset(buf, 0, sizeof(*buf));
    buf->f.kind = PITH__ACT_FLOAT;
    for (uint32_t kind = PITH__ACT_B32; kind <= PITH__ACT_B256; kind++) {
        pith__acts *a = kind == PITH__ACT_B32 ? &buf->b32 : &buf->b256;
        a->kind = (pith__act_kind)kind;
        if (!(mask & (1u << kind))) {
            continue;
        }
        pith__acts_size s = pith__acts_bytes(a->kind, k);
        a->q = (const int8_t *)memory;
        a->q_stride = s.q;
        memory += s.q * rows;
        a->scale = (const float *)memory;
        a->scale_stride = s.scale / sizeof(float);
        memory += s.scale * rows;
        a->sum = (const int16_t *)memory;
        a->sum_stride = s.sum / sizeof(int16_t);
        memory += s.sum * rows;
    }
}

typedef struct prepare_job {
    const pith__ops *ops;
    const pith__input *input;
    uint32_t width, rows, per_task;
    bool b32, b256, f;
    pith__actbuf *acts;
} prepare_job;

/* The arrays behind an actbuf are the caller's writable memory; the kernels' view of them is const. */
static bool quantize(const pith__acts *a, bool (*kernel)(const float *, uint32_t, int8_t *, float *, int16_t *),
                     const float *x, uint32_t width, uint32_t row) {
    uintptr_t q = (uintptr_t)(a->q + a->q_stride * row);
    uintptr_t scale = (uintptr_t)(a->scale + a->scale_stride * row);
    uintptr_t sum = (uintptr_t)(a->sum + a->sum_stride * row);
    return kernel(x, width, (int8_t *)q, (float *)scale, (int16_t *)sum);
}

static bool finite_row(const float *x, uint32_t width) {
    float sum = 0.0f; /* 0 * x is NaN exactly for NaN and infinity */
    for (uint32_t i = 0; i < width; i++) {
        sum += 0.0f * x[i];
    }
    return sum == 0.0f;
}

static const float *make_row(const prepare_job *job, uint32_t row) {
    const pith__input *in = job->input;
    const pith__kernels *kernels = job->ops->kernels;
    float *x = pith__row(in->x, row);
    if (in->residual.data) {
        kernels->add(x, pith__row(in->residual, row), job->width);
    }
    if (in->up.data) {
        kernels->silu_mul(x, pith__row(in->up, row), job->width, x);
    }
    if (in->norm) {
        float *normed = pith__row(in->normed, row);
        kernels->rms_norm(x, in->norm, job->width, in->eps, normed);
        return normed;
    }
    return x;
}

static void prepare_row(const prepare_job *job, uint32_t row) {
    const float *x = make_row(job, row);
    bool good = true;
    if (job->b32) {
        good = quantize(&job->acts->b32, job->ops->kernels->quantize_b32, x, job->width, row) && good;
    }
    if (job->b256) {
        good = quantize(&job->acts->b256, job->ops->kernels->quantize_b256, x, job->width, row) && good;
    }
    if (job->f) {
        good = finite_row(x, job->width) && good;
    }
    if (!good) {
        job->ops->bad[row] = 1;
    }
}

static void prepare_task(void *arg, uint32_t index) {
    const prepare_job *job = arg;
    uint32_t end = (index + 1) * job->per_task < job->rows ? (index + 1) * job->per_task : job->rows;
    for (uint32_t row = index * job->per_task; row < end; row++) {
        prepare_row(job, row);
    }
}

void pith__op_prepare(const pith__ops *ops, const pith__input *input, uint32_t n, uint32_t width,
                      const pith__product *list, uint32_t products, pith__actbuf *acts) {
    pith__rows x = input->norm ? input->normed : input->x;
    prepare_job job = {ops, input, width, n, 4, false, false, false, acts};
    for (uint32_t i = 0; i < products; i++) {
        pith__act_kind kind = acts_of(list[i].matrix);
        job.b32 = job.b32 || kind == PITH__ACT_B32;
        job.b256 = job.b256 || kind == PITH__ACT_B256;
        job.f = job.f || kind == PITH__ACT_FLOAT;
    }
    acts->f.f = x.data;
    acts->f.f_stride = x.stride;
    pith__pool_run(ops->pool, prepare_task, &job, (uint32_t)pith__div_up(n, job.per_task));
}

/* ---- Products ---- */

typedef struct product_job {
    const pith__ops *ops;
    const pith__product *list;
    uint32_t products;
    const pith__actbuf *acts;
    uint32_t n;
    uint32_t task_bytes;
} product_job;

static uint32_t groups_per_task(const product_job *job, const pith__matrix *m) {
    uint64_t groups = job->task_bytes / m->group_bytes;
    groups &= ~(uint64_t)1; /* kernels take groups in pairs */
    return groups < 2 ? 2 : groups > m->groups ? m->groups : (uint32_t)groups;
}

static uint32_t tasks_of(const product_job *job, const pith__product *p) {
    if (wants_blas(job->ops, p->matrix, job->n)) {
        return 0;
    }
    return (uint32_t)pith__div_up(p->matrix->groups, groups_per_task(job, p->matrix));
}

static const pith__acts *acts_for(const pith__actbuf *buf, const pith__matrix *m) {
    switch (acts_of(m)) {
    case PITH__ACT_B32:
        return &buf->b32;
    case PITH__ACT_B256:
        return &buf->b256;
    case PITH__ACT_FLOAT:
        break;
    }
    return &buf->f;
}

static void run_product(const product_job *job, const pith__product *p, uint32_t index) {
    const pith__matrix *m = p->matrix;
    uint32_t per = groups_per_task(job, m);
    uint32_t first = index * per;
    pith__matmul_args args = {
        .weights = m->data + m->group_bytes * first,
        .group_bytes = m->group_bytes,
        .groups = m->groups - first < per ? m->groups - first : per,
        .k = m->cols,
        .x = acts_for(job->acts, m),
        .first_col = 0,
        .cols = job->n,
        .out = p->out.data + (uint64_t)first * PITH__GROUP,
        .out_stride = p->out.stride,
    };
    job->ops->kernels->matmul[m->dtype](&args);
}

static void product_task(void *arg, uint32_t index) {
    const product_job *job = arg;
    for (uint32_t i = 0; i < job->products; i++) {
        uint32_t tasks = tasks_of(job, &job->list[i]);
        if (index < tasks) {
            run_product(job, &job->list[i], index);
            return;
        }
        index -= tasks;
    }
}

/* Enough tasks that uneven cores even out, none so small that handing it out costs more than it does. */
static uint32_t task_bytes(const pith__ops *ops, const pith__product *list, uint32_t products) {
    uint64_t total = 0;
    for (uint32_t i = 0; i < products; i++) {
        total += list[i].matrix->group_bytes * list[i].matrix->groups;
    }
    uint64_t share = total / ((uint64_t)pith__pool_threads(ops->pool) * 8);
    return share > TASK_BYTES ? TASK_BYTES : share < SMALL_BYTES / 4 ? SMALL_BYTES / 4 : (uint32_t)share;
}

void pith__op_products(const pith__ops *ops, const pith__product *list, uint32_t products, const pith__actbuf *acts,
                       uint32_t n) {
    product_job job = {ops, list, products, acts, n, task_bytes(ops, list, products)};
    uint32_t tasks = 0;
    for (uint32_t i = 0; i < products; i++) {
        tasks += tasks_of(&job, &list[i]);
    }
    pith__pool_run(ops->pool, product_task, &job, tasks);
    for (uint32_t i = 0; i < products; i++) {
        if (wants_blas(ops, list[i].matrix, n)) {
            pith__panel_product(ops, &list[i], acts, n);
        }
    }
}
