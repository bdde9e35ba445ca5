/* Each filter against its definition: sort everything, in double, with libm. Sets must agree but for tokens that lie on
 * the edge within float rounding, which the reference reports. */
#include "sampling/candidates.h"
#include "sampling/filters.h"
#include "sampling_test.h"

enum {
    VOCAB = 700,
    ROUNDS = 60
};
#define EDGE 1e-5 /* relative distance from the threshold within which float rounding may decide otherwise */

typedef struct entry {
    double key, p;
    int32_t id;
} entry;

static int best_first(const void *a, const void *b) {
    const entry *x = a, *y = b;
    if (x->key != y->key) {
        return x->key > y->key ? -1 : 1;
    }
    return x->id < y->id ? -1 : x->id > y->id;
}

static int rising(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return x < y ? -1 : x > y;
}

/* Logits with ties, a shape that changes by round from flat to peaked, some forbidden, some sorted, some all equal. */
static void make_logits(float *logits, uint32_t vocab, uint64_t round) {
    uint64_t state = round + 1;
    float spread = 0.05f * (float)(1 + round % 12) * (float)(1 + round % 12);
    for (uint32_t i = 0; i < vocab; i++) {
        float x = test_random_float(&state) + test_random_float(&state) + test_random_float(&state);
        logits[i] = spread * (i % 7 == 0 ? roundf(x * 4.0f) / 4.0f : x);
        if (round % 3 == 0 && i % 5 == 0) {
            logits[i] = -INFINITY;
        }
    }
    if (round % 5 == 0) {
        qsort(logits, vocab, sizeof(*logits), rising);
    }
    for (uint32_t i = 0; round % 29 == 28 && i < vocab; i++) {
        logits[i] = 1.5f;
    }
}

static float largest(const float *logits, uint32_t vocab) {
    float max = -INFINITY;
    for (uint32_t i = 0; i < vocab; i++) {
        max = logits[i] > max ? logits[i] : max;
    }
    return max;
}

/* All allowed tokens with their probabilities, best first. Returns how many. */
static uint32_t reference(const float *logits, uint32_t vocab, entry *out) {
    double max = largest(logits, vocab), sum = 0.0;
    uint32_t n = 0;
    for (uint32_t i = 0; i < vocab; i++) {
        if (logits[i] != -INFINITY) {
            out[n++] = (entry){.key = logits[i], .p = exp(logits[i] - max), .id = (int32_t)i};
            sum += out[n - 1].p;
        }
    }
    for (uint32_t i = 0; i < n; i++) {
        out[i].p /= sum;
    }
    qsort(out, n, sizeof(*out), best_first);
    return n;
}

static uint32_t weighed(const float *logits, uint32_t vocab, pith__candidate *list) {
    uint32_t n = pith__candidates_all(logits, vocab, list);
    pith__candidates_weigh(test_kernels(), logits, largest(logits, vocab), 1.0f, list, n);
    return n;
}

/* How many of sorted `all` the definition keeps; *edge when the sum before or after lies within rounding of p. */
static uint32_t reference_take(const entry *all, uint32_t n, double p, bool *edge) {
    double sum = 0.0;
    *edge = false;
    for (uint32_t i = 0; i < n; i++) {
        sum += all[i].p;
        *edge = *edge || fabs(sum - p) < EDGE;
        if (sum >= p) {
            return i + 1;
        }
    }
    return n;
}

/* The kept tokens, in order, are the reference's. */
static void check_same(const pith__candidate *list, uint32_t kept, const entry *all, uint32_t want) {
    assert_int_equal(kept, want);
    for (uint32_t i = 0; i < kept; i++) {
        assert_int_equal(list[i].id, all[i].id);
    }
}

static int candidate_best_first(const void *a, const void *b) {
    const pith__candidate *x = a, *y = b;
    return best_first(&(entry){.key = x->key, .id = x->id}, &(entry){.key = y->key, .id = y->id});
}

static void test_best_is_a_sorted_prefix(void **state) {
    static float logits[VOCAB];
    static entry all[VOCAB];
    static pith__candidate list[VOCAB];
    static const uint32_t ks[] = {1, 2, 3, 40, 255, 256, 257, VOCAB - 1, VOCAB};
    (void)state;
    for (uint64_t round = 0; round < ROUNDS; round++) {
        make_logits(logits, VOCAB, round);
        uint32_t n = reference(logits, VOCAB, all);
        for (size_t i = 0; i < sizeof(ks) / sizeof(ks[0]); i++) {
            uint32_t got = pith__candidates_best(test_kernels(), logits, VOCAB, ks[i], list);
            check_same(list, got, all, ks[i] < n ? ks[i] : n);
        }
    }
}

static void test_best_among_equals_is_the_lowest_ids(void **state) {
    static float logits[VOCAB];
    pith__candidate list[10];
    (void)state;
    assert_int_equal(pith__candidates_best(test_kernels(), logits, VOCAB, 10, list), 10);
    for (int32_t i = 0; i < 10; i++) {
        assert_int_equal(list[i].id, i);
    }
}

static void test_weights_are_exponentials(void **state) {
    static float logits[VOCAB];
    static pith__candidate list[VOCAB];
    (void)state;
    make_logits(logits, VOCAB, 11);
    float max = largest(logits, VOCAB);
    uint32_t n = pith__candidates_all(logits, VOCAB, list);
    pith__candidates_weigh(test_kernels(), logits, max, 0.7f, list, n);
    for (uint32_t i = 0; i < n; i++) {
        double want = exp(((double)logits[list[i].id] - max) / 0.7f);
        assert_true(fabs(list[i].weight - want) <= 1e-5 * want + 1e-37);
    }
}

