/* The whole sampler: greedy choice, what changes logits, the distribution it draws from, totality, determinism, memory.
 */
#include "sampling_test.h"
#include <float.h>

enum {
    VOCAB = 48
};

static void make_logits(float *logits, uint32_t vocab, uint64_t seed, float spread) {
    for (uint32_t i = 0; i < vocab; i++) {
        logits[i] = spread * test_random_float(&seed);
    }
}

/* One pick from a copy of the logits, which must succeed. */
static int32_t pick(pith__sampler *s, const float *logits, uint32_t vocab, const uint32_t *mask, uint64_t step) {
    float copy[VOCAB];
    int32_t id = -1;
    assert_true(vocab <= VOCAB);
    memcpy(copy, logits, vocab * sizeof(float));
    assert_int_equal(pith__sampler_pick(s, copy, mask, step, &id, NULL), PITH_OK);
    assert_true(id >= 0 && (uint32_t)id < vocab);
    return id;
}

static int32_t pick_once(const pith__sampler_params *params, const float *logits, uint32_t vocab,
                         const uint32_t *mask) {
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__sampler *s = new_sampler(&mem, params, vocab);
    int32_t id = pick(s, logits, vocab, mask, 0);
    pith__sampler_release(s);
    assert_int_equal(pith__mem_used(&mem), 0);
    return id;
}

static void test_greedy_takes_the_best_and_of_equals_the_lowest(void **state) {
    (void)state;
    pith__sampler_params params = neutral_params();
    params.temperature = 0.0f;
    assert_int_equal(pick_once(&params, (float[]){-3, 2, 5, 5, 1}, 5, NULL), 2);
    assert_int_equal(pick_once(&params, (float[]){-0.0f, 0.0f}, 2, NULL), 0);
    assert_int_equal(pick_once(&params, (float[]){-7}, 1, NULL), 0);
    assert_int_equal(pick_once(&params, (float[]){1, INFINITY, 3, INFINITY}, 4, NULL), 1);
    assert_int_equal(pick_once(&params, (float[]){-INFINITY, -FLT_MAX}, 2, NULL), 1);
}

static void test_mask_and_bias(void **state) {
    (void)state;
    pith__sampler_params params = neutral_params();
    params.temperature = 0.0f;
    float logits[40] = {0};
    uint32_t mask[2] = {0x00000100, 0x80}; /* ids 8 and 39 */
    logits[5] = 9.0f;
    logits[39] = 1.0f;
    assert_int_equal(pick_once(&params, logits, 40, mask), 39);
    const pith__bias biases[] = {{39, -2.0f}, {7, 100.0f}, {5, -INFINITY}};
    params.biases = biases;
    params.n_biases = 3;
    assert_int_equal(pick_once(&params, logits, 40, mask), 8); /* the bias of 7 does not lift the mask */
    assert_int_equal(pick_once(&params, logits, 40, NULL), 7);
    const pith__bias again[] = {{5, 1.0f}, {5, -INFINITY}, {5, INFINITY}, {6, INFINITY}};
    params.biases = again;
    params.n_biases = 4;
    assert_int_equal(pick_once(&params, logits, 40, NULL), 6); /* forbidden for good, and forced */
}

static void test_bad_biases_are_refused(void **state) {
    pith__mem mem;
    pith__sampler *s;
    (void)state;
    pith__mem_init(&mem, NULL, NULL, 0);
    const pith__bias bad[] = {{-1, 0.0f}, {VOCAB, 0.0f}, {INT32_MAX, 0.0f}, {3, NAN}};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        pith__sampler_params params = neutral_params();
        params.biases = &bad[i];
        params.n_biases = 1;
        assert_int_equal(pith__sampler_create(&mem, test_kernels(), &params, VOCAB, &s), PITH_E_OPTION);
        assert_null(s);
    }
    pith__sampler_params params = neutral_params();
    assert_int_equal(pith__sampler_create(&mem, test_kernels(), &params, 0, &s), PITH_E_ARGUMENT);
    assert_int_equal(pith__sampler_create(&mem, test_kernels(), &params, UINT32_MAX, &s), PITH_E_ARGUMENT);
    assert_int_equal(pith__mem_used(&mem), 0);
}

