/* The seam to the operating system: conditions and clock, floating-point mode, processors and quotas. */
#include "base/os.h"
#include "base/posix/os_cgroup.h"
#include "base/rounding.h"
#include "support/cmocka_all.h"
#include "support/temp_dir.h"
#include <sched.h>
#include <string.h>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

static void waiting_ends_at_the_deadline(void **state) {
    (void)state;
    pith__mutex m;
    pith__cond c;
    assert_int_equal(pith__mutex_init(&m), PITH_OK);
    assert_int_equal(pith__cond_init(&c), PITH_OK);
    pith__mutex_lock(&m);
    uint64_t start = pith__clock_ns();
    while (pith__cond_wait_until(&c, &m, start + 30000000)) {
    }
    uint64_t waited = pith__clock_ns() - start;
    assert_in_range(waited, 30000000, 10000000000u);
    assert_false(pith__cond_wait_until(&c, &m, 0)); /* long past */
    pith__mutex_unlock(&m);
    pith__cond_destroy(&c);
    pith__mutex_destroy(&m);
}

typedef struct signal_test {
    pith__mutex m;
    pith__cond c;
    int turn;
} signal_test;

static void answer(void *arg) {
    signal_test *s = arg;
    pith__mutex_lock(&s->m);
    for (int i = 1; i < 200; i += 2) {
        while (s->turn != i) {
            pith__cond_wait(&s->c, &s->m);
        }
        s->turn = i + 1;
        pith__cond_broadcast(&s->c);
    }
    pith__mutex_unlock(&s->m);
}

static void signals_arrive(void **state) {
    (void)state;
    signal_test s;
    s.turn = 0;
    assert_int_equal(pith__mutex_init(&s.m), PITH_OK);
    assert_int_equal(pith__cond_init(&s.c), PITH_OK);
    pith__thread t;
    assert_int_equal(pith__thread_start(&t, "a name longer than fifteen", answer, &s), PITH_OK);
    pith__mutex_lock(&s.m);
    for (int i = 0; i < 200; i += 2) {
        s.turn = i + 1;
        pith__cond_signal(&s.c);
        while (s.turn != i + 2) {
            assert_true(pith__cond_wait_until(&s.c, &s.m, UINT64_MAX));
        }
    }
    pith__mutex_unlock(&s.m);
    pith__thread_join(&t);
    pith__cond_destroy(&s.c);
    pith__mutex_destroy(&s.m);
}

static void rounding_is_saved_and_restored(void **state) {
    (void)state;
    fesetround(FE_UPWARD);
    feclearexcept(FE_ALL_EXCEPT);
    pith__fpmode saved = pith__fpmode_enter();
    int inside = rounding_now();
    pith__fpmode_leave(saved);
    int flags = fetestexcept(FE_INEXACT);
    int after = rounding_now();
    fesetround(FE_TONEAREST);
    assert_int_equal(inside, FE_TONEAREST);
    assert_int_equal(after, FE_UPWARD);
    assert_int_equal(flags, 0); /* what we computed left no trace */
}

#if defined(__SSE2__)
static void denormals_live_in_between(void **state) {
    (void)state;
    const unsigned host = _mm_getcsr() | 0x8040; /* FTZ and DAZ, as audio and game engines set them */
    unsigned before = _mm_getcsr();
    _mm_setcsr(host);
    volatile float tiny = 1e-38f;
    volatile float flushed = tiny * 0.1f;
    pith__fpmode saved = pith__fpmode_enter();
    volatile float kept = tiny * 0.1f;
    pith__fpmode_leave(saved);
    unsigned after = _mm_getcsr();
    _mm_setcsr(before);
    assert_true(flushed == 0.0f);
    assert_true(kept > 0.0f);
    assert_int_equal(after | 0x3f, host | 0x3f);
}
#endif

static void processors_follow_affinity(void **state) {
    (void)state;
    cpu_set_t all, one;
    assert_int_equal(sched_getaffinity(0, sizeof(all), &all), 0);
    uint32_t count = pith__cpu_count();
    assert_in_range(count, 1, (uint32_t)CPU_COUNT(&all));
    CPU_ZERO(&one);
    for (int i = 0; i < CPU_SETSIZE; i++) {
        if (CPU_ISSET(i, &all)) {
            CPU_SET(i, &one);
            break;
        }
    }
    assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
    uint32_t pinned = pith__cpu_count();
    sched_setaffinity(0, sizeof(all), &all);
    assert_int_equal(pinned, 1);
}

