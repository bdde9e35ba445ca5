/* Options objects: text and list values, copies, hooks, and the JSON form in both directions. */
#include "support/cmocka_all.h"
#include <math.h>
#include <pith/pith.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *last_error(void) {
    static char text[512];
    assert_int_equal(pith_error_copy(text, sizeof(text), NULL), PITH_OK);
    return text;
}

static pith_options *options_of(int32_t scope) {
    pith_options *options;
    assert_int_equal(pith_options_create(scope, &options), PITH_OK);
    return options;
}

/* The whole JSON form with a closing zero; the caller frees it. */
static char *json_of(const pith_options *options) {
    uint64_t size, again;
    assert_int_equal(pith_options_get_json(options, NULL, 0, &size), PITH_E_BUFFER);
    char *text = malloc(size + 1);
    assert_non_null(text);
    text[0] = 'x';
    assert_int_equal(pith_options_get_json(options, text, size - 1, &again), PITH_E_BUFFER);
    assert_int_equal(again, size);
    assert_int_equal(text[0], 'x');
    assert_int_equal(pith_options_get_json(options, text, size, &again), PITH_OK);
    text[size] = 0;
    return text;
}

static void assert_json_has(const pith_options *options, const char *part) {
    char *json = json_of(options);
    if (!strstr(json, part)) {
        fail_msg("%s is not in %s", part, json);
    }
    free(json);
}

/* A request with every kind of value set. */
static pith_options *full_request(void) {
    static const int64_t ids[] = {0, 7, 2147483647};
    pith_options *o = options_of(PITH_SCOPE_REQUEST);
    assert_int_equal(pith_options_set_i64(o, PITH_KEY_SEED, INT64_MIN), PITH_OK);
    assert_int_equal(pith_options_set_f64(o, PITH_KEY_TEMPERATURE, 0.1 + 0.2), PITH_OK);
    assert_int_equal(pith_options_add_str(o, PITH_KEY_STOP, "\n\n\"\\", PITH_MEASURE), PITH_OK);
    assert_int_equal(pith_options_add_str(o, PITH_KEY_STOP, "Ende \xe2\x82\xac rest", 8), PITH_OK);
    assert_int_equal(pith_options_set_i64s(o, PITH_KEY_STOP_TOKENS, ids, 3), PITH_OK);
    assert_int_equal(pith_options_add_pair(o, PITH_KEY_LOGIT_BIAS, 42, -1.5), PITH_OK);
    assert_int_equal(pith_options_add_pair(o, PITH_KEY_LOGIT_BIAS, 43, 0.1), PITH_OK);
    assert_int_equal(pith_options_add_pair(o, PITH_KEY_LOGIT_BIAS, 44, -INFINITY), PITH_OK);
    assert_int_equal(pith_options_set_str(o, PITH_KEY_POOLING, "last", PITH_MEASURE), PITH_OK);
    return o;
}

static void json_shows_values_in_effect(void **state) {
    (void)state;
    pith_options *o = full_request();
    assert_json_has(o, "\"seed\":\"-9223372036854775808\"");
    assert_json_has(o, "\"temperature\":0.30000000000000004");
    assert_json_has(o, "\"top_p\":0.95");
    assert_json_has(o, "\"stop\":[\"\\n\\n\\\"\\\\\",\"Ende \xe2\x82\xac\"]");
    assert_json_has(o, "\"stop_tokens\":[0,7,2147483647]");
    assert_json_has(o, "\"logit_bias\":{\"42\":-1.5,\"43\":0.1,\"44\":\"-infinity\"}");
    assert_json_has(o, "\"pooling\":\"last\"");
    pith_options_release(o);
}

static void json_makes_the_round_trip(void **state) {
    (void)state;
    pith_options *from = full_request(), *to = options_of(PITH_SCOPE_REQUEST);
    char *first = json_of(from);
    assert_int_equal(pith_options_set_json(to, first, PITH_MEASURE), PITH_OK);
    assert_int_equal(pith_options_set_json(to, first, PITH_MEASURE), PITH_OK); /* lists are replaced, not doubled */
    char *second = json_of(to);
    assert_string_equal(first, second);
    free(first);
    free(second);
    pith_options_release(from);
    pith_options_release(to);
}

static void every_scope_takes_its_own_json(void **state) {
    (void)state;
    for (int32_t scope = PITH_SCOPE_HOST; scope <= PITH_SCOPE_REQUEST; scope++) {
        pith_options *o = options_of(scope);
        char *json = json_of(o);
        assert_int_equal(pith_options_set_json(o, json, PITH_MEASURE), PITH_OK);
        char *again = json_of(o);
        assert_string_equal(json, again);
        free(json);
        free(again);
        pith_options_release(o);
    }
}

static void a_clone_is_equal_and_apart(void **state) {
    (void)state;
    pith_options *from = full_request(), *copy;
    char *before = json_of(from);
    assert_int_equal(pith_options_clone(from, &copy), PITH_OK);
    assert_int_equal(pith_options_clear(from, PITH_KEY_STOP), PITH_OK);
    assert_int_equal(pith_options_set_f64(from, PITH_KEY_TEMPERATURE, 9), PITH_OK);
    pith_options_release(from);
    char *after = json_of(copy);
    assert_string_equal(before, after);
    free(before);
    free(after);
    pith_options_release(copy);
}

