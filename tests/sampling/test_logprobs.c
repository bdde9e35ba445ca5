/* Log probabilities against log-softmax in double with libm, and the order and totality of the top list. */
#include "sampling/logprobs.h"
#include "sampling_test.h"

enum {
    VOCAB = 5000 /* several blocks, the last one partial */
};

static double reference_logprob(const float *logits, uint32_t vocab, uint32_t id) {
    double max = -INFINITY, sum = 0.0;
    for (uint32_t i = 0; i < vocab; i++) {
        max = logits[i] > max ? logits[i] : max;
    }
    for (uint32_t i = 0; i < vocab; i++) {
        sum += exp(logits[i] - max);
    }
    return logits[id] - max - log(sum);
}

static void fill(float *logits, uint32_t vocab, float spread) {
    uint64_t state = 99;
    for (uint32_t i = 0; i < vocab; i++) {
        logits[i] = spread * test_random_float(&state);
    }
}

static void test_logprob_is_log_softmax(void **state) {
    static const float spreads[] = {0.0f, 0.1f, 3.0f, 40.0f, 1e4f};
    static float logits[VOCAB];
    (void)state;
    for (size_t s = 0; s < sizeof(spreads) / sizeof(spreads[0]); s++) {
        fill(logits, VOCAB, spreads[s]);
        pith__log_norm norm = pith__log_norm_of(test_kernels(), logits, VOCAB);
        for (uint32_t id = 0; id < VOCAB; id += 271) {
            double want = reference_logprob(logits, VOCAB, id);
            assert_true(fabs(pith__logprob(&norm, logits[id]) - want) <= 2e-6 * fabs(want) + 2e-6);
        }
    }
}

/* Is `b` rightly listed after `a`? */
static bool ordered(const float *logits, int32_t a, int32_t b) {
    return logits[a] > logits[b] || (logits[a] == logits[b] && a < b);
}

static void check_top(const float *logits, uint32_t vocab, uint32_t n) {
    int32_t *ids = calloc(n + 1, sizeof(*ids));
    float *logprobs = calloc(n + 1, sizeof(*logprobs));
    ids[n] = 4711; /* canary */
    pith__top_logprobs(test_kernels(), logits, vocab, n, ids, logprobs);
    uint32_t real = n < vocab ? n : vocab;
    for (uint32_t i = 0; i + 1 < real; i++) {
        assert_true(ordered(logits, ids[i], ids[i + 1]));
    }
    for (uint32_t id = 0; real > 0 && id < vocab; id++) { /* nothing better was left out */
        bool listed = false;
        for (uint32_t i = 0; i < real; i++) {
            listed = listed || ids[i] == (int32_t)id;
        }
        assert_true(listed || ordered(logits, ids[real - 1], (int32_t)id));
    }
    for (uint32_t i = 0; i < n; i += 7) {
        if (i < real) {
            assert_true(fabs(logprobs[i] - reference_logprob(logits, vocab, (uint32_t)ids[i])) < 1e-5);
        } else {
            assert_true(ids[i] == -1 && logprobs[i] == -INFINITY);
        }
    }
    assert_int_equal(ids[n], 4711);
    free(ids);
    free(logprobs);
}

static void test_top_is_ordered_and_complete(void **state) {
    static float logits[VOCAB];
    static const uint32_t ns[] = {0, 1, 2, 20, 100};
    (void)state;
    fill(logits, VOCAB, 5.0f);
    for (uint32_t i = 0; i < VOCAB; i++) {
        logits[i] = i % 3 ? logits[i] : roundf(logits[i]); /* ties */
    }
    for (size_t i = 0; i < sizeof(ns) / sizeof(ns[0]); i++) {
        check_top(logits, VOCAB, ns[i]);
        check_top(logits, 64, ns[i]);
        check_top(logits, 1, ns[i]);
    }
}

static void test_infinities(void **state) {
    (void)state;
    const float certain[4] = {1.0f, INFINITY, -INFINITY, INFINITY};
    pith__log_norm norm = pith__log_norm_of(test_kernels(), certain, 4);
    assert_true(fabs(pith__logprob(&norm, INFINITY) + log(2.0)) < 1e-6);
    assert_true(pith__logprob(&norm, 1.0f) == -INFINITY);
    assert_true(pith__logprob(&norm, -INFINITY) == -INFINITY);

    const float nothing[3] = {-INFINITY, -INFINITY, -INFINITY};
    norm = pith__log_norm_of(test_kernels(), nothing, 3);
    assert_true(pith__logprob(&norm, -INFINITY) == -INFINITY);

    const float mixed[3] = {NAN, 0.0f, -INFINITY};
    int32_t ids[3];
    float logprobs[3];
    pith__top_logprobs(test_kernels(), mixed, 3, 3, ids, logprobs);
    assert_int_equal(ids[0], 1);
    assert_true(logprobs[0] == 0.0f && logprobs[1] == -INFINITY && logprobs[2] == -INFINITY);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_logprob_is_log_softmax),
        cmocka_unit_test(test_top_is_ordered_and_complete),
        cmocka_unit_test(test_infinities),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
