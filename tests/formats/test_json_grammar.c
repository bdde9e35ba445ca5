/* The grammar of JSON by tables: what is read, what is refused and where; strings, escapes and UTF-8 in full. */
#include "formats/json_checks.h"
#include "support/cmocka_all.h"
#include <stdio.h>
#include <stdlib.h>

/* A text with zero bytes in it, without the closing one. */
#define TEXT(literal)                                                                                                  \
    { (literal), sizeof(literal) - 1 }

/* ---- the grammar ---- */

static void valid_texts_are_read(void **state) {
    (void)state;
    static const struct {
        const char *text, *compact;
    } cases[] = {
        {"null", "null"},
        {" \t\r\n true \t\r\n ", "true"},
        {"false", "false"},
        {"{}", "{}"},
        {"[ ]", "[]"},
        {"[[],{},[{}],null]", "[[],{},[{}],null]"},
        {"{\"\":\"\"}", "{\"\":\"\"}"},
        {"{ \"a\" : 1 , \"a\" : 2 }", "{\"a\":1,\"a\":2}"},
        {"[0, -0, 10, -7, 0.5, 1.25e2, 2E-1, 3e+0, 1e0]", "[0,-0,10,-7,0.5,125,0.2,3,1]"},
        {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\\"\\\\/\\b\\f\\n\\r\\t\""},
        {"\"\\u0000\\u0041\\u00e9\\u4E2d\\uD83D\\uDE00\\udbff\\udfff\"",
         "\"\\u0000A\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf\""},
        {"\"\\u007f\x7f\\uffff\\ue000\\ud7ff\"", "\"\\u007f\\u007f\xef\xbf\xbf\xee\x80\x80\xed\x9f\xbf\""},
        {"\"\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\"",
         "\"\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\""},
        {"[\"[{]},:\"]", "[\"[{]},:\"]"},
        {json_sample, json_sample_compact},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *compact;
        if (checked_walk(pith__str_of(cases[i].text), &compact) != PITH_OK) {
            fail_msg("%s: %s", cases[i].text, pith__error_text());
        }
        assert_string_equal(compact, cases[i].compact);
        assert_int_equal(checked_pass(pith__str_of(cases[i].text)), PITH_OK);
        free(compact);
    }
}

typedef struct fault {
    pith__str text;
    int at; /* the byte the message names */
    const char *words;
} fault;

