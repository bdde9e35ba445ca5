/* The pool: every task exactly once, whoever runs it; sleeping and waking; executors good and bad; forks; the
 * floating-point mode. */
#include "base/os.h"
#include "base/pool.h"
#include "base/rounding.h"
#include "support/cmocka_all.h"
#include "support/failing_alloc.h"
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    MAX_TASKS = 5000
};

typedef struct tally {
    _Atomic uint32_t runs[MAX_TASKS];
} tally;

static void count_run(void *arg, uint32_t index) {
    tally *t = arg;
    atomic_fetch_add_explicit(&t->runs[index], 1, memory_order_relaxed);
}

static void check_tally(tally *t, uint32_t count) {
    for (uint32_t i = 0; i < MAX_TASKS; i++) {
        assert_int_equal(atomic_load(&t->runs[i]), i < count);
        atomic_store(&t->runs[i], 0);
    }
}

static void sleep_us(long us) {
    struct timespec t = {0, us * 1000};
    nanosleep(&t, NULL);
}

static void each_task_runs_once(void **state) {
    (void)state;
    static const uint32_t counts[] = {0, 1, 2, 3, 7, 64, 1000, MAX_TASKS};
    static tally t;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    for (uint32_t threads = 1; threads <= 5; threads++) {
        pith__pool *pool;
        assert_int_equal(pith__pool_create(&mem, threads, NULL, NULL, &pool), PITH_OK);
        assert_int_equal(pith__pool_threads(pool), threads);
        for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
            pith__pool_run(pool, count_run, &t, counts[i]);
            check_tally(&t, counts[i]);
        }
        pith__pool_release(pool);
    }
    assert_int_equal(pith__mem_used(&mem), 0);
}

/* A task's writes are seen by the caller and by the tasks of the next loop without atomics (the thread sanitizer
 * checks). */
typedef struct relay {
    uint32_t values[8];
    uint32_t step;
} relay;

static void pass_on(void *arg, uint32_t index) {
    relay *r = arg;
    r->values[index] += r->step;
}

static void loops_follow_each_other(void **state) {
    (void)state;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__pool *pool;
    assert_int_equal(pith__pool_create(&mem, 3, NULL, NULL, &pool), PITH_OK);
    relay r = {{0}, 0};
    uint32_t expected = 0;
    for (uint32_t i = 0; i < 20000; i++) {
        r.step = i % 5;
        expected += r.step;
        pith__pool_run(pool, pass_on, &r, 2 + i % 7);
        if (i % 5000 == 4999) {
            sleep_us(2000); /* long enough for the workers to sleep */
        }
    }
    assert_int_equal(r.values[0], expected);
    assert_int_equal(r.values[1], expected);
    pith__pool_release(pool);
}

static void slow_task(void *arg, uint32_t index) {
    count_run(arg, index);
    sleep_us(index == 0 ? 20 : 1000);
}

/* The caller runs out of tasks and sleeps until the others are done. */
static void the_caller_waits_for_slow_tasks(void **state) {
    (void)state;
    static tally t;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__pool *pool;
    assert_int_equal(pith__pool_create(&mem, 4, NULL, NULL, &pool), PITH_OK);
    for (int i = 0; i < 50; i++) {
        pith__pool_run(pool, slow_task, &t, 4);
        check_tally(&t, 4);
    }
    pith__pool_release(pool);
}

static void release_right_after_a_loop(void **state) {
    (void)state;
    static tally t;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    for (int i = 0; i < 200; i++) {
        pith__pool *pool;
        assert_int_equal(pith__pool_create(&mem, 3, NULL, NULL, &pool), PITH_OK);
        if (i % 2) {
            pith__pool_run(pool, count_run, &t, 10);
            check_tally(&t, 10);
        }
        pith__pool_release(pool);
    }
    pith__pool_release(NULL);
    assert_int_equal(pith__mem_used(&mem), 0);
}

static void two_pools_at_once(void *arg) {
    pith__mem *mem = arg;
    tally *t = calloc(1, sizeof(*t));
    pith__pool *pool;
    if (pith__pool_create(mem, 3, NULL, NULL, &pool) == PITH_OK) {
        for (int i = 0; i < 500; i++) {
            pith__pool_run(pool, count_run, t, 20);
        }
        for (int i = 0; i < 20; i++) {
            if (atomic_load(&t->runs[i]) != 500) {
                abort();
            }
        }
        pith__pool_release(pool);
    }
    free(t);
}

