/* Lives of engines, their scheduler thread, their lanes. The schedule itself is in schedule.c. */
#include "engine/engine_state.h"
#include <string.h>

int32_t pith__engine_check(const pith_engine *engine) {
    if (engine->fork_generation != pith__fork_generation()) {
        return pith__fail(PITH_E_FORKED,
                          "the engine belongs to the parent process: create one in this process (models stay usable)");
    }
    return PITH_OK;
}

static void schedule_forever(void *arg) {
    pith_engine *e = arg;
    pith__fpmode_enter();
    pith__mutex_lock(&e->lock);
    while (!e->stopping) {
        if (!pith__engine_step(e)) {
            pith__cond_wait(&e->work, &e->lock);
        }
    }
    pith__mutex_unlock(&e->lock);
}

static int32_t start(pith_engine *e) {
    PITH_TRY(pith__pool_create(&e->host->mem, e->options.threads, e->host->executor, e->host->executor_user, &e->pool));
    if (e->options.threads > 1) {
        PITH_TRY(pith__thread_start(&e->scheduler, "pith-engine", schedule_forever, e));
        e->has_scheduler = true;
    }
    return PITH_OK;
}

static int32_t init_locks(pith_engine *e) {
    PITH_TRY(pith__mutex_init(&e->lock));
    int32_t status = pith__cond_init(&e->work);
    if (status != PITH_OK) {
        pith__mutex_destroy(&e->lock);
    }
    return status;
}

static void destroy(pith_engine *e) {
    pith_host *host = e->host;
    if (e->has_scheduler) {
        pith__mutex_lock(&e->lock);
        e->stopping = true;
        pith__cond_signal(&e->work);
        pith__mutex_unlock(&e->lock);
        pith__thread_join(&e->scheduler);
    }
    while (e->lanes) {
        pith__lane *next = e->lanes->next;
        pith__lane_release(&host->mem, e->lanes);
        e->lanes = next;
    }
    pith__pool_release(e->pool);
    pith__cond_destroy(&e->work);
    pith__mutex_destroy(&e->lock);
    pith__mem_free(&host->mem, e);
    pith__host_release(host);
}

int32_t pith__engine_create(pith_host *host, const pith__engine_options *options, pith_engine **out) {
    pith_engine *e;
    *out = NULL;
    PITH_TRY(PITH_NEW(&host->mem, &e, "engine"));
    e->references = 1;
    e->host = host;
    e->options = *options;
    e->options.threads = options->threads ? options->threads : pith__cpu_count();
    e->options.max_sequences =
        options->max_sequences < options->batch_tokens ? options->max_sequences : options->batch_tokens;
    e->fork_generation = pith__fork_generation();
    int32_t status = init_locks(e);
    if (status != PITH_OK) {
        pith__mem_free(&host->mem, e);
        return status;
    }
    pith__host_retain(host);
    status = start(e);
    if (status != PITH_OK) {
        destroy(e);
        return status;
    }
    *out = e;
    return PITH_OK;
}

void pith__engine_retain(pith_engine *e) {
    atomic_fetch_add_explicit(&e->references, 1, memory_order_relaxed);
}

/* In a forked child the engine's threads do not exist and its locks may be held by nobody: its memory is left alone. */
void pith__engine_release(pith_engine *e) {
    if (!e || e->fork_generation != pith__fork_generation()) {
        return;
    }
    if (atomic_fetch_sub_explicit(&e->references, 1, memory_order_acq_rel) == 1) {
        destroy(e);
    }
}

static void release_of_model(void *engine) {
    pith__engine_release(engine);
}

int32_t pith__engine_of_model(pith_model *model, const pith__engine_options *options, pith_engine **out) {
    int32_t status = PITH_OK;
    *out = NULL;
    pith__mutex_lock(&model->engine_lock);
    pith_engine *e = model->engine;
    if (!e || e->fork_generation != pith__fork_generation()) {
        e = NULL;
        status = pith__engine_create(model->host, options, &e);
        if (status == PITH_OK) {
            e->of_model = true;
            model->engine = e;
            model->engine_release = release_of_model;
        }
    }
    if (status == PITH_OK) {
        pith__engine_retain(e);
        *out = e;
    }
    pith__mutex_unlock(&model->engine_lock);
    return status;
}

static uint64_t count_requests(const pith_engine *e, bool started) {
    uint64_t n = 0;
    for (const pith_request *r = e->requests; r; r = r->next) {
        n += r->state == PITH__REQ_SUBMITTED && r->started == started;
    }
    return n;
}

static uint64_t count_pages(const pith_engine *e, bool only_free) {
    uint64_t n = 0;
    for (const pith__lane *lane = e->lanes; lane; lane = lane->next) {
        n += only_free ? lane->pages.n_free : lane->pages.count;
    }
    return n;
}

int32_t pith__engine_get_i64(pith_engine *e, int32_t field, int64_t *value) {
    PITH_TRY(pith__engine_check(e));
    int32_t status = PITH_OK;
    pith__mutex_lock(&e->lock);
    switch (field) {
    case PITH_ENGINE_QUEUED:
        *value = (int64_t)count_requests(e, false);
        break;
    case PITH_ENGINE_RUNNING:
        *value = (int64_t)count_requests(e, true);
        break;
    case PITH_ENGINE_PAGES:
        *value = (int64_t)count_pages(e, false);
        break;
    case PITH_ENGINE_PAGES_FREE:
        *value = (int64_t)count_pages(e, true);
        break;
    case PITH_ENGINE_STEPS:
        *value = (int64_t)e->steps;
        break;
    case PITH_ENGINE_TOKENS:
        *value = (int64_t)e->tokens;
        break;
    case PITH_ENGINE_THREADS:
        *value = e->options.threads;
        break;
    default:
        status = pith__fail(PITH_E_ARGUMENT, "an engine has no field %d; PITH_ENGINE_* lists them", field);
    }
    pith__mutex_unlock(&e->lock);
    return status;
}

/* Lanes nobody uses are kept for the next request, until another model needs their memory. */
static void drop_idle_lanes(pith_engine *e) {
    pith__lane **link = &e->lanes;
    e->turn = NULL;
    while (*link) {
        pith__lane *lane = *link;
        if (lane->requests == 0) {
            *link = lane->next;
            pith__lane_release(&e->host->mem, lane);
        } else {
            link = &lane->next;
        }
    }
}

int32_t pith__engine_lane(pith_engine *e, pith_model *model, pith__lane **out) {
    for (pith__lane *lane = e->lanes; lane; lane = lane->next) {
        if (lane->model == model) {
            lane->requests++;
            *out = lane;
            return PITH_OK;
        }
    }
    drop_idle_lanes(e);
    PITH_TRY(pith__lane_create(&e->host->mem, model, &e->options, !e->of_model, out));
    (*out)->requests = 1;
    (*out)->next = e->lanes;
    e->lanes = *out;
    return PITH_OK;
}
