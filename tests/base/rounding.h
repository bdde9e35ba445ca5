/* The rounding direction that arithmetic really has (fegetround reads the x87's on some systems). */
#ifndef PITH_TESTS_BASE_ROUNDING_H
#define PITH_TESTS_BASE_ROUNDING_H

#include <fenv.h>

static inline int rounding_now(void) {
    volatile double one = 1.0, tiny = 1e-30, above, below;
    above = one + tiny;
    below = one - tiny;
    return above > one ? FE_UPWARD : below < one ? FE_DOWNWARD : FE_TONEAREST;
}

#endif