static void pools_coexist(void **state) {
    (void)state;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__thread threads[3];
    for (int i = 0; i < 3; i++) {
        assert_int_equal(pith__thread_start(&threads[i], "host", two_pools_at_once, &mem), PITH_OK);
    }
    for (int i = 0; i < 3; i++) {
        pith__thread_join(&threads[i]);
    }
    assert_int_equal(pith__mem_used(&mem), 0);
}

static uint64_t process_cpu_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void idle_workers_sleep(void **state) {
    (void)state;
    static tally t;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__pool *pool;
    assert_int_equal(pith__pool_create(&mem, 4, NULL, NULL, &pool), PITH_OK);
    pith__pool_run(pool, count_run, &t, 100);
    check_tally(&t, 100);
    sleep_us(100000);
    uint64_t before = process_cpu_ns();
    sleep_us(200000);
    assert_in_range(process_cpu_ns() - before, 0, 20000000); /* of 600 ms that three spinning workers would take */
    pith__pool_release(pool);
}

/* ---- executors ---- */

typedef enum manner {
    SERIAL,
    BACKWARDS,
    DROPS_SOME,
    REPEATS,
    DOES_NOTHING
} manner;

static void execute(void *user, pith__task_fn task, void *arg, uint32_t count) {
    manner how = *(const manner *)user;
    for (uint32_t i = 0; i < count && how != DOES_NOTHING; i++) {
        if (how == DROPS_SOME && i % 3 == 1) {
            continue;
        }
        task(arg, how == BACKWARDS ? count - 1 - i : i);
        if (how == REPEATS) {
            task(arg, i);
        }
    }
}

static void executors_of_any_manner(void **state) {
    (void)state;
    static tally t;
    failing_alloc fa;
    failing_alloc_init(&fa, 0);
    pith__mem mem;
    pith__mem_init(&mem, failing_alloc_hook, &fa, 0);
    for (manner how = SERIAL; how <= DOES_NOTHING; how++) {
        pith__pool *pool;
        assert_int_equal(pith__pool_create(&mem, 8, execute, &how, &pool), PITH_OK);
        assert_int_equal(pith__pool_threads(pool), 8);
        for (uint32_t count = 0; count < 40; count++) {
            pith__pool_run(pool, count_run, &t, count);
            check_tally(&t, count);
        }
        pith__pool_release(pool);
    }
    assert_int_equal(fa.live_blocks, 0);
    failing_alloc_destroy(&fa);
}

enum {
    HOST_THREADS = 3
};

typedef struct host_call {
    pith__task_fn task;
    void *arg;
    uint32_t first, count;
} host_call;

static void *host_thread(void *arg) {
    const host_call *call = arg;
    for (uint32_t i = call->first; i < call->count; i += HOST_THREADS) {
        call->task(call->arg, i);
    }
    return NULL;
}

