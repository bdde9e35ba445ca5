/* Parallel loops: a list of independent tasks is run by the pool's threads and the calling thread, or by the host's executor.
 *
 * Invariant: run() returns when every task has run exactly once; no task waits for another, so a serial executor works; results
 * must not depend on which thread ran what. Workers spin only within a burst of loops, then sleep; each has the default
 * floating-point mode. Must not know: what the tasks compute. */
#ifndef PITH_BASE_POOL_H
#define PITH_BASE_POOL_H

#include "base/memory.h"
#include <stdint.h>

typedef struct pith__pool pith__pool;

typedef void (*pith__task_fn)(void *arg, uint32_t index);

/* Same shape as pith_executor_fn in the public header: calls task(arg, i) once for each i < count, on any threads, and returns
 * when all have returned. */
typedef void (*pith__executor_hook)(void *user, pith__task_fn task, void *arg, uint32_t count);

/* `threads` counts the calling thread: 1 means no worker is ever started. With an executor, `threads` is only a hint of how
 * finely to split, and no worker is started either. */
int32_t pith__pool_create(pith__mem *mem, uint32_t threads, pith__executor_hook executor, void *user, pith__pool **out);
void pith__pool_release(pith__pool *pool); /* joins the workers; NULL is fine */

uint32_t pith__pool_threads(const pith__pool *pool);

/* One caller at a time. Nested calls are not allowed. count 0 and 1 run inline. */
void pith__pool_run(pith__pool *pool, pith__task_fn task, void *arg, uint32_t count);

#endif
