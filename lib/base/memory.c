/* The one allocator: a header before each block remembers its size and alignment, and atomic counters hold the limit.
 *
 * Invariant: bytes are reserved in `used` by compare-and-exchange before the hook is called and given back if it fails,
 * so `used` never passes the limit, not even for a moment. Must not know: what the bytes are for. */
#include "base/memory.h"
#include "base/checked.h"
#include "base/os.h"
#include <stdalign.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* From so many bytes on a block is the C library's own mapping, given back whole: advice on it outlives nothing. */
#define LARGE_BLOCK (UINT64_C(64) << 20)

enum {
    MIN_ALIGNMENT = 16,
    MAX_ALIGNMENT = 4096
};

/* Lies right before the bytes the caller sees; what is before it, up to the alignment, is padding. */
typedef struct block_header {
    uint64_t total;     /* bytes asked of the hook */
    uint64_t alignment; /* also the distance from the hook's pointer to the caller's */
} block_header;

_Static_assert(sizeof(block_header) == MIN_ALIGNMENT, "the header fills the smallest alignment");

/* An over-aligned block from the C library: the pointer malloc gave lies right before it. */
static void *raw_of(void *ptr) {
    void *raw;
    memcpy(&raw, (char *)ptr - sizeof(raw), sizeof(raw));
    return raw;
}

static void *aligned_take(uint64_t size, uint64_t alignment) {
    uint64_t total;
    if (!pith__add_u64(size, alignment + sizeof(void *), &total) || total > SIZE_MAX) {
        return NULL;
    }
    char *raw = malloc((size_t)total);
    if (!raw) {
        return NULL;
    }
    if (size >= LARGE_BLOCK) {
        pith__advise_large_pages(raw, total);
    }
    char *ptr = raw + sizeof(void *);
    ptr += (alignment - (uintptr_t)ptr % alignment) % alignment;
    memcpy(ptr - sizeof(raw), &raw, sizeof(raw));
    return ptr;
}

static void *aligned_system_alloc(void *ptr, uint64_t old_size, uint64_t new_size, uint64_t alignment) {
    void *fresh = new_size ? aligned_take(new_size, alignment) : NULL;
    if (fresh && ptr) {
        memcpy(fresh, ptr, (size_t)(old_size < new_size ? old_size : new_size));
    }
    if (ptr && (fresh || new_size == 0)) {
        free(raw_of(ptr));
    }
    return fresh;
}

void *pith__system_alloc(void *user, void *ptr, uint64_t old_size, uint64_t new_size, uint64_t alignment) {
    (void)user;
    if (alignment > alignof(max_align_t)) {
        return aligned_system_alloc(ptr, old_size, new_size, alignment);
    }
    if (new_size == 0) {
        free(ptr);
        return NULL;
    }
    return new_size <= SIZE_MAX ? realloc(ptr, (size_t)new_size) : NULL;
}

void pith__mem_init(pith__mem *mem, pith__alloc_hook hook, void *user, uint64_t limit) {
    mem->hook = hook;
    mem->user = user;
    mem->limit = limit;
    atomic_init(&mem->used, 0);
    atomic_init(&mem->peak, 0);
}

static void *call_hook(pith__mem *mem, void *ptr, uint64_t old_size, uint64_t new_size, uint64_t alignment) {
    pith__alloc_hook hook = mem->hook ? mem->hook : pith__system_alloc;
    return hook(mem->user, ptr, old_size, new_size, alignment);
}

/* Counts `bytes` as used; false, and nothing counted, if they would pass the limit. *after is the new count, or what is
 * used now. */
static bool reserve(pith__mem *mem, uint64_t bytes, uint64_t *after) {
    uint64_t limit = mem->limit ? mem->limit : UINT64_MAX;
    uint64_t used = atomic_load_explicit(&mem->used, memory_order_relaxed);
    do {
        if (used > limit || bytes > limit - used) {
            *after = used;
            return false;
        }
        *after = used + bytes;
    } while (
        !atomic_compare_exchange_weak_explicit(&mem->used, &used, *after, memory_order_relaxed, memory_order_relaxed));
    return true;
}

static void unreserve(pith__mem *mem, uint64_t bytes) {
    atomic_fetch_sub_explicit(&mem->used, bytes, memory_order_relaxed);
}

static void raise_peak(pith__mem *mem, uint64_t used) {
    uint64_t peak = atomic_load_explicit(&mem->peak, memory_order_relaxed);
    while (peak < used && !atomic_compare_exchange_weak_explicit(&mem->peak, &peak, used, memory_order_relaxed,
                                                                 memory_order_relaxed)) {
    }
}