static void clear_puts_defaults_back(void **state) {
    (void)state;
    pith_options *o = full_request(), *plain = options_of(PITH_SCOPE_REQUEST);
    int32_t key;
    for (uint32_t i = 0; pith_key_at(PITH_SCOPE_REQUEST, i, &key) == PITH_OK; i++) {
        assert_int_equal(pith_options_clear(o, key), PITH_OK);
    }
    char *a = json_of(o), *b = json_of(plain);
    assert_string_equal(a, b);
    free(a);
    free(b);
    pith_options_release(o);
    pith_options_release(plain);
}

/* ---- JSON that is wrong: nothing may change ---- */

typedef struct bad_json {
    const char *text;
    int32_t status;
    const char *named; /* what the message must hold */
} bad_json;

static const bad_json bad[] = {
    {"", PITH_E_FORMAT, "JSON"},
    {"[]", PITH_E_FORMAT, "object"},
    {"{\"top_k\": 3", PITH_E_FORMAT, "JSON"},
    {"{\"top_k\": 3} x", PITH_E_FORMAT, "byte 13"},
    {"{\"top_k\": 3, \"tpo_p\": 1}", PITH_E_OPTION, "tpo_p"},
    {"{\"top_k\": 3, \"threads\": 1}", PITH_E_OPTION, "threads"},
    {"{\"top_k\": 3, \"top_p\": 1.5}", PITH_E_OPTION, "top_p must be 0 to 1"},
    {"{\"top_k\": 3, \"top_p\": \"1\"}", PITH_E_OPTION, "top_p"},
    {"{\"top_k\": 3.5}", PITH_E_OPTION, "top_k"},
    {"{\"top_k\": 1e300}", PITH_E_OPTION, "top_k"},
    {"{\"top_k\": -1}", PITH_E_OPTION, "top_k must be"},
    {"{\"seed\": \"12x\"}", PITH_E_OPTION, "seed"},
    {"{\"seed\": \"\"}", PITH_E_OPTION, "seed"},
    {"{\"seed\": \"9223372036854775808\"}", PITH_E_OPTION, "seed"},
    {"{\"seed\": 9007199254740994}", PITH_E_OPTION, "seed"},
    {"{\"stop\": [\"a\", 1]}", PITH_E_OPTION, "stop"},
    {"{\"stop\": \"\"}", PITH_E_OPTION, "stop"},
    {"{\"stop\": \"a\\u0000b\"}", PITH_E_FORMAT, "zero byte"},
    {"{\"stop_tokens\": 3}", PITH_E_OPTION, "stop_tokens"},
    {"{\"stop_tokens\": [-1]}", PITH_E_OPTION, "stop_tokens"},
    {"{\"logit_bias\": {\"x\": 1}}", PITH_E_OPTION, "logit_bias"},
    {"{\"logit_bias\": {\"1\": \"much\"}}", PITH_E_OPTION, "logit_bias"},
    {"{\"logit_bias\": {\"-1\": 1}}", PITH_E_OPTION, "logit_bias"},
    {"{\"pooling\": \"meen\"}", PITH_E_OPTION, "mean, last, first, none"},
    {"{\"pooling\": 1}", PITH_E_OPTION, "pooling"},
    {"{\"stop\": [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}", PITH_E_FORMAT, "levels"},
};

static void wrong_json_changes_nothing(void **state) {
    (void)state;
    pith_options *o = full_request();
    char *before = json_of(o);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        int32_t status = pith_options_set_json(o, bad[i].text, PITH_MEASURE);
        if (status != bad[i].status || !strstr(last_error(), bad[i].named)) {
            fail_msg("%s: %d %s", bad[i].text, (int)status, last_error());
        }
        char *after = json_of(o);
        assert_string_equal(before, after);
        free(after);
    }
    free(before);
    pith_options_release(o);
}

static void json_is_taken_in_its_other_forms(void **state) {
    (void)state;
    static const char text[] =
        " {\"seed\": \"9223372036854775807\", \"stop\": \"one\", \"ignore_eog\": true, \"top_k\": null,"
        " \"max_tokens\": 1e3} \n";
    pith_options *o = options_of(PITH_SCOPE_REQUEST);
    assert_int_equal(pith_options_set_i64(o, PITH_KEY_TOP_K, 7), PITH_OK);
    assert_int_equal(pith_options_set_json(o, text, PITH_MEASURE), PITH_OK);
    assert_json_has(o, "\"seed\":\"9223372036854775807\"");
    assert_json_has(o, "\"stop\":[\"one\"]");
    assert_json_has(o, "\"ignore_eog\":1,");
    assert_json_has(o, "\"top_k\":40,");
    assert_json_has(o, "\"max_tokens\":1000,");
    pith_options_release(o);
}

