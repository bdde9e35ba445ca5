/* Opening a model: file, family, hyperparameters, weights, vocabulary, in this order. See model.h. */
#include "arch/model.h"
#include "arch/hparams.h"
#include "vocabulary/vocabulary.h"
#include "arch/weights.h"
#include "base/os.h"
#include "ops/panel.h"
#include <string.h>

static uint32_t loader_threads(const pith__model_options *options) {
    return options->load_threads ? options->load_threads : pith__cpu_count();
}

/* The choice of path for float matrices: the host's, or the measured one. */
static uint32_t blas_columns(const pith_host *host, const pith__model_options *options) {
    if (options->exact) {
        return PITH__BLAS_NEVER;
    }
    if (options->blas_columns) {
        return options->blas_columns;
    }
    return host->kernels == pith__kernels_get("ref") ? PITH__BLAS_COLUMNS_SCALAR : PITH__BLAS_NEVER;
}

static int32_t load_weights(pith_model *model) {
    pith__mem *mem = &model->host->mem;
    const pith__model_options *o = &model->options;
    pith__pool *pool;
    PITH_TRY(pith__weights_shape(mem, model->file, model->family, &model->hparams, o->blas_columns != PITH__BLAS_NEVER,
                                 &model->weights));
    PITH_TRY(pith__pool_create(mem, loader_threads(o), model->host->executor, model->host->executor_user, &pool));
    int32_t status = pith__weights_load(mem, model->file, model->family, &model->hparams, pool, o->progress,
                                        o->progress_user, &model->weights);
    pith__pool_release(pool);
    model->weight_bytes = pith__weights_bytes(&model->weights, &model->hparams);
    return status;
}

static uint64_t count_parameters(const pith__modelfile *file) {
    uint64_t total = 0;
    for (uint64_t i = 0; i < pith__modelfile_tensor_count(file); i++) {
        const pith__tensor_info *t = pith__modelfile_tensor_at(file, i);
        total += t->dims[0] * t->dims[1] * t->dims[2] * t->dims[3];
    }
    return total;
}

static int32_t read_texts(pith_model *model) {
    bool found = false;
    PITH_TRY(pith__kv_str(model->file, "general.name", &found, &model->name));
    if (!found) {
        model->name = pith__str_of("");
    }
    PITH_TRY(pith__kv_str(model->file, "tokenizer.chat_template", &found, &model->chat_template));
    if (!found) {
        model->chat_template = pith__str_of("");
    }
    return PITH_OK;
}

/* ---- vocabularies, also alone ---- */

/* After this the file's long arrays are no longer in memory. */
static int32_t read_vocabulary(pith__mem *mem, pith__modelfile *file, uint64_t rows, pith__tokenizer **out) {
    PITH_TRY(pith__vocabulary_from_gguf(mem, file, rows, out));
    return pith__modelfile_trim(file, PITH__KEPT_ARRAY);
}

static int32_t check_vocabulary(const pith__modelfile *file, const pith__tokenizer *tokenizer) {
    if (tokenizer == NULL) {
        return pith__fail(PITH_E_FORMAT, "%s holds no tensors and no vocabulary", pith__modelfile_format(file));
    }
    return PITH_OK;
}

static int32_t open_vocabulary(pith_model *model) {
    model->family = &pith__family_vocabulary;
    PITH_TRY(read_vocabulary(&model->host->mem, model->file, 0, &model->tokenizer));
    PITH_TRY(check_vocabulary(model->file, model->tokenizer));
    PITH_TRY(read_texts(model));
    model->hparams.vocab = (uint32_t)pith__tokenizer_count(model->tokenizer);
    return PITH_OK;
}

static void count_vocabulary(const pith__mem *mem, pith__model_plan *plan) {
    plan->vocabulary = pith__mem_used(mem) + pith__mem_cost(sizeof(pith_model), 16);
    plan->loading = pith__mem_peak(mem) - pith__mem_used(mem);
}

static int32_t plan_vocabulary(pith__mem *mem, pith__modelfile *file, pith__tokenizer **tokenizer, pith__model_plan *plan) {
    plan->family = &pith__family_vocabulary;
    PITH_TRY(read_vocabulary(mem, file, 0, tokenizer));
    PITH_TRY(check_vocabulary(file, *tokenizer));
    count_vocabulary(mem, plan);
    return PITH_OK;
}

/* Whether the source is a file of another kind that holds a vocabulary: tokenizer.json and the like. */
static int32_t holds_bare_vocabulary(const pith__source *source, bool *yes) {
    char beginning[256];
    uint64_t size = pith__source_parts(source) == 1 ? pith__source_size(source, 0) : 0;
    size = size < sizeof(beginning) ? size : sizeof(beginning);
    *yes = false;
    if (size > 0) {
        PITH_TRY(pith__source_read(source, 0, beginning, size, 0));
        *yes = pith__vocabulary_is_one((pith__str){beginning, size});
    }
    return PITH_OK;
}

static int32_t open_bare_vocabulary(pith_model *model, const pith__source *source) {
    model->family = &pith__family_vocabulary;
    PITH_TRY(pith__vocabulary_read(&model->host->mem, source, model->options.vocabulary_family, &model->tokenizer));
    model->hparams.vocab = (uint32_t)pith__tokenizer_count(model->tokenizer);
    return PITH_OK;
}

static int32_t plan_bare_vocabulary(pith__mem *mem, const pith__source *source, const pith__model_options *options,
                                    pith__tokenizer **tokenizer, pith__model_plan *plan) {
    plan->family = &pith__family_vocabulary;
    PITH_TRY(pith__vocabulary_read(mem, source, options->vocabulary_family, tokenizer));
    count_vocabulary(mem, plan);
    return PITH_OK;
}

