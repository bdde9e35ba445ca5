/* A free stack and reference counts. See pages.h. */
#include "engine/pages.h"
#include <string.h>

int32_t pith__pages_create(pith__mem *mem, uint32_t count, pith__pages *pages) {
    memset(pages, 0, sizeof(*pages));
    PITH_TRY(PITH_NEW_ARRAY(mem, &pages->free, count, "table of pages"));
    int32_t status = PITH_NEW_ARRAY(mem, &pages->references, count, "table of pages");
    if (status != PITH_OK) {
        pith__pages_free(mem, pages);
        return status;
    }
    pages->count = pages->n_free = count;
    for (uint32_t i = 0; i < count; i++) {
        pages->free[i] = count - 1 - i; /* low numbers go first */
    }
    return PITH_OK;
}

void pith__pages_free(pith__mem *mem, pith__pages *pages) {
    pith__mem_free(mem, pages->free);
    pith__mem_free(mem, pages->references);
    memset(pages, 0, sizeof(*pages));
}

uint64_t pith__pages_bytes(uint32_t count) {
    return 2 * pith__mem_cost((uint64_t)count * sizeof(uint32_t), 16);
}

bool pith__pages_take(pith__pages *pages, uint32_t n, uint32_t *out) {
    if (n > pages->n_free) {
        return false;
    }
    for (uint32_t i = 0; i < n; i++) {
        out[i] = pages->free[--pages->n_free];
        pages->references[out[i]] = 1;
    }
    return true;
}

void pith__pages_give(pith__pages *pages, const uint32_t *list, uint32_t n) {
    for (uint32_t i = n; i-- > 0;) {
        if (--pages->references[list[i]] == 0) {
            pages->free[pages->n_free++] = list[i];
        }
    }
}
