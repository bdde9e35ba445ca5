/* The streaming JSON reader: damage of every kind, bounds, memory, and how it is meant to be used. */
#include "formats/json_checks.h"
#include "formats/json_walk.h"
#include "support/cmocka_all.h"
#include "support/failing_alloc.h"
#include <stdio.h>
#include <stdlib.h>

/* ---- damage ---- */

static void every_truncation_is_refused(void **state) {
    (void)state;
    uint64_t whole = strrchr(json_sample, '}') - json_sample;
    for (uint64_t length = 0; length <= whole; length++) {
        char *compact;
        pith__str cut = {json_sample, length};
        assert_int_equal(checked_walk(cut, &compact), PITH_E_FORMAT);
        assert_non_null(strstr(pith__error_text(), length ? "byte " : "byte 0: the text ends"));
        assert_int_equal(checked_pass(cut), PITH_E_FORMAT);
    }
}

/* Damage is refused by walking and by skipping alike (but for numbers that are too large, which only a walk looks at),
 * and what is taken reads back as itself. */
static void check_damaged(pith__str text) {
    char *first, *second;
    bool passed = checked_pass(text) == PITH_OK;
    if (checked_walk(text, &first) != PITH_OK) {
        assert_true(!passed || strstr(pith__error_text(), "range of a double"));
        return;
    }
    assert_true(passed);
    assert_int_equal(checked_walk(pith__str_of(first), &second), PITH_OK);
    assert_string_equal(first, second);
    free(first);
    free(second);
}

static void random_damage_does_no_harm(void **state) {
    (void)state;
    static const char likely[] = "{}[]\",:\\u0e-.dD8\n \x80\xc3t";
    uint64_t length = strlen(json_sample);
    int taken = 0;
    for (int round = 0; round < 20000; round++) {
        char text[512];
        memcpy(text, json_sample, length);
        for (uint64_t flips = 1 + random_bits() % 3; flips > 0; flips--) {
            uint64_t r = random_bits(), at = r % length;
            text[at] = r >> 63 ? likely[(r >> 32) % (sizeof(likely) - 1)] : (char)(text[at] ^ 1 << (r >> 40) % 8);
        }
        pith__str damaged = {text, length};
        check_damaged(damaged);
        taken += checked_pass(damaged) == PITH_OK;
    }
    assert_in_range(taken, 100, 19900); /* both ways were gone */
}

/* ---- bounds ---- */

static char *nested(int levels, const char *open, const char *close) {
    char *text = calloc(1, (size_t)levels * (strlen(open) + strlen(close)) + 8);
    char *at = text;
    for (int i = 0; i < levels; i++) {
        at = strcpy(at, open) + strlen(open);
    }
    *at++ = '1';
    for (int i = 0; i < levels; i++) {
        at = strcpy(at, close) + strlen(close);
    }
    return text;
}

static void depth_is_bounded(void **state) {
    (void)state;
    static const struct { const char *open, *close; } kinds[] = {{"[", "]"}, {"{\"a\":", "}"}, {"[{\"a\":", "}]"}};
    for (int kind = 0; kind < 3; kind++) {
        int most = kind == 2 ? PITH__JSTREAM_DEPTH / 2 : PITH__JSTREAM_DEPTH;
        int levels[] = {most, most + 1, 200000};
        for (int i = 0; i < 3; i++) {
            char *text = nested(levels[i], kinds[kind].open, kinds[kind].close), *compact;
            int32_t expected = i == 0 ? PITH_OK : PITH_E_FORMAT;
            assert_int_equal(checked_walk(pith__str_of(text), &compact), expected);
            assert_int_equal(checked_pass(pith__str_of(text)), expected);
            if (expected == PITH_OK) {
                assert_string_equal(compact, text);
            } else {
                assert_non_null(strstr(pith__error_text(), "more than 64 levels deep"));
            }
            free(compact);
            free(text);
        }
    }
}

