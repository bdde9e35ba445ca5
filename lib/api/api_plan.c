/* Plans: the memory of a model and of an engine, added up before either exists. */
#include "api/args.h"
#include "api/default_host.h"
#include "api/options_apply.h"
#include "api/source_object.h"
#include "base/checked.h"
#include "base/os.h"

struct pith_plan {
    pith_host *host;
    int64_t bytes[PITH_PLAN_LOADING + 1]; /* by field */
};

/* A sum that no machine has is shown as the largest number rather than refused. */
static int64_t add_up(const uint64_t *parts, uint32_t count) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (!pith__add_u64(sum, parts[i], &sum) || sum > INT64_MAX) {
            return INT64_MAX;
        }
    }
    return (int64_t)sum;
}

static int32_t compute(pith_plan *plan, pith__source *source, const pith_options *model_options,
                       const pith_options *engine_options) {
    pith__model_options m = pith__model_options_of(model_options);
    pith__engine_options e = pith__engine_options_of(engine_options);
    pith__model_plan model;
    pith__engine_plan engine = {0};
    PITH_TRY(pith__model_plan_make(plan->host, source, &m, &model));
    if (model.family->capabilities != 0) {
        PITH_TRY(pith__engine_plan_make(&e, &model, &engine));
    }
    const uint64_t total[] = {model.weights, model.vocabulary, engine.kv, engine.work};
    plan->bytes[PITH_PLAN_TOTAL] = add_up(total, 4);
    plan->bytes[PITH_PLAN_WEIGHTS] = add_up(&model.weights, 1);
    plan->bytes[PITH_PLAN_VOCABULARY] = add_up(&model.vocabulary, 1);
    plan->bytes[PITH_PLAN_KV] = add_up(&engine.kv, 1);
    plan->bytes[PITH_PLAN_WORK] = add_up(&engine.work, 1);
    plan->bytes[PITH_PLAN_REQUEST] = add_up(&engine.request, 1);
    plan->bytes[PITH_PLAN_LOADING] = add_up(&model.loading, 1);
    return PITH_OK;
}

int32_t pith_plan_create(pith_host *host, pith_source *source, const pith_options *model_options,
                         const pith_options *engine_options, pith_plan **out) {
    PITH_OUT(out, NULL);
    PITH_REQUIRE(source);
    PITH_TRY(pith__host_or_default(host, &host));
    PITH_TRY(pith__source_check(__func__, source, host));
    PITH_TRY(pith__options_check(__func__, model_options, PITH_SCOPE_MODEL));
    PITH_TRY(pith__options_check(__func__, engine_options, PITH_SCOPE_ENGINE));
    pith_plan *plan;
    PITH_TRY(PITH_NEW(&host->mem, &plan, "plan"));
    pith__host_retain(host);
    plan->host = host;
    pith__fpmode saved = pith__fpmode_enter();
    int32_t status = compute(plan, source->inner, model_options, engine_options);
    pith__fpmode_leave(saved);
    if (status != PITH_OK) {
        pith_plan_release(plan);
        return status;
    }
    *out = plan;
    return PITH_OK;
}

void pith_plan_release(pith_plan *plan) {
    if (!plan) {
        return;
    }
    pith_host *host = plan->host;
    pith__mem_free(&host->mem, plan);
    pith__host_release(host);
}

int32_t pith_plan_get_i64(const pith_plan *plan, int32_t field, int64_t *value) {
    PITH_OUT(value, 0);
    PITH_REQUIRE(plan);
    if (field < PITH_PLAN_TOTAL || field > PITH_PLAN_LOADING) {
        return pith__unknown_field(__func__, field, "PITH_PLAN_TOTAL (1) to PITH_PLAN_LOADING (7)");
    }
    *value = plan->bytes[field];
    return PITH_OK;
}
