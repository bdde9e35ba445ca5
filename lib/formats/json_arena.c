/* A list of blocks, the newest first; only that one has room to give. A block is as large as all before it together, so
 * that there are few, and a string too long for that gets one of its own length.
 *
 * Must not know: what the bytes are. */
#include "formats/json_arena.h"

typedef struct pith__json_block {
    struct pith__json_block *older;
    uint64_t used, size;
    char bytes[];
} block;

#define FIRST_BLOCK   (UINT64_C(16) << 10)
#define LARGEST_BLOCK (UINT64_C(1) << 20)

void pith__json_arena_init(pith__json_arena *arena, pith__mem *mem, uint64_t limit) {
    *arena = (pith__json_arena){.mem = mem, .limit = limit};
}

void pith__json_arena_free(pith__json_arena *arena) {
    while (arena->newest) {
        block *older = arena->newest->older;
        pith__mem_free(arena->mem, arena->newest);
        arena->newest = older;
    }
    arena->total = 0;
}

static int32_t add_block(pith__json_arena *arena, uint64_t at_least) {
    uint64_t left = arena->limit - arena->total;
    if (at_least > left) {
        return pith__fail(PITH_E_MEMORY, "strings with escapes: %llu bytes would pass the bound of %llu",
                          (unsigned long long)at_least, (unsigned long long)arena->limit);
    }
    uint64_t size = arena->total > FIRST_BLOCK ? arena->total : FIRST_BLOCK;
    size = size < LARGEST_BLOCK ? size : LARGEST_BLOCK;
    size = size > at_least ? size : at_least;
    size = size < left ? size : left;
    void *memory;
    PITH_TRY(pith__mem_alloc(arena->mem, &memory, 1, sizeof(block) + size, 16, "strings with escapes"));
    block *fresh = memory;
    *fresh = (block){.older = arena->newest, .size = size};
    arena->newest = fresh;
    arena->total += size;
    return PITH_OK;
}

int32_t pith__json_arena_take(pith__json_arena *arena, uint64_t size, char **out) {
    if (!arena->newest || size > arena->newest->size - arena->newest->used) {
        PITH_TRY(add_block(arena, size));
    }
    *out = arena->newest->bytes + arena->newest->used;
    arena->newest->used += size;
    return PITH_OK;
}

void pith__json_arena_return(pith__json_arena *arena, uint64_t surplus) {
    arena->newest->used -= surplus;
}