/* Levels are left as they were entered: an object after an array after an object, at the full depth. */
static void kinds_of_levels_are_kept_apart(void **state) {
    (void)state;
    for (int round = 0; round < 200; round++) {
        char text[1024], close[PITH__JSTREAM_DEPTH + 1];
        char *at = text, *compact;
        for (int i = 0; i < PITH__JSTREAM_DEPTH; i++) {
            bool object = random_bits() & 1;
            at += sprintf(at, object ? "{\"k\":" : "[");
            close[PITH__JSTREAM_DEPTH - 1 - i] = object ? '}' : ']';
        }
        sprintf(at, "0%.*s", PITH__JSTREAM_DEPTH, close);
        assert_int_equal(checked_walk(pith__str_of(text), &compact), PITH_OK);
        assert_string_equal(compact, text);
        assert_int_equal(checked_pass(pith__str_of(text)), PITH_OK);
        free(compact);
    }
}

static void the_arena_is_bounded(void **state) {
    (void)state;
    enum {
        LIMIT = 100000
    };
    pith__mem mem;
    pith__json_arena arena;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__json_arena_init(&arena, &mem, LIMIT);
    char *text = malloc(LIMIT + 64), *taken;
    memset(text, 'x', LIMIT + 64);
    memcpy(text, "\"\\n", 3);
    text[LIMIT + 3] = '"';
    pith__jstream json;
    pith__str value = {0};
    pith__jstream_open(&json, (pith__str){text, LIMIT + 4}, "text", &arena);
    assert_int_equal(pith__jstream_string(&json, &value), PITH_E_MEMORY);
    assert_int_equal(pith__jstream_finish(&json), PITH_E_MEMORY);
    assert_int_equal(pith__mem_used(&mem), 0);
    text[LIMIT - 1] = '"';
    pith__jstream_open(&json, (pith__str){text, LIMIT}, "text", &arena);
    assert_int_equal(pith__jstream_string(&json, &value), PITH_OK);
    assert_int_equal(value.len, LIMIT - 3);
    assert_int_equal(pith__jstream_finish(&json), PITH_OK);
    assert_int_equal(pith__json_arena_take(&arena, LIMIT, &taken), PITH_E_MEMORY);
    assert_in_range(pith__mem_peak(&mem), LIMIT - 2, LIMIT + 256);
    pith__json_arena_free(&arena);
    assert_int_equal(pith__mem_used(&mem), 0);
    free(text);
}

static void a_string_of_megabytes_is_one_string(void **state) {
    (void)state;
    enum {
        COUNT = 1 << 20
    };
    pith__mem mem;
    pith__json_arena arena;
    pith__mem_init(&mem, NULL, NULL, 0);
    char *text = malloc(4 * COUNT + 2);
    for (int escaped = 0; escaped < 2; escaped++) {
        pith__json_arena_init(&arena, &mem, 4 * COUNT);
        text[0] = '"';
        for (int i = 0; i < COUNT; i++) {
            memcpy(text + 1 + 4 * i, escaped ? "\\n\xc3\xa9" : "ab\xc3\xa9", 4);
        }
        text[1 + 4 * COUNT] = '"';
        pith__jstream json;
        pith__str value = {0};
        pith__jstream_open(&json, (pith__str){text, 4 * COUNT + 2}, "text", &arena);
        assert_int_equal(pith__jstream_string(&json, &value), PITH_OK);
        assert_int_equal(value.len, (escaped ? 3 : 4) * COUNT);
        assert_memory_equal(value.ptr + value.len - 2, "\xc3\xa9", 2);
        assert_int_equal(pith__mem_used(&mem) > 0, escaped);
        pith__json_arena_free(&arena);
    }
    free(text);
}

/* ---- memory ---- */

static int32_t walk_sample(pith__mem *mem, void *arg) {
    (void)arg;
    pith__json out;
    pith__json_init(&out, mem);
    int32_t status = json_walk(pith__str_of(json_sample), mem, &out);
    pith__json_free(&out);
    return status;
}