static void a_length_is_kept_to(void **state) {
    (void)state;
    pith_options *o = options_of(PITH_SCOPE_REQUEST);
    assert_int_equal(pith_options_set_json(o, "{\"top_k\": 3}garbage", 12), PITH_OK);
    assert_int_equal(pith_options_set_json(o, "{\"top_k\": 3}\0", 13), PITH_E_FORMAT);
    pith_options_release(o);
}

/* ---- texts and lists ---- */

static void texts_are_checked(void **state) {
    (void)state;
    pith_options *o = options_of(PITH_SCOPE_REQUEST);
    char *huge = calloc(1, 65538);
    assert_non_null(huge);
    memset(huge, 'x', 65537);
    assert_int_equal(pith_options_add_str(o, PITH_KEY_STOP, huge, 65536), PITH_OK);
    assert_int_equal(pith_options_add_str(o, PITH_KEY_STOP, huge, 65537), PITH_E_OPTION);
    assert_int_equal(pith_options_add_str(o, PITH_KEY_STOP, "", 0), PITH_E_OPTION);
    assert_int_equal(pith_options_add_str(o, PITH_KEY_STOP, "a\0b", 3), PITH_E_OPTION);
    assert_int_equal(pith_options_add_str(o, PITH_KEY_STOP, "\xff", 1), PITH_OK); /* any other bytes are fine */
    assert_int_equal(pith_options_set_str(o, PITH_KEY_POOLING, "mea", PITH_MEASURE), PITH_E_OPTION);
    assert_int_equal(pith_options_set_str(o, PITH_KEY_POOLING, "mean, last", PITH_MEASURE), PITH_E_OPTION);
    assert_int_equal(pith_options_set_str(o, PITH_KEY_POOLING, NULL, 0), PITH_E_OPTION);
    free(huge);
    pith_options_release(o);
}

static void lists_are_bounded(void **state) {
    (void)state;
    pith_options *o = options_of(PITH_SCOPE_REQUEST);
    int64_t *ids = calloc(65537, sizeof(*ids));
    assert_non_null(ids);
    assert_int_equal(pith_options_set_i64s(o, PITH_KEY_STOP_TOKENS, ids, 65536), PITH_OK);
    assert_int_equal(pith_options_set_i64s(o, PITH_KEY_STOP_TOKENS, ids, 65537), PITH_E_OPTION);
    assert_int_equal(pith_options_set_i64s(o, PITH_KEY_STOP_TOKENS, NULL, 0), PITH_OK);
    for (int64_t i = 0; i < 65536; i++) {
        assert_int_equal(pith_options_add_pair(o, PITH_KEY_LOGIT_BIAS, i, 1), PITH_OK);
    }
    assert_int_equal(pith_options_add_pair(o, PITH_KEY_LOGIT_BIAS, 7, 1), PITH_E_OPTION);
    assert_int_equal(pith_options_clear(o, PITH_KEY_LOGIT_BIAS), PITH_OK);
    assert_int_equal(pith_options_add_pair(o, PITH_KEY_LOGIT_BIAS, 7, 1e7), PITH_E_OPTION);
    assert_int_equal(pith_options_add_pair(o, PITH_KEY_LOGIT_BIAS, 7, INFINITY), PITH_E_OPTION);
    assert_int_equal(pith_options_add_pair(o, PITH_KEY_LOGIT_BIAS, 7, NAN), PITH_E_OPTION);
    free(ids);
    pith_options_release(o);
}

/* ---- hooks ---- */

static int32_t go_on(void *user, double fraction) {
    (void)user, (void)fraction;
    return 0;
}

static void note(void *user, int32_t level, const char *line, uint64_t length) {
    (void)user, (void)level, (void)line, (void)length;
}

static void hooks_belong_to_a_scope(void **state) {
    (void)state;
    pith_options *host = options_of(PITH_SCOPE_HOST), *model = options_of(PITH_SCOPE_MODEL);
    assert_int_equal(pith_options_set_log(host, note, NULL), PITH_OK);
    assert_int_equal(pith_options_set_log(model, note, NULL), PITH_E_OPTION);
    assert_int_equal(pith_options_set_allocator(model, NULL, NULL), PITH_E_OPTION);
    assert_int_equal(pith_options_set_executor(model, NULL, NULL), PITH_E_OPTION);
    assert_int_equal(pith_options_set_progress(model, go_on, NULL), PITH_OK);
    assert_int_equal(pith_options_set_progress(host, go_on, NULL), PITH_E_OPTION);
    pith_options_release(host);
    pith_options_release(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_shows_values_in_effect),
        cmocka_unit_test(json_makes_the_round_trip),
        cmocka_unit_test(every_scope_takes_its_own_json),
        cmocka_unit_test(a_clone_is_equal_and_apart),
        cmocka_unit_test(clear_puts_defaults_back),
        cmocka_unit_test(wrong_json_changes_nothing),
        cmocka_unit_test(json_is_taken_in_its_other_forms),
        cmocka_unit_test(a_length_is_kept_to),
        cmocka_unit_test(texts_are_checked),
        cmocka_unit_test(lists_are_bounded),
        cmocka_unit_test(hooks_belong_to_a_scope),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
