/* The engine as the API sees it: it owns workers, KV caches and the schedule; requests of many threads and several
 * models are computed together, step by step. Behind pith_engine and pith_request.
 *
 * Invariant: a request's results depend on its own input and options alone, never on what else is in the batch.
 * Must not know: option keys (it gets plain structs), files. */
#ifndef PITH_ENGINE_H
#define PITH_ENGINE_H

#include "arch/model.h"
#include "base/host.h"
#include "kernels/kernels.h"
#include "sampling/sampling.h"

#define PITH__MAX_LOGPROBS 20 /* most alternatives a request may ask for at each token */
/* What the loop guard calls a loop: a stretch of at most PERIOD tokens, repeated over LENGTH tokens. */
#define PITH__LOOP_PERIOD 128u
#define PITH__LOOP_LENGTH 1024u

typedef struct pith__engine_options {
    uint32_t threads;   /* 0: all processors */
    uint32_t context;   /* tokens; 0: the model's own */
    uint64_t kv_tokens; /* 0: four contexts, but no more than 8192 tokens, unless `context` asks for more */
    pith__kv_type kv_type;
    uint32_t batch_tokens;  /* most tokens of a step */
    uint32_t max_sequences; /* most sequences of a step */
    uint32_t queue_limit;
} pith__engine_options;

int32_t pith__engine_create(pith_host *host, const pith__engine_options *options, pith_engine **out);
void pith__engine_retain(pith_engine *engine);
void pith__engine_release(pith_engine *engine);
/* The model's own engine, with these options at first use; retained for the caller. */
int32_t pith__engine_of_model(pith_model *model, const pith__engine_options *options, pith_engine **out);
int32_t pith__engine_get_i64(pith_engine *engine, int32_t field, int64_t *value); /* PITH_ENGINE_* */

/* What an engine with these options takes for a model (see PITH_PLAN_*). */
typedef struct pith__engine_plan {
    uint64_t kv, work, request;
} pith__engine_plan;
int32_t pith__engine_plan_make(const pith__engine_options *options, const pith__model_plan *model,
                               pith__engine_plan *plan);

typedef enum pith__pooling {
    PITH__POOL_MEAN,
    PITH__POOL_LAST,
    PITH__POOL_FIRST,
    PITH__POOL_NONE
} pith__pooling;

/* Everything a request can be told; arrays are borrowed for the time of pith__request_create and copied. */
typedef struct pith__request_options {
    uint64_t max_tokens; /* 0: until the context is full */
    pith__sampler_params sampler;
    const pith__str *stops;
    uint64_t n_stops;
    const int32_t *stop_tokens;
    uint64_t n_stop_tokens;
    bool loop_guard;
    uint32_t logprobs;    /* 0: none; n: chosen and the n likeliest */
    uint64_t deadline_ms; /* 0: none */
    int32_t add_bos;      /* 0 never, 1 as the model wants, 2 always */
    bool ignore_eog, show_special;
    pith__pooling pooling;
    bool normalize;
} pith__request_options;

/* These mirror the public functions of the same names; arguments were checked for NULL. */
int32_t pith__request_create(pith_engine *engine, pith_model *model, int32_t kind, const pith__request_options *options,
                             pith_request **out);
int32_t pith__request_add_text(pith_request *request, pith__str text, bool trusted);
int32_t pith__request_add_tokens(pith_request *request, const int32_t *ids, uint64_t count);
int32_t pith__request_next_input(pith_request *request);
int32_t pith__request_submit(pith_request *request);
int32_t pith__request_next(pith_request *request, uint64_t timeout_ms, int32_t *event);
int32_t pith__request_run(pith_request *request, pith_event_fn callback, void *user);
int32_t pith__request_wait(pith_request *request, uint64_t timeout_ms);
int32_t pith__request_cancel(pith_request *request);
void pith__request_release(pith_request *request);
int32_t pith__request_get_i64(const pith_request *request, int32_t field, int64_t *value);
int32_t pith__request_get_f64(const pith_request *request, int32_t field, double *value);
int32_t pith__request_view(const pith_request *request, int32_t view, uint64_t index, const void **data,
                           uint64_t *size);
/* The request's own error text; "" when it did not fail. */
const char *pith__request_error(const pith_request *request);

#endif