/* Many strings, so that the arena takes block after block; all of them must still be there at the end. */
static int32_t keep_strings(pith__mem *mem, void *arg) {
    enum {
        COUNT = 3000
    };
    static pith__str kept[COUNT];
    const pith__str *text = arg;
    pith__json_arena arena;
    pith__jstream json;
    int n = 0;
    pith__json_arena_init(&arena, mem, text->len);
    pith__jstream_open(&json, *text, "text", &arena);
    pith__jstream_enter_array(&json);
    while (n < COUNT && pith__jstream_next_element(&json)) {
        pith__jstream_string(&json, &kept[n++]);
    }
    int32_t status = json.status;
    for (int i = 0; i < n && status == PITH_OK; i++) {
        char expected[32];
        int length = snprintf(expected, sizeof(expected), "\nnumber %d", i);
        assert_int_equal(kept[i].len, length);
        assert_memory_equal(kept[i].ptr, expected, length);
    }
    assert_true(status != PITH_OK || n == COUNT);
    pith__json_arena_free(&arena);
    return status;
}

static void failing_allocations_are_clean_errors(void **state) {
    (void)state;
    assert_true(failing_alloc_each(walk_sample, NULL) > 1);
    char *text = malloc(100000), *at = text;
    *at++ = '[';
    for (int i = 0; i < 3000; i++) {
        at += sprintf(at, "%s\"\\u000anumber %d\"", i ? "," : "", i);
    }
    *at++ = ']';
    pith__str whole = {text, (uint64_t)(at - text)};
    assert_true(failing_alloc_each(keep_strings, &whole) > 1);
    free(text);
}

/* ---- as it is meant to be used ---- */

/* Keys in any order: the vocabulary is set aside until the type is known. */
static void a_part_can_be_read_later(void **state) {
    (void)state;
    const char *text = "{\"vocab\": {\"a\":1,\"b\":x} , \"type\":\"BPE\"}";
    const char *good = "{\"vocab\": {\"a\":1,\"b\":2} , \"type\":\"BPE\"}";
    pith__jstream json, part;
    pith__str key, vocab = {0};
    int64_t id = 0;
    pith__jstream_open(&json, pith__str_of(good), "good", NULL);
    assert_int_equal(pith__jstream_enter_object(&json), PITH_OK);
    assert_true(pith__jstream_next_key(&json, &key));
    assert_int_equal(pith__jstream_raw(&json, &vocab), PITH_OK);
    assert_true(pith__str_is(vocab, "{\"a\":1,\"b\":2}"));
    assert_true(pith__jstream_next_key(&json, &key));
    assert_true(pith__str_is(key, "type"));
    pith__jstream_open_part(&part, &json, vocab);
    assert_int_equal(pith__jstream_enter_object(&part), PITH_OK);
    assert_true(pith__jstream_next_key(&part, &key));
    assert_true(pith__jstream_next_key(&part, &key));
    assert_int_equal(pith__jstream_integer(&part, &id), PITH_OK);
    assert_int_equal(id, 2);
    assert_int_equal(pith__jstream_fail(&part, PITH_E_FORMAT, "id %d", 2), PITH_E_FORMAT);
    assert_string_equal(pith__error_text(), "good: byte 21: id 2"); /* a place in the whole text */
    assert_false(pith__jstream_next_key(&part, &key));
    assert_false(pith__jstream_next_key(&json, &key)); /* the type was not read, and the object ends */
    assert_int_equal(pith__jstream_finish(&json), PITH_OK);

    pith__jstream_open(&json, pith__str_of(text), "bad", NULL);
    assert_int_equal(pith__jstream_enter_object(&json), PITH_OK);
    assert_true(pith__jstream_next_key(&json, &key));
    assert_int_equal(pith__jstream_raw(&json, &vocab), PITH_E_FORMAT); /* a part is checked when it is set aside */
}

