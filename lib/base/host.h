/* The host program as the library sees it: its memory, its log, its executor, the instruction set it allows. Behind pith_host.
 * Reference counted: everything made with a host retains it. Immutable after creation, but for the counters in mem. */
#ifndef PITH_BASE_HOST_H
#define PITH_BASE_HOST_H

#include "base/memory.h"
#include "base/pool.h"
#include <pith/pith.h>
#include <stdatomic.h>

struct pith__kernels;

struct pith_host {
    _Atomic uint32_t references; /* UINT32_MAX: the default host, which is never freed */
    pith__mem mem;
    pith_log_fn log;
    void *log_user;
    pith__executor_hook executor;
    void *executor_user;
    const struct pith__kernels *kernels;
};

/* The API creates hosts; whoever keeps one retains it. Releasing the last reference frees it with its own allocator. */
void pith__host_retain(pith_host *host);
void pith__host_release(pith_host *host);

/* Gives the host's log hook one line (cut at 300 bytes), if it has one; see PITH_LOG_*. The format is pith__format's. */
void pith__host_log(const pith_host *host, int32_t level, const char *format, ...) PITH__PRINTF(3, 4);

#endif