static const fault faults[] = {
    {TEXT(""), 0, "the text ends where a value was expected"},
    {TEXT("  "), 2, "the text ends where a value was expected"},
    {TEXT("\0"), 0, "expected a value, found byte 0x00"},
    {TEXT("\xef\xbb\xbf{}"), 0, "expected a value, found byte 0xef"},
    {TEXT("\f1"), 0, "byte 0x0c"},
    {TEXT("1\xc2\xa0"), 1, "expected the end, found byte 0xc2"},
    {TEXT("NaN"), 0, "expected a value, found 'N'"},
    {TEXT("Infinity"), 0, "found 'I'"},
    {TEXT("'a'"), 0, "found '''"},
    {TEXT("// no\n1"), 0, "found '/'"},
    {TEXT("{} {}"), 3, "expected the end, found '{'"},
    {TEXT("1 2"), 2, "expected the end"},
    {TEXT("1]"), 1, "expected the end"},
    {TEXT("{}\0"), 2, "expected the end, found byte 0x00"},
    {TEXT("truE"), 0, "expected 'true'"},
    {TEXT("tru"), 0, "expected 'true'"},
    {TEXT("falsy"), 0, "expected 'false'"},
    {TEXT("nul"), 0, "expected 'null'"},
    {TEXT("nulll"), 4, "expected the end, found 'l'"},

    {TEXT("["), 1, "the text ends where a value was expected"},
    {TEXT("[1"), 2, "the text ends where ',' or ']' was expected"},
    {TEXT("[1,"), 3, "the text ends where a value"},
    {TEXT("[1,]"), 3, "expected a value, found ']'"},
    {TEXT("[,1]"), 1, "expected a value, found ','"},
    {TEXT("[1,,2]"), 3, "found ','"},
    {TEXT("[1 2]"), 3, "expected ',' or ']', found '2'"},
    {TEXT("[1:2]"), 2, "expected ',' or ']', found ':'"},
    {TEXT("[1}"), 2, "expected ',' or ']', found '}'"},
    {TEXT("[]]"), 2, "expected the end"},

    {TEXT("{"), 1, "the text ends where a key was expected"},
    {TEXT("{\"a\""), 4, "the text ends where ':'"},
    {TEXT("{\"a\":"), 5, "the text ends where a value"},
    {TEXT("{\"a\":1"), 6, "the text ends where ',' or '}'"},
    {TEXT("{\"a\":1,"), 7, "the text ends where a key"},
    {TEXT("{\"a\":1,}"), 7, "expected a key, found '}'"},
    {TEXT("{,\"a\":1}"), 1, "expected a key, found ','"},
    {TEXT("{1:1}"), 1, "expected a key, found '1'"},
    {TEXT("{a:1}"), 1, "expected a key, found 'a'"},
    {TEXT("{\"a\" 1}"), 5, "expected ':', found '1'"},
    {TEXT("{\"a\",1}"), 4, "expected ':', found ','"},
    {TEXT("{\"a\":}"), 5, "expected a value, found '}'"},
    {TEXT("{\"a\":1 \"b\":2}"), 7, "expected ',' or '}', found '\"'"},
    {TEXT("{\"a\":1]"), 6, "expected ',' or '}', found ']'"},
    {TEXT("{\"a\":[}]"), 6, "expected a value, found '}'"},

    {TEXT("-"), 0, "not a number"},
    {TEXT("+1"), 0, "expected a value, found '+'"},
    {TEXT(".5"), 0, "expected a value, found '.'"},
    {TEXT("-.5"), 0, "not a number"},
    {TEXT("1."), 0, "not a number"},
    {TEXT("1.e3"), 0, "not a number"},
    {TEXT("01"), 0, "not a number"},
    {TEXT("-012"), 0, "not a number"},
    {TEXT("00"), 0, "not a number"},
    {TEXT("1e"), 0, "not a number"},
    {TEXT("1e+"), 0, "not a number"},
    {TEXT("1E-x"), 0, "not a number"},
    {TEXT("--1"), 0, "not a number"},
    {TEXT("1e5.5"), 3, "expected the end, found '.'"},
    {TEXT("0x10"), 1, "expected the end, found 'x'"},
    {TEXT("1,000"), 1, "expected the end, found ','"},
    {TEXT("-Infinity"), 0, "not a number"},

    {TEXT("\""), 1, "the text ends inside a string"},
    {TEXT("\"abcdefghijklmnop"), 17, "the text ends inside a string"},
    {TEXT("\"a\\"), 2, "the text ends inside an escape"},
    {TEXT("\"a\\\""), 4, "the text ends inside a string"},
    {TEXT("\"a\nb\""), 2, "a control character in a string"},
    {TEXT("\"\0\""), 1, "a control character in a string"},
    {TEXT("\"1234567\x1f\""), 8, "a control character in a string"},
    {TEXT("\"\\x41\""), 1, "an escape that JSON does not know"},
    {TEXT("\"\\'\""), 1, "an escape that JSON does not know"},
    {TEXT("\"\\U0041\""), 1, "an escape that JSON does not know"},
    {TEXT("\"\\u12\""), 1, "four hexadecimal digits"},
    {TEXT("\"\\u12g4\""), 1, "four hexadecimal digits"},
    {TEXT("\"\\u-123\""), 1, "four hexadecimal digits"},
    {TEXT("\"\\u004"), 1, "four hexadecimal digits"},
    {TEXT("\"\\ud800\""), 1, "surrogate"},
    {TEXT("\"ab\\udc00\""), 3, "surrogate"},
    {TEXT("\"\\ud800\\u0041\""), 1, "surrogate"},
    {TEXT("\"\\ud800\\ud800\""), 1, "surrogate"},
    {TEXT("\"\\ud800 \\udc00\""), 1, "surrogate"},
    {TEXT("\"\\ud800\\udc0"), 1, "surrogate"},
    {TEXT("\"\\udc00\\ud800\""), 1, "surrogate"},
    {TEXT("\"\x80\""), 1, "not valid UTF-8"},
    {TEXT("\"a\xff\""), 2, "not valid UTF-8"},
    {TEXT("\"\xc3\""), 1, "not valid UTF-8"},
    {TEXT("\"\xc0\x80\""), 1, "not valid UTF-8"},
    {TEXT("\"\xe0\x9f\xbf\""), 1, "not valid UTF-8"},
    {TEXT("\"\xed\xa0\x80\""), 1, "not valid UTF-8"},
    {TEXT("\"\xf0\x8f\xbf\xbf\""), 1, "not valid UTF-8"},
    {TEXT("\"\xf4\x90\x80\x80\""), 1, "not valid UTF-8"},
    {TEXT("\"\xe4\xb8"), 1, "not valid UTF-8"},
    {TEXT("{\"\xe4\":1}"), 2, "not valid UTF-8"},
    {TEXT("{\"\\ud800\":1}"), 2, "surrogate"},
};