static void what_is_not_read_is_skipped(void **state) {
    (void)state;
    const char *text = "{\"a\":{\"x\":[1,{\"y\":[]}]},\"b\":[[1],[2,[3]],4],\"c\":\"s\",\"d\":null,\"e\":5}";
    pith__jstream json;
    pith__str key;
    int keys = 0, elements = 0;
    int64_t last = 0;
    pith__jstream_open(&json, pith__str_of(text), "text", NULL);
    assert_int_equal(pith__jstream_peek(&json), PITH__JSTREAM_OBJECT);
    assert_int_equal(pith__jstream_enter_object(&json), PITH_OK);
    assert_int_equal(pith__jstream_peek(&json), PITH__JSTREAM_NOTHING);
    while (pith__jstream_next_key(&json, &key)) {
        keys++;
        if (pith__str_is(key, "b")) {
            assert_int_equal(pith__jstream_enter_array(&json), PITH_OK);
            while (pith__jstream_next_element(&json)) {
                elements++;
            }
        } else if (pith__str_is(key, "d")) {
            assert_true(pith__jstream_null(&json));
        } else if (pith__str_is(key, "e")) {
            assert_false(pith__jstream_null(&json));
            assert_int_equal(pith__jstream_integer(&json, &last), PITH_OK);
        } else if (pith__str_is(key, "c")) {
            assert_int_equal(pith__jstream_skip(&json), PITH_OK);
        }
    }
    assert_int_equal(pith__jstream_finish(&json), PITH_OK);
    assert_int_equal(keys, 5);
    assert_int_equal(elements, 3);
    assert_int_equal(last, 5);
}

static void types_that_do_not_fit_are_named(void **state) {
    (void)state;
    pith__jstream json;
    pith__str value;
    int64_t number;
    pith__jstream_open(&json, pith__str_of(" [{\"a\":1}]"), "text", NULL);
    assert_int_equal(pith__jstream_string(&json, &value), PITH_E_FORMAT);
    assert_string_equal(pith__error_text(), "text: byte 1: expected a string, found an array");
    pith__jstream_open(&json, pith__str_of("null"), "text", NULL);
    assert_int_equal(pith__jstream_integer(&json, &number), PITH_E_FORMAT);
    assert_string_equal(pith__error_text(), "text: byte 0: expected a number, found null");
    pith__jstream_open(&json, pith__str_of("false"), "text", NULL);
    assert_int_equal(pith__jstream_enter_object(&json), PITH_E_FORMAT);
    assert_string_equal(pith__error_text(), "text: byte 0: expected an object, found true or false");
    pith__jstream_open(&json, pith__str_of("{}"), "text", NULL);
    assert_int_equal(pith__jstream_enter_array(&json), PITH_E_FORMAT);
    assert_string_equal(pith__error_text(), "text: byte 0: expected an array, found an object");
}

/* After a failure nothing else is said, and nothing happens. */
static void the_first_failure_sticks(void **state) {
    (void)state;
    pith__jstream json, part;
    pith__str value = {"", 0};
    bool flag;
    int64_t number;
    double real;
    pith__jstream_open(&json, pith__str_of("[1,x,2]"), "text", NULL);
    assert_int_equal(pith__jstream_enter_array(&json), PITH_OK);
    assert_true(pith__jstream_next_element(&json));
    assert_false(pith__jstream_next_element(&json));
    char text[PITH__ERROR_CAPACITY];
    snprintf(text, sizeof(text), "%s", pith__error_text());
    assert_string_equal(text, "text: byte 3: expected a value, found 'x'");
    assert_false(pith__jstream_next_element(&json));
    assert_false(pith__jstream_next_key(&json, &value));
    assert_false(pith__jstream_null(&json));
    assert_int_equal(pith__jstream_peek(&json), PITH__JSTREAM_NOTHING);
    assert_int_equal(pith__jstream_enter_array(&json), PITH_E_FORMAT);
    assert_int_equal(pith__jstream_enter_object(&json), PITH_E_FORMAT);
    assert_int_equal(pith__jstream_string(&json, &value), PITH_E_FORMAT);
    assert_int_equal(pith__jstream_double(&json, &real), PITH_E_FORMAT);
    assert_int_equal(pith__jstream_integer(&json, &number), PITH_E_FORMAT);
    assert_int_equal(pith__jstream_bool(&json, &flag), PITH_E_FORMAT);
    assert_int_equal(pith__jstream_skip(&json), PITH_E_FORMAT);
    assert_int_equal(pith__jstream_raw(&json, &value), PITH_E_FORMAT);
    assert_int_equal(pith__jstream_fail(&json, PITH_E_INTERNAL, "later"), PITH_E_FORMAT);
    pith__jstream_open_part(&part, &json, value);
    assert_int_equal(pith__jstream_skip(&part), PITH_E_FORMAT);
    assert_int_equal(pith__jstream_finish(&json), PITH_E_FORMAT);
    assert_string_equal(pith__error_text(), text);
}