/* ---- Penalties, against counting again at every step. ---- */

static float naive_penalized(float logit, const pith__sampler_params *p, const int32_t *history, uint32_t n,
                             int32_t id) {
    uint32_t from = n > p->penalty_last_n ? n - p->penalty_last_n : 0, count = 0;
    for (uint32_t i = from; i < n; i++) {
        count += history[i] == id;
    }
    if (count == 0) {
        return logit;
    }
    float x = logit > 0.0f ? logit / p->repeat_penalty : logit * p->repeat_penalty;
    return x - ((float)count * p->frequency_penalty + p->presence_penalty);
}

static int32_t naive_greedy(const float *logits, const pith__sampler_params *p, const int32_t *history, uint32_t n) {
    int32_t best = 0;
    float best_logit = -INFINITY;
    for (int32_t id = 0; id < VOCAB; id++) {
        float x = naive_penalized(logits[id], p, history, n, id);
        if (x > best_logit) {
            best_logit = x;
            best = id;
        }
    }
    return best;
}

static void check_penalties(const pith__sampler_params *params) {
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__sampler *s = new_sampler(&mem, params, VOCAB);
    int32_t history[300];
    for (uint32_t n = 0; n < 300; n++) {
        float logits[VOCAB];
        make_logits(logits, VOCAB, n / 10 + 1, 3.0f);
        int32_t id = pick(s, logits, VOCAB, NULL, n);
        assert_int_equal(id, naive_greedy(logits, params, history, n));
        history[n] = id;
        pith__sampler_accept(s, id);
        pith__sampler_accept(s, -1); /* what is no token is not counted */
        pith__sampler_accept(s, VOCAB);
    }
    pith__sampler_release(s);
    assert_int_equal(pith__mem_used(&mem), 0);
}

static void test_penalties_look_back_over_their_window(void **state) {
    static const uint32_t windows[] = {0, 1, 2, 7, 64, 299, 65536, 65537, UINT32_MAX};
    (void)state;
    for (size_t i = 0; i < sizeof(windows) / sizeof(windows[0]); i++) {
        pith__sampler_params params = neutral_params();
        params.temperature = 0.0f;
        params.penalty_last_n = windows[i];
        params.repeat_penalty = 1.3f;
        check_penalties(&params);
        params.frequency_penalty = 0.4f;
        check_penalties(&params);
        params.repeat_penalty = 1.0f;
        params.presence_penalty = -0.5f;
        check_penalties(&params);
    }
}

/* ---- The distribution. ---- */

typedef struct dist {
    double p[VOCAB]; /* 0: cut */
} dist;

static void normalize(dist *d) {
    double sum = 0.0;
    for (int i = 0; i < VOCAB; i++) {
        sum += d->p[i];
    }
    for (int i = 0; i < VOCAB; i++) {
        d->p[i] /= sum;
    }
}

/* Keeps the tokens of greatest score until `p` of the probability (and at most k tokens) are kept. */
static void keep_best(dist *d, const double *score, double p, uint32_t k) {
    dist kept = {{0}};
    double sum = 0.0;
    for (uint32_t n = 0; n < k && n < VOCAB && (n == 0 || sum < p); n++) {
        int best = -1;
        for (int i = 0; i < VOCAB; i++) {
            if (d->p[i] > 0.0 && kept.p[i] == 0.0 && (best < 0 || score[i] > score[best])) {
                best = i;
            }
        }
        if (best < 0) {
            break;
        }
        kept.p[best] = d->p[best];
        sum += d->p[best];
    }
    *d = kept;
    normalize(d);
}

