/* An allocation hook for tests: counts, fails the n-th allocation, and checks what the library promises about its
 * calls: the old size and alignment are those the block was taken with, nothing is written outside a block, everything
 * is given back. A broken promise is kept as text in `complaint`, the first one only. Thread safe. */
#ifndef PITH_TESTS_SUPPORT_FAILING_ALLOC_H
#define PITH_TESTS_SUPPORT_FAILING_ALLOC_H

#include "base/memory.h"
#include <pthread.h>
#include <stdbool.h>

typedef struct failing_alloc {
    pthread_mutex_t lock;
    uint64_t calls;   /* allocations and resizes so far, failed ones too */
    uint64_t fail_at; /* the call that fails, from 1; 0: none */
    bool fail_on;     /* every call from fail_at on fails, not it alone */
    uint64_t failed;  /* calls that were made to fail */
    uint64_t live_blocks, live_bytes, peak_bytes;
    char complaint[256]; /* "" when all is well */
} failing_alloc;

void failing_alloc_init(failing_alloc *fa, uint64_t fail_at);
void failing_alloc_destroy(failing_alloc *fa);

/* The hook; `user` is the failing_alloc. Fits pith_alloc_fn. */
void *failing_alloc_hook(void *user, void *ptr, uint64_t old_size, uint64_t new_size, uint64_t alignment);

/* Runs `body` with no failure, then with the first allocation failing, the second, ... until one run meets no failure;
 * then the same again with every allocation failing from the n-th on. Body takes all memory from `mem`, gives all back,
 * and returns its status. Each failure must come back as PITH_E_MEMORY with a text. Fails the cmocka test otherwise;
 * returns the allocations of one run. */
uint64_t failing_alloc_each(int32_t (*body)(pith__mem *mem, void *arg), void *arg);

#endif
