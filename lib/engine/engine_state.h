/* The inside of an engine. Guarded by `lock`, but for what says otherwise.
 *
 * Who computes: with threads > 1 a scheduler thread runs step after step; with threads == 1 whichever thread waits for
 * a result drives, one at a time (`driving`). Either way a step is: under the lock choose a batch; without it compute
 * and sample; under it hand out the tokens. */
#ifndef PITH_ENGINE_STATE_H
#define PITH_ENGINE_STATE_H

#include "base/os.h"
#include "engine/engine.h"
#include "engine/lane.h"
#include "engine/request.h"

struct pith_engine {
    _Atomic uint32_t references;
    pith_host *host;
    pith__engine_options
        options;   /* threads and the like resolved: no zeros that mean "automatic", but for sizes per model */
    bool of_model; /* a model's own engine: lanes do not retain the model */
    uint64_t fork_generation; /* of the process that made it; constant */
    pith__pool *pool;         /* of whoever runs the step */
    pith__mutex lock;
    pith__cond work; /* for the scheduler: something was submitted, or it shall stop */
    pith__thread scheduler;
    bool has_scheduler, stopping, driving;
    pith__lane *lanes, *turn; /* turn: the lane whose step comes next */
    pith_request *requests;   /* submitted ones, in order */
    uint64_t steps, tokens;
};

/* PITH_E_FORKED in a child of the process that made the engine. */
int32_t pith__engine_check(const pith_engine *engine);

/* With the lock held: finds or makes the model's lane, and counts a request on it. */
int32_t pith__engine_lane(pith_engine *engine, pith_model *model, pith__lane **out);

/* With the lock held (it is let go while computing): one step of one lane. False when there is nothing to do. */
bool pith__engine_step(pith_engine *engine);

/* With the lock held: takes an ended request's sequences out of its lane and gives their pages back. Not while it is in
 * a step. */
void pith__engine_drop(pith_request *r);

#endif