static void keep_typical(dist *d, double p) {
    double entropy = 0.0, score[VOCAB];
    for (int i = 0; i < VOCAB; i++) {
        entropy -= d->p[i] > 0.0 ? d->p[i] * log(d->p[i]) : 0.0;
    }
    for (int i = 0; i < VOCAB; i++) {
        score[i] = d->p[i] > 0.0 ? -fabs(-log(d->p[i]) - entropy) : -INFINITY;
    }
    keep_best(d, score, p, VOCAB);
}

static void keep_min_p(dist *d, double min_p) {
    double max = 0.0;
    for (int i = 0; i < VOCAB; i++) {
        max = d->p[i] > max ? d->p[i] : max;
    }
    for (int i = 0; i < VOCAB; i++) {
        d->p[i] = d->p[i] < min_p * max ? 0.0 : d->p[i];
    }
    normalize(d);
}

/* The documented chain, step by step, in double. */
static dist reference(const float *logits, const pith__sampler_params *params) {
    dist d;
    for (int i = 0; i < VOCAB; i++) {
        d.p[i] = exp(logits[i]);
    }
    normalize(&d);
    keep_best(&d, d.p, 2.0, params->top_k ? params->top_k : VOCAB);
    if (params->typical_p < 1.0f) {
        keep_typical(&d, params->typical_p);
    }
    if (params->top_p < 1.0f) {
        keep_best(&d, d.p, params->top_p, VOCAB);
    }
    keep_min_p(&d, params->min_p);
    for (int i = 0; i < VOCAB; i++) {
        d.p[i] = d.p[i] > 0.0 ? pow(d.p[i], 1.0 / params->temperature) : 0.0;
    }
    normalize(&d);
    return d;
}

/* Chi-square of the counts, cells expected under 5 pooled; and nothing that was cut is ever drawn. */
static void check_counts(const dist *d, const uint32_t *count, double n) {
    double chi = 0.0, rare = 0.0, rare_count = 0.0, cells = 0.0;
    for (int i = 0; i < VOCAB; i++) {
        double expected = d->p[i] * n;
        if (expected == 0.0) {
            assert_int_equal(count[i], 0);
        } else if (expected < 5.0) {
            rare += expected;
            rare_count += count[i];
        } else {
            chi += (count[i] - expected) * (count[i] - expected) / expected;
            cells += 1.0;
        }
    }
    if (rare > 0.5) {
        chi += (rare_count - rare) * (rare_count - rare) / rare;
        cells += 1.0;
    }
    assert_true(chi <= cells + 5.0 * sqrt(2.0 * cells));
}

static void check_distribution(const pith__sampler_params *params) {
    enum {
        DRAWS = 20000
    };
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__sampler *s = new_sampler(&mem, params, VOCAB);
    float logits[VOCAB];
    uint32_t count[VOCAB] = {0};
    make_logits(logits, VOCAB, 77, 4.0f);
    for (uint64_t step = 0; step < DRAWS; step++) {
        count[pick(s, logits, VOCAB, NULL, step)]++;
    }
    dist d = reference(logits, params);
    check_counts(&d, count, DRAWS);
    pith__sampler_release(s);
}

static void test_draws_follow_the_distribution(void **state) {
    (void)state;
    for (int i = 0; i < 24; i++) {
        pith__sampler_params params = neutral_params();
        params.seed = 1000 + (uint64_t)i;
        params.temperature = i % 3 == 0 ? 1.0f : i % 3 == 1 ? 0.6f : 1.7f;
        params.top_k = i & 1 ? 20 : 0;
        params.top_p = i & 2 ? 0.85f : 1.0f;
        params.min_p = i & 4 ? 0.1f : 0.0f;
        params.typical_p = i & 8 ? 0.8f : 1.0f;
        check_distribution(&params);
    }
}

