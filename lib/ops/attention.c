/* Attention over the paged cache: heads are rotated and stored, then every query walks its sequence's pages block by
 * block.
 *
 * Invariant: each block's partial softmax is computed alone and merged in block order, so that results do not depend on
 * how rows are spread over tasks or how the prompt was cut. K and V are read as stored. */
#include "base/checked.h"
#include "ops/ops.h"
#include <math.h>
#include <string.h>

/* Queries of one K/V head are taken together, heads of one row or of several, as many as fit this much stack. */
#define PARTIAL_FLOATS  8192u
#define PARTIAL_QUERIES 64u
/* Rows of a task. */
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
    kernels->store_k[job->cache->type](k, h->head_dim, pith__cache_k(job->cache, page, job->layer, head), pos);
    kernels->store_v[job->cache->type](v, h->head_dim, pith__cache_v(job->cache, page, job->layer, head), pos);
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

/* Up to PARTIAL_QUERIES queries of one K/V head with their running results: heads `first` to `first + heads` of rows
 * `row` to `row + rows`, all of one sequence. */
typedef struct query_set {
    const heads_job *job;
    uint32_t kv_head, first, heads, row, rows;
    const float *q[PARTIAL_QUERIES];
    float *out[PARTIAL_QUERIES];
    float max[PARTIAL_QUERIES], sum[PARTIAL_QUERIES];
    float block_max[PARTIAL_QUERIES], block_sum[PARTIAL_QUERIES], block_out[PARTIAL_FLOATS];
} query_set;

static void set_start(query_set *s) {
    const heads_job *job = s->job;
    uint32_t dim = job->heads->head_dim;
    for (uint32_t i = 0; i < s->rows * s->heads; i++) {
        uint64_t at = (uint64_t)(s->first + i % s->heads) * dim;
        s->q[i] = pith__row(job->q, s->row + i / s->heads) + at;
        s->out[i] = pith__row(job->out, s->row + i / s->heads) + at;
        memset(s->out[i], 0, sizeof(float) * dim);
        s->max[i] = -INFINITY;
        s->sum[i] = 0.0f;
    }
}

/* Positions of a block, counted from its start. */
typedef struct reach {
    uint32_t begin, end;
} reach;

/* The first position that row number `i` of the set sees. */
static uint32_t set_first(const query_set *s, uint32_t i) {
    uint32_t seen = s->job->places[s->row + i].position + 1, window = s->job->heads->window;
    return window && window < seen ? seen - window : 0;
}

/* What row number `i` of the set sees of the block at `start`. */
static reach set_reach(const query_set *s, uint32_t i, uint32_t start) {
    uint32_t first = set_first(s, i), position = s->job->places[s->row + i].position;
    if (position < start || first >= start + PITH__ATTN_BLOCK) {
        return (reach){0, 0};
    }
    return (reach){first > start ? first - start : 0,
                   position - start < PITH__ATTN_BLOCK ? position - start + 1 : PITH__ATTN_BLOCK};
}

/* The cached K and V of the block after the one at `start`, where the set goes on to it. */
static void set_next(const query_set *s, uint32_t start, pith__attn_args *args) {
    const heads_job *job = s->job;
    start += PITH__ATTN_BLOCK;
    if (start <= job->places[s->row + s->rows - 1].position) {
        uint32_t page = job->places[s->row].pages[start / PITH__ATTN_BLOCK];
        args->next_k = pith__cache_k(job->cache, page, job->layer, s->kv_head);
        args->next_v = pith__cache_v(job->cache, page, job->layer, s->kv_head);
    }
}

/* A reach of the block at `start`, for `rows` rows from number `i` of the set on. */
static void set_attend(query_set *s, uint32_t start, reach seen, uint32_t i, uint32_t rows) {
    const heads_job *job = s->job;
    const pith__kernels *kernels = job->ops->kernels;
    uint32_t page = job->places[s->row].pages[start / PITH__ATTN_BLOCK], dim = job->heads->head_dim;
    uint32_t from = i * s->heads;
    pith__attn_args args = {.q = s->q + from,
                            .queries = rows * s->heads,
                            .head_dim = dim,
                            .scale = job->scale,
                            .k = pith__cache_k(job->cache, page, job->layer, s->kv_head),
                            .v = pith__cache_v(job->cache, page, job->layer, s->kv_head),
                            .begin = seen.begin,
                            .end = seen.end,
                            .max = s->block_max,
                            .sum = s->block_sum,
                            .out = s->block_out};
    set_next(s, start, &args);
    kernels->attn[job->cache->type](&args);
    for (uint32_t k = 0; k < args.queries; k++) {
        kernels->attn_merge(&s->max[from + k], &s->sum[from + k], s->out[from + k], s->block_max[k], s->block_sum[k],
                            s->block_out + (uint64_t)k * dim, dim);
    }
}

static bool same_reach(reach a, reach b) {
    return a.begin == b.begin && a.end == b.end;
}

/* All blocks that any of the rows sees, in order; rows that see the same part of a block see it together. */
static void set_run(query_set *s) {
    set_start(s);
    uint32_t last = s->job->places[s->row + s->rows - 1].position;
    uint32_t first = set_first(s, 0);
    for (uint32_t start = first - first % PITH__ATTN_BLOCK; start <= last; start += PITH__ATTN_BLOCK) {
        for (uint32_t i = 0, rows; i < s->rows; i += rows) {
            reach seen = set_reach(s, i, start);
            for (rows = 1; i + rows < s->rows && same_reach(set_reach(s, i + rows, start), seen); rows++) {
            }
            if (seen.end > 0) {
                set_attend(s, start, seen, i, rows);
            }
        }
    }
    for (uint32_t i = 0; i < s->rows * s->heads; i++) {
        s->job->ops->kernels->scale(s->out[i], 1.0f / s->sum[i], s->job->heads->head_dim);
    }
}

/* How many rows from `row` on, up to `limit`, are of one sequence, in its order. */
static uint32_t rows_together(const heads_job *job, uint32_t row, uint32_t limit) {
    const pith__place *places = job->places + row;
    uint32_t rows = 1;
    while (rows < limit && places[rows].pages == places[0].pages && places[rows].position > places[rows - 1].position) {
        rows++;
    }
    return rows;
}

static void attention_task(void *arg, uint32_t index) {
    const heads_job *job = arg;
    const pith__heads *h = job->heads;
    uint32_t row = index / h->kv_heads * ROWS_PER_TASK;
    uint32_t end = job->n - row < ROWS_PER_TASK ? job->n : row + ROWS_PER_TASK;
    uint32_t share = h->heads / h->kv_heads;
    uint32_t most = PARTIAL_FLOATS / h->head_dim < PARTIAL_QUERIES ? PARTIAL_FLOATS / h->head_dim : PARTIAL_QUERIES;
    query_set set = {.job = job, .kv_head = index % h->kv_heads, .row = row};
    for (; set.row < end; set.row += set.rows) {
        uint32_t heads = share < most ? share : most;
        set.rows = rows_together(job, set.row, end - set.row < most / heads ? end - set.row : most / heads);
        for (uint32_t i = 0; i < share; i += set.heads) {
            set.first = set.kv_head * share + i;
            set.heads = share - i < heads ? share - i : heads;
            set_run(&set);
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
