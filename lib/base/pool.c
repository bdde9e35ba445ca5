/* One loop at a time, handed out by a countdown. Publishing a loop stores its task count in `remaining`; whoever lowers
 * it by one has the right to one task, and only who has it reads the loop's fields. `done` counts finished tasks, and
 * the caller returns when it reaches the count.
 *
 * Which task it is: each thread has a span of neighbouring ones, as what they read is neighbouring too and memory is
 * read fastest in a row. A thread takes from its own span first, then from the others'.
 *
 * Invariant: the fields of a loop change only while remaining is 0 and every owner has added to `done`; so a thread
 * that was late finds either nothing or a task of the loop that is current now, never a stale one. No thread waits for
 * a worker that took nothing: a worker that the system has put aside costs no one. Must not know: what the tasks
 * compute. */
#include "base/pool.h"
#include "base/os.h"
#include <stdalign.h>
#include <string.h>

enum {
    MAX_THREADS = 1024,
    RELAXES_PER_LOOK = 8
};
#define SPIN_NS UINT64_C(40000) /* as long as waking a sleeper takes; loops within a step follow each other faster */

/* What one thread takes from, and the others when theirs are empty. */
typedef struct span {
    alignas(64) _Atomic uint32_t next; /* may run past the end */
    uint32_t end;
} span;

typedef struct worker {
    pith__pool *pool;
    pith__thread thread;
    uint32_t own; /* its span */
} worker;

struct pith__pool {
    /* Written once a loop, and read by the owners of its tasks. */
    pith__task_fn task;
    void *arg;
    uint32_t count;

    alignas(64) _Atomic uint32_t remaining; /* tasks not yet taken */
    alignas(64) _Atomic uint32_t done;      /* tasks finished */

    alignas(64) pith__mutex lock; /* of the sleeping, not of the loop */
    pith__cond work_ready, loop_done;
    _Atomic uint32_t sleepers;  /* workers in, or on their way into, work_ready */
    _Atomic bool caller_sleeps; /* the caller is in, or on its way into, loop_done */
    _Atomic bool stop;

    pith__mem *mem;
    pith__executor_hook executor;
    void *user;
    uint32_t threads, started;
    uint64_t generation;
    worker *workers; /* none with an executor */
    span spans[];    /* as many as threads */
};

static void make_spans(pith__pool *pool, uint32_t count) {
    for (uint32_t t = 0; t < pool->threads; t++) {
        atomic_store_explicit(&pool->spans[t].next, (uint32_t)((uint64_t)count * t / pool->threads),
                              memory_order_relaxed);
        pool->spans[t].end = (uint32_t)((uint64_t)count * (t + 1) / pool->threads);
    }
}

/* A task that nobody has yet, from the span `own` if that has one. There is one for each who lowered `remaining`. */
static uint32_t pick(pith__pool *pool, uint32_t own) {
    for (;;) {
        span *s = &pool->spans[own];
        if (atomic_load_explicit(&s->next, memory_order_relaxed) < s->end) {
            uint32_t task = atomic_fetch_add_explicit(&s->next, 1, memory_order_relaxed);
            if (task < s->end) {
                return task;
            }
        }
        own = own + 1 < pool->threads ? own + 1 : 0;
    }
}

/* Takes one task of the current loop and runs it; false when none is left. */
static bool run_one(pith__pool *pool, uint32_t own) {
    uint32_t left = atomic_load_explicit(&pool->remaining, memory_order_relaxed);
    do {
        if (left == 0) {
            return false;
        }
    } while (!atomic_compare_exchange_weak_explicit(&pool->remaining, &left, left - 1, memory_order_acquire,
                                                    memory_order_relaxed));
    pool->task(pool->arg, pick(pool, own));
    return true;
}

