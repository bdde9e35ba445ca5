/* The pages of a KV cache: which are free, and how many sequences use each. A page number is an index below `count`;
 * what it holds is ops/cache.h's business. Invariant: a page is on the free list exactly when its count is 0. Guarded
 * by the engine's lock. */
#ifndef PITH_ENGINE_PAGES_H
#define PITH_ENGINE_PAGES_H

#include "base/memory.h"
#include <stdbool.h>

typedef struct pith__pages {
    uint32_t *free;       /* a stack */
    uint32_t *references; /* sequences that use the page (shared prefixes: more than one) */
    uint32_t count, n_free;
} pith__pages;

int32_t pith__pages_create(pith__mem *mem, uint32_t count, pith__pages *pages);
void pith__pages_free(pith__mem *mem, pith__pages *pages);
uint64_t pith__pages_bytes(uint32_t count);

/* Takes `n` pages into out[], or none: false when fewer are free. */
bool pith__pages_take(pith__pages *pages, uint32_t n, uint32_t *out);
void pith__pages_give(pith__pages *pages, const uint32_t *list, uint32_t n);

#endif
