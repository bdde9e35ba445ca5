/* Numbers of a JSON text: integers at their limits, doubles against the C library, bit for bit. */
#include "formats/json_checks.h"
#include "support/cmocka_all.h"
#include <stdio.h>
#include <stdlib.h>

static int32_t read_integer(const char *text, int64_t *out) {
    pith__jstream json;
    pith__jstream_open(&json, pith__str_of(text), "text", NULL);
    PITH_TRY(pith__jstream_integer(&json, out));
    return pith__jstream_finish(&json);
}

static int32_t read_double(const char *text, double *out) {
    pith__jstream json;
    pith__jstream_open(&json, pith__str_of(text), "text", NULL);
    PITH_TRY(pith__jstream_double(&json, out));
    return pith__jstream_finish(&json);
}

static void integers_are_whole_and_fit(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t value;
    } good[] = {{"0", 0},
                {"-0", 0},
                {"7", 7},
                {"-151643", -151643},
                {"9223372036854775807", INT64_MAX},
                {"-9223372036854775808", INT64_MIN},
                {"-9223372036854775807", -INT64_MAX}};
    static const char *const bad[] = {"9223372036854775808",
                                      "-9223372036854775809",
                                      "18446744073709551616",
                                      "99999999999999999999999",
                                      "1.0",
                                      "1e2",
                                      "0.5",
                                      "1E0",
                                      "\"1\"",
                                      "true",
                                      "[1]"};
    int64_t value = 1;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_int_equal(read_integer(good[i].text, &value), PITH_OK);
        assert_true(value == good[i].value);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(read_integer(bad[i], &value), PITH_E_FORMAT);
    }
    assert_int_equal(read_integer("1.5", &value), PITH_E_FORMAT);
    assert_string_equal(pith__error_text(), "text: byte 0: expected an integer of 64 bits, found 1.5");
}

static void check_double(const char *text, double expected) {
    double value = 1;
    if (read_double(text, &value) != PITH_OK || memcmp(&value, &expected, sizeof(value)) != 0) {
        fail_msg("%s: %a, expected %a (%s)", text, value, expected, pith__error_text());
    }
}

static void doubles_are_the_nearest(void **state) {
    (void)state;
    static const struct {
        const char *text;
        double value;
    } cases[] = {
        {"0", 0.0},
        {"-0.0", -0.0},
        {"0e999999999999999999999", 0.0},
        {"0.000e-5", 0.0},
        {"1", 1.0},
        {"9007199254740993", 0x1p53}, /* halfway: to even */
        {"9007199254740995", 0x1.0000000000002p53},
        {"9007199254740993.0000000000000000000000000000001", 0x1.0000000000001p53},
        {"1.7976931348623157e308", 0x1.fffffffffffffp1023},
        {"1.7976931348623158079e308", 0x1.fffffffffffffp1023},
        {"0.00000000017976931348623157e318", 0x1.fffffffffffffp1023},
        {"2.2250738585072014e-308", 0x1p-1022},
        {"2.2250738585072011e-308", 0x0.fffffffffffffp-1022},
        {"5e-324", 0x1p-1074},
        {"2.4703282292062328e-324", 0x1p-1074},
        {"2.4703282292062327e-324", 0.0},
        {"1e-400", 0.0},
        {"-1e-99999999999999999999", -0.0},
        {"123456789012345678901234567890", 0x1.8ee90ff6c373ep96},
        {"0.1", 0x1.999999999999ap-4},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        check_double(cases[i].text, cases[i].value);
    }
    static const char *const huge[] = {"1.7976931348623159e308", "1e309", "-1e309", "1e99999999999999999999",
                                       "179769313486231580800000000000000000e274"};
    for (size_t i = 0; i < sizeof(huge) / sizeof(huge[0]); i++) {
        double value;
        assert_int_equal(read_double(huge[i], &value), PITH_E_FORMAT);
        assert_non_null(strstr(pith__error_text(), "beyond the range of a double"));
        assert_int_equal(checked_pass(pith__str_of(huge[i])), PITH_OK);
    }
}

/* Against the C library's word, in the C locale: doubles of all sizes with few and many digits. */
static void random_doubles_are_the_nearest(void **state) {
    (void)state;
    for (int i = 0; i < 40000; i++) {
        uint64_t bits = random_bits();
        bits = i % 8 == 0 ? bits & ((UINT64_C(1) << 63) | ((UINT64_C(1) << 53) - 1)) : bits; /* subnormal */
        double value;
        memcpy(&value, &bits, sizeof(value));
        if ((bits >> 52 & 0x7ff) == 0x7ff) {
            continue;
        }
        char text[512];
        snprintf(text, sizeof(text), "%.*e", (int)(random_bits() % 30), value);
        if (strtod(text, NULL) - strtod(text, NULL) == 0) { /* rounding up may have made it infinite */
            check_double(text, strtod(text, NULL));
        }
        snprintf(text, sizeof(text), "%llu.%017llue%d", (unsigned long long)(bits >> random_bits() % 64),
                 (unsigned long long)(random_bits() >> 8), (int)(random_bits() % 600) - 330);
        check_double(text, strtod(text, NULL));
    }
}

/* Values halfway between two doubles, written out in full, and the decimals next to them. */
static void halfway_doubles_go_to_the_even_one(void **state) {
    (void)state;
    for (int i = 0; i < 3000; i++) {
        uint64_t bits = random_bits() >> 1;
        bits = i % 4 == 0 ? bits & ((UINT64_C(1) << 54) - 1) : bits; /* near and below 2^-1022: the most digits */
        double low, high;
        memcpy(&low, &bits, sizeof(low));
        bits++;
        memcpy(&high, &bits, sizeof(high));
        if (bits >> 52 >= 0x7ff) {
            continue;
        }
        char text[1400];
        int n = snprintf(text, sizeof(text), "%.1100Le", (long double)low + ((long double)high - low) / 2);
        assert_in_range(n, 1100, sizeof(text) - 1);
        check_double(text, bits & 1 ? low : high);
        char *last = strchr(text, 'e') - 1;
        *last = '1';
        check_double(text, high);
        *last = '0';
        while (*last == '0') {
            *last-- = '9';
        }
        if (*last != '.') {
            --*last;
            check_double(text, low);
        }
    }
}

static void digits_without_end_do_no_harm(void **state) {
    (void)state;
    enum {
        COUNT = 1 << 20
    };
    char *text = malloc(COUNT + 16);
    memset(text, '0', COUNT);
    memcpy(text, "0.", 2);
    strcpy(text + COUNT, "25e1048575");
    check_double(text, 2.5);
    memset(text, '9', COUNT);
    strcpy(text + COUNT, "e-1048576");
    check_double(text, 1.0);
    text[COUNT] = '\0';
    double value;
    assert_int_equal(read_double(text, &value), PITH_E_FORMAT);
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_are_whole_and_fit),     cmocka_unit_test(doubles_are_the_nearest),
        cmocka_unit_test(random_doubles_are_the_nearest), cmocka_unit_test(halfway_doubles_go_to_the_even_one),
        cmocka_unit_test(digits_without_end_do_no_harm),
    };
    return cmocka_run_group_tests_name("json_number", tests, NULL, NULL);
}
