/* The allocator: what the hook sees, the limit under contention, exact counters. */
#include "base/memory.h"
#include "base/os.h"
#include "support/cmocka_all.h"
#include "support/failing_alloc.h"
#include <string.h>

static void counts_what_the_hook_sees(void **state) {
    (void)state;
    failing_alloc fa;
    failing_alloc_init(&fa, 0);
    pith__mem mem;
    pith__mem_init(&mem, failing_alloc_hook, &fa, 0);
    static const uint64_t alignments[] = {16, 32, 64, 4096};
    void *blocks[4];
    uint64_t expected = 0;
    for (int i = 0; i < 4; i++) {
        assert_int_equal(pith__mem_alloc(&mem, &blocks[i], 10, 7, alignments[i], "block"), PITH_OK);
        assert_int_equal((uintptr_t)blocks[i] % alignments[i], 0);
        memset(blocks[i], 1, 70);
        expected += pith__mem_cost(70, alignments[i]);
        assert_int_equal(pith__mem_used(&mem), expected);
        assert_int_equal(fa.live_bytes, expected);
    }
    for (int i = 0; i < 4; i++) {
        pith__mem_free(&mem, blocks[i]);
    }
    assert_int_equal(pith__mem_used(&mem), 0);
    assert_int_equal(pith__mem_peak(&mem), expected);
    assert_int_equal(fa.live_blocks, 0);
    assert_string_equal(fa.complaint, "");
    failing_alloc_destroy(&fa);
}

static void calloc_zeroes_and_takes_nothing_gladly(void **state) {
    (void)state;
    failing_alloc fa; /* fills new blocks with rubbish */
    failing_alloc_init(&fa, 0);
    pith__mem mem;
    pith__mem_init(&mem, failing_alloc_hook, &fa, 0);
    uint8_t *bytes, *none;
    assert_int_equal(PITH_NEW_ARRAY(&mem, &bytes, 100, "bytes"), PITH_OK);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(bytes[i], 0);
    }
    assert_int_equal(PITH_NEW_ARRAY(&mem, &none, 0, "nothing"), PITH_OK);
    assert_non_null(none);
    pith__mem_free(&mem, bytes);
    pith__mem_free(&mem, none);
    pith__mem_free(&mem, NULL);
    assert_int_equal(pith__mem_used(&mem), 0);
    failing_alloc_destroy(&fa);
}

static void resizing_keeps_bytes_and_alignment(void **state) {
    (void)state;
    static const uint64_t alignments[] = {0, 16, 256}; /* 0: begins as NULL */
    pith__alloc_hook hooks[] = {NULL, failing_alloc_hook};
    for (int h = 0; h < 2; h++) {
        failing_alloc fa;
        failing_alloc_init(&fa, 0);
        pith__mem mem;
        pith__mem_init(&mem, hooks[h], &fa, 0);
        for (int a = 0; a < 3; a++) {
            uint32_t *p = NULL;
            if (alignments[a]) {
                assert_int_equal(pith__mem_alloc(&mem, (void **)&p, 1, 4, alignments[a], "p"), PITH_OK);
            }
            for (uint32_t n = 1; n < 5000; n = n * 3 / 2 + 1) {
                assert_int_equal(PITH_GROW_ARRAY(&mem, &p, n, "p"), PITH_OK);
                assert_true(alignments[a] == 0 || (uintptr_t)p % alignments[a] == 0);
                p[n - 1] = n;
                for (uint32_t m = 1; m <= n; m = m * 3 / 2 + 1) {
                    assert_int_equal(p[m - 1], m);
                }
            }
            assert_int_equal(PITH_GROW_ARRAY(&mem, &p, 2, "p"), PITH_OK);
            assert_int_equal(p[0], 1);
            assert_int_equal(pith__mem_used(&mem), pith__mem_cost(8, alignments[a]));
            pith__mem_free(&mem, p);
        }
        assert_int_equal(pith__mem_used(&mem), 0);
        assert_string_equal(fa.complaint, "");
        failing_alloc_destroy(&fa);
    }
}

