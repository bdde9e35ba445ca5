/* The formatter against the C library's, conversion by conversion, and its bounds. */
#include "base/decimal.h"
#include "base/format.h"
#include "support/cmocka_all.h"
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Both formatters must agree on the text and on its length. */
#define CHECK_SAME(...)                                                                                                \
    do {                                                                                                               \
        char ours[2048], theirs[2048];                                                                                 \
        size_t n = pith__format(ours, sizeof(ours), __VA_ARGS__);                                                      \
        int m = snprintf(theirs, sizeof(theirs), __VA_ARGS__);                                                         \
        assert_string_equal(ours, theirs);                                                                             \
        assert_int_equal(n, m);                                                                                        \
    } while (0)

static void integers(void **state) {
    (void)state;
    CHECK_SAME("%d %i %u %x", 0, -1, 4000000000u, 0xdeadbeefu);
    CHECK_SAME("%d %d", INT32_MIN, INT32_MAX);
    CHECK_SAME("%ld %lu %lx", -5L, 5UL, 255UL);
    CHECK_SAME("%lld %lld %llu %llx", (long long)INT64_MIN, (long long)INT64_MAX, (unsigned long long)UINT64_MAX,
               0x123456789abcULL);
    CHECK_SAME("%zu %zd", (size_t)SIZE_MAX, (ptrdiff_t)-7);
    CHECK_SAME("[%5d] [%05d] [%02x] [%1u] [%05u] [%3d]", -42, -42, 10u, 12345u, 3u, 1234);
}

static void texts(void **state) {
    (void)state;
    CHECK_SAME("plain 100%%");
    CHECK_SAME("%s|%s|%.*s|%.2s|%6s|%c", "", "abc", 2, "xyz", "qrs", "ab", 'z');
    CHECK_SAME("%.*s", 0, "never read");
    char out[32];
    const char *volatile absent = NULL;
    pith__format(out, sizeof(out), "<%s>", absent);
    assert_string_equal(out, "<(null)>");
}

static void pointers_are_hexadecimal(void **state) {
    (void)state;
    char out[32];
    pith__format(out, sizeof(out), "%p", (void *)(uintptr_t)0xabc);
    assert_string_equal(out, "0xabc");
}

/* What is not understood stands as it is; the format is a variable to keep the compiler's own check out. */
static void unknown_conversions_stay(void **state) {
    (void)state;
    const char *volatile format = "%q %-d %";
    char out[32];
    va_list none;
    memset(&none, 0, sizeof(none));
    assert_int_equal(pith__format_v(out, sizeof(out), format, none), 8);
    assert_string_equal(out, "%q %-d %");
}

static void floats(void **state) {
    (void)state;
    static const double values[] = {
        0.0,      -0.0,  1.0,         -1.0,       0.1,     0.5,    1.5,     2.5,      0.25,        9.5,     99.95,
        999999.5, 1e6,   123456789.0, 1e15,       1e16,    1e17,   1e22,    1e23,     0.0001,      0.00001, 1.0 / 3,
        2.0 / 3,  0.8,   0.7,         1e-5,       123.456, 5e-324, DBL_MIN, DBL_MAX,  DBL_EPSILON, 0.045,   1.005,
        2.675,    1e100, 9.9999995,   0.99999995, 4.35,    1e21,   0.05,    0.5000001};
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        CHECK_SAME("%g %f %e", values[i], values[i], values[i]);
        CHECK_SAME("%.0f %.1f %.2f %.20f", values[i], values[i], values[i], values[i]);
        CHECK_SAME("%.0g %.1g %.3g %.9g %.17g", values[i], values[i], values[i], values[i], values[i]);
        CHECK_SAME("%.0e %.1e %.40e", values[i], values[i], values[i]);
    }
    CHECK_SAME("%g %g %f", (double)INFINITY, -(double)INFINITY, (double)NAN);
}

static void random_floats_read_back(void **state) {
    (void)state;
    uint64_t x = 88172645463325252u;
    for (int i = 0; i < 20000; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        double value;
        memcpy(&value, &x, sizeof(value));
        if (isfinite(value)) {
            CHECK_SAME("%.17g", value);
            CHECK_SAME("%.5e %g", value, value);
        }
    }
}

static void the_longest_double_is_exact(void **state) {
    (void)state;
    CHECK_SAME("%.800e", 2.2250738585072009e-308); /* 767 significant digits */
    CHECK_SAME("%.1074f", 5e-324);
    pith__decimal d;
    pith__decimal_of(2.2250738585072009e-308, &d);
    assert_int_equal(d.count, 767);
}

static void output_is_bounded(void **state) {
    (void)state;
    for (size_t capacity = 0; capacity <= 12; capacity++) {
        char out[16];
        memset(out, 'Z', sizeof(out));
        size_t need = pith__format(out, capacity, "%s-%d", "abcdef", 1234);
        assert_int_equal(need, 11);
        if (capacity > 0) {
            assert_memory_equal(out, "abcdef-1234", capacity - 1 < 11 ? capacity - 1 : 11);
            assert_int_equal(out[capacity - 1 < 11 ? capacity - 1 : 11], 0);
        }
        for (size_t i = capacity; i < sizeof(out); i++) {
            assert_int_equal(out[i], 'Z');
        }
    }
    assert_int_equal(pith__format(NULL, 0, "%d", 12345), 5);
}

static void cuts_between_characters(void **state) {
    (void)state;
    const char text[] = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z"; /* 1 + 2 + 3 + 4 + 1 bytes */
    static const size_t expected[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10};
    for (size_t limit = 0; limit <= 10; limit++) {
        assert_int_equal(pith__utf8_cut(text, limit), expected[limit]);
    }
    assert_int_equal(pith__utf8_cut("\x80\x80\x80\x80\x80\x80\x80", 6), 6); /* no sequence to spare: cut where asked */
}

static void tidies_what_is_not_text(void **state) {
    (void)state;
    static const char *const pairs[][2] = {
        {"plain \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", "plain \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"},
        {"tab\tnew\nline\x7f", "tab?new?line?"},
        {"\xff\xfe", "??"},
        {"\xc3", "?"},                       /* ends early */
        {"\xc0\x80 \xe0\x80\x80", "?? ???"}, /* overlong */
        {"\xed\xa0\x80", "???"},             /* surrogate */
        {"\xf4\x90\x80\x80", "????"},        /* past U+10FFFF */
        {"\xe2\x82z", "??z"},
        {"\xed\x9f\xbf\xf4\x8f\xbf\xbf", "\xed\x9f\xbf\xf4\x8f\xbf\xbf"},
    };
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        char text[64];
        strcpy(text, pairs[i][0]);
        pith__utf8_tidy(text, strlen(text));
        assert_string_equal(text, pairs[i][1]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers),
        cmocka_unit_test(texts),
        cmocka_unit_test(pointers_are_hexadecimal),
        cmocka_unit_test(unknown_conversions_stay),
        cmocka_unit_test(floats),
        cmocka_unit_test(random_floats_read_back),
        cmocka_unit_test(the_longest_double_is_exact),
        cmocka_unit_test(output_is_bounded),
        cmocka_unit_test(cuts_between_characters),
        cmocka_unit_test(tidies_what_is_not_text),
    };
    return cmocka_run_group_tests_name("format", tests, NULL, NULL);
}
