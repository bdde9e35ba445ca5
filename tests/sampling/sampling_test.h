/* What the sampling tests share: cmocka, memory that can be told to fail, numbers from a seed, and neutral settings. */
#ifndef PITH_TESTS_SAMPLING_TEST_H
#define PITH_TESTS_SAMPLING_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sampling/sampling.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* An allocator whose n-th allocation from now fails, once; n < 0: none does. */
typedef struct flaky_memory {
    int64_t fail_at;
    int64_t seen;
    bool failed;
} flaky_memory;

static inline void *flaky_hook(void *user, void *ptr, uint64_t old_size, uint64_t new_size, uint64_t alignment) {
    flaky_memory *flaky = user;
    (void)old_size;
    (void)alignment; /* nothing here asks for more than malloc gives */
    if (new_size == 0) {
        free(ptr);
        return NULL;
    }
    if (flaky->seen++ == flaky->fail_at) {
        flaky->failed = true;
        return NULL;
    }
    return realloc(ptr, (size_t)new_size);
}

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
