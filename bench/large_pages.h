/* Memory in large pages, where the system has them: as the library's weights lie, and faster to read than the small
 * ones. */
#ifndef BENCH_LARGE_PAGES_H
#define BENCH_LARGE_PAGES_H

#include <stddef.h>

/* `size` bytes, every page written (pages of zeros that were never written are all one page); NULL when memory lacks.
 * free() frees. */
void *large_pages_take(size_t size);

#endif
