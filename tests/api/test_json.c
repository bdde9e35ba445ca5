/* The JSON writer (escapes, broken UTF-8, numbers that come back as they were) and the gate of the JSON reader. */
#include "formats/json_reader.h"
#include "formats/json_writer.h"
#include "support/cmocka_all.h"
#include "support/failing_alloc.h"
#include <float.h>
#include <stdlib.h>

static void assert_text(const pith__json *json, const char *expected) {
    assert_int_equal(pith__json_finish(json), PITH_OK);
    if (json->size != strlen(expected) || memcmp(json->text, expected, json->size) != 0) {
        fail_msg("%.*s, expected %s", (int)json->size, json->text, expected);
    }
}

static void writes_structure(void **state) {
    (void)state;
    pith__mem mem;
    pith__json json;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__json_init(&json, &mem);
    pith__json_begin_object(&json);
    pith__json_key(&json, pith__str_of("a"));
    pith__json_begin_array(&json);
    pith__json_begin_array(&json);
    pith__json_end_array(&json);
    pith__json_bool(&json, true);
    pith__json_null(&json);
    pith__json_begin_object(&json);
    pith__json_end_object(&json);
    pith__json_end_array(&json);
    pith__json_put_u64(&json, "b", UINT64_MAX);
    pith__json_put_str(&json, "c", "d");
    pith__json_end_object(&json);
    assert_text(&json, "{\"a\":[[],true,null,{}],\"b\":18446744073709551615,\"c\":\"d\"}");
    pith__json_free(&json);
    assert_int_equal(pith__mem_used(&mem), 0);
}

static void assert_string(const char *bytes, uint64_t length, const char *expected) {
    pith__mem mem;
    pith__json json;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__json_init(&json, &mem);
    pith__json_str(&json, (pith__str){bytes, length});
    assert_text(&json, expected);
    pith__json_free(&json);
}

#define FFFD "\xef\xbf\xbd"

static void escapes_strings(void **state) {
    (void)state;
    assert_string("", 0, "\"\"");
    assert_string("a\"b\\c/\b\f\n\r\t\x01\x1f\x7f", 14, "\"a\\\"b\\\\c/\\b\\f\\n\\r\\t\\u0001\\u001f\\u007f\"");
    assert_string("a\0b", 3, "\"a\\u0000b\"");
    assert_string("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 9, "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"");
}

static void replaces_broken_utf8(void **state) {
    (void)state;
    assert_string("\xff", 1, "\"" FFFD "\"");
    assert_string("a\x80z", 3, "\"a" FFFD "z\"");
    assert_string("\xc3", 1, "\"" FFFD "\"");
    assert_string("\xe2\x82", 2, "\"" FFFD "\""); /* cut short: one for the whole start */
    assert_string("\xe2\x82z", 3, "\"" FFFD "z\"");
    assert_string("\xc0\xaf", 2, "\"" FFFD FFFD "\"");                   /* overlong */
    assert_string("\xed\xa0\x80", 3, "\"" FFFD FFFD FFFD "\"");          /* a surrogate */
    assert_string("\xf4\x90\x80\x80", 4, "\"" FFFD FFFD FFFD FFFD "\""); /* past U+10FFFF */
    assert_string("\xf0\x9f\x98\n", 4, "\"" FFFD "\\n\"");
}

static void f64_text(double value, char *out) {
    pith__mem mem;
    pith__json json;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__json_init(&json, &mem);
    pith__json_f64(&json, value);
    assert_int_equal(pith__json_finish(&json), PITH_OK);
    memcpy(out, json.text, json.size);
    out[json.size] = 0;
    pith__json_free(&json);
}

static void f32_text(float value, char *out) {
    pith__mem mem;
    pith__json json;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__json_init(&json, &mem);
    pith__json_f32(&json, value);
    memcpy(out, json.text, json.size);
    out[json.size] = 0;
    pith__json_free(&json);
}

