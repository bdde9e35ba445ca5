/* Sizes and lives of lanes, and the engine's part of a plan. See lane.h. */
#include "engine/lane.h"
#include "base/checked.h"
#include "base/os.h"
#include "ops/blas.h"
#include <string.h>

/* With no wish of the host's, the cache holds a few sequences of a short-context model, and this much of a long-context
 * one. */
#define DEFAULT_SEQUENCES 4u
#define DEFAULT_TOKENS    8192u
/* What the engine itself takes, its pool and scheduler included: rounded up, so that a plan is never short. */
#define ENGINE_BYTES 4096u
#define THREAD_BYTES 256u

static uint64_t kv_tokens(const pith__engine_options *o, uint32_t model_context) {
    if (o->kv_tokens) {
        return o->kv_tokens;
    }
    uint64_t tokens = (uint64_t)(o->context ? o->context : model_context) * DEFAULT_SEQUENCES;
    tokens = tokens > DEFAULT_TOKENS ? DEFAULT_TOKENS : tokens;
    return tokens < o->context ? o->context : tokens;
}

pith__lane_size pith__lane_measure(const pith__engine_options *o, const pith__hparams *h, uint32_t acts_mask,
                                   uint32_t max_cols, uint32_t max_float_cols) {
    pith__lane_size size;
    memset(&size, 0, sizeof(size));
    uint64_t tokens = kv_tokens(o, h->context);
    uint64_t pages = pith__div_up(tokens, PITH__ATTN_BLOCK);
    size.pages = pages > UINT32_MAX / PITH__ATTN_BLOCK ? UINT32_MAX / PITH__ATTN_BLOCK : (uint32_t)pages;
    uint64_t context = o->context ? o->context : h->context;
    uint64_t held = (uint64_t)size.pages * PITH__ATTN_BLOCK;
    size.context = (uint32_t)(context < held ? context : held);
    size.cache = pith__cache_geometry(h->layers, h->kv_heads, h->head_dim, o->kv_type);
    size.work.rows = o->batch_tokens;
    size.work.outputs = o->max_sequences < o->batch_tokens ? o->max_sequences : o->batch_tokens;
    size.work.acts_mask = acts_mask;
    size.work.max_cols = max_cols;
    size.work.max_float_cols = pith__blas_available() ? max_float_cols : 0;
    return size;
}

static uint64_t tables_bytes(const pith__workspace_size *size) {
    return pith__mem_cost(sizeof(pith__lane), 16) +
           pith__mem_cost((uint64_t)size->rows * sizeof(pith__batch_entry), 16) +
           pith__mem_cost((uint64_t)size->rows * sizeof(void *), 16) +
           pith__mem_cost((uint64_t)size->outputs * sizeof(pith__pick), 16);
}

int32_t pith__engine_plan_make(const pith__engine_options *options, const pith__model_plan *model,
                               pith__engine_plan *plan) {
    pith__lane_size size =
        pith__lane_measure(options, &model->hparams, model->acts_mask, model->max_cols, model->max_float_cols);
    uint64_t kv;
    memset(plan, 0, sizeof(*plan));
    if (!pith__mul_u64(size.cache.page_bytes, size.pages, &kv)) {
        return pith__fail(PITH_E_MEMORY,
                          "a KV cache of %u pages of %llu bytes is more than any memory: lower kv_tokens or context",
                          size.pages, (unsigned long long)size.cache.page_bytes);
    }
    plan->kv = pith__mem_cost(kv, 64) + pith__pages_bytes(size.pages);
    plan->work = pith__workspace_bytes(&model->hparams, &size.work) + tables_bytes(&size.work) + ENGINE_BYTES +
                 (uint64_t)THREAD_BYTES * (options->threads ? options->threads : pith__cpu_count());
    plan->request = pith__sampler_bytes(model->hparams.vocab) + (uint64_t)size.context * 8;
    return PITH_OK;
}

static int32_t create_parts(pith__mem *mem, pith__lane *lane, const pith__lane_size *size) {
    lane->context = size->context;
    lane->cache = size->cache;
    PITH_TRY(pith__mem_alloc(mem, (void **)&lane->cache.base, size->pages, lane->cache.page_bytes, 64, "KV cache"));
    PITH_TRY(pith__pages_create(mem, size->pages, &lane->pages));
    PITH_TRY(pith__workspace_create(mem, &lane->model->hparams, &size->work, &lane->work));
    PITH_TRY(PITH_NEW_ARRAY(mem, &lane->entries, size->work.rows, "batch"));
    PITH_TRY(PITH_NEW_ARRAY(mem, &lane->picks, size->work.outputs, "batch"));
    return PITH_NEW_ARRAY(mem, &lane->sequences, size->work.rows, "batch");
}

int32_t pith__lane_create(pith__mem *mem, pith_model *model, const pith__engine_options *options, bool owns_model,
                          pith__lane **out) {
    const pith__weights *w = &model->weights;
    pith__lane_size size = pith__lane_measure(options, &model->hparams, w->acts_mask, w->max_cols, w->max_float_cols);
    pith__lane *lane;
    *out = NULL;
    PITH_TRY(PITH_NEW(mem, &lane, "engine's place for a model"));
    lane->model = model;
    int32_t status = create_parts(mem, lane, &size);
    if (status != PITH_OK) {
        pith__lane_release(mem, lane);
        return status;
    }
    lane->owns_model = owns_model;
    if (owns_model) {
        pith__model_retain(model);
    }
    pith__host_log(model->host, PITH_LOG_INFO,
                   "an engine took a %s model: context of %u tokens, %u pages of %llu bytes, batches of %u",
                   model->family->name, lane->context, size.pages, (unsigned long long)size.cache.page_bytes,
                   size.work.rows);
    *out = lane;
    return PITH_OK;
}

void pith__lane_release(pith__mem *mem, pith__lane *lane) {
    pith__workspace_free(mem, &lane->work);
    pith__pages_free(mem, &lane->pages);
    pith__mem_free(mem, lane->cache.base);
    pith__mem_free(mem, lane->entries);
    pith__mem_free(mem, lane->picks);
    pith__mem_free(mem, lane->sequences);
    if (lane->owns_model) {
        pith__model_release(lane->model);
    }
    pith__mem_free(mem, lane);
}
