/* A lane: one model's place in an engine - its KV cache, its work space, its running sequences. Lanes take turns, a
 * step each. Invariant: the plan and the lane compute their sizes by the same function. Guarded by the engine's lock,
 * but for the work space and the cache's bytes, which belong to whoever runs the step. */
#ifndef PITH_ENGINE_LANE_H
#define PITH_ENGINE_LANE_H

#include "arch/workspace.h"
#include "engine/engine.h"
#include "engine/pages.h"

/* Everything an engine's options come to for one model. */
typedef struct pith__lane_size {
    uint32_t context; /* tokens of one sequence */
    uint32_t pages;
    pith__cache cache; /* geometry; base unset */
    pith__workspace_size work;
} pith__lane_size;

/* `acts_mask`, `max_cols`, `max_float_cols`: see pith__weights. */
pith__lane_size pith__lane_measure(const pith__engine_options *options, const pith__hparams *h, uint32_t acts_mask,
                                   uint32_t max_cols, uint32_t max_float_cols);

/* What the sampler chose for one entry. */
typedef struct pith__pick {
    uint32_t entry;
    int32_t status, id;
    char error[PITH__ERROR_CAPACITY]; /* why the sampler failed, in the words of the thread it ran on */
    float logprob;
    int32_t top_ids[PITH__MAX_LOGPROBS];
    float top_logprobs[PITH__MAX_LOGPROBS];
} pith__pick;

typedef struct pith__lane pith__lane;
struct pith__lane {
    pith__lane *next;
    pith_model *model;
    bool owns_model;   /* false for a model's own engine, which dies with it */
    uint32_t requests; /* created on it, not yet released */
    uint32_t context;
    pith__cache cache;
    pith__pages pages;
    pith__workspace work;
    pith__batch_entry *entries;
    struct pith__sequence **sequences; /* of the entries, in a step */
    pith__pick *picks;                 /* of the entries that want logits */
    double prompt_rate;                /* prompt tokens a second, as the last steps went; 0: unknown */
    struct pith__sequence *running;    /* list, in order of admission */
    uint32_t n_running;
};

int32_t pith__lane_create(pith__mem *mem, pith_model *model, const pith__engine_options *options, bool owns_model,
                          pith__lane **out);
void pith__lane_release(pith__mem *mem, pith__lane *lane);

#endif
