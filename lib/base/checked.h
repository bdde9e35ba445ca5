/* Arithmetic on sizes that come from files or callers: every product and sum says whether it fits. */
#ifndef PITH_BASE_CHECKED_H
#define PITH_BASE_CHECKED_H

#include <stdbool.h>
#include <stdint.h>

static inline bool pith__mul_u64(uint64_t a, uint64_t b, uint64_t *out) {
    if (a != 0 && b > UINT64_MAX / a) {
        return false;
    }
    *out = a * b;
    return true;
}

static inline bool pith__add_u64(uint64_t a, uint64_t b, uint64_t *out) {
    if (b > UINT64_MAX - a) {
        return false;
    }
    *out = a + b;
    return true;
}

/* Rounds up to a multiple of `step` (a power of two). The caller knows that the result fits. */
static inline uint64_t pith__round_up(uint64_t n, uint64_t step) {
    return (n + step - 1) & ~(step - 1);
}

static inline uint64_t pith__div_up(uint64_t n, uint64_t d) {
    return n / d + (n % d != 0);
}

#endif