static void impossible_sizes_are_refused(void **state) {
    (void)state;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    void *p = &mem;
    static const uint64_t sizes[][2] = {{UINT64_MAX, 1},
                                        {UINT64_MAX, 2},
                                        {UINT64_MAX - 15, 1},
                                        {UINT64_C(1) << 32, UINT64_C(1) << 32},
                                        {2, UINT64_C(1) << 63}};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        assert_int_equal(pith__mem_calloc(&mem, &p, sizes[i][0], sizes[i][1], "monster"), PITH_E_MEMORY);
        assert_null(p);
        assert_non_null(strstr(pith__error_text(), "monster"));
    }
    assert_int_equal(pith__mem_alloc(&mem, &p, 1, 1, 24, "crooked"), PITH_E_INTERNAL);
    assert_int_equal(pith__mem_alloc(&mem, &p, 1, 1, 8, "small"), PITH_E_INTERNAL);
    assert_int_equal(pith__mem_used(&mem), 0);
}

static void a_failed_resize_changes_nothing(void **state) {
    (void)state;
    failing_alloc fa;
    failing_alloc_init(&fa, 2);
    pith__mem mem;
    pith__mem_init(&mem, failing_alloc_hook, &fa, 0);
    uint8_t *p = NULL;
    assert_int_equal(PITH_GROW_ARRAY(&mem, &p, 8, "p"), PITH_OK);
    memcpy(p, "abcdefg", 8);
    uint64_t used = pith__mem_used(&mem);
    uint8_t *before = p;
    assert_int_equal(PITH_GROW_ARRAY(&mem, &p, 100, "p"), PITH_E_MEMORY);
    assert_ptr_equal(p, before);
    assert_int_equal(PITH_GROW_ARRAY(&mem, &p, UINT64_MAX, "p"), PITH_E_MEMORY);
    assert_ptr_equal(p, before);
    assert_string_equal((char *)p, "abcdefg");
    assert_int_equal(pith__mem_used(&mem), used);
    pith__mem_free(&mem, p);
    assert_int_equal(pith__mem_used(&mem), 0);
    failing_alloc_destroy(&fa);
}

static void the_limit_is_exact(void **state) {
    (void)state;
    failing_alloc fa;
    failing_alloc_init(&fa, 0);
    pith__mem mem;
    pith__mem_init(&mem, failing_alloc_hook, &fa, pith__mem_cost(100, 16) + pith__mem_cost(50, 64));
    void *a, *b, *c;
    assert_int_equal(pith__mem_alloc(&mem, &a, 1, 100, 16, "a"), PITH_OK);
    uint64_t calls = fa.calls;
    assert_int_equal(pith__mem_alloc(&mem, &b, 1, 51, 64, "one byte too many"), PITH_E_MEMORY);
    assert_int_equal(fa.calls, calls); /* the hook was not asked */
    assert_non_null(strstr(pith__error_text(), "one byte too many"));
    assert_non_null(strstr(pith__error_text(), "limit"));
    assert_int_equal(pith__mem_alloc(&mem, &b, 1, 50, 64, "b"), PITH_OK);
    assert_int_equal(pith__mem_alloc(&mem, &c, 0, 1, 16, "c"), PITH_E_MEMORY);
    assert_int_equal(pith__mem_resize(&mem, &a, 1, 101, "a"), PITH_E_MEMORY);
    assert_int_equal(pith__mem_resize(&mem, &a, 1, 99, "a"), PITH_OK);
    assert_int_equal(pith__mem_resize(&mem, &a, 1, 100, "a"), PITH_OK);
    pith__mem_free(&mem, a);
    pith__mem_free(&mem, b);
    assert_int_equal(pith__mem_used(&mem), 0);
    assert_int_equal(pith__mem_peak(&mem), mem.limit);
    assert_string_equal(fa.complaint, "");
    failing_alloc_destroy(&fa);
}