/* A caller's mistake is an error too, not a wild read. */
static void misuse_is_an_error(void **state) {
    (void)state;
    pith__jstream json;
    pith__str key;
    int64_t number;
    bool flag;
    pith__jstream_open(&json, pith__str_of("1"), "text", NULL);
    assert_int_equal(pith__jstream_integer(&json, &number), PITH_OK);
    assert_int_equal(pith__jstream_integer(&json, &number), PITH_E_INTERNAL);
    pith__jstream_open(&json, pith__str_of("1"), "text", NULL);
    assert_false(pith__jstream_next_element(&json));
    assert_int_equal(json.status, PITH_E_INTERNAL);
    pith__jstream_open(&json, pith__str_of("[1]"), "text", NULL);
    assert_int_equal(pith__jstream_enter_array(&json), PITH_OK);
    assert_false(pith__jstream_next_key(&json, &key));
    assert_int_equal(json.status, PITH_E_INTERNAL);
    pith__jstream_open(&json, pith__str_of("{\"a\":1}"), "text", NULL);
    assert_int_equal(pith__jstream_enter_object(&json), PITH_OK);
    assert_int_equal(pith__jstream_bool(&json, &flag), PITH_E_INTERNAL);
    pith__jstream_open(&json, pith__str_of("{\"a\":1}"), "text", NULL);
    assert_int_equal(pith__jstream_enter_object(&json), PITH_OK);
    assert_int_equal(pith__jstream_skip(&json), PITH_E_INTERNAL);
    pith__jstream_open(&json, pith__str_of("[]"), "text", NULL);
    assert_int_equal(pith__jstream_enter_array(&json), PITH_OK);
    assert_int_equal(pith__jstream_finish(&json), PITH_E_INTERNAL);
}

static void long_names_are_cut_in_messages(void **state) {
    (void)state;
    char name[400];
    memset(name, 'd', sizeof(name));
    strcpy(name + sizeof(name) - 16, "/tokenizer.json");
    pith__jstream json;
    pith__jstream_open(&json, pith__str_of("?"), name, NULL);
    assert_int_equal(json.status, PITH_E_FORMAT);
    assert_non_null(strstr(pith__error_text(), "ddd/tokenizer.json: byte 0: expected a value, found '?'"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(random_damage_does_no_harm),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(kinds_of_levels_are_kept_apart),
        cmocka_unit_test(the_arena_is_bounded),
        cmocka_unit_test(a_string_of_megabytes_is_one_string),
        cmocka_unit_test(failing_allocations_are_clean_errors),
        cmocka_unit_test(a_part_can_be_read_later),
        cmocka_unit_test(what_is_not_read_is_skipped),
        cmocka_unit_test(types_that_do_not_fit_are_named),
        cmocka_unit_test(the_first_failure_sticks),
        cmocka_unit_test(misuse_is_an_error),
        cmocka_unit_test(long_names_are_cut_in_messages),
    };
    return cmocka_run_group_tests_name("json_stream", tests, NULL, NULL);
}
