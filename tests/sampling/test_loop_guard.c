/* The loop guard against a definition that looks at all tokens again, and against texts that repeat a shape but not
 * themselves. */
#include "sampling_test.h"

enum {
    PERIOD = 128,
    LENGTH = 1024
};

static pith__loop_guard *new_guard(pith__mem *mem, uint32_t period, uint32_t length) {
    pith__loop_guard *g = NULL;
    pith__mem_init(mem, NULL, NULL, 0);
    assert_int_equal(pith__loop_guard_create(mem, period, length, &g), PITH_OK);
    return g;
}

/* Tokens all different, then a stretch of `p` tokens over and over: how many tokens of it until the guard speaks? 0:
 * never in `limit`. */
static uint32_t tokens_until_loop(uint32_t p, uint32_t before, uint32_t limit) {
    pith__mem mem;
    pith__loop_guard *g = new_guard(&mem, PERIOD, LENGTH);
    uint32_t at = 0;
    for (uint32_t i = 0; i < before; i++) {
        assert_false(pith__loop_guard_accept(g, (int32_t)(1000000 + i)));
    }
    for (uint32_t i = 0; i < limit && at == 0; i++) {
        at = pith__loop_guard_accept(g, (int32_t)(i % p)) ? i + 1 : 0;
    }
    pith__loop_guard_release(g);
    assert_int_equal(pith__mem_used(&mem), 0);
    return at;
}

static void test_speaks_at_exactly_the_length(void **state) {
    (void)state;
    for (uint32_t p = 1; p <= PERIOD; p++) {
        assert_int_equal(tokens_until_loop(p, 0, 2 * LENGTH), LENGTH);
        assert_int_equal(tokens_until_loop(p, 37, 2 * LENGTH), LENGTH);
    }
}

static void test_longer_stretches_are_left_alone(void **state) {
    (void)state;
    assert_int_equal(tokens_until_loop(PERIOD + 1, 0, 10 * LENGTH), 0);
    assert_int_equal(tokens_until_loop(3 * PERIOD, 5, 10 * LENGTH), 0);
}

/* "item 1: ... item 2: ...": the same twenty tokens with one that counts. */
static void test_a_list_that_counts_is_no_loop(void **state) {
    pith__mem mem;
    pith__loop_guard *g = new_guard(&mem, PERIOD, LENGTH);
    (void)state;
    for (int32_t i = 0; i < 20 * LENGTH; i++) {
        assert_false(pith__loop_guard_accept(g, i % 20 == 3 ? 500 + i / 20 : i % 20));
    }
    pith__loop_guard_release(g);
}

/* Two counting digits return every 100 items: a period too long to count. */
static void test_a_counter_of_two_digits_is_no_loop(void **state) {
    pith__mem mem;
    pith__loop_guard *g = new_guard(&mem, PERIOD, LENGTH);
    (void)state;
    for (int32_t i = 0; i < 20 * LENGTH; i++) {
        int32_t item = i / 10, part = i % 10;
        assert_false(pith__loop_guard_accept(g, part == 0 ? 100 + item / 10 % 10 : part == 1 ? 100 + item % 10 : part));
    }
    pith__loop_guard_release(g);
}

static void test_one_change_starts_anew(void **state) {
    pith__mem mem;
    pith__loop_guard *g = new_guard(&mem, PERIOD, LENGTH);
    (void)state;
    for (int32_t i = 0; i < LENGTH - 1; i++) {
        assert_false(pith__loop_guard_accept(g, i % 4));
    }
    assert_false(pith__loop_guard_accept(g, 99));
    for (int32_t i = 0; i < LENGTH - 1; i++) {
        assert_false(pith__loop_guard_accept(g, i % 4));
    }
    assert_true(pith__loop_guard_accept(g, (LENGTH - 1) % 4));
    pith__loop_guard_release(g);
}

/* By the definition: do the last max(length, 2p) tokens repeat with some period p? */
static bool naive(const int32_t *tokens, uint32_t n, uint32_t period, uint32_t length) {
    for (uint32_t p = 1; p <= period; p++) {
        uint32_t need = length > 2 * p ? length : 2 * p;
        bool same = n >= need;
        for (uint32_t i = n - (same ? need : n) + p; same && i < n; i++) {
            same = tokens[i] == tokens[i - p];
        }
        if (same) {
            return true;
        }
    }
    return false;
}

static void test_against_the_definition(void **state) {
    static const uint32_t sizes[][2] = {{1, 0}, {1, 5}, {3, 4}, {3, 12}, {5, 9}, {8, 1}};
    (void)state;
    uint64_t random = 3;
    uint32_t loops = 0;
    for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
        pith__mem mem;
        pith__loop_guard *g = new_guard(&mem, sizes[s][0], sizes[s][1]);
        int32_t tokens[3000];
        for (uint32_t i = 0; i < 3000; i++) {
            uint32_t back = 1 + test_random(&random) % 4 % (i + 1);
            bool copy = i >= 4 && (i / 40) % 2 == 0; /* stretches that repeat and stretches that do not */
            tokens[i] = copy ? tokens[i - (i / 80 % 3 + 1)] : (int32_t)(test_random(&random) % (1 + back));
            bool looping = pith__loop_guard_accept(g, tokens[i]);
            assert_int_equal(looping, naive(tokens, i + 1, sizes[s][0], sizes[s][1]));
            loops += looping;
        }
        pith__loop_guard_release(g);
    }
    assert_true(loops > 1000);
}

static void test_period_zero_finds_nothing(void **state) {
    pith__mem mem;
    pith__loop_guard *g = new_guard(&mem, 0, 4);
    (void)state;
    for (int i = 0; i < 100; i++) {
        assert_false(pith__loop_guard_accept(g, 1));
    }
    pith__loop_guard_release(g);
    pith__loop_guard_release(NULL);
}

static int32_t create_and_release(pith__mem *mem, void *arg) {
    pith__loop_guard *g;
    (void)arg;
    int32_t status = pith__loop_guard_create(mem, PERIOD, LENGTH, &g);
    assert_int_equal(g == NULL, status != PITH_OK);
    pith__loop_guard_release(g);
    return status;
}

static void test_each_failed_allocation(void **state) {
    (void)state;
    assert_true(failing_alloc_each(create_and_release, NULL) > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_speaks_at_exactly_the_length),  cmocka_unit_test(test_longer_stretches_are_left_alone),
        cmocka_unit_test(test_a_list_that_counts_is_no_loop), cmocka_unit_test(test_a_counter_of_two_digits_is_no_loop),
        cmocka_unit_test(test_one_change_starts_anew),        cmocka_unit_test(test_against_the_definition),
        cmocka_unit_test(test_period_zero_finds_nothing),     cmocka_unit_test(test_each_failed_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