static void check_message(const char *name, const fault *f) {
    char place[64];
    snprintf(place, sizeof(place), "%s: byte %d: ", name, f->at);
    if (strncmp(pith__error_text(), place, strlen(place)) != 0 || !strstr(pith__error_text(), f->words)) {
        fail_msg("%.*s: said '%s', not '%s...%s'", (int)f->text.len, f->text.ptr, pith__error_text(), place, f->words);
    }
}

static void invalid_texts_are_refused(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        char *compact;
        assert_int_equal(checked_walk(faults[i].text, &compact), PITH_E_FORMAT);
        check_message("walk", &faults[i]);
        assert_int_equal(checked_pass(faults[i].text), PITH_E_FORMAT);
        check_message("pass", &faults[i]);
    }
}

/* ---- strings ---- */

/* Each special character at each place of strings of each small length: the scan goes by eight bytes. */
static void strings_end_where_they_should(void **state) {
    (void)state;
    static const struct {
        const char *special;
        int32_t status;
    } cases[] = {{"\"", PITH_E_FORMAT},
                 {"\\", PITH_E_FORMAT},
                 {"\x1f", PITH_E_FORMAT},
                 {"\x80", PITH_E_FORMAT},
                 {"\xff", PITH_E_FORMAT},
                 {"\x7f", PITH_OK},
                 {" ", PITH_OK},
                 {"!", PITH_OK},
                 {"#", PITH_OK},
                 {"\xc3\xa9", PITH_OK},
                 {"\xf0\x9f\x98\x80", PITH_OK},
                 {"\\n", PITH_OK},
                 {"[", PITH_OK},
                 {"]", PITH_OK}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (int length = 0; length < 26; length++) {
            for (int at = 0; at <= length; at++) {
                char text[64];
                int n = snprintf(text, sizeof(text), "\"%.*s%s%.*s\"", at, "abcdefghijklmnopqrstuvwxyz",
                                 cases[i].special, length - at, "zyxwvutsrqponmlkjihgfedcba");
                assert_int_equal(checked_pass((pith__str){text, (uint64_t)n}), cases[i].status);
            }
        }
    }
}

