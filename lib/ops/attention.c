/* Attention over the paged cache: heads are rotated and stored, then every query walks its sequence's pages block by
 * block.
 *
 * Invariant: each block's partial softmax is computed alone and merged in block order, so that results do not depend on
 * how rows are spread over tasks or how the prompt was cut. K and V are read as stored. */
#include "base/checked.h"
#include "ops/ops.h"
#include <math.h>
#include <string.h>

/* Query heads of one K/V head are taken together, as many as fit this much stack. */
#define PARTIAL_FLOATS 4096u
#define PARTIAL_HEADS  32u
/* Rows of a task: neighbours of one prompt share the K/V blocks in a core's cache. */
#define ROWS_PER_TASK 8u

typedef struct heads_job {
    const pith__ops *ops;
    const pith__heads *heads;
    const pith__cache *cache;
    uint32_t layer;
    const pith__place *places;
    uint32_t n;
    pith__rows q, k, v, cs;
    float scale;
    pith__rows out;
} heads_job;

static void turn_head(const heads_job *job, float *head, const float *norm, uint32_t row) {
    const pith__heads *h = job->heads;
    const pith__kernels *kernels = job->ops->kernels;
    if (norm) {
        kernels->rms_norm(head, norm, h->head_dim, h->eps, head);
    }
    (h->neox ? kernels->rope_neox : kernels->rope_normal)(head, pith__row(job->cs, row), h->n_rot);
}

static void store_head(const heads_job *job, uint32_t row, uint32_t head) {
    const pith__heads *h = job->heads;
    const pith__kernels *kernels = job->ops->kernels;
    const pith__place *place = &job->places[row];
    uint32_t page = place->pages[place->position / PITH__ATTN_BLOCK];
    uint32_t pos = place->position % PITH__ATTN_BLOCK;
    const float *k = pith__row(job->k, row) + (uint64_t)head * h->head_dim;
    const float *v = pith__row(job->v, row) + (uint64_t)head * h->head_dim;
    (job->cache->f16 ? kernels->store_k_f16
                     : kernels->store_k_f32)(k, h->head_dim, pith__cache_k(job->cache, page, job->layer, head), pos);
    (job->cache->f16 ? kernels->store_v_f16
                     : kernels->store_v_f32)(v, h->head_dim, pith__cache_v(job->cache, page, job->layer, head), pos);
}

static void heads_task(void *arg, uint32_t row) {
    const heads_job *job = arg;
    const pith__heads *h = job->heads;
    for (uint32_t i = 0; i < h->heads; i++) {
        turn_head(job, pith__row(job->q, row) + (uint64_t)i * h->head_dim, h->q_norm, row);
    }
    for (uint32_t i = 0; i < h->kv_heads; i++) {
        turn_head(job, pith__row(job->k, row) + (uint64_t)i * h->head_dim, h->k_norm, row);
        store_head(job, row, i);
    }
}

void pith__op_heads(const pith__ops *ops, const pith__heads *heads, const pith__cache *cache, uint32_t layer,
                    const pith__place *places, uint32_t n, pith__rows q, pith__rows k, pith__rows v, pith__rows cs) {
    heads_job job = {.ops = ops,
                     .heads = heads,
                     .cache = cache,
                     .layer = layer,
                     .places = places,
                     .n = n,
                     .q = q,
                     .k = k,
                     .v = v,
                     .cs = cs};
    pith__pool_run(ops->pool, heads_task, &job, n);
}

/* One row, `count` query heads from `first` on, all of K/V head `kv_head`. */
static void attend(const heads_job *job, uint32_t row, uint32_t kv_head, uint32_t first, uint32_t count) {
    const pith__kernels *kernels = job->ops->kernels;
    const pith__place *place = &job->places[row];
    uint32_t dim = job->heads->head_dim;
    float block_max[PARTIAL_HEADS], block_sum[PARTIAL_HEADS], block_out[PARTIAL_FLOATS];
    float max[PARTIAL_HEADS], sum[PARTIAL_HEADS];
    float *out = pith__row(job->out, row) + (uint64_t)first * dim;
    memset(out, 0, sizeof(float) * dim * count);
    for (uint32_t h = 0; h < count; h++) {
        max[h] = -INFINITY;
        sum[h] = 0.0f;
    }
    pith__attn_args args = {
        .q = pith__row(job->q, row) + (uint64_t)first * dim,
        .heads = count,
        .head_dim = dim,
        .scale = job->scale,
        .max = block_max,
        .sum = block_sum,
        .out = block_out,
    };
    for (uint32_t start = 0; start <= place->position; start += PITH__ATTN_BLOCK) {
        uint32_t page = place->pages[start / PITH__ATTN_BLOCK];
        uint32_t left = place->position + 1 - start;
        args.k = pith__cache_k(job->cache, page, job->layer, kv_head);
        args.v = pith__cache_v(job->cache, page, job->layer, kv_head);
        args.begin = 0;
        args.end = left < PITH__ATTN_BLOCK ? left : PITH__ATTN_BLOCK;
        (job->cache->f16 ? kernels->attn_f16 : kernels->attn_f32)(&args);
        for (uint32_t h = 0; h < count; h++) {
            kernels->attn_merge(&max[h], &sum[h], out + (uint64_t)h * dim, block_max[h], block_sum[h],
                                block_out + (uint64_t)h * dim, dim);
        }
    }
    for (uint32_t h = 0; h < count; h++) {
        kernels->scale(out + (uint64_t)h * dim, 1.0f / sum[h], dim);
    }
}

static void attention_task(void *arg, uint32_t index) {
    const heads_job *job = arg;
    const pith__heads *h = job->heads;
    uint32_t kv_head = index % h->kv_heads;
    uint32_t row = index / h->kv_heads * ROWS_PER_TASK;
    uint32_t end = job->n - row < ROWS_PER_TASK ? job->n : row + ROWS_PER_TASK;
    uint32_t share = h->heads / h->kv_heads;
    uint32_t step = PARTIAL_FLOATS / h->head_dim < PARTIAL_HEADS ? PARTIAL_FLOATS / h->head_dim : PARTIAL_HEADS;
    for (; row < end; row++) {
        for (uint32_t i = 0; i < share; i += step) {
            attend(job, row, kv_head, kv_head * share + i, share - i < step ? share - i : step);
        }
    }
}

void pith__op_attention(const pith__ops *ops, const pith__heads *heads, const pith__cache *cache, uint32_t layer,
                        const pith__place *places, uint32_t n, float scale, pith__rows q, pith__rows out) {
    heads_job job = {.ops = ops,
                     .heads = heads,
                     .cache = cache,
                     .layer = layer,
                     .places = places,
                     .n = n,
                     .q = q,
                     .scale = scale,
                     .out = out};
    pith__pool_run(ops->pool, attention_task, &job, (uint32_t)pith__div_up(n, ROWS_PER_TASK) * heads->kv_heads);
}
