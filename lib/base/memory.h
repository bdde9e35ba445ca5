/* The one place where memory is taken and given back. Every byte the library owns goes through a pith__mem:
 * the host's hook (or malloc), a byte limit, and exact counters.
 *
 * Invariant: used() is the sum of the sizes of the live allocations, as the hook saw them; an allocation that would pass the
 * limit fails before the hook is called. Thread safe. Must not know: what the bytes are for, but for a word in the message. */
#ifndef PITH_BASE_MEMORY_H
#define PITH_BASE_MEMORY_H

#include "base/status.h"
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/* Same shape as pith_alloc_fn in the public header: realloc-like. ptr NULL (old_size 0) takes, new_size 0 frees and returns NULL,
 * anything else resizes and keeps the smaller size's bytes; NULL means failure, and ptr is as it was. `alignment` (a power of two,
 * 16 to 4096) and `old_size` are those the pointer was taken with. */
typedef void *(*pith__alloc_hook)(void *user, void *ptr, uint64_t old_size, uint64_t new_size, uint64_t alignment);

typedef struct pith__mem {
    pith__alloc_hook hook; /* NULL: the C library */
    void *user;
    uint64_t limit; /* bytes; 0: none */
    _Atomic uint64_t used;
    _Atomic uint64_t peak;
} pith__mem;

void pith__mem_init(pith__mem *mem, pith__alloc_hook hook, void *user, uint64_t limit);

/* Takes count * size zeroed bytes (checked multiply), aligned to 16, into *out. `what` names the thing in the error message
 * ("KV cache", "vocabulary"). On failure *out is NULL and the status is PITH_E_MEMORY. count * size == 0 gives a valid pointer. */
int32_t pith__mem_calloc(pith__mem *mem, void **out, uint64_t count, uint64_t size, const char *what);

/* The same, not zeroed, with an alignment (a power of two, 16 to 4096). */
int32_t pith__mem_alloc(pith__mem *mem, void **out, uint64_t count, uint64_t size, uint64_t alignment, const char *what);

/* Grows or shrinks *ptr (from any of these three, keeping its alignment, or NULL) to count * size bytes, keeping its contents; on
 * failure *ptr is as it was. New bytes are not zeroed. */
int32_t pith__mem_resize(pith__mem *mem, void **ptr, uint64_t count, uint64_t size, const char *what);

/* Frees what the three above gave; NULL is fine. The pointer remembers its own size. */
void pith__mem_free(pith__mem *mem, void *ptr);

uint64_t pith__mem_used(const pith__mem *mem);
uint64_t pith__mem_peak(const pith__mem *mem);

/* Bytes the hook is asked for when `size` bytes with `alignment` are wanted (the bookkeeping included): for plans. */
uint64_t pith__mem_cost(uint64_t size, uint64_t alignment);

/* What stands for a NULL hook: the C library, with the same contract. For the few bytes that belong to no host (error texts). */
void *pith__system_alloc(void *user, void *ptr, uint64_t old_size, uint64_t new_size, uint64_t alignment);

/* Typed short forms: PITH_NEW(mem, &thing, "what") and PITH_NEW_ARRAY(mem, &array, n, "what"), both zeroed. */
#define PITH_NEW(mem, out, what) pith__mem_calloc((mem), (void **)(out), 1, sizeof(**(out)), (what))
#define PITH_NEW_ARRAY(mem, out, count, what) pith__mem_calloc((mem), (void **)(out), (count), sizeof(**(out)), (what))
#define PITH_GROW_ARRAY(mem, ptr, count, what) pith__mem_resize((mem), (void **)(ptr), (count), sizeof(**(ptr)), (what))

#endif
