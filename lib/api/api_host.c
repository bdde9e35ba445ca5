/* Hosts: made from options, and the default one that NULL stands for.
 *
 * Invariant: a host lies in memory of its own allocator and is counted there. The default host is static and never
 * freed; its memory works from the start, its kernels are chosen once, at its first use. PITH_CPU is read here and
 * nowhere else. */
#include "api/args.h"
#include "api/default_host.h"
#include "api/options.h"
#include "base/format.h"
#include "base/os.h"
#include "kernels/kernels.h"
#include <stdlib.h>

/* ---- kernels ---- */

static int32_t fail_level(pith__str level, const char *origin) {
    char list[128];
    uint64_t size = 0;
    const char *name;
    for (uint32_t i = 0; (name = pith__kernels_level(i)) != NULL && size < sizeof(list); i++) {
        size += pith__format(list + size, sizeof(list) - size, "%s%s", i ? ", " : "", name);
    }
    return pith__fail(PITH_E_OPTION, "%s '%.*s' is not a CPU level of this machine; it has %s", origin,
                      PITH__STR_ARG(level), list);
}

/* `level` ends with a zero byte; empty means what PITH_CPU says, or the best. */
static int32_t choose_kernels(pith__str level, const pith__kernels **out) {
    const char *origin = "cpu";
    if (level.len == 0) {
        const char *variable = getenv("PITH_CPU");
        level = pith__str_of(variable ? variable : "");
        origin = "PITH_CPU";
    }
    *out = pith__kernels_get(level.ptr);
    return *out ? PITH_OK : fail_level(level, origin);
}

/* ---- the default host ---- */

static pith_host default_host = {.references = UINT32_MAX};
static _Atomic uint32_t default_state; /* 0: kernels not chosen; 1: being chosen; 2: ready */

pith__mem *pith__default_mem(void) {
    return &default_host.mem;
}

static int32_t prepare_default(void) {
    uint32_t state = atomic_load_explicit(&default_state, memory_order_acquire);
    while (state != 2) {
        if (state == 0 && atomic_compare_exchange_weak_explicit(&default_state, &state, 1, memory_order_acquire,
                                                                memory_order_acquire)) {
            int32_t status = choose_kernels(pith__str_of(""), &default_host.kernels);
            atomic_store_explicit(&default_state, status == PITH_OK ? 2 : 0, memory_order_release);
            return status;
        }
        pith__cpu_relax();
        state = atomic_load_explicit(&default_state, memory_order_acquire);
    }
    return PITH_OK;
}

int32_t pith__host_or_default(pith_host *given, pith_host **out) {
    *out = given ? given : &default_host;
    return given ? PITH_OK : prepare_default();
}

/* ---- public ---- */

int32_t pith_host_create(const pith_options *options, pith_host **out) {
    PITH_OUT(out, NULL);
    PITH_TRY(pith__options_check(__func__, options, PITH_SCOPE_HOST));
    static const pith__hook none;
    pith__hook allocator = options ? options->allocator : none;
    pith__hook log = options ? options->log : none;
    pith__hook executor = options ? options->executor : none;
    const pith__kernels *kernels;
    PITH_TRY(choose_kernels(pith__options_str(options, PITH_KEY_CPU), &kernels));
    pith__mem mem;
    pith_host *host;
    pith__mem_init(&mem, allocator.call.allocator, allocator.user,
                   (uint64_t)pith__options_i64(options, PITH_KEY_MEMORY_LIMIT));
    PITH_TRY(PITH_NEW(&mem, &host, "host"));
    pith__mem_init(&host->mem, mem.hook, mem.user, mem.limit);
    atomic_init(&host->mem.used, pith__mem_used(&mem)); /* the host counts itself */
    atomic_init(&host->mem.peak, pith__mem_used(&mem));
    atomic_init(&host->references, 1);
    host->log = log.call.log;
    host->log_user = log.user;
    host->executor = executor.call.executor;
    host->executor_user = executor.user;
    host->kernels = kernels;
    *out = host;
    return PITH_OK;
}

void pith_host_release(pith_host *host) {
    pith__host_release(host);
}

int32_t pith_host_get_i64(const pith_host *host, int32_t field, int64_t *value) {
    PITH_OUT(value, 0);
    const pith__mem *mem = host ? &host->mem : &default_host.mem;
    switch (field) {
    case PITH_HOST_MEMORY_USED:
        *value = (int64_t)pith__mem_used(mem);
        return PITH_OK;
    case PITH_HOST_MEMORY_PEAK:
        *value = (int64_t)pith__mem_peak(mem);
        return PITH_OK;
    case PITH_HOST_MEMORY_LIMIT:
        *value = (int64_t)mem->limit;
        return PITH_OK;
    default:
        return pith__unknown_field(__func__, field, "PITH_HOST_MEMORY_USED (1) to PITH_HOST_MEMORY_LIMIT (3)");
    }
}
