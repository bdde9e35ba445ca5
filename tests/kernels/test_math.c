/* The elementary functions against libm in higher precision, and the exact ones against arithmetic that cannot be
 * wrong. */
#include "check.h"

#include "kernels/math.h"

static float float_of(uint32_t bits) {
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static uint32_t bits_of(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* Error in units of the last place of the binary32 result. */
static double ulps(float got, double expected) {
    int exponent;
    frexp(expected, &exponent);
    return fabs(got - expected) / ldexp(1.0, exponent - 24);
}

static void test_expf(void **state) {
    (void)state;
    double worst = 0;
    for (uint32_t bits = 0; bits < 0x42b17218; bits += 997) {
        for (uint32_t sign = 0; sign < 2; sign++) {
            float x = float_of(bits | sign << 31);
            if (x >= -87.33654f) {
                double error = ulps(pith__expf(x), exp(x));
                worst = error > worst ? error : worst;
            }
        }
    }
    print_message("expf: %.3f ulp\n", worst);
    assert_true(worst < 1.02);
    assert_true(pith__expf(0) == 1.0f);
    assert_true(pith__expf(-INFINITY) == 0);
    assert_true(pith__expf(INFINITY) == INFINITY);
    assert_true(pith__expf(89) == INFINITY);
    assert_true(pith__expf(-87.4f) == 0);
    assert_true(pith__expf(-87.3365f) >= 1.17549435e-38f);
    assert_true(isnan(pith__expf(NAN)));
}

static double relative(double got, double expected) {
    return expected == 0 ? fabs(got) : fabs(got - expected) / fabs(expected);
}

static void test_exp_log_pow(void **state) {
    (void)state;
    for (int i = 0; i < 200000; i++) {
        double x = ((double)check_random() - 0x1p31) * 0x1p-31;
        assert_true(relative(pith__exp(x * 700), exp(x * 700)) < 1e-15);
        double positive = exp(x * 600);
        assert_true(fabs(pith__log(positive) - log(positive)) <= 4e-16 * (1 + fabs(log(positive))));
        double base = 1 + (double)(check_random() % 50000000), power = x;
        assert_true(relative(pith__pow(base, power), pow(base, power)) < 1e-13);
    }
    assert_true(pith__exp(1000) == (double)INFINITY && pith__exp(-1000) == 0 && pith__exp(0) == 1);
    assert_true(pith__log(1) == 0 && pith__log(0) == -(double)INFINITY && isnan(pith__log(-1)));
    assert_true(relative(pith__log(5e-324), log(5e-324)) < 1e-15);
    assert_true(isnan(pith__exp((double)NAN)) && isnan(pith__log((double)NAN)));
    assert_true(pith__log((double)INFINITY) == (double)INFINITY);
}

static void test_sincos(void **state) {
    (void)state;
    double worst = 0;
    for (int i = 0; i < 400000; i++) {
        double x = ((double)check_random() - 0x1p31) * (i % 2 ? 0.4999 : 1e-8 * (i % 1000));
        double s, c;
        pith__sincos(x, &s, &c);
        double error = fmax(fabs(s - sin(x)), fabs(c - cos(x)));
        worst = error > worst ? error : worst;
    }
    print_message("sincos: %.2g\n", worst);
    assert_true(worst < 1e-12);
    double s, c;
    pith__sincos(0, &s, &c);
    assert_true(s == 0 && c == 1);
    pith__sincos(0x1p40, &s, &c);
    assert_true(isnan(s) && isnan(c));
    pith__sincos((double)INFINITY, &s, &c);
    assert_true(isnan(s) && isnan(c));
}

static void test_tanhf(void **state) {
    (void)state;
    double worst = 0;
    for (uint32_t bits = 0x00800000; bits < 0x41800000; bits += 1009) {
        float x = float_of(bits);
        double error = ulps(pith__tanhf(x), tanh(x));
        worst = error > worst ? error : worst;
        assert_true(pith__tanhf(-x) == -pith__tanhf(x));
    }
    print_message("tanhf: %.3f ulp\n", worst);
    assert_true(worst < 1.0);
    assert_true(pith__tanhf(INFINITY) == 1 && pith__tanhf(-INFINITY) == -1 && isnan(pith__tanhf(NAN)));
    assert_true(bits_of(pith__tanhf(-0.0f)) == 0x80000000);
}

__extension__ typedef __int128 wide;
__extension__ typedef unsigned __int128 unsigned_wide;

/* Exact fma of binary32 by integers: products and sums of 24-bit significands in 128 bits, when the exponents are near.
 */
static float fma_by_integers(int64_t x, int64_t y, int64_t z, int shift) {
    wide sum = (wide)x * y * ((wide)1 << shift) + z;
    bool negative = sum < 0;
    unsigned_wide magnitude = negative ? -(unsigned_wide)sum : (unsigned_wide)sum;
    int drop = 0;
    while (magnitude >> drop >= (1u << 24)) {
        drop++;
    }
    unsigned_wide kept = magnitude >> drop, rest = magnitude - (kept << drop);
    unsigned_wide half = drop ? (unsigned_wide)1 << (drop - 1) : 0;
    kept += drop && (rest > half || (rest == half && (kept & 1)));
    double value = ldexp((double)(uint64_t)kept, drop);
    return (float)(negative ? -value : value);
}

static int64_t random_significand(void) {
    int64_t v = check_random() & 0xffffff;
    if (check_random() % 3 == 0) {
        v &= -(int64_t)(1u << (check_random() % 24)); /* many zeros: ties */
    }
    return check_random() % 2 ? v : -v;
}

static void test_fmaf(void **state) {
    (void)state;
    for (int i = 0; i < 2000000; i++) {
        int shift = (int)(check_random() % 60);
        int64_t x = random_significand(), y = random_significand(), z = random_significand();
        float expected = fma_by_integers(x, y, z, shift);
        float got = pith__fmaf((float)x, (float)ldexp((double)y, shift), (float)z);
        if (got != expected) {
            fail_msg("fma(%lld, %lld * 2^%d, %lld)", (long long)x, (long long)y, shift, (long long)z);
        }
    }
    assert_true(pith__fmaf(1e30f, 1e30f, 0) == INFINITY);
    assert_true(isnan(pith__fmaf(INFINITY, 0, 1)));
    assert_true(pith__fmaf(1e30f, 1e30f, -INFINITY) == -INFINITY);
    assert_true(bits_of(pith__fmaf(-0.0f, 1, -0.0f)) == 0x80000000);
    /* Ties and sticky bits among denormals. */
    assert_true(pith__fmaf(0x1p-75f, 0x1p-75f, 0x1p-149f) == 0x1p-148f);
    assert_true(pith__fmaf(0x1p-75f, 0x1p-75f, 0) == 0);
    assert_true(pith__fmaf(0x1.000002p-75f, 0x1p-75f, 0) == 0x1p-149f);
    assert_true(pith__fmaf(0x1p-75f, 0x1p-75f, 0x1.8p-148f) == 0x1p-147f);
}

static void test_halves(void **state) {
    (void)state;
    for (uint32_t h = 0; h < 65536; h++) {
        float x = pith__f16_to_f32((uint16_t)h);
        uint32_t exponent = h >> 10 & 31, fraction = h & 1023;
        double magnitude = exponent == 0 ? ldexp(fraction, -24) : ldexp(1024 + fraction, (int)exponent - 25);
        if (exponent == 31) {
            assert_true(fraction ? isnan(x) : isinf(x));
            assert_int_equal(pith__f32_to_f16(x), fraction ? h | 0x200 : h);
        } else {
            assert_true(x == (h >> 15 ? -magnitude : magnitude));
            assert_int_equal(pith__f32_to_f16(x), h);
        }
    }
    assert_int_equal(pith__f32_to_f16(65519.996f), 0x7bff);
    assert_int_equal(pith__f32_to_f16(65520), 0x7c00);
    assert_int_equal(pith__f32_to_f16(0x1p-25f), 0);
    assert_int_equal(pith__f32_to_f16(0x1.000002p-25f), 1);
    assert_int_equal(pith__f32_to_f16(0x1.8p-24f), 2);
    assert_int_equal(pith__f32_to_f16(0x1.002p+0f), 0x3c00);
    assert_int_equal(pith__f32_to_f16(0x1.006p+0f), 0x3c02);
    assert_int_equal(pith__f32_to_f16(-0x1.ffep-15f), 0x8400);
}

static void test_bf16(void **state) {
    (void)state;
    assert_int_equal(pith__f32_to_bf16(float_of(0x3f808000)), 0x3f80);
    assert_int_equal(pith__f32_to_bf16(float_of(0x3f818000)), 0x3f82);
    assert_int_equal(pith__f32_to_bf16(float_of(0x3f808001)), 0x3f81);
    assert_int_equal(pith__f32_to_bf16(3.4e38f), 0x7f80);
    assert_int_equal(pith__f32_to_bf16(float_of(0x7f800001)), 0x7fc0);
    assert_int_equal(bits_of(pith__bf16_to_f32(0xc0a1)), 0xc0a10000);
}

static void test_sqrtf(void **state) {
    (void)state;
    for (int i = 0; i < 100000; i++) {
        float x = float_of(check_random() & 0x7f7fffff);
        assert_true(pith__sqrtf(x) == (float)sqrt((double)x));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_expf),  cmocka_unit_test(test_exp_log_pow), cmocka_unit_test(test_sincos),
        cmocka_unit_test(test_tanhf), cmocka_unit_test(test_fmaf),        cmocka_unit_test(test_halves),
        cmocka_unit_test(test_bf16),  cmocka_unit_test(test_sqrtf),
    };
    return cmocka_run_group_tests_name("math", tests, NULL, NULL);
}
