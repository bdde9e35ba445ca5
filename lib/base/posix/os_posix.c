/* base/os.h on POSIX: threads, locks, conditions, clock, fork. Files are in os_files.c, processor counting in
 * os_cgroup.c.
 *
 * Invariant: process-wide settings stay as they are; the only things that outlive a call are one pthread key and one
 * fork handler, each made once (the shared library is linked nodelete, so they never dangle). Must not know: models,
 * pools. */
#include "base/os.h"
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/auxv.h>
#endif

#define NS_PER_S    UINT64_C(1000000000)
#define STACK_BYTES ((size_t)1 << 20)

int32_t pith__mutex_init(pith__mutex *m) {
    int e = pthread_mutex_init(&m->m, NULL);
    return e == 0 ? PITH_OK : pith__fail(PITH_E_SYSTEM, "cannot make a mutex (error %d)", e);
}

void pith__mutex_destroy(pith__mutex *m) {
    pthread_mutex_destroy(&m->m);
}

void pith__mutex_lock(pith__mutex *m) {
    pthread_mutex_lock(&m->m);
}

void pith__mutex_unlock(pith__mutex *m) {
    pthread_mutex_unlock(&m->m);
}

int32_t pith__cond_init(pith__cond *c) {
    pthread_condattr_t attributes;
    int e = pthread_condattr_init(&attributes);
    if (e == 0) {
        e = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
        if (e == 0) {
            e = pthread_cond_init(&c->c, &attributes);
        }
        pthread_condattr_destroy(&attributes);
    }
    return e == 0 ? PITH_OK : pith__fail(PITH_E_SYSTEM, "cannot make a condition variable (error %d)", e);
}

void pith__cond_destroy(pith__cond *c) {
    pthread_cond_destroy(&c->c);
}

void pith__cond_signal(pith__cond *c) {
    pthread_cond_signal(&c->c);
}

void pith__cond_broadcast(pith__cond *c) {
    pthread_cond_broadcast(&c->c);
}

void pith__cond_wait(pith__cond *c, pith__mutex *m) {
    pthread_cond_wait(&c->c, &m->m);
}

bool pith__cond_wait_until(pith__cond *c, pith__mutex *m, uint64_t deadline_ns) {
    if (deadline_ns == UINT64_MAX) {
        pith__cond_wait(c, m);
        return true;
    }
    struct timespec at = {(time_t)(deadline_ns / NS_PER_S), (long)(deadline_ns % NS_PER_S)};
    return pthread_cond_timedwait(&c->c, &m->m, &at) != ETIMEDOUT;
}

static void *thread_main(void *arg) {
    pith__thread *t = arg;
#if defined(__linux__)
    pthread_setname_np(pthread_self(), t->name);
#endif
    t->body(t->arg);
    return NULL;
}

static int create_with_stack(pith__thread *t, size_t stack) {
    pthread_attr_t attributes;
    int e = pthread_attr_init(&attributes);
    if (e != 0) {
        return e;
    }
    if (stack > 0) {
        e = pthread_attr_setstacksize(&attributes, stack);
    }
    if (e == 0) {
        e = pthread_create(&t->id, &attributes, thread_main, t);
    }
    pthread_attr_destroy(&attributes);
    return e;
}

int32_t pith__thread_start(pith__thread *t, const char *name, void (*body)(void *arg), void *arg) {
    t->generation = pith__fork_generation();
    t->body = body;
    t->arg = arg;
    size_t length = strnlen(name, sizeof(t->name) - 1);
    memcpy(t->name, name, length);
    t->name[length] = '\0';
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int e = create_with_stack(t, STACK_BYTES);
    if (e == EINVAL) { /* a host with much static thread-local data needs more: let the system choose */
        e = create_with_stack(t, 0);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return e == 0 ? PITH_OK : pith__fail(PITH_E_SYSTEM, "cannot start a thread (error %d)", e);
}

void pith__thread_join(pith__thread *t) {
    if (t->generation == pith__fork_generation()) {
        pthread_join(t->id, NULL);
    }
}

static pthread_once_t value_once = PTHREAD_ONCE_INIT;
static pthread_key_t value_key;
static _Atomic int value_key_made;
static void (*_Atomic value_destroy)(void *value);

static void destroy_value(void *value) {
    void (*destroy)(void *) = atomic_load(&value_destroy);
    destroy(value);
}

static void make_value_key(void) {
    atomic_store(&value_key_made, pthread_key_create(&value_key, destroy_value) == 0);
}

void *pith__thread_value(void) {
    return atomic_load(&value_key_made) ? pthread_getspecific(value_key) : NULL;
}

bool pith__thread_value_set(void *value, void (*destroy)(void *value)) {
    atomic_store(&value_destroy, destroy);
    pthread_once(&value_once, make_value_key);
    return atomic_load(&value_key_made) && pthread_setspecific(value_key, value) == 0;
}

uint64_t pith__clock_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

static pthread_once_t fork_once = PTHREAD_ONCE_INIT;
static _Atomic uint64_t fork_count;
static _Atomic int fork_watched;

static void count_fork(void) {
    atomic_fetch_add(&fork_count, 1);
}

static void watch_forks(void) {
    atomic_store(&fork_watched, pthread_atfork(NULL, NULL, count_fork) == 0);
}

/* Where no handler could be registered, the process id does: slower, as telling. */
uint64_t pith__fork_generation(void) {
    pthread_once(&fork_once, watch_forks);
    return atomic_load(&fork_watched) ? atomic_load(&fork_count) : (uint64_t)getpid();
}

void pith__thread_yield(void) {
    sched_yield();
}

void pith__advise_large_pages(void *memory, uint64_t size) {
#if defined(MADV_HUGEPAGE)
    const uintptr_t large = (uintptr_t)2 << 20;
    uintptr_t begin = ((uintptr_t)memory + large - 1) & ~(large - 1),
              end = ((uintptr_t)memory + (uintptr_t)size) & ~(large - 1);
    if (begin < end) {
        int saved = errno;
        (void)madvise((void *)begin, end - begin, MADV_HUGEPAGE); /* advice: without it all is as well, but slower */
        errno = saved;
    }
#else
    (void)memory;
    (void)size;
#endif
}

pith__hwcaps pith__hwcaps_get(void) {
#if defined(__linux__)
    return (pith__hwcaps){getauxval(AT_HWCAP), getauxval(AT_HWCAP2)};
#else
    return (pith__hwcaps){0, 0};
#endif
}