/* Adds finished tasks; the one who adds the last wakes the caller. */
static void add_done(pith__pool *pool, uint32_t tasks) {
    uint32_t count = pool->count; /* not after the addition: the next loop may begin */
    if (atomic_fetch_add(&pool->done, tasks) + tasks == count && atomic_load(&pool->caller_sleeps)) {
        pith__mutex_lock(&pool->lock);
        pith__cond_signal(&pool->loop_done);
        pith__mutex_unlock(&pool->lock);
    }
}

/* Runs tasks of the current loop until none is left to take. */
static void take_part(pith__pool *pool, uint32_t own) {
    uint32_t tasks = 0;
    while (run_one(pool, own)) {
        tasks++;
    }
    if (tasks > 0) {
        add_done(pool, tasks);
    }
}

typedef bool (*spin_until_fn)(pith__pool *pool);

static bool work_is_there(pith__pool *pool) {
    return atomic_load(&pool->remaining) > 0 || atomic_load(&pool->stop);
}

static bool loop_is_done(pith__pool *pool) {
    return atomic_load(&pool->done) == pool->count;
}

/* Looks for a short while; false when the time is over. */
static bool spin(pith__pool *pool, spin_until_fn happened) {
    uint64_t end = 0;
    for (;;) {
        for (int i = 0; i < RELAXES_PER_LOOK; i++) {
            if (happened(pool)) {
                return true;
            }
            pith__cpu_relax();
        }
        uint64_t now = pith__clock_ns();
        end = end ? end : now + SPIN_NS;
        if (now >= end) {
            return false;
        }
    }
}

static void sleep_for_work(pith__pool *pool) {
    pith__mutex_lock(&pool->lock);
    atomic_fetch_add(&pool->sleepers, 1);
    while (!work_is_there(pool)) {
        pith__cond_wait(&pool->work_ready, &pool->lock);
    }
    atomic_fetch_sub(&pool->sleepers, 1);
    pith__mutex_unlock(&pool->lock);
}

static void work(void *arg) {
    const worker *self = arg;
    pith__pool *pool = self->pool;
    pith__fpmode mode = pith__fpmode_enter();
    while (!atomic_load(&pool->stop)) {
        take_part(pool, self->own);
        if (!spin(pool, work_is_there)) {
            sleep_for_work(pool);
        }
    }
    pith__fpmode_leave(mode);
}

/* Wakes as many sleepers as there are tasks for them. The store of `remaining` before and the count of `sleepers` here
 * are both sequentially consistent, as are a sleeper's two steps in the other order: one of the two sees the other. */
static void wake_workers(pith__pool *pool, uint32_t wanted) {
    if (atomic_load(&pool->sleepers) == 0) {
        return;
    }
    pith__mutex_lock(&pool->lock);
    uint32_t sleepers = atomic_load(&pool->sleepers);
    for (uint32_t i = 0; i < wanted && i < sleepers; i++) {
        pith__cond_signal(&pool->work_ready);
    }
    pith__mutex_unlock(&pool->lock);
}

static void wait_for_done(pith__pool *pool) {
    if (spin(pool, loop_is_done)) {
        return;
    }
    pith__mutex_lock(&pool->lock);
    atomic_store(&pool->caller_sleeps, true);
    while (!loop_is_done(pool)) {
        pith__cond_wait(&pool->loop_done, &pool->lock);
    }
    atomic_store(&pool->caller_sleeps, false);
    pith__mutex_unlock(&pool->lock);
}

/* What the host's executor calls. Its index only says where to look first: each call takes a task that nobody has, so
 * an executor that drops a call, or makes one too many, costs time and not correctness. */
static void executor_task(void *arg, uint32_t index) {
    pith__pool *pool = arg;
    pith__fpmode mode = pith__fpmode_enter();
    if (run_one(pool, index % pool->threads)) {
        add_done(pool, 1);
    }
    pith__fpmode_leave(mode);
}

