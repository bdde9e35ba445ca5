/* Finds output that repeats itself for good: for every period p up to the largest, how many tokens in a row have
 * equaled the one p before.
 *
 * Invariant: run[p-1] is that number, for the tokens accepted so far. A stretch of p tokens has filled the last n
 * tokens exactly when run[p-1] >= n - p. A token costs O(period); memory is two small arrays. A list whose counter
 * changes breaks every run. */
#include "sampling/sampling.h"

struct pith__loop_guard {
    pith__mem *mem;
    uint32_t period, length;
    uint64_t accepted;
    int32_t *ring;  /* [period], the last tokens; the next goes to accepted % period */
    uint64_t *runs; /* [period] */
};

int32_t pith__loop_guard_create(pith__mem *mem, uint32_t period, uint32_t length, pith__loop_guard **out) {
    *out = NULL;
    pith__loop_guard *g;
    PITH_TRY(PITH_NEW(mem, &g, "loop guard"));
    g->mem = mem;
    g->period = period;
    g->length = length;
    int32_t status;
    PITH_TRY_OUT(PITH_NEW_ARRAY(mem, &g->ring, period, "loop guard"));
    PITH_TRY_OUT(PITH_NEW_ARRAY(mem, &g->runs, period, "loop guard"));
    *out = g;
    return PITH_OK;
out:
    pith__loop_guard_release(g);
    return status;
}

void pith__loop_guard_release(pith__loop_guard *g) {
    if (!g) {
        return;
    }
    pith__mem_free(g->mem, g->ring);
    pith__mem_free(g->mem, g->runs);
    pith__mem_free(g->mem, g);
}

/* What run[p-1] must reach: `length` tokens in all, and at least two whole stretches, or nothing would be repeated. */
static uint64_t needed(const pith__loop_guard *g, uint64_t p) {
    return g->length > 2 * p ? g->length - p : p;
}

bool pith__loop_guard_accept(pith__loop_guard *g, int32_t id) {
    if (g->period == 0) {
        return false;
    }
    bool looping = false;
    uint64_t slot = g->accepted % g->period;
    uint64_t reach = g->accepted < g->period ? g->accepted : g->period;
    for (uint64_t p = 1; p <= reach; p++) {
        uint64_t back = slot >= p ? slot - p : slot + g->period - p;
        g->runs[p - 1] = g->ring[back] == id ? g->runs[p - 1] + 1 : 0;
        looping = looping || g->runs[p - 1] >= needed(g, p);
    }
    g->ring[slot] = id;
    g->accepted++;
    return looping;
}