enum {
    CONTENDERS = 4,
    ROUNDS = 20000
};

typedef struct contest {
    pith__mem mem;
    _Atomic uint64_t refused;
    _Atomic int waiting; /* for the others, so that all begin at once */
} contest;

static void contend(void *arg) {
    contest *c = arg;
    void *held[3] = {NULL, NULL, NULL};
    atomic_fetch_add(&c->waiting, 1);
    while (atomic_load(&c->waiting) < CONTENDERS) {
        pith__thread_yield();
    }
    for (int i = 0; i < ROUNDS; i++) {
        void **slot = &held[i % 3];
        pith__mem_free(&c->mem, *slot);
        if (pith__mem_alloc(&c->mem, slot, 1, 100 + (uint64_t)(i % 7) * 50, 16, "contended") != PITH_OK) {
            atomic_fetch_add(&c->refused, 1);
        }
    }
    for (int i = 0; i < 3; i++) {
        pith__mem_free(&c->mem, held[i]);
    }
}

static void the_limit_holds_under_contention(void **state) {
    (void)state;
    contest c;
    failing_alloc fa; /* counts on its own, under a lock */
    failing_alloc_init(&fa, 0);
    pith__mem_init(&c.mem, failing_alloc_hook, &fa, 1000);
    atomic_init(&c.refused, 0);
    atomic_init(&c.waiting, 0);
    pith__thread threads[CONTENDERS];
    for (int i = 0; i < CONTENDERS; i++) {
        assert_int_equal(pith__thread_start(&threads[i], "contender", contend, &c), PITH_OK);
    }
    for (int i = 0; i < CONTENDERS; i++) {
        pith__thread_join(&threads[i]);
    }
    assert_in_range(fa.peak_bytes, 1, 1000);
    assert_in_range(pith__mem_peak(&c.mem), 1, 1000);
    assert_true(atomic_load(&c.refused) > 0); /* it was a contest */
    assert_int_equal(pith__mem_used(&c.mem), 0);
    assert_int_equal(fa.live_blocks, 0);
    assert_string_equal(fa.complaint, "");
    failing_alloc_destroy(&fa);
}

/* The test helper itself must notice: a hook that cannot complain proves nothing. */
static void the_helper_complains(void **state) {
    (void)state;
    failing_alloc fa;
    failing_alloc_init(&fa, 0);
    char *p = failing_alloc_hook(&fa, NULL, 0, 10, 16);
    p = failing_alloc_hook(&fa, p, 9, 20, 16);
    assert_string_equal(fa.complaint, "old_size: 9, expected 10");
    fa.complaint[0] = '\0';
    failing_alloc_hook(&fa, p, 20, 0, 32);
    assert_string_equal(fa.complaint, "alignment: 32, expected 16");
    fa.complaint[0] = '\0';
    p = failing_alloc_hook(&fa, NULL, 0, 10, 64);
    p[10] = 1;
    failing_alloc_hook(&fa, p, 10, 0, 64);
    assert_non_null(strstr(fa.complaint, "bytes after the block"));
    assert_int_equal(fa.live_blocks, 0);
    failing_alloc_destroy(&fa);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_what_the_hook_sees),          cmocka_unit_test(calloc_zeroes_and_takes_nothing_gladly),
        cmocka_unit_test(resizing_keeps_bytes_and_alignment), cmocka_unit_test(impossible_sizes_are_refused),
        cmocka_unit_test(a_failed_resize_changes_nothing),    cmocka_unit_test(the_limit_is_exact),
        cmocka_unit_test(the_limit_holds_under_contention),   cmocka_unit_test(the_helper_complains),
    };
    return cmocka_run_group_tests_name("allocator", tests, NULL, NULL);
}
