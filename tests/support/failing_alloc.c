/* See failing_alloc.h. Each block carries a header with what it was asked for, and a canary after its last byte. */
#include "support/failing_alloc.h"
#include "support/cmocka_all.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIVE   UINT64_C(0x6c6976652070696e)
#define DEAD   UINT64_C(0x6465616420706974)
#define CANARY UINT64_C(0x63616e6172792121)

typedef struct block {
    uint64_t state;
    uint64_t size, alignment;
    void *raw;
} block;

void failing_alloc_init(failing_alloc *fa, uint64_t fail_at) {
    memset(fa, 0, sizeof(*fa));
    fa->fail_at = fail_at;
    pthread_mutex_init(&fa->lock, NULL);
}

void failing_alloc_destroy(failing_alloc *fa) {
    pthread_mutex_destroy(&fa->lock);
}

static void complain(failing_alloc *fa, const char *what, uint64_t found, uint64_t expected) {
    if (fa->complaint[0] == '\0') {
        snprintf(fa->complaint, sizeof(fa->complaint), "%s: %llu, expected %llu", what, (unsigned long long)found,
                 (unsigned long long)expected);
    }
}

static block *block_of(void *ptr) {
    return (block *)(void *)((char *)ptr - sizeof(block));
}

static void *take(failing_alloc *fa, uint64_t size, uint64_t alignment) {
    char *raw = malloc((size_t)(size + alignment + sizeof(block) + sizeof(uint64_t)));
    if (!raw) {
        return NULL;
    }
    uintptr_t start = ((uintptr_t)raw + sizeof(block) + alignment - 1) & ~(uintptr_t)(alignment - 1);
    char *ptr = raw + (start - (uintptr_t)raw);
    *block_of(ptr) = (block){LIVE, size, alignment, raw};
    memset(ptr, 0xa5, (size_t)size);
    uint64_t canary = CANARY;
    memcpy(ptr + size, &canary, sizeof(canary));
    fa->live_blocks++;
    fa->live_bytes += size;
    fa->peak_bytes = fa->live_bytes > fa->peak_bytes ? fa->live_bytes : fa->peak_bytes;
    return ptr;
}

static void give(failing_alloc *fa, void *ptr) {
    block *b = block_of(ptr);
    fa->live_blocks--;
    fa->live_bytes -= b->size;
    memset(ptr, 0xdd, (size_t)b->size);
    b->state = DEAD;
    free(b->raw);
}

/* Checks the library's words about a block it hands back; false when it is none of ours. */
static bool check(failing_alloc *fa, void *ptr, uint64_t old_size, uint64_t alignment) {
    const block *b = block_of(ptr);
    if (b->state != LIVE) {
        complain(fa, b->state == DEAD ? "block freed twice" : "pointer is no block", b->state, LIVE);
        return false;
    }
    if (b->size != old_size) {
        complain(fa, "old_size", old_size, b->size);
    }
    if (b->alignment != alignment) {
        complain(fa, "alignment", alignment, b->alignment);
    }
    uint64_t canary;
    memcpy(&canary, (char *)ptr + b->size, sizeof(canary));
    if (canary != CANARY) {
        complain(fa, "bytes after the block were written; block size", b->size, b->size);
    }
    return true;
}

static bool must_fail(failing_alloc *fa) {
    fa->calls++;
    bool fails = fa->fail_at != 0 && (fa->calls == fa->fail_at || (fa->fail_on && fa->calls > fa->fail_at));
    fa->failed += fails;
    return fails;
}

static void *handle(failing_alloc *fa, void *ptr, uint64_t old_size, uint64_t new_size, uint64_t alignment) {
    if (alignment < 16 || (alignment & (alignment - 1)) != 0) {
        complain(fa, "alignment is not a power of two of at least 16", alignment, 16);
    }
    if (!ptr && old_size != 0) {
        complain(fa, "old_size of NULL", old_size, 0);
    }
    if (ptr && !check(fa, ptr, old_size, alignment)) {
        return NULL;
    }
    if (new_size == 0) {
        if (ptr) {
            give(fa, ptr);
        }
        return NULL;
    }
    void *fresh = must_fail(fa) ? NULL : take(fa, new_size, alignment);
    if (fresh && ptr) {
        memcpy(fresh, ptr, (size_t)(old_size < new_size ? old_size : new_size));
        give(fa, ptr);
    }
    return fresh;
}

void *failing_alloc_hook(void *user, void *ptr, uint64_t old_size, uint64_t new_size, uint64_t alignment) {
    failing_alloc *fa = user;
    pthread_mutex_lock(&fa->lock);
    void *out = handle(fa, ptr, old_size, new_size, alignment);
    pthread_mutex_unlock(&fa->lock);
    return out;
}

/* One run with call `fail_at` failing; returns how many calls failed. */
static uint64_t run_once(int32_t (*body)(pith__mem *mem, void *arg), void *arg, uint64_t fail_at, bool fail_on,
                         uint64_t *calls) {
    failing_alloc fa;
    failing_alloc_init(&fa, fail_at);
    fa.fail_on = fail_on;
    pith__mem mem;
    pith__mem_init(&mem, failing_alloc_hook, &fa, 0);
    pith__fail(PITH_E_INTERNAL, "stale text");
    int32_t status = body(&mem, arg);
    if (status != (fa.failed ? PITH_E_MEMORY : PITH_OK)) {
        fail_msg("allocation %llu fails: status %d (%s)", (unsigned long long)fail_at, (int)status, pith__error_text());
    }
    if (fa.failed && strcmp(pith__error_text(), "stale text") == 0) {
        fail_msg("allocation %llu fails: no text was set", (unsigned long long)fail_at);
    }
    if (fa.complaint[0] != '\0') {
        fail_msg("allocation %llu fails: %s", (unsigned long long)fail_at, fa.complaint);
    }
    if (fa.live_blocks != 0 || pith__mem_used(&mem) != 0) {
        fail_msg("allocation %llu fails: %llu blocks leaked, %llu bytes still counted", (unsigned long long)fail_at,
                 (unsigned long long)fa.live_blocks, (unsigned long long)pith__mem_used(&mem));
    }
    *calls = fa.calls;
    failing_alloc_destroy(&fa);
    return fa.failed;
}

uint64_t failing_alloc_each(int32_t (*body)(pith__mem *mem, void *arg), void *arg) {
    uint64_t whole, calls;
    run_once(body, arg, 0, false, &whole);
    for (int fail_on = 0; fail_on < 2; fail_on++) {
        uint64_t n = 1;
        while (run_once(body, arg, n, fail_on != 0, &calls) > 0) {
            n++;
        }
        if (n <= whole) {
            fail_msg("only %llu of %llu allocations could be made to fail", (unsigned long long)n - 1,
                     (unsigned long long)whole);
        }
    }
    return whole;
}
