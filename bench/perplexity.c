/* Perplexity of a model on a text, counted as llama.cpp's program of that name does, so that the two can be compared:
 * the text's tokens (with what the vocabulary puts before a text) are cut into chunks of `context` tokens; each chunk
 * is computed alone, its first token replaced by BOS where the vocabulary has that put before texts; the second half of
 * its tokens is scored.
 *
 *   perplexity MODEL.gguf TEXT [CONTEXT]        CONTEXT: 512 tokens, or the model's, where that is less
 *
 * Uses the library's own parts, for its public header gives no logits of a prompt. */
#include "arch/model.h"
#include "arch/workspace.h"
#include "base/pool.h"

#include <math.h>
#include <pith/pith.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Stops with the library's own sentence. */
static void must(int32_t status, const char *what) {
    if (status != PITH_OK) {
        char why[1024];
        pith_error_copy(why, sizeof(why), NULL);
        fprintf(stderr, "perplexity: %s: %s\n", what, why);
        exit(1);
    }
}

static void *need(size_t bytes) {
    void *p = calloc(1, bytes > 0 ? bytes : 1);
    if (!p) {
        fputs("perplexity: out of memory\n", stderr);
        exit(1);
    }
    return p;
}

static char *read_text(const char *path, size_t *length) {
    FILE *f = fopen(path, "rb");
    if (!f || fseek(f, 0, SEEK_END) != 0) {
        fprintf(stderr, "perplexity: cannot read %s\n", path);
        exit(1);
    }
    char *text = need((size_t)ftell(f) + 1);
    *length = (size_t)ftell(f);
    rewind(f);
    *length = fread(text, 1, *length, f);
    fclose(f);
    return text;
}

static int32_t *tokenize(const pith_model *model, const char *path, uint64_t *count) {
    size_t length;
    char *text = read_text(path, &length);
    int32_t *ids = need((length + 8) * sizeof(*ids));
    must(pith_tokenize(model, text, length, PITH_ADD_BOS, ids, length + 8, count), path);
    free(text);
    return ids;
}

/* What one chunk after another is computed with. */
typedef struct bench {
    pith_model *model;
    pith__pool *pool;
    pith__workspace work;
    pith__cache cache;
    pith__batch_entry *entries;
    uint32_t *pages;
    uint32_t context;
} bench;

static void open_bench(bench *b, const char *path, uint32_t context) {
    pith_source *source;
    memset(b, 0, sizeof(*b));
    must(pith_source_from_path(NULL, path, PITH_MEASURE, &source), path);
    must(pith_model_open(NULL, source, NULL, &b->model), path);
    pith_source_release(source);
    const pith__hparams *h = &b->model->hparams;
    pith__mem *mem = &b->model->host->mem;
    b->context = context < h->context ? context : h->context;
    uint32_t n_pages = b->context / PITH__ATTN_BLOCK + 1;
    const pith__workspace_size size = {b->context, b->context / 2, b->model->weights.acts_mask,
                                       b->model->weights.max_cols, 0};
    b->cache = pith__cache_geometry(h->layers, h->kv_heads, h->head_dim, PITH__KV_F16);
    b->entries = need(b->context * sizeof(*b->entries));
    b->pages = need(n_pages * sizeof(*b->pages));
    for (uint32_t i = 0; i < n_pages; i++) {
        b->pages[i] = i;
    }
    must(pith__workspace_create(mem, h, &size, &b->work), "work space");
    must(pith__pool_create(mem, pith__cpu_count(), NULL, NULL, &b->pool), "threads");
    must(pith__mem_alloc(mem, (void **)&b->cache.base, n_pages, b->cache.page_bytes, 64, "cache"), "cache");
}

static void close_bench(bench *b) {
    pith__mem *mem = &b->model->host->mem;
    pith__mem_free(mem, b->cache.base);
    pith__pool_release(b->pool);
    pith__workspace_free(mem, &b->work);
    free(b->entries);
    free(b->pages);
    pith_model_release(b->model);
}

/* Minus the log-probability of `id`, in nats. */
static double surprise(const float *logits, uint32_t vocab, int32_t id) {
    double max = (double)logits[0], sum = 0;
    for (uint32_t i = 1; i < vocab; i++) {
        max = (double)logits[i] > max ? (double)logits[i] : max;
    }
    for (uint32_t i = 0; i < vocab; i++) {
        sum += exp((double)logits[i] - max);
    }
    return log(sum) + max - (double)logits[id];
}

/* The surprise of the second half of one chunk, summed up. The first scored token is the one after position context
 * / 2. */
static double score_chunk(bench *b, const int32_t *ids, int64_t bos) {
    const pith__hparams *h = &b->model->hparams;
    uint32_t first = b->context / 2;
    for (uint32_t i = 0; i < b->context; i++) {
        b->entries[i] = (pith__batch_entry){.token = i == 0 && bos >= 0 ? (int32_t)bos : ids[i],
                                            .place = {i, b->pages},
                                            .wants_logits = i >= first && i + 1 < b->context};
    }
    pith__forward f = {.ops = {b->model->host->kernels, b->pool, b->work.bad, NULL, 0},
                       .hparams = h,
                       .weights = &b->model->weights,
                       .cache = &b->cache,
                       .entries = b->entries,
                       .n = b->context,
                       .work = &b->work};
    b->model->family->forward(&f);
    double sum = 0;
    for (uint32_t i = first; i + 1 < b->context; i++) {
        if (b->work.bad[i]) {
            fprintf(stderr, "perplexity: the model gives no finite numbers at position %u of a chunk\n", i);
            exit(1);
        }
        sum += surprise(pith__row(b->work.logits, b->work.logits_index[i]), h->vocab, ids[i + 1]);
    }
    return sum;
}

int main(int argc, char **argv) {
    if (argc < 3 || argc > 4) {
        fputs("usage: perplexity MODEL.gguf TEXT [CONTEXT]\n", stderr);
        return 2;
    }
    bench b;
    long wanted = argc == 4 ? strtol(argv[3], NULL, 10) : 512;
    if (wanted < 4 || wanted > 1 << 20) {
        fputs("perplexity: a context of 4 to 1048576 tokens is possible\n", stderr);
        return 2;
    }
    open_bench(&b, argv[1], (uint32_t)wanted);
    uint64_t count = 0;
    int32_t *ids = tokenize(b.model, argv[2], &count);
    bool begins = pith__tokenizer_adds_bos(b.model->tokenizer);
    uint64_t chunks = count / b.context, scored = 0;
    double sum = 0;
    for (uint64_t c = 0; c < chunks; c++) {
        sum += score_chunk(&b, ids + c * b.context, begins ? pith__tokenizer_bos(b.model->tokenizer) : -1);
        scored += b.context - 1 - b.context / 2;
    }
    if (chunks == 0) {
        fprintf(stderr, "perplexity: the text has %llu tokens, less than one chunk of %u\n", (unsigned long long)count,
                b.context);
    } else {
        printf("%llu chunks of %u tokens, %llu scored: perplexity %.4f\n", (unsigned long long)chunks, b.context,
               (unsigned long long)scored, exp(sum / (double)scored));
    }
    free(ids);
    close_bench(&b);
    return chunks == 0;
}
