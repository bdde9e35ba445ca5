/* A loaded model: a family's tables filled with one file's numbers, its packed matrices, its vocabulary. Behind
 * pith_model.
 *
 * Invariant: immutable once open() returned it (but for the reference count and the slot of the default engine);
 * threads share it. Must not know: engines, requests. */
#ifndef PITH_ARCH_MODEL_H
#define PITH_ARCH_MODEL_H

#include "arch/family.h"
#include "base/host.h"
#include "base/os.h"
#include "formats/modelfile.h"
#include "tokenizer/tokenizer.h"

typedef struct pith__model_options {
    bool exact;              /* float matrices take pith's own kernels */
    uint32_t load_threads;   /* 0: all processors */
    uint64_t metadata_limit; /* bytes; 0: none */
    uint32_t blas_columns;   /* 0: as measured */
    pith__str vocabulary_family; /* of a tiktoken file; borrowed while it is opened */
    pith_progress_fn progress;
    void *progress_user;
} pith__model_options;

enum {
    PITH__KEPT_ARRAY = 16 /* elements of an array in a file's metadata; longer ones are let go once they have been read */
};

struct pith_model {
    _Atomic uint32_t references;
    pith_host *host;
    pith__modelfile *file; /* metadata and tensor directory; NULL: of a file that is a vocabulary and nothing else */
    const pith__family *family;
    pith__hparams hparams;
    pith__weights weights;
    pith__tokenizer *tokenizer; /* NULL: the file has no vocabulary */
    pith__model_options options;
    uint64_t weight_bytes; /* of packed matrices and vectors */
    uint64_t parameters;
    pith__str name, chat_template;

    /* The engine layer parks the model's own engine here; freed through the hook before the model goes. */
    void *engine;
    void (*engine_release)(void *engine);
    pith__mutex engine_lock;
};

int32_t pith__model_open(pith_host *host, pith__source *source, const pith__model_options *options, pith_model **out);
const char *pith__model_format(const pith_model *model); /* "GGUF v3", "vocabulary" */
void pith__model_retain(pith_model *model);
void pith__model_release(pith_model *model); /* NULL is fine */

/* What open() would take, without reading a weight: everything of the plan but the engine's share. */
typedef struct pith__model_plan {
    uint64_t weights, vocabulary, loading;
    pith__hparams hparams;
    const pith__family *family;
    uint32_t acts_mask, max_cols, max_float_cols; /* as in pith__weights */
} pith__model_plan;
int32_t pith__model_plan_make(pith_host *host, pith__source *source, const pith__model_options *options,
                              pith__model_plan *plan);

#endif
