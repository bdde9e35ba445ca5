/* The seam to the operating system: threads, locks, clock, files, processors, floating-point mode. One implementation a system
 * (posix/, windows/); nothing outside lib/base includes a system header for these.
 *
 * Invariant: nothing here prints, aborts or changes process-wide settings. Locks and conditions cannot fail after init. */
#ifndef PITH_BASE_OS_H
#define PITH_BASE_OS_H

#include "base/memory.h"
#include <stdbool.h>
#include <stdint.h>

#if defined(_WIN32)
#include "base/windows/os_types.h"
#else
#include "base/posix/os_types.h"
#endif
/* os_types.h defines: pith__mutex, pith__cond, pith__thread. */

int32_t pith__mutex_init(pith__mutex *m);
void pith__mutex_destroy(pith__mutex *m);
void pith__mutex_lock(pith__mutex *m);
void pith__mutex_unlock(pith__mutex *m);

int32_t pith__cond_init(pith__cond *c); /* waits by the monotonic clock */
void pith__cond_destroy(pith__cond *c);
void pith__cond_signal(pith__cond *c);
void pith__cond_broadcast(pith__cond *c);
void pith__cond_wait(pith__cond *c, pith__mutex *m);
/* Waits until pith__clock_ns() reaches `deadline_ns`; false when it passed. UINT64_MAX waits without end. */
bool pith__cond_wait_until(pith__cond *c, pith__mutex *m, uint64_t deadline_ns);

/* Starts a thread with every signal blocked and a stack of at least 1 MiB. `name` (15 bytes at most) is what debuggers show. `t`
 * stays where it is until the join. */
int32_t pith__thread_start(pith__thread *t, const char *name, void (*body)(void *arg), void *arg);
/* In the child of a fork the thread is not there: returns at once. */
void pith__thread_join(pith__thread *t);

/* One pointer a thread (the error text); `destroy` runs on a value that is not NULL when its thread ends, and is the same in every
 * call. set() is false when the system has no room for it. */
void *pith__thread_value(void);
bool pith__thread_value_set(void *value, void (*destroy)(void *value));

uint64_t pith__clock_ns(void);             /* monotonic, nanoseconds */
uint32_t pith__cpu_count(void);            /* processors this process may use: affinity and cgroup quota; at least 1 */
uint64_t pith__fork_generation(void);      /* changes in the child of a fork; constant otherwise */
void pith__cpu_relax(void);                /* pause in a spin loop */
void pith__thread_yield(void);             /* gives the processor to another thread */

/* Asks for large pages for memory that is soon touched whole; only those that lie within it. May do nothing. */
void pith__advise_large_pages(void *memory, uint64_t size);

/* What the system says of instruction sets beyond the processor's baseline: AT_HWCAP and AT_HWCAP2 of Linux and Android,
 * whose bits mean something else on each processor family; 0 on other systems. */
typedef struct pith__hwcaps {
    uint64_t first, second;
} pith__hwcaps;
pith__hwcaps pith__hwcaps_get(void);

/* Floating-point mode: default (round to nearest, no FTZ/DAZ, exceptions masked) for the time of a computation. */
typedef struct pith__fpmode {
    uint64_t bits;
} pith__fpmode;
pith__fpmode pith__fpmode_enter(void);      /* saves the thread's mode and sets the default */
void pith__fpmode_leave(pith__fpmode saved); /* puts it back */

/* Files, read only, positioned reads, safe from many threads. Regular files only: directories, pipes and devices are refused. */
typedef struct pith__file {
    int64_t handle;
    const char *name; /* for messages; borrowed */
} pith__file;
int32_t pith__file_open(pith__file *f, const char *path);       /* UTF-8 path, borrowed until close; PITH_E_IO names path and cause */
int32_t pith__file_adopt(pith__file *f, int64_t fd);            /* duplicates a descriptor of the host */
int32_t pith__file_size(const pith__file *f, uint64_t *size);
/* Reads exactly `size` bytes at `offset`; a short file is PITH_E_IO. */
int32_t pith__file_read(const pith__file *f, void *out, uint64_t size, uint64_t offset);
void pith__file_close(pith__file *f);

#endif
