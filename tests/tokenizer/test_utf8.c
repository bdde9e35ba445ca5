/* UTF-8: what is well formed, what a stream may show, how broken text is made whole (the examples of the Unicode
 * Standard, 3.9, and of the WHATWG encoding standard). */
#include "tokenizer/unicode/unicode.h"
#include "tokenizer/unicode/utf8.h"
#include "tokenizer_test.h"

static void expect_sanitized(const char *text, uint64_t length, const char *want) {
    char out[128];
    uint64_t n = pith__utf8_sanitize(text, length, out, sizeof(out));
    assert_int_equal(n, strlen(want));
    assert_memory_equal(out, want, n);
    char small[4] = {'#', '#', '#', '#'};
    assert_int_equal(pith__utf8_sanitize(text, length, small, 3), n); /* writes no more than it may */
    assert_int_equal(small[3], '#');
    assert_memory_equal(small, want, n < 3 ? n : 3);
    assert_int_equal(pith__utf8_sanitize(text, length, NULL, 0), n);
}

#define R                     "\xEF\xBF\xBD"
#define SANITIZED(text, want) expect_sanitized((text), sizeof(text) - 1, (want))

static void test_sanitize(void **state) {
    (void)state;
    SANITIZED("", "");
    SANITIZED("plain \xC3\xA9\xE4\xB8\xAD\xF0\x9F\x98\x80", "plain \xC3\xA9\xE4\xB8\xAD\xF0\x9F\x98\x80");
    SANITIZED("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41", R R R R R R R R "A");
    SANITIZED("\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41", R R R R R R R R "A");
    SANITIZED("\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42", R R R R R "A" R R "B");
    SANITIZED("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41", R R R R "A");
    SANITIZED("a\xF0\x9F\x98", "a" R);
}

static void test_complete(void **state) {
    (void)state;
    static const char text[] = "a\xC3\xA9\xE4\xB8\xAD\xF0\x9F\x98\x80";
    static const uint64_t shown[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10};
    for (uint64_t n = 0; n <= 10; n++) {
        assert_int_equal(pith__utf8_complete(text, n), shown[n]);
    }
    assert_int_equal(pith__utf8_complete("a\xFF", 2), 2); /* broken: nothing to wait for */
    assert_int_equal(pith__utf8_complete("a\x80\x80", 3), 3);
    assert_int_equal(pith__utf8_complete("a\xE0\x80", 3), 3); /* overlong */
    assert_int_equal(pith__utf8_complete("a\xED\xA0", 3), 3); /* a surrogate */
    assert_int_equal(pith__utf8_complete("\xF4\x90", 2), 2);  /* past U+10FFFF */
    assert_int_equal(pith__utf8_complete("\xF0\x9F\x98", 3), 0);
    assert_int_equal(pith__utf8_complete("\xC3\xC3", 2), 1);
}

/* Every code point is written and read back; every other two-byte and three-byte beginning is refused alike by all
 * functions. */
static void test_all_code_points(void **state) {
    (void)state;
    for (uint32_t cp = 0; cp < 0x110000; cp++) {
        uint8_t bytes[5] = {0, 0, 0, 0, 'x'};
        uint32_t back = 0;
        uint32_t length = pith__utf8_put(cp, bytes);
        if (cp >= 0xD800 && cp < 0xE000) {
            assert_int_equal(pith__utf8_next(bytes, length, &back), 1);
            assert_int_equal(back, PITH__UTF8_BROKEN);
            continue;
        }
        assert_int_equal(pith__utf8_next(bytes, 5, &back), length);
        assert_int_equal(back, cp);
        assert_int_equal(pith__utf8_last(bytes, length), 0);
        assert_int_equal(pith__utf8_complete((const char *)bytes, length), length);
        for (uint32_t cut = 1; cut < length; cut++) {
            assert_int_equal(pith__utf8_complete((const char *)bytes, cut), 0);
            assert_int_equal(pith__utf8_next(bytes, cut, &back), 1);
            assert_int_equal(back, PITH__UTF8_BROKEN);
        }
    }
}

static void test_classes(void **state) {
    (void)state;
    static const struct {
        uint32_t cp, class;
    } known[] = {
        {'a', PITH__BIT(PITH__LL)},
        {'A', PITH__BIT(PITH__LU)},
        {0x1C5, PITH__BIT(PITH__LT)},
        {0x2B0, PITH__BIT(PITH__LM)},
        {0x4E2D, PITH__BIT(PITH__LO)},
        {0x301, PITH__BIT(PITH__MN)},
        {'7', PITH__BIT(PITH__ND)},
        {0xBD, PITH__BIT(PITH__NO)},
        {0x2167, PITH__BIT(PITH__NL)},
        {'_', PITH__BIT(PITH__PC)},
        {'$', PITH__BIT(PITH__SC)},
        {' ', PITH__BIT(PITH__ZS)},
        {0x3000, PITH__BIT(PITH__ZS)},
        {'\n', PITH__LINE_END},
        {'\r', PITH__LINE_END},
        {'\t', PITH__BIT(PITH__CONTROL_SPACE)},
        {0x85, PITH__BIT(PITH__CONTROL_SPACE)},
        {0, PITH__BIT(PITH__CC)},
        {0x200B, PITH__BIT(PITH__CF)},
        {0x10FFFF, PITH__BIT(PITH__CN)},
        {0x1F680, PITH__BIT(PITH__SO)},
        {0x323AF, PITH__BIT(PITH__LO)},
        {PITH__UTF8_BROKEN, PITH__BIT(PITH__SO)},
    };
    uint32_t spaces = 0;
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        assert_int_equal(pith__unicode_class(known[i].cp), known[i].class);
    }
    for (uint32_t cp = 0; cp < 0x110000; cp++) {
        spaces += (pith__unicode_class(cp) & PITH__SPACE) != 0;
    }
    assert_int_equal(spaces, 25); /* the White_Space property has 25 characters */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sanitize),
        cmocka_unit_test(test_complete),
        cmocka_unit_test(test_all_code_points),
        cmocka_unit_test(test_classes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
