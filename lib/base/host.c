/* Reference counts of hosts. See host.h. */
#include "base/host.h"
#include "base/format.h"
#include <stdarg.h>
#include <string.h>

#define ETERNAL UINT32_MAX /* the default host's count */

void pith__host_retain(pith_host *host) {
    if (atomic_load_explicit(&host->references, memory_order_relaxed) != ETERNAL) {
        atomic_fetch_add_explicit(&host->references, 1, memory_order_relaxed);
    }
}

void pith__host_release(pith_host *host) {
    if (!host || atomic_load_explicit(&host->references, memory_order_relaxed) == ETERNAL) {
        return;
    }
    if (atomic_fetch_sub_explicit(&host->references, 1, memory_order_acq_rel) == 1) {
        pith__mem mem;
        pith__mem_init(&mem, host->mem.hook, host->mem.user, 0); /* the host lives in memory of its own allocator */
        pith__mem_free(&mem, host);
    }
}

void pith__host_log(const pith_host *host, int32_t level, const char *format, ...) {
    char line[300];
    va_list args;
    if (!host->log) {
        return;
    }
    va_start(args, format);
    pith__format_v(line, sizeof(line), format, args);
    va_end(args);
    host->log(host->log_user, level, line, strlen(line));
}