/* Typical sampling may drop the likeliest token; a low temperature must then weigh the others among themselves. */
static void test_cold_draws_when_the_likeliest_is_cut(void **state) {
    pith__mem mem;
    float logits[VOCAB] = {2.5f};
    uint32_t drawn[VOCAB] = {0}, kinds = 0;
    (void)state;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__sampler_params params = neutral_params();
    params.typical_p = 0.5f;
    params.temperature = 0.001f;
    pith__sampler *s = new_sampler(&mem, &params, VOCAB);
    for (uint64_t step = 0; step < 500; step++) {
        drawn[pick(s, logits, VOCAB, NULL, step)]++;
    }
    for (int i = 0; i < VOCAB; i++) {
        kinds += drawn[i] > 0;
    }
    assert_int_equal(drawn[0], 0);
    assert_true(kinds > 20);
    pith__sampler_release(s);
}

static void test_same_seed_same_tokens_in_any_order(void **state) {
    pith__mem mem;
    (void)state;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__sampler_params params = neutral_params();
    params.seed = 42;
    pith__sampler *a = new_sampler(&mem, &params, VOCAB), *b = new_sampler(&mem, &params, VOCAB);
    params.seed = 43;
    pith__sampler *other = new_sampler(&mem, &params, VOCAB);
    float logits[VOCAB];
    make_logits(logits, VOCAB, 5, 2.0f);
    int32_t forward[200];
    uint32_t differ = 0;
    for (uint32_t i = 0; i < 200; i++) {
        forward[i] = pick(a, logits, VOCAB, NULL, i);
        differ += forward[i] != pick(other, logits, VOCAB, NULL, i);
    }
    for (uint32_t i = 200; i-- > 0;) { /* a step's token does not depend on the steps before it */
        assert_int_equal(pick(b, logits, VOCAB, NULL, i), forward[i]);
    }
    assert_true(differ > 100);
    pith__sampler_release(a);
    pith__sampler_release(b);
    pith__sampler_release(other);
}

static void test_every_level_picks_the_same(void **state) {
    enum {
        WIDE = 3001
    };
    (void)state;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__sampler_params params = neutral_params();
    params.top_p = 0.97f;
    params.min_p = 0.001f;
    params.typical_p = 0.95f;
    params.temperature = 0.8f;
    static float logits[WIDE], copy[WIDE];
    make_logits(logits, WIDE, 8, 6.0f);
    int32_t first[50];
    float first_logprob[50];
    const char *level;
    for (uint32_t l = 0; (level = pith__kernels_level(l)) != NULL; l++) {
        pith__sampler *s = NULL;
        assert_int_equal(pith__sampler_create(&mem, pith__kernels_get(level), &params, WIDE, &s), PITH_OK);
        for (uint32_t i = 0; i < 50; i++) {
            int32_t id;
            float logprob;
            memcpy(copy, logits, sizeof(copy));
            assert_int_equal(pith__sampler_pick(s, copy, NULL, i, &id, &logprob), PITH_OK);
            first[i] = l == 0 ? id : first[i];
            first_logprob[i] = l == 0 ? logprob : first_logprob[i];
            assert_int_equal(id, first[i]);
            assert_memory_equal(&logprob, &first_logprob[i], sizeof(logprob));
        }
        pith__sampler_release(s);
    }
}

/* The log probability is of the logits as given, whatever bias, mask and penalties made of them. */
static void test_logprob_is_of_the_given_logits(void **state) {
    (void)state;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    const pith__bias biases[] = {{3, 50.0f}};
    const uint32_t all_but_first[2] = {0xfffffffe, 0xffffffff};
    for (int with = 0; with < 4; with++) {
        pith__sampler_params params = neutral_params();
        params.biases = biases;
        params.n_biases = with & 1 ? 1 : 0;
        params.penalty_last_n = with & 2 ? 8 : 0;
        params.frequency_penalty = 3.0f;
        params.temperature = with == 0 ? 0.0f : 0.7f;
        pith__sampler *s = new_sampler(&mem, &params, VOCAB);
        pith__sampler_accept(s, 3);
        float logits[VOCAB], copy[VOCAB], logprob;
        int32_t id;
        make_logits(logits, VOCAB, 6, 4.0f);
        memcpy(copy, logits, sizeof(copy));
        assert_int_equal(pith__sampler_pick(s, copy, all_but_first, 0, &id, &logprob), PITH_OK);
        double sum = 0.0;
        for (int i = 0; i < VOCAB; i++) {
            sum += exp(logits[i]);
        }
        assert_true(fabs(logprob - (logits[id] - log(sum))) < 1e-5);
        assert_true(!(with & 1) || id == 3);
        pith__sampler_release(s);
    }
}