static void run_shared(pith__pool *pool, pith__task_fn task, void *arg, uint32_t count) {
    pool->task = task;
    pool->arg = arg;
    pool->count = count;
    make_spans(pool, count);
    atomic_store(&pool->done, 0);
    atomic_store(&pool->remaining, count);
    if (pool->executor) {
        pool->executor(pool->user, executor_task, pool, count);
    } else {
        wake_workers(pool, count - 1);
    }
    take_part(pool, 0);
    wait_for_done(pool);
}

void pith__pool_run(pith__pool *pool, pith__task_fn task, void *arg, uint32_t count) {
    bool alone = count <= 1 || (pool->started == 0 && !pool->executor) || pool->generation != pith__fork_generation();
    pith__fpmode mode = pith__fpmode_enter();
    if (alone) {
        for (uint32_t i = 0; i < count; i++) {
            task(arg, i);
        }
    } else {
        run_shared(pool, task, arg, count);
    }
    pith__fpmode_leave(mode);
}

uint32_t pith__pool_threads(const pith__pool *pool) {
    return pool->threads;
}

static int32_t init_locks(pith__pool *pool) {
    PITH_TRY(pith__mutex_init(&pool->lock));
    int32_t status = pith__cond_init(&pool->work_ready);
    if (status == PITH_OK) {
        status = pith__cond_init(&pool->loop_done);
        if (status != PITH_OK) {
            pith__cond_destroy(&pool->work_ready);
        }
    }
    if (status != PITH_OK) {
        pith__mutex_destroy(&pool->lock);
    }
    return status;
}

static int32_t start_workers(pith__pool *pool) {
    while (!pool->executor && pool->started + 1 < pool->threads) {
        worker *w = &pool->workers[pool->started];
        w->pool = pool;
        w->own = pool->started + 1;
        PITH_TRY(pith__thread_start(&w->thread, "pith-worker", work, w));
        pool->started++;
    }
    return PITH_OK;
}

int32_t pith__pool_create(pith__mem *mem, uint32_t threads, pith__executor_hook executor, void *user,
                          pith__pool **out) {
    *out = NULL;
    if (threads == 0 || threads > MAX_THREADS) {
        return pith__fail(PITH_E_ARGUMENT, "a pool of %u threads: 1 to %d are possible", threads, MAX_THREADS);
    }
    pith__pool *pool = NULL;
    uint64_t spans = sizeof(pith__pool) + threads * sizeof(span);
    uint64_t bytes = spans + (executor ? 0 : (threads - 1) * sizeof(worker));
    PITH_TRY(pith__mem_alloc(mem, (void **)&pool, 1, bytes, alignof(pith__pool), "worker pool"));
    memset(pool, 0, (size_t)bytes);
    pool->mem = mem;
    pool->executor = executor;
    pool->user = user;
    pool->threads = threads;
    pool->workers = (worker *)((char *)pool + spans);
    pool->generation = pith__fork_generation();
    int32_t status = init_locks(pool);
    if (status != PITH_OK) {
        pith__mem_free(mem, pool);
        return status;
    }
    status = start_workers(pool);
    if (status != PITH_OK) {
        pith__pool_release(pool);
        return status;
    }
    *out = pool;
    return PITH_OK;
}

static void stop_workers(pith__pool *pool) {
    pith__mutex_lock(&pool->lock);
    atomic_store(&pool->stop, true);
    pith__cond_broadcast(&pool->work_ready);
    pith__mutex_unlock(&pool->lock);
    for (uint32_t i = 0; i < pool->started; i++) {
        pith__thread_join(&pool->workers[i].thread);
    }
}

void pith__pool_release(pith__pool *pool) {
    if (!pool) {
        return;
    }
    /* In the child of a fork there are no workers, and the lock and conditions may be held by, or wait for, threads
     * that are gone. */
    if (pool->generation == pith__fork_generation()) {
        stop_workers(pool);
        pith__cond_destroy(&pool->loop_done);
        pith__cond_destroy(&pool->work_ready);
        pith__mutex_destroy(&pool->lock);
    }
    pith__mem_free(pool->mem, pool);
}