/* ---- a model ---- */

static int32_t open_parts(pith_model *model, pith__source *source) {
    pith__mem *mem = &model->host->mem;
    bool bare;
    PITH_TRY(holds_bare_vocabulary(source, &bare));
    if (bare) {
        return open_bare_vocabulary(model, source);
    }
    PITH_TRY(pith__modelfile_open(mem, source, model->options.metadata_limit, &model->file));
    if (pith__modelfile_tensor_count(model->file) == 0) {
        return open_vocabulary(model);
    }
    PITH_TRY(pith__family_of(model->file, &model->family));
    PITH_TRY(pith__hparams_read(model->file, model->family, &model->hparams));
    PITH_TRY(read_vocabulary(mem, model->file, model->hparams.vocab, &model->tokenizer));
    PITH_TRY(read_texts(model));
    model->parameters = count_parameters(model->file);
    return load_weights(model);
}

int32_t pith__model_open(pith_host *host, pith__source *source, const pith__model_options *options, pith_model **out) {
    pith_model *model;
    *out = NULL;
    PITH_TRY(PITH_NEW(&host->mem, &model, "model"));
    model->references = 1;
    model->options = *options;
    model->options.blas_columns = blas_columns(host, options);
    model->host = host;
    int32_t status = pith__mutex_init(&model->engine_lock);
    if (status != PITH_OK) {
        pith__mem_free(&host->mem, model);
        return status;
    }
    pith__host_retain(host);
    model->name = model->chat_template = pith__str_of("");
    status = open_parts(model, source);
    model->options.vocabulary_family = pith__str_of(""); /* was borrowed */
    if (status != PITH_OK) {
        pith__model_release(model);
        return status;
    }
    pith__host_log(host, PITH_LOG_INFO, "opened a %s model of %llu parameters: %llu bytes of weights, kernels %s",
                   model->family->name, (unsigned long long)model->parameters, (unsigned long long)model->weight_bytes,
                   host->kernels->name);
    *out = model;
    return PITH_OK;
}

const char *pith__model_format(const pith_model *model) {
    return model->file ? pith__modelfile_format(model->file) : "vocabulary";
}

void pith__model_retain(pith_model *model) {
    atomic_fetch_add_explicit(&model->references, 1, memory_order_relaxed);
}

void pith__model_release(pith_model *model) {
    if (!model || atomic_fetch_sub_explicit(&model->references, 1, memory_order_acq_rel) != 1) {
        return;
    }
    pith_host *host = model->host;
    if (model->engine) {
        model->engine_release(model->engine);
    }
    pith__weights_free(&host->mem, &model->weights);
    pith__tokenizer_release(model->tokenizer);
    pith__modelfile_release(model->file);
    pith__mutex_destroy(&model->engine_lock);
    pith__mem_free(&host->mem, model);
    pith__host_release(host);
}

static int32_t plan_parts(pith__mem *mem, const pith_host *host, pith__source *source,
                          const pith__model_options *options, pith__modelfile **file, pith__tokenizer **tokenizer,
                          pith__weights *weights, pith__model_plan *plan) {
    bool bare;
    PITH_TRY(holds_bare_vocabulary(source, &bare));
    if (bare) {
        return plan_bare_vocabulary(mem, source, options, tokenizer, plan);
    }
    PITH_TRY(pith__modelfile_open(mem, source, options->metadata_limit, file));
    if (pith__modelfile_tensor_count(*file) == 0) {
        return plan_vocabulary(mem, *file, tokenizer, plan);
    }
    PITH_TRY(pith__family_of(*file, &plan->family));
    PITH_TRY(pith__hparams_read(*file, plan->family, &plan->hparams));
    PITH_TRY(read_vocabulary(mem, *file, plan->hparams.vocab, tokenizer));
    uint64_t reading = pith__mem_peak(mem);
    plan->vocabulary = pith__mem_used(mem) + pith__mem_cost(sizeof(pith_model), 16);
    PITH_TRY(pith__weights_shape(mem, *file, plan->family, &plan->hparams,
                                 blas_columns(host, options) != PITH__BLAS_NEVER, weights));
    plan->weights = pith__weights_bytes(weights, &plan->hparams);
    plan->loading = pith__weights_loading_bytes(weights, loader_threads(options));
    uint64_t whole = plan->weights + plan->vocabulary;
    if (reading > whole && reading - whole > plan->loading) {
        plan->loading = reading - whole; /* a small model with a large vocabulary */
    }
    plan->acts_mask = weights->acts_mask;
    plan->max_cols = weights->max_cols;
    plan->max_float_cols = weights->max_float_cols;
    return PITH_OK;
}

/* The plan counts in a pith__mem of its own, so that what other threads take from the host meanwhile does not blur it.
 */
int32_t pith__model_plan_make(pith_host *host, pith__source *source, const pith__model_options *options,
                              pith__model_plan *plan) {
    pith__mem mem;
    pith__modelfile *file = NULL;
    pith__tokenizer *tokenizer = NULL;
    pith__weights weights;
    memset(&weights, 0, sizeof(weights));
    memset(plan, 0, sizeof(*plan));
    pith__mem_init(&mem, host->mem.hook, host->mem.user, host->mem.limit);
    int32_t status = plan_parts(&mem, host, source, options, &file, &tokenizer, &weights, plan);
    pith__weights_free(&mem, &weights);
    pith__tokenizer_release(tokenizer);
    pith__modelfile_release(file);
    return status;
}