/* ---- Totality. ---- */

static void test_nan_and_nothing_left_are_refused(void **state) {
    pith__mem mem;
    (void)state;
    pith__mem_init(&mem, NULL, NULL, 0);
    for (int greedy = 0; greedy < 2; greedy++) {
        pith__sampler_params params = neutral_params();
        params.temperature = greedy ? 0.0f : 1.0f;
        pith__sampler *s = new_sampler(&mem, &params, 3);
        int32_t id = 7;
        float logprob;
        const uint32_t none = 0xfffffff8; /* bits past the vocabulary do not count */
        assert_int_equal(pith__sampler_pick(s, (float[]){1, NAN, 2}, NULL, 0, &id, &logprob), PITH_E_NUMERIC);
        assert_int_equal(id, -1);
        assert_int_equal(pith__sampler_pick(s, (float[]){1, 2, 3}, &none, 0, &id, NULL), PITH_E_NUMERIC);
        assert_int_equal(pith__sampler_pick(s, (float[]){-INFINITY, -INFINITY, -INFINITY}, NULL, 0, &id, &logprob),
                         PITH_E_NUMERIC);
        pith__sampler_release(s);
    }
}

static void test_infinite_logits_share_all(void **state) {
    pith__mem mem;
    uint32_t count[4] = {0};
    (void)state;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__sampler_params params = neutral_params();
    pith__sampler *s = new_sampler(&mem, &params, 4);
    for (uint64_t step = 0; step < 1000; step++) {
        count[pick(s, (float[]){INFINITY, FLT_MAX, INFINITY, -INFINITY}, 4, NULL, step)]++;
    }
    assert_true(count[0] > 400 && count[2] > 400 && count[1] == 0 && count[3] == 0);
    pith__sampler_release(s);
}

static const float odd_floats[] = {0.0f,     -0.0f,    1.0f,    -1.0f,     0.5f,       2.0f,  1e-30f, -1e30f, FLT_MAX,
                                   -FLT_MAX, INFINITY, FLT_MIN, -INFINITY, 1.401e-45f, 88.0f, -88.0f, 3.0f,   NAN};

static float odd_float(uint64_t *random) {
    return odd_floats[test_random(random) % (sizeof(odd_floats) / sizeof(odd_floats[0]))];
}

/* Any settings on any logits: a token that is allowed, or the numeric status; never a crash, never a NaN. */
static void test_total_over_all_floats(void **state) {
    uint64_t random = 17;
    uint32_t chosen = 0;
    (void)state;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    for (int round = 0; round < 20000; round++) {
        uint32_t vocab = 1 + test_random(&random) % 9;
        pith__sampler_params params = {.temperature = odd_float(&random), .top_k = test_random(&random) % 12};
        params.top_p = odd_float(&random);
        params.min_p = odd_float(&random);
        params.typical_p = odd_float(&random);
        params.repeat_penalty = odd_float(&random);
        params.frequency_penalty = odd_float(&random);
        params.presence_penalty = odd_float(&random);
        params.penalty_last_n = test_random(&random) % 4;
        params.seed = test_random(&random);
        pith__bias bias = {0, odd_float(&random)};
        params.biases = &bias;
        params.n_biases = isnan(bias.bias) ? 0 : 1;
        pith__sampler *s = new_sampler(&mem, &params, vocab);
        for (uint64_t step = 0; step < 3; step++) {
            float logits[9], given[9], logprob = NAN;
            int32_t id;
            for (uint32_t i = 0; i < vocab; i++) {
                given[i] = logits[i] = odd_float(&random);
            }
            int32_t status = pith__sampler_pick(s, logits, NULL, step, &id, &logprob);
            if (status == PITH_OK) {
                assert_true(id >= 0 && (uint32_t)id < vocab && given[id] != -INFINITY);
                assert_false(isnan(logprob) || logprob > 0.0f);
                pith__sampler_accept(s, id);
                chosen++;
            } else {
                assert_int_equal(status, PITH_E_NUMERIC);
                assert_int_equal(id, -1);
            }
        }
        pith__sampler_release(s);
    }
    assert_true(chosen > 10000);
    assert_int_equal(pith__mem_used(&mem), 0);
}

