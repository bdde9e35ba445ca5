/* The generator against published vectors of Philox4x32-10, and its numbers against what uniform numbers must look
 * like. */
#include "sampling_test.h"

/* Zero key and counter: the known answer of the Random123 library, 6627e8d5 e169c58d (kat_vectors, philox4x32 10). The
 * others were made by an independent implementation that reproduces all of that file's philox4x32 answers. */
static void test_known_answers(void **state) {
    static const struct {
        uint64_t seed, step, bits;
    } known[] = {
        {0, 0, 0x6627e8d5e169c58d},
        {0x1, 0x0, 0xe3e80670e50a0ebc},
        {0x0, 0x1, 0xf8e4cca45cb200db},
        {0xffffffffffffffff, 0xffffffffffffffff, 0x4d18d7d2430ac65a},
        {0x123456789abcdef0, 0xfedcba9876543210, 0xef8e01b2332e9f89},
        {0x100000000, 0x7, 0xe62a60c38632c8b5},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        double want = (double)(known[i].bits >> 11) / 9007199254740992.0;
        assert_true(pith__random_uniform(known[i].seed, known[i].step) == want);
    }
}

/* Chi-square of `cells` equal cells over n numbers: its mean is cells-1, its variance twice that. */
static void check_uniform(const uint32_t *count, uint32_t cells, double n) {
    double expected = n / cells, chi = 0.0;
    for (uint32_t i = 0; i < cells; i++) {
        chi += (count[i] - expected) * (count[i] - expected) / expected;
    }
    assert_true(fabs(chi - (cells - 1)) < 4.0 * sqrt(2.0 * (cells - 1)));
}

static void test_uniform_over_steps_and_seeds(void **state) {
    enum {
        CELLS = 256,
        N = 100000
    };
    (void)state;
    uint32_t by_step[CELLS] = {0}, by_seed[CELLS] = {0};
    for (uint32_t i = 0; i < N; i++) {
        double a = pith__random_uniform(1234, i), b = pith__random_uniform(i, 0);
        assert_true(a >= 0.0 && a < 1.0 && b >= 0.0 && b < 1.0);
        by_step[(uint32_t)(a * CELLS)]++;
        by_seed[(uint32_t)(b * CELLS)]++;
    }
    check_uniform(by_step, CELLS, N);
    check_uniform(by_seed, CELLS, N);
}

/* Neighbours in a stream, and the same step of neighbouring seeds, must not know of each other. */
static void test_neighbours_are_independent(void **state) {
    enum {
        SIDE = 16,
        N = 100000
    };
    (void)state;
    uint32_t steps[SIDE * SIDE] = {0}, seeds[SIDE * SIDE] = {0};
    for (uint32_t i = 0; i < N; i++) {
        uint32_t a = (uint32_t)(pith__random_uniform(7, 2 * (uint64_t)i) * SIDE);
        uint32_t b = (uint32_t)(pith__random_uniform(7, 2 * (uint64_t)i + 1) * SIDE);
        uint32_t c = (uint32_t)(pith__random_uniform(8, 2 * (uint64_t)i) * SIDE);
        steps[a * SIDE + b]++;
        seeds[a * SIDE + c]++;
    }
    check_uniform(steps, SIDE * SIDE, N);
    check_uniform(seeds, SIDE * SIDE, N);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_answers),
        cmocka_unit_test(test_uniform_over_steps_and_seeds),
        cmocka_unit_test(test_neighbours_are_independent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
