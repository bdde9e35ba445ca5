/* Engines: from options to the engine layer. */
#include "api/args.h"
#include "api/default_host.h"
#include "api/options_apply.h"

int32_t pith_engine_create(pith_host *host, const pith_options *options, pith_engine **out) {
    PITH_OUT(out, NULL);
    PITH_TRY(pith__host_or_default(host, &host));
    PITH_TRY(pith__options_check(__func__, options, PITH_SCOPE_ENGINE));
    pith__engine_options o = pith__engine_options_of(options);
    return pith__engine_create(host, &o, out);
}

void pith_engine_release(pith_engine *engine) {
    pith__engine_release(engine);
}

int32_t pith_engine_get_i64(const pith_engine *engine, int32_t field, int64_t *value) {
    PITH_OUT(value, 0);
    PITH_REQUIRE(engine);
    if (field < PITH_ENGINE_QUEUED || field > PITH_ENGINE_THREADS) {
        return pith__unknown_field(__func__, field, "PITH_ENGINE_QUEUED (1) to PITH_ENGINE_THREADS (7)");
    }
    return pith__engine_get_i64((pith_engine *)(uintptr_t)engine, field,
                                value); /* takes its lock, changes nothing else */
}