typedef struct quota_case {
    const char *membership;
    const char *files[3][2]; /* name under the mount, text */
    uint32_t expected;
} quota_case;

static const quota_case quota_cases[] = {
    {"0::/\n", {{"cpu.max", "max 100000\n"}}, UINT32_MAX},
    {"0::/\n", {{"cpu.max", "200000 100000\n"}}, 2},
    {"0::/\n", {{"cpu.max", "150000 100000\n"}}, 2}, /* rounded up */
    {"0::/\n", {{"cpu.max", "1000 100000\n"}}, 1},
    {"0::/a/b\n",
     {{"a/b/cpu.max", "800000 100000\n"}, {"a/cpu.max", "300000 100000\n"}, {"cpu.max", "max 100000\n"}},
     3},
    {"0::/a/b\n", {{"a/b/cpu.max", "100000 100000\n"}, {"a/cpu.max", "300000 100000\n"}}, 1},
    {"0::/not/here\n", {{"cpu.max", "400000 100000\n"}}, 4}, /* a container's own root */
    {"0::/\n", {{NULL}}, UINT32_MAX},
    {"", {{"cpu.max", "100000 100000\n"}}, UINT32_MAX},
    {"0::/\n", {{"cpu.max", "rubbish\n"}}, UINT32_MAX},
    {"0::/\n", {{"cpu.max", "100000 0\n"}}, UINT32_MAX},
    {"0::/\n", {{"cpu.max", "99999999999999999999999 1\n"}}, UINT32_MAX},
    {"12:memory:/m\n4:cpu,cpuacct:/g\n1:name=systemd:/\n",
     {{"cpu,cpuacct/g/cpu.cfs_quota_us", "250000\n"}, {"cpu,cpuacct/g/cpu.cfs_period_us", "100000\n"}},
     3},
    {"4:cpuacct,cpu:/g\n",
     {{"cpuacct,cpu/cpu.cfs_quota_us", "50000\n"}, {"cpuacct,cpu/cpu.cfs_period_us", "100000\n"}},
     1},
    {"4:cpu:/\n", {{"cpu/cpu.cfs_quota_us", "-1\n"}, {"cpu/cpu.cfs_period_us", "100000\n"}}, UINT32_MAX},
    {"4:cpuset:/\n", {{"cpuset/cpu.cfs_quota_us", "100000\n"}, {"cpuset/cpu.cfs_period_us", "100000\n"}}, UINT32_MAX},
    {"no colons\n::\n", {{NULL}}, UINT32_MAX},
};

static void quotas_of_control_groups(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof(quota_cases) / sizeof(quota_cases[0]); i++) {
        const quota_case *q = &quota_cases[i];
        temp_dir dir;
        temp_dir_make(&dir);
        temp_dir_write(&dir, "self", q->membership, strlen(q->membership));
        temp_dir_write(&dir, "mount/.keep", "", 0);
        for (int f = 0; f < 3 && q->files[f][0]; f++) {
            char name[200] = "mount/";
            strcat(name, q->files[f][0]);
            temp_dir_write(&dir, name, q->files[f][1], strlen(q->files[f][1]));
        }
        uint32_t cpus = pith__cgroup_cpus(temp_dir_file(&dir, "self"), temp_dir_file(&dir, "mount"));
        temp_dir_remove(&dir);
        if (cpus != q->expected) {
            fail_msg("case %zu (%s): %u processors, expected %u", i, q->membership, cpus, q->expected);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waiting_ends_at_the_deadline),
        cmocka_unit_test(signals_arrive),
        cmocka_unit_test(rounding_is_saved_and_restored),
#if defined(__SSE2__)
        cmocka_unit_test(denormals_live_in_between),
#endif
        cmocka_unit_test(processors_follow_affinity),
        cmocka_unit_test(quotas_of_control_groups),
    };
    return cmocka_run_group_tests_name("os", tests, NULL, NULL);
}
