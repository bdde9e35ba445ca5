/* See large_pages.h. */
#include "large_pages.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define LARGE ((size_t)2 << 20)

void *large_pages_take(size_t size) {
    size = (size + LARGE - 1) / LARGE * LARGE;
    void *memory = aligned_alloc(LARGE, size);
    if (memory) {
#if defined(MADV_HUGEPAGE)
        (void)madvise(memory, size, MADV_HUGEPAGE); /* advice: a system that has none gives the pages it has */
#endif
        memset(memory, 1, size);
    }
    return memory;
}