/* ---- Memory. ---- */

static pith__sampler_params hungry_params(const pith__bias *bias) {
    pith__sampler_params params = neutral_params();
    params.frequency_penalty = 0.5f;
    params.penalty_last_n = PITH__PENALTY_WINDOW;
    params.biases = bias;
    params.n_biases = 1;
    return params;
}

static int32_t create_use_and_release(pith__mem *mem, void *arg) {
    const pith__bias bias = {1, 1.0f};
    const pith__sampler_params params = hungry_params(&bias);
    pith__sampler *s;
    (void)arg;
    int32_t status = pith__sampler_create(mem, test_kernels(), &params, VOCAB, &s);
    assert_int_equal(s == NULL, status != PITH_OK);
    if (s) {
        uint64_t used = pith__mem_used(mem);
        float logits[VOCAB] = {0};
        pick(s, logits, VOCAB, NULL, 0);
        pith__sampler_accept(s, 1);
        assert_true(pith__mem_used(mem) == used); /* nothing is taken after creation */
    }
    pith__sampler_release(s);
    return status;
}

static void test_each_failed_allocation(void **state) {
    (void)state;
    assert_true(failing_alloc_each(create_use_and_release, NULL) > 0);
}

static void test_bytes_is_what_create_takes_at_most(void **state) {
    enum {
        WIDE = 151936
    };
    (void)state;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    const pith__bias bias = {1, 1.0f};
    pith__sampler_params params = hungry_params(&bias);
    pith__sampler *s = new_sampler(&mem, &params, WIDE);
    uint64_t bias_cost = pith__mem_cost(sizeof(bias), 16);
    assert_true(pith__mem_used(&mem) - bias_cost == pith__sampler_bytes(WIDE));
    pith__sampler_release(s);
    params = neutral_params();
    params.top_k = 40;
    s = new_sampler(&mem, &params, WIDE);
    assert_true(pith__mem_used(&mem) < 2048); /* the usual case needs next to nothing */
    pith__sampler_release(s);
    pith__sampler_release(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_greedy_takes_the_best_and_of_equals_the_lowest),
        cmocka_unit_test(test_mask_and_bias),
        cmocka_unit_test(test_bad_biases_are_refused),
        cmocka_unit_test(test_penalties_look_back_over_their_window),
        cmocka_unit_test(test_draws_follow_the_distribution),
        cmocka_unit_test(test_cold_draws_when_the_likeliest_is_cut),
        cmocka_unit_test(test_same_seed_same_tokens_in_any_order),
        cmocka_unit_test(test_every_level_picks_the_same),
        cmocka_unit_test(test_logprob_is_of_the_given_logits),
        cmocka_unit_test(test_nan_and_nothing_left_are_refused),
        cmocka_unit_test(test_infinite_logits_share_all),
        cmocka_unit_test(test_total_over_all_floats),
        cmocka_unit_test(test_each_failed_allocation),
        cmocka_unit_test(test_bytes_is_what_create_takes_at_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
