/* What the sampling tests share: cmocka, failing memory, numbers from a seed, and neutral settings. */
#ifndef PITH_TESTS_SAMPLING_TEST_H
#define PITH_TESTS_SAMPLING_TEST_H

#include "sampling/sampling.h"
#include "support/cmocka_all.h"
#include "support/failing_alloc.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static inline uint32_t test_random(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

/* A float in (-1, 1). */
static inline float test_random_float(uint64_t *state) {
    return ((float)test_random(state) + 0.5f) * 0x1p-30f - 1.0f;
}

static inline pith__sampler_params neutral_params(void) {
    return (pith__sampler_params){.temperature = 1.0f, .top_p = 1.0f, .typical_p = 1.0f, .repeat_penalty = 1.0f};
}

static inline const pith__kernels *test_kernels(void) {
    const pith__kernels *kernels = pith__kernels_get("ref");
    assert_non_null(kernels);
    return kernels;
}

static inline pith__sampler *new_sampler(pith__mem *mem, const pith__sampler_params *params, uint32_t vocab) {
    pith__sampler *s = NULL;
    assert_int_equal(pith__sampler_create(mem, test_kernels(), params, vocab, &s), PITH_OK);
    assert_non_null(s);
    return s;
}

#endif
