/* See all_logits.h. */
#include "engine/all_logits.h"
#include "arch/workspace.h"
#include "engine/harness.h"
#include <stdlib.h>
#include <string.h>

pith_model *all_logits_open(pith_host *host, const char *path) {
    const pith__model_options options = {.exact = true, .load_threads = 1};
    pith__source *source;
    pith_model *model;
    OK(pith__source_from_path(&host->mem, path, &source));
    OK(pith__model_open(host, source, &options, &model));
    pith__source_release(source);
    return model;
}

void all_logits(const pith_model *model, const int32_t *ids, uint32_t n, pith__kv_type kv, float *out) {
    const pith__hparams *h = &model->hparams;
    pith__mem *mem = &model->host->mem;
    const pith__workspace_size size = {n, n, model->weights.acts_mask, model->weights.max_cols, 0};
    uint32_t n_pages = n / PITH__ATTN_BLOCK + 1;
    pith__workspace work;
    pith__pool *pool;
    pith__cache cache = pith__cache_geometry(h->layers, h->kv_heads, h->head_dim, kv);
    pith__batch_entry *entries = calloc(n, sizeof(*entries));
    uint32_t *pages = calloc(n_pages, sizeof(*pages));
    OK(pith__workspace_create(mem, h, &size, &work));
    OK(pith__pool_create(mem, 1, NULL, NULL, &pool));
    OK(pith__mem_alloc(mem, (void **)&cache.base, n_pages, cache.page_bytes, 64, "cache"));
    for (uint32_t i = 0; i < n; i++) {
        pages[i / PITH__ATTN_BLOCK] = i / PITH__ATTN_BLOCK;
        entries[i] = (pith__batch_entry){.token = ids[i], .place = {i, pages}, .wants_logits = true};
    }
    pith__forward f = {.ops = {model->host->kernels, pool, work.bad, NULL, 0},
                       .hparams = h,
                       .weights = &model->weights,
                       .cache = &cache,
                       .entries = entries,
                       .n = n,
                       .work = &work};
    model->family->forward(&f);
    for (uint32_t i = 0; i < n; i++) {
        assert_int_equal(work.bad[i], 0);
        memcpy(out + (size_t)i * h->vocab, pith__row(work.logits, work.logits_index[i]), h->vocab * sizeof(float));
    }
    free(entries);
    free(pages);
    pith__mem_free(mem, cache.base);
    pith__pool_release(pool);
    pith__workspace_free(mem, &work);
}