/* What UTF-8 is, by its definition and not by tables: decode, then see whether this is the one way to write it. */
static bool is_utf8(const uint8_t *p, int n) {
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (n < 2 || n > 4) {
        return n == 1 && p[0] < 0x80;
    }
    if ((uint32_t)p[0] >> (7 - n) != (0xffu >> (7 - n) & ~1u)) { /* n ones, then a zero */
        return false;
    }
    uint32_t c = p[0] & (0x7fu >> n);
    for (int i = 1; i < n; i++) {
        if (p[i] >> 6 != 2) {
            return false;
        }
        c = c << 6 | (p[i] & 0x3f);
    }
    return c >= smallest[n] && c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
}

static void check_utf8(const uint8_t *bytes, int n) {
    char text[8] = "\"";
    memcpy(text + 1, bytes, (size_t)n);
    text[n + 1] = '"';
    bool taken = checked_pass((pith__str){text, (uint64_t)n + 2}) == PITH_OK;
    if (taken != is_utf8(bytes, n)) {
        fail_msg("%02x %02x %02x %02x (%d) is %staken", bytes[0], bytes[1], bytes[2], bytes[3], n, taken ? "" : "not ");
    }
}

/* All pairs of two bytes; after those, what stands at the borders of the ranges. */
static void utf8_is_what_its_definition_says(void **state) {
    (void)state;
    static const uint8_t borders[] = {0x20, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff};
    for (uint32_t pair = 0x8000; pair <= 0xffff; pair++) {
        uint8_t bytes[4] = {(uint8_t)(pair >> 8), (uint8_t)pair};
        if (bytes[1] == '"' || bytes[1] == '\\' || bytes[1] < 0x20) {
            continue;
        }
        if (bytes[1] >= 0x80) {
            check_utf8(bytes, 2);
        }
        for (size_t i = 0; i < sizeof(borders) && bytes[0] >= 0xe0; i++) {
            bytes[2] = borders[i];
            check_utf8(bytes, 3);
            for (size_t j = 0; j < sizeof(borders) && bytes[0] >= 0xf0; j++) {
                bytes[3] = borders[j];
                check_utf8(bytes, 4);
            }
        }
    }
}

static void escapes_reach_every_character(void **state) {
    (void)state;
    pith__mem mem;
    pith__json_arena arena;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__json_arena_init(&arena, &mem, 1 << 20);
    for (uint32_t c = 0; c <= 0x10ffff; c += c < 0x3000 ? 1 : 61) {
        if (c >= 0xd800 && c <= 0xdfff) {
            continue;
        }
        char text[32];
        uint32_t pair = c - 0x10000;
        int n = c < 0x10000 ? snprintf(text, sizeof(text), "\"\\u%04x\"", c)
                            : snprintf(text, sizeof(text), "\"\\u%04X\\u%04x\"", 0xd800 + (pair >> 10),
                                       0xdc00 + (pair & 0x3ff));
        pith__jstream json;
        pith__str value = {0};
        pith__jstream_open(&json, (pith__str){text, (uint64_t)n}, "text", &arena);
        assert_int_equal(pith__jstream_string(&json, &value), PITH_OK);
        assert_true(is_utf8((const uint8_t *)value.ptr, (int)value.len));
        uint32_t got = (uint8_t)value.ptr[0] & (value.len == 1 ? 0x7fu : 0x7fu >> value.len);
        for (uint64_t i = 1; i < value.len; i++) {
            got = got << 6 | ((uint8_t)value.ptr[i] & 0x3f);
        }
        assert_int_equal(got, c);
        pith__json_arena_return(&arena, value.len);
    }
    pith__json_arena_free(&arena);
    assert_int_equal(pith__mem_used(&mem), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(valid_texts_are_read),          cmocka_unit_test(invalid_texts_are_refused),
        cmocka_unit_test(strings_end_where_they_should), cmocka_unit_test(utf8_is_what_its_definition_says),
        cmocka_unit_test(escapes_reach_every_character),
    };
    return cmocka_run_group_tests_name("json_grammar", tests, NULL, NULL);
}