static void test_top_p(void **state) {
    static const float ps[] = {0.0f, 1e-6f, 0.1f, 0.5f, 0.9f, 0.95f, 0.999f, 0.9999f};
    static float logits[VOCAB];
    static entry all[VOCAB];
    static pith__candidate list[VOCAB];
    uint32_t checked = 0;
    (void)state;
    for (uint64_t round = 0; round < ROUNDS; round++) {
        make_logits(logits, VOCAB, round);
        uint32_t n = reference(logits, VOCAB, all);
        for (size_t i = 0; i < sizeof(ps) / sizeof(ps[0]); i++) {
            bool edge;
            uint32_t want = reference_take(all, n, ps[i], &edge);
            uint32_t got = pith__filter_top_p(logits, ps[i], list, weighed(logits, VOCAB, list));
            if (!edge) {
                qsort(list, got, sizeof(*list), candidate_best_first);
                check_same(list, got, all, want);
                checked++;
            }
        }
    }
    assert_true(checked > ROUNDS * 4);
}

/* Keys of `all` become minus the distance of surprise from entropy. */
static void make_typical(entry *all, uint32_t n) {
    double entropy = 0.0;
    for (uint32_t i = 0; i < n; i++) {
        entropy -= all[i].p > 0.0 ? all[i].p * log(all[i].p) : 0.0;
    }
    for (uint32_t i = 0; i < n; i++) {
        all[i].key = -fabs(-log(all[i].p) - entropy);
    }
    qsort(all, n, sizeof(*all), best_first);
}

static bool holds(const pith__candidate *list, uint32_t n, int32_t id) {
    for (uint32_t i = 0; i < n; i++) {
        if (list[i].id == id) {
            return true;
        }
    }
    return false;
}

/* Distances closer than float tells apart may swap, so the kept set is compared away from its edge. */
static void check_typical(const float *logits, float p) {
    static entry all[VOCAB];
    static pith__candidate list[VOCAB];
    uint32_t n = reference(logits, VOCAB, all);
    make_typical(all, n);
    bool edge;
    uint32_t want = reference_take(all, n, p, &edge);
    uint32_t got = pith__filter_typical(logits, largest(logits, VOCAB), p, list, weighed(logits, VOCAB, list));
    assert_true(got >= 1 && abs((int)got - (int)want) <= 2);
    for (uint32_t i = 0; i < n; i++) {
        if (fabs(all[i].key - all[want - 1].key) > 1e-4) {
            assert_int_equal(holds(list, got, all[i].id), i < want);
        }
    }
}

static void test_typical(void **state) {
    static const float ps[] = {0.0f, 0.05f, 0.2f, 0.5f, 0.9f, 0.97f};
    static float logits[VOCAB];
    (void)state;
    for (uint64_t round = 0; round < ROUNDS; round++) {
        make_logits(logits, VOCAB, round);
        for (size_t i = 0; i < sizeof(ps) / sizeof(ps[0]); i++) {
            check_typical(logits, ps[i]);
        }
    }
}

/* The point of the method: the single most likely token may be less typical than the crowd, and goes. */
static void test_typical_can_drop_the_likeliest(void **state) {
    float logits[65];
    pith__candidate list[65];
    (void)state;
    for (uint32_t i = 0; i < 65; i++) {
        logits[i] = i == 0 ? 2.5f : 0.0f; /* 0.16 for the first, 0.013 for each other */
    }
    uint32_t got = pith__filter_typical(logits, 2.5f, 0.5f, list, weighed(logits, 65, list));
    assert_true(got > 30);
    assert_false(holds(list, got, 0));
}

static void test_min_p(void **state) {
    static const float ps[] = {0.0f, 1e-4f, 0.05f, 0.3f, 1.0f};
    static float logits[VOCAB];
    static pith__candidate list[VOCAB];
    (void)state;
    for (uint64_t round = 0; round < ROUNDS; round++) {
        make_logits(logits, VOCAB, round);
        float max = largest(logits, VOCAB);
        for (size_t i = 0; i < sizeof(ps) / sizeof(ps[0]); i++) {
            uint32_t got = pith__filter_min_p(ps[i], list, weighed(logits, VOCAB, list));
            assert_true(got >= 1);
            for (uint32_t id = 0; id < VOCAB; id++) {
                double ratio = logits[id] == -INFINITY ? -1.0 : exp((double)logits[id] - max);
                if (fabs(ratio - ps[i]) > 1e-6 * ps[i]) {
                    assert_int_equal(holds(list, got, (int32_t)id), ratio > ps[i]);
                }
            }
        }
    }
}

static void test_filters_keep_one(void **state) {
    float logits[3] = {0.0f, -200.0f, -1e30f};
    pith__candidate list[3];
    (void)state;
    assert_int_equal(pith__filter_top_p(logits, 0.0f, list, weighed(logits, 3, list)), 1);
    assert_int_equal(list[0].id, 0);
    assert_int_equal(pith__filter_typical(logits, 0.0f, 0.0f, list, weighed(logits, 3, list)), 1);
    assert_int_equal(pith__filter_min_p(1.0f, list, weighed(logits, 1, list)), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_best_is_a_sorted_prefix),
        cmocka_unit_test(test_best_among_equals_is_the_lowest_ids),
        cmocka_unit_test(test_weights_are_exponentials),
        cmocka_unit_test(test_top_p),
        cmocka_unit_test(test_typical),
        cmocka_unit_test(test_typical_can_drop_the_likeliest),
        cmocka_unit_test(test_min_p),
        cmocka_unit_test(test_filters_keep_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