static block_header *header_of(void *ptr) {
    return (block_header *)(void *)((char *)ptr - sizeof(block_header));
}

static int32_t fail_memory(const pith__mem *mem, uint64_t bytes, const char *what, bool limited, uint64_t used) {
    if (limited) {
        return pith__fail(PITH_E_MEMORY, "%s: %llu bytes would pass the memory limit (%llu of %llu in use)", what,
                          (unsigned long long)bytes, (unsigned long long)used, (unsigned long long)mem->limit);
    }
    return pith__fail(PITH_E_MEMORY, "%s: out of memory (%llu bytes wanted)", what, (unsigned long long)bytes);
}

/* Bytes asked of the hook for count * size bytes behind a header of `offset`. */
static bool total_of(uint64_t count, uint64_t size, uint64_t offset, uint64_t *total) {
    uint64_t bytes;
    return pith__mul_u64(count, size, &bytes) && pith__add_u64(bytes, offset, total) && *total <= SIZE_MAX / 2;
}

static int32_t fail_size(uint64_t count, uint64_t size, const char *what) {
    return pith__fail(PITH_E_MEMORY, "%s: %llu times %llu bytes is more than can be addressed", what,
                      (unsigned long long)count, (unsigned long long)size);
}

int32_t pith__mem_alloc(pith__mem *mem, void **out, uint64_t count, uint64_t size, uint64_t alignment,
                        const char *what) {
    *out = NULL;
    if (alignment < MIN_ALIGNMENT || alignment > MAX_ALIGNMENT || (alignment & (alignment - 1)) != 0) {
        return pith__fail(PITH_E_INTERNAL, "%s: alignment %llu is not a power of two from 16 to 4096", what,
                          (unsigned long long)alignment);
    }
    uint64_t total, used;
    if (!total_of(count, size, alignment, &total)) {
        return fail_size(count, size, what);
    }
    if (!reserve(mem, total, &used)) {
        return fail_memory(mem, total, what, true, used);
    }
    char *raw = call_hook(mem, NULL, 0, total, alignment);
    if (!raw) {
        unreserve(mem, total);
        return fail_memory(mem, total, what, false, 0);
    }
    raise_peak(mem, used);
    *header_of(raw + alignment) = (block_header){total, alignment};
    *out = raw + alignment;
    return PITH_OK;
}

int32_t pith__mem_calloc(pith__mem *mem, void **out, uint64_t count, uint64_t size, const char *what) {
    PITH_TRY(pith__mem_alloc(mem, out, count, size, MIN_ALIGNMENT, what));
    memset(*out, 0, (size_t)(count * size));
    return PITH_OK;
}

int32_t pith__mem_resize(pith__mem *mem, void **ptr, uint64_t count, uint64_t size, const char *what) {
    if (!*ptr) {
        return pith__mem_alloc(mem, ptr, count, size, MIN_ALIGNMENT, what);
    }
    block_header old = *header_of(*ptr);
    uint64_t total, used = 0;
    if (!total_of(count, size, old.alignment, &total)) {
        return fail_size(count, size, what);
    }
    uint64_t growth = total > old.total ? total - old.total : 0;
    if (growth > 0 && !reserve(mem, growth, &used)) {
        return fail_memory(mem, growth, what, true, used);
    }
    char *raw = call_hook(mem, (char *)*ptr - old.alignment, old.total, total, old.alignment);
    if (!raw) {
        unreserve(mem, growth);
        return fail_memory(mem, total, what, false, 0);
    }
    if (total < old.total) {
        unreserve(mem, old.total - total);
    }
    raise_peak(mem, used);
    *ptr = raw + old.alignment;
    header_of(*ptr)->total = total;
    return PITH_OK;
}

void pith__mem_free(pith__mem *mem, void *ptr) {
    if (!ptr) {
        return;
    }
    block_header old = *header_of(ptr);
    call_hook(mem, (char *)ptr - old.alignment, old.total, 0, old.alignment);
    unreserve(mem, old.total);
}

uint64_t pith__mem_used(const pith__mem *mem) {
    return atomic_load_explicit(&mem->used, memory_order_relaxed);
}

uint64_t pith__mem_peak(const pith__mem *mem) {
    return atomic_load_explicit(&mem->peak, memory_order_relaxed);
}

uint64_t pith__mem_cost(uint64_t size, uint64_t alignment) {
    return size + (alignment > MIN_ALIGNMENT ? alignment : MIN_ALIGNMENT);
}