static void execute_on_threads(void *user, pith__task_fn task, void *arg, uint32_t count) {
    (void)user;
    pthread_t threads[HOST_THREADS];
    host_call calls[HOST_THREADS];
    for (uint32_t i = 0; i < HOST_THREADS; i++) {
        calls[i] = (host_call){task, arg, i, count};
        pthread_create(&threads[i], NULL, host_thread, &calls[i]);
    }
    for (uint32_t i = 0; i < HOST_THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
}

static void executors_with_threads(void **state) {
    (void)state;
    static tally t;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__pool *pool;
    assert_int_equal(pith__pool_create(&mem, 4, execute_on_threads, NULL, &pool), PITH_OK);
    for (uint32_t count = 0; count < 60; count++) {
        pith__pool_run(pool, count_run, &t, count);
        check_tally(&t, count);
    }
    pith__pool_release(pool);
}

/* ---- the host's process ---- */

static _Atomic uint32_t wrong_modes, blocked_signals;

static void look_at_mode(void *arg, uint32_t index) {
    (void)arg;
    (void)index;
    if (rounding_now() != FE_TONEAREST) {
        atomic_fetch_add(&wrong_modes, 1);
    }
    sleep_us(200); /* so that the workers get their share */
}

static void execute_downward(void *user, pith__task_fn task, void *arg, uint32_t count) {
    (void)user;
    fesetround(FE_DOWNWARD);
    for (uint32_t i = 0; i < count; i++) {
        task(arg, i);
        if (rounding_now() != FE_DOWNWARD) {
            atomic_fetch_add(&wrong_modes, 1);
        }
    }
}

static void tasks_have_the_default_mode(void **state) {
    (void)state;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__pool *own, *hosted;
    fesetround(FE_UPWARD); /* threads inherit the mode of their creator */
    assert_int_equal(pith__pool_create(&mem, 3, NULL, NULL, &own), PITH_OK);
    assert_int_equal(pith__pool_create(&mem, 3, execute_downward, NULL, &hosted), PITH_OK);
    pith__pool_run(own, look_at_mode, NULL, 12);
    pith__pool_run(own, look_at_mode, NULL, 1);
    pith__pool_run(hosted, look_at_mode, NULL, 12);
    int after = rounding_now();
    fesetround(FE_TONEAREST);
    assert_int_equal(after, FE_UPWARD);
    assert_int_equal(atomic_load(&wrong_modes), 0);
    pith__pool_release(own);
    pith__pool_release(hosted);
}

static pthread_t main_thread;

static void look_at_signals(void *arg, uint32_t index) {
    (void)arg;
    (void)index;
    sigset_t set;
    pthread_sigmask(SIG_BLOCK, NULL, &set);
    if (!pthread_equal(pthread_self(), main_thread) && (!sigismember(&set, SIGINT) || !sigismember(&set, SIGALRM))) {
        atomic_fetch_add(&blocked_signals, 1);
    }
    sleep_us(200);
}

static void workers_take_no_signals(void **state) {
    (void)state;
    main_thread = pthread_self();
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    sigset_t before, after;
    pthread_sigmask(SIG_BLOCK, NULL, &before);
    pith__pool *pool;
    assert_int_equal(pith__pool_create(&mem, 3, NULL, NULL, &pool), PITH_OK);
    pthread_sigmask(SIG_BLOCK, NULL, &after);
    assert_int_equal(sigismember(&before, SIGINT), sigismember(&after, SIGINT));
    pith__pool_run(pool, look_at_signals, NULL, 12);
    assert_int_equal(atomic_load(&blocked_signals), 0);
    pith__pool_release(pool);
}

/* The sanitizer's runtime does not support threads in a forked child; what is tested here has none. */
static void the_child_of_a_fork_works_alone(void **state) {
    (void)state;
    static tally t;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__pool *pool;
    assert_int_equal(pith__pool_create(&mem, 4, NULL, NULL, &pool), PITH_OK);
    pith__pool_run(pool, count_run, &t, 50);
    check_tally(&t, 50);
    uint64_t generation = pith__fork_generation();
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        alarm(20); /* a hang ends as a failure */
        int wrong = pith__fork_generation() == generation;
        pith__pool_run(pool, count_run, &t, 50);
        for (int i = 0; i < 50; i++) {
            wrong |= atomic_load(&t.runs[i]) != 1;
        }
        pith__pool_release(pool);
        _exit(wrong || pith__mem_used(&mem) != 0);
    }
    int result;
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_int_equal(result, 0);
    assert_int_equal(pith__fork_generation(), generation);
    pith__pool_run(pool, count_run, &t, 50);
    check_tally(&t, 50);
    pith__pool_release(pool);
}

static void bad_arguments(void **state) {
    (void)state;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__pool *pool;
    assert_int_equal(pith__pool_create(&mem, 0, NULL, NULL, &pool), PITH_E_ARGUMENT);
    assert_null(pool);
    assert_int_equal(pith__pool_create(&mem, 1000000, NULL, NULL, &pool), PITH_E_ARGUMENT);
}

static int32_t create_and_release(pith__mem *mem, void *arg) {
    (void)arg;
    pith__pool *pool;
    PITH_TRY(pith__pool_create(mem, 2, NULL, NULL, &pool));
    pith__pool_release(pool);
    return PITH_OK;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    assert_int_equal(failing_alloc_each(create_and_release, NULL), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_task_runs_once),
        cmocka_unit_test(loops_follow_each_other),
        cmocka_unit_test(the_caller_waits_for_slow_tasks),
        cmocka_unit_test(release_right_after_a_loop),
        cmocka_unit_test(pools_coexist),
        cmocka_unit_test(idle_workers_sleep),
        cmocka_unit_test(executors_of_any_manner),
        cmocka_unit_test(executors_with_threads),
        cmocka_unit_test(tasks_have_the_default_mode),
        cmocka_unit_test(workers_take_no_signals),
        cmocka_unit_test(the_child_of_a_fork_works_alone),
        cmocka_unit_test(bad_arguments),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("pool", tests, NULL, NULL);
}
