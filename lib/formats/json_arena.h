/* Memory for strings that a JSON text writes with escapes: taken piece by piece, given back all at once.
 *
 * Invariant: what was taken stays where it is until pith__json_arena_free; blocks never add up to more than the limit.
 */
#ifndef PITH_FORMATS_JSON_ARENA_H
#define PITH_FORMATS_JSON_ARENA_H

#include "base/memory.h"

struct pith__json_block;

typedef struct pith__json_arena {
    pith__mem *mem;
    uint64_t limit; /* bytes of all blocks together */
    uint64_t total;
    struct pith__json_block *newest; /* the one that is taken from */
} pith__json_arena;

void pith__json_arena_init(pith__json_arena *arena, pith__mem *mem, uint64_t limit);
void pith__json_arena_free(pith__json_arena *arena);

/* `size` bytes, not zeroed, not aligned. PITH_E_MEMORY past the limit too. */
int32_t pith__json_arena_take(pith__json_arena *arena, uint64_t size, char **out);
/* The last `surplus` bytes of what was taken last were not needed. */
void pith__json_arena_return(pith__json_arena *arena, uint64_t surplus);

#endif