static void numbers_are_short_where_they_can_be(void **state) {
    (void)state;
    char text[64];
    static const struct {
        double value;
        const char *text;
    } cases[] = {{0, "0"},
                 {1, "1"},
                 {-1.5, "-1.5"},
                 {0.7, "0.7"},
                 {0.1, "0.1"},
                 {1e22, "1e+22"},
                 {1e-5, "1e-05"},
                 {123456789, "123456789"},
                 {0.1 + 0.2, "0.30000000000000004"}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        f64_text(cases[i].value, text);
        assert_string_equal(text, cases[i].text);
    }
    f32_text(1e-5f, text);
    assert_string_equal(text, "1e-05");
    f32_text(0.1f, text);
    assert_string_equal(text, "0.1");
    f64_text(DBL_MAX * 10, text);
    assert_string_equal(text, "null");
    f64_text(0.0 / (text[0] - 'n'), text);
    assert_string_equal(text, "null");
}

static void numbers_come_back_as_they_were(void **state) {
    (void)state;
    char text[64];
    uint64_t bits = 1;
    for (int i = 0; i < 20000; i++) {
        bits = bits * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        double value;
        float single;
        uint32_t half = (uint32_t)(bits >> 32);
        memcpy(&value, &bits, sizeof(value));
        memcpy(&single, &half, sizeof(single));
        if (value - value == 0) {
            f64_text(value, text);
            assert_true(strtod(text, NULL) == value);
        }
        if (single - single == 0) {
            f32_text(single, text);
            assert_true(strtof(text, NULL) == single);
            assert_true((float)strtod(text, NULL) == single);
        }
    }
}

static int32_t write_much(pith__mem *mem, void *arg) {
    pith__json json;
    (void)arg;
    pith__json_init(&json, mem);
    pith__json_begin_array(&json);
    for (int i = 0; i < 1000; i++) {
        pith__json_i64(&json, i);
    }
    pith__json_end_array(&json);
    int32_t status = pith__json_finish(&json);
    pith__json_free(&json);
    return status;
}

static void failing_memory_sticks(void **state) {
    (void)state;
    assert_true(failing_alloc_each(write_much, NULL) > 3);
}

/* ---- reader ---- */

static int32_t read_status(const char *text, uint64_t length) {
    cJSON *root;
    int32_t status = pith__json_read((pith__str){text, length}, "test", &root);
    assert_true((status == PITH_OK) == (root != NULL));
    cJSON_Delete(root);
    return status;
}

static void reads_within_bounds(void **state) {
    (void)state;
    char deep[200];
    for (int depth = PITH__JSON_DEPTH; depth <= PITH__JSON_DEPTH + 1; depth++) {
        memset(deep, '[', (size_t)depth);
        memset(deep + depth, ']', (size_t)depth);
        assert_int_equal(read_status(deep, 2 * (uint64_t)depth), depth > PITH__JSON_DEPTH ? PITH_E_FORMAT : PITH_OK);
    }
    static const char brackets[] = "\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[[\"";
    assert_int_equal(read_status(brackets, strlen(brackets)), PITH_OK);
    assert_int_equal(read_status("\"\\\\u0000\"", 9), PITH_OK); /* a backslash, then plain letters */
    assert_int_equal(read_status("\"\\u0000\"", 8), PITH_E_FORMAT);
    assert_int_equal(read_status("1\0", 2), PITH_E_FORMAT);
    assert_int_equal(read_status("", 0), PITH_E_FORMAT);
    assert_int_equal(read_status("1 2", 3), PITH_E_FORMAT);
    assert_int_equal(read_status(deep, (uint64_t)PITH__JSON_BYTES + 1), PITH_E_FORMAT); /* refused before it is read */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_structure),
        cmocka_unit_test(escapes_strings),
        cmocka_unit_test(replaces_broken_utf8),
        cmocka_unit_test(numbers_are_short_where_they_can_be),
        cmocka_unit_test(numbers_come_back_as_they_were),
        cmocka_unit_test(failing_memory_sticks),
        cmocka_unit_test(reads_within_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
