/* Every exported function with each of its pointers NULL and each of its numbers out of range: a status, a message that
 * names the function or the value, emptied out-parameters, no crash. The model is the one in examples/models. */
#include "support/cmocka_all.h"
#include <pith/pith.h>
#include <stdio.h>
#include <string.h>

static pith_model *model;
static void *const POISON = (void *)(uintptr_t)0x51;

static const char *last_error(void) {
    static char text[512];
    assert_int_equal(pith_error_copy(text, sizeof(text), NULL), PITH_OK);
    return text;
}

/* The call must fail with the status and with words that hold `named`. */
#define FAILS(call, status, named)                                                                                     \
    do {                                                                                                               \
        assert_int_equal((call), (status));                                                                            \
        if (!strstr(last_error(), (named))) {                                                                          \
            fail_msg("%s: '%s' does not name '%s'", #call, last_error(), (named));                                     \
        }                                                                                                              \
    } while (0)

/* The same for a call with an object as its out-parameter, which must come back NULL. */
#define GIVES_NULL(call, out, status, named)                                                                           \
    do {                                                                                                               \
        (out) = POISON;                                                                                                \
        FAILS(call, status, named);                                                                                    \
        assert_null(out);                                                                                              \
    } while (0)

#define GIVES_ZERO(call, out, status, named)                                                                           \
    do {                                                                                                               \
        (out) = 51;                                                                                                    \
        FAILS(call, status, named);                                                                                    \
        assert_true((out) == 0);                                                                                       \
    } while (0)

static int setup(void **state) {
    (void)state;
    assert_int_equal(pith_model_open_path("examples/models/tales-q8_0.gguf", &model), PITH_OK);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    pith_model_release(model);
    return 0;
}

static void library(void **state) {
    (void)state;
    char buffer[16];
    uint64_t size;
    assert_int_equal(pith_version(), 1000);
    FAILS(pith_build_json(buffer, 16, NULL), PITH_E_ARGUMENT, "size");
    GIVES_ZERO(pith_build_json(NULL, 16, &size), size, PITH_E_ARGUMENT, "buffer");
    assert_int_equal(pith_build_json(buffer, 16, &size), PITH_E_BUFFER);
    assert_true(size > 16);
    assert_int_equal(pith_error_copy(NULL, 16, &size), PITH_E_ARGUMENT);
    assert_int_equal(pith_error_copy(buffer, 0, &size), PITH_E_ARGUMENT);
    assert_string_equal(pith_status_name(PITH_E_CONTEXT), "PITH_E_CONTEXT");
    assert_string_equal(pith_status_name(PITH_OK), "PITH_OK");
    assert_non_null(strstr(pith_status_name(-12345), "PITH_E_"));
}

static void error_text_is_cut_to_the_buffer(void **state) {
    (void)state;
    char whole[512], part[8];
    uint64_t size, cut;
    assert_int_equal(pith_key_type(-5), PITH_E_OPTION);
    assert_int_equal(pith_error_copy(whole, sizeof(whole), &size), PITH_OK);
    assert_int_equal(size, strlen(whole));
    assert_int_equal(pith_error_copy(part, sizeof(part), &cut), PITH_OK);
    assert_int_equal(cut, sizeof(part) - 1);
    assert_memory_equal(part, whole, cut);
    assert_int_equal(part[cut], 0);
}

static void options(void **state) {
    (void)state;
    pith_options *o, *other;
    uint64_t size;
    int32_t key;
    double a, b, c;
    FAILS(pith_options_create(PITH_SCOPE_HOST, NULL), PITH_E_ARGUMENT, "pith_options_create");
    GIVES_NULL(pith_options_create(0, &o), o, PITH_E_ARGUMENT, "scope 0");
    GIVES_NULL(pith_options_create(5, &o), o, PITH_E_ARGUMENT, "scope 5");
    assert_int_equal(pith_options_create(PITH_SCOPE_REQUEST, &o), PITH_OK);
    FAILS(pith_options_clone(o, NULL), PITH_E_ARGUMENT, "out");
    GIVES_NULL(pith_options_clone(NULL, &other), other, PITH_E_ARGUMENT, "options");
    FAILS(pith_options_set_i64(NULL, PITH_KEY_SEED, 1), PITH_E_ARGUMENT, "pith_options_set_i64");
    FAILS(pith_options_set_f64(NULL, PITH_KEY_TOP_P, 1), PITH_E_ARGUMENT, "options");
    FAILS(pith_options_set_str(NULL, PITH_KEY_POOLING, "mean", 4), PITH_E_ARGUMENT, "options");
    FAILS(pith_options_set_str(o, PITH_KEY_POOLING, NULL, 4), PITH_E_ARGUMENT, "text");
    FAILS(pith_options_set_str(o, PITH_KEY_POOLING, NULL, PITH_MEASURE), PITH_E_ARGUMENT, "text");
    FAILS(pith_options_set_str(o, PITH_KEY_POOLING, "mean", UINT64_MAX - 1), PITH_E_ARGUMENT, "elements");
    FAILS(pith_options_add_str(NULL, PITH_KEY_STOP, "x", 1), PITH_E_ARGUMENT, "options");
    FAILS(pith_options_add_str(o, PITH_KEY_STOP, NULL, 1), PITH_E_ARGUMENT, "text");
    FAILS(pith_options_set_i64s(NULL, PITH_KEY_STOP_TOKENS, NULL, 0), PITH_E_ARGUMENT, "options");
    FAILS(pith_options_set_i64s(o, PITH_KEY_STOP_TOKENS, NULL, 3), PITH_E_ARGUMENT, "values");
    FAILS(pith_options_add_pair(NULL, PITH_KEY_LOGIT_BIAS, 1, 1), PITH_E_ARGUMENT, "options");
    FAILS(pith_options_clear(NULL, PITH_KEY_SEED), PITH_E_ARGUMENT, "options");
    FAILS(pith_options_set_json(NULL, "{}", 2), PITH_E_ARGUMENT, "options");
    FAILS(pith_options_set_json(o, NULL, 2), PITH_E_ARGUMENT, "json");
    FAILS(pith_options_get_json(o, NULL, 0, NULL), PITH_E_ARGUMENT, "size");
    GIVES_ZERO(pith_options_get_json(NULL, NULL, 0, &size), size, PITH_E_ARGUMENT, "options");
    GIVES_ZERO(pith_options_get_json(o, NULL, 9, &size), size, PITH_E_ARGUMENT, "buffer");
    FAILS(pith_options_set_allocator(NULL, NULL, NULL), PITH_E_ARGUMENT, "options");
    FAILS(pith_options_set_log(NULL, NULL, NULL), PITH_E_ARGUMENT, "options");
    FAILS(pith_options_set_executor(NULL, NULL, NULL), PITH_E_ARGUMENT, "options");
    FAILS(pith_options_set_progress(NULL, NULL, NULL), PITH_E_ARGUMENT, "options");
    FAILS(pith_key_find(PITH_SCOPE_HOST, "cpu", 3, NULL), PITH_E_ARGUMENT, "key");
    GIVES_ZERO(pith_key_find(PITH_SCOPE_HOST, NULL, 3, &key), key, PITH_E_ARGUMENT, "name");
    FAILS(pith_key_at(PITH_SCOPE_HOST, 0, NULL), PITH_E_ARGUMENT, "key");
    GIVES_ZERO(pith_key_at(PITH_SCOPE_HOST, UINT32_MAX, &key), key, PITH_E_OPTION, "host");
    FAILS(pith_key_range(PITH_KEY_TOP_P, NULL, &b, &c), PITH_E_ARGUMENT, "lowest");
    FAILS(pith_key_range(PITH_KEY_TOP_P, &a, NULL, &c), PITH_E_ARGUMENT, "highest");
    FAILS(pith_key_range(PITH_KEY_TOP_P, &a, &b, NULL), PITH_E_ARGUMENT, "normal");
    pith_options_release(o);
    pith_options_release(NULL);
}

static void hosts(void **state) {
    (void)state;
    pith_options *wrong, *right;
    pith_host *host;
    int64_t value;
    assert_int_equal(pith_options_create(PITH_SCOPE_REQUEST, &wrong), PITH_OK);
    assert_int_equal(pith_options_create(PITH_SCOPE_HOST, &right), PITH_OK);
    FAILS(pith_host_create(right, NULL), PITH_E_ARGUMENT, "out");
    GIVES_NULL(pith_host_create(wrong, &host), host, PITH_E_ARGUMENT, "request");
    assert_int_equal(pith_options_set_str(right, PITH_KEY_CPU, "abacus", PITH_MEASURE), PITH_OK);
    GIVES_NULL(pith_host_create(right, &host), host, PITH_E_OPTION, "ref");
    FAILS(pith_host_get_i64(NULL, PITH_HOST_MEMORY_USED, NULL), PITH_E_ARGUMENT, "value");
    GIVES_ZERO(pith_host_get_i64(NULL, 0, &value), value, PITH_E_ARGUMENT, "field 0");
    GIVES_ZERO(pith_host_get_i64(NULL, 4, &value), value, PITH_E_ARGUMENT, "field 4");
    pith_host_release(NULL);
    pith_options_release(wrong);
    pith_options_release(right);
}

static int32_t read_nothing(void *user, void *out, uint64_t size, uint64_t offset) {
    (void)user, (void)out, (void)size, (void)offset;
    return PITH_E_IO;
}

static void sources(void **state) {
    (void)state;
    pith_source *s, *part;
    pith_host *host;
    FAILS(pith_source_from_path(NULL, "x", 1, NULL), PITH_E_ARGUMENT, "out");
    GIVES_NULL(pith_source_from_path(NULL, NULL, 0, &s), s, PITH_E_ARGUMENT, "path");
    GIVES_NULL(pith_source_from_path(NULL, "", 0, &s), s, PITH_E_ARGUMENT, "path");
    GIVES_NULL(pith_source_from_path(NULL, "a\0b", 3, &s), s, PITH_E_ARGUMENT, "zero byte");
    GIVES_NULL(pith_source_from_path(NULL, "/no/such/file", PITH_MEASURE, &s), s, PITH_E_IO, "/no/such/file");
    GIVES_NULL(pith_source_from_path(NULL, "/", PITH_MEASURE, &s), s, PITH_E_IO, "/");
    FAILS(pith_source_from_fd(NULL, 0, 0, 0, NULL), PITH_E_ARGUMENT, "out");
    GIVES_NULL(pith_source_from_fd(NULL, -1, 0, 0, &s), s, PITH_E_ARGUMENT, "-1");
    GIVES_NULL(pith_source_from_fd(NULL, 9999, 0, 0, &s), s, PITH_E_IO, "descriptor");
    FAILS(pith_source_from_memory(NULL, "x", 1, NULL), PITH_E_ARGUMENT, "out");
    GIVES_NULL(pith_source_from_memory(NULL, NULL, 0, &s), s, PITH_E_ARGUMENT, "bytes");
    GIVES_NULL(pith_source_from_memory(NULL, "x", UINT64_MAX, &s), s, PITH_E_ARGUMENT, "bytes");
    FAILS(pith_source_from_reader(NULL, read_nothing, NULL, 1, NULL), PITH_E_ARGUMENT, "out");
    GIVES_NULL(pith_source_from_reader(NULL, NULL, NULL, 1, &s), s, PITH_E_ARGUMENT, "read");
    assert_int_equal(pith_host_create(NULL, &host), PITH_OK);
    assert_int_equal(pith_source_from_memory(NULL, "x", 1, &s), PITH_OK);
    assert_int_equal(pith_source_from_memory(host, "x", 1, &part), PITH_OK);
    FAILS(pith_source_add_part(NULL, part), PITH_E_ARGUMENT, "source");
    FAILS(pith_source_add_part(s, NULL), PITH_E_ARGUMENT, "part");
    FAILS(pith_source_add_part(s, s), PITH_E_ARGUMENT, "itself");
    FAILS(pith_source_add_part(s, part), PITH_E_ARGUMENT, "host");
    pith_source_release(part);
    pith_source_release(s);
    pith_source_release(NULL);
    pith_host_release(host);
}

static void plans_and_models(void **state) {
    (void)state;
    pith_source *s;
    pith_plan *plan;
    pith_model *m;
    pith_options *wrong;
    pith_host *host;
    const char *text;
    int64_t value;
    uint64_t size;
    assert_int_equal(pith_options_create(PITH_SCOPE_HOST, &wrong), PITH_OK);
    assert_int_equal(pith_host_create(NULL, &host), PITH_OK);
    assert_int_equal(pith_source_from_path(NULL, "examples/models/tales-q8_0.gguf", PITH_MEASURE, &s), PITH_OK);
    FAILS(pith_plan_create(NULL, s, NULL, NULL, NULL), PITH_E_ARGUMENT, "out");
    GIVES_NULL(pith_plan_create(NULL, NULL, NULL, NULL, &plan), plan, PITH_E_ARGUMENT, "source");
    GIVES_NULL(pith_plan_create(NULL, s, wrong, NULL, &plan), plan, PITH_E_ARGUMENT, "model");
    GIVES_NULL(pith_plan_create(NULL, s, NULL, wrong, &plan), plan, PITH_E_ARGUMENT, "engine");
    GIVES_NULL(pith_plan_create(host, s, NULL, NULL, &plan), plan, PITH_E_ARGUMENT, "host");
    assert_int_equal(pith_plan_create(NULL, s, NULL, NULL, &plan), PITH_OK);
    FAILS(pith_plan_get_i64(plan, PITH_PLAN_TOTAL, NULL), PITH_E_ARGUMENT, "value");
    GIVES_ZERO(pith_plan_get_i64(NULL, PITH_PLAN_TOTAL, &value), value, PITH_E_ARGUMENT, "plan");
    GIVES_ZERO(pith_plan_get_i64(plan, 0, &value), value, PITH_E_ARGUMENT, "field 0");
    GIVES_ZERO(pith_plan_get_i64(plan, 8, &value), value, PITH_E_ARGUMENT, "field 8");
    pith_plan_release(plan);
    pith_plan_release(NULL);
    FAILS(pith_model_open_path("x", NULL), PITH_E_ARGUMENT, "out");
    GIVES_NULL(pith_model_open_path(NULL, &m), m, PITH_E_ARGUMENT, "path");
    GIVES_NULL(pith_model_open_path("/no/such/file", &m), m, PITH_E_IO, "/no/such/file");
    FAILS(pith_model_open(NULL, s, NULL, NULL), PITH_E_ARGUMENT, "out");
    GIVES_NULL(pith_model_open(NULL, NULL, NULL, &m), m, PITH_E_ARGUMENT, "source");
    GIVES_NULL(pith_model_open(NULL, s, wrong, &m), m, PITH_E_ARGUMENT, "model");
    GIVES_NULL(pith_model_open(host, s, NULL, &m), m, PITH_E_ARGUMENT, "host");
    FAILS(pith_model_get_i64(model, PITH_MODEL_WIDTH, NULL), PITH_E_ARGUMENT, "value");
    GIVES_ZERO(pith_model_get_i64(NULL, PITH_MODEL_WIDTH, &value), value, PITH_E_ARGUMENT, "model");
    GIVES_ZERO(pith_model_get_i64(model, PITH_MODEL_NAME, &value), value, PITH_E_ARGUMENT, "field 101");
    FAILS(pith_model_get_str(model, PITH_MODEL_NAME, NULL, &size), PITH_E_ARGUMENT, "text");
    FAILS(pith_model_get_str(model, PITH_MODEL_NAME, &text, NULL), PITH_E_ARGUMENT, "length");
    GIVES_NULL(pith_model_get_str(NULL, PITH_MODEL_NAME, &text, &size), text, PITH_E_ARGUMENT, "model");
    GIVES_NULL(pith_model_get_str(model, PITH_MODEL_WIDTH, &text, &size), text, PITH_E_ARGUMENT, "field 3");
    FAILS(pith_model_json(model, NULL, 0, NULL), PITH_E_ARGUMENT, "size");
    GIVES_ZERO(pith_model_json(NULL, NULL, 0, &size), size, PITH_E_ARGUMENT, "model");
    GIVES_ZERO(pith_model_json(model, NULL, 1, &size), size, PITH_E_ARGUMENT, "buffer");
    pith_model_release(NULL);
    pith_source_release(s);
    pith_host_release(host);
    pith_options_release(wrong);
}

static void tokenizing(void **state) {
    (void)state;
    int32_t ids[8];
    uint64_t count;
    const char *const texts[] = {"a", NULL};
    const uint64_t lengths[] = {1, 1};
    const uint32_t trust[] = {PITH_TRUSTED, 7};
    FAILS(pith_tokenize(model, "a", 1, 0, ids, 8, NULL), PITH_E_ARGUMENT, "count");
    GIVES_ZERO(pith_tokenize(NULL, "a", 1, 0, ids, 8, &count), count, PITH_E_ARGUMENT, "model");
    GIVES_ZERO(pith_tokenize(model, NULL, 1, 0, ids, 8, &count), count, PITH_E_ARGUMENT, "text");
    GIVES_ZERO(pith_tokenize(model, "a", 1, 0, NULL, 8, &count), count, PITH_E_ARGUMENT, "ids");
    GIVES_ZERO(pith_tokenize(model, "a", 1, 8, ids, 8, &count), count, PITH_E_ARGUMENT, "flags");
    assert_int_equal(pith_tokenize(model, NULL, 0, 0, NULL, 0, &count), PITH_OK);
    assert_int_equal(count, 0);
    FAILS(pith_tokenize_spans(model, texts, lengths, trust, 1, 0, ids, NULL, 8, NULL), PITH_E_ARGUMENT, "count");
    GIVES_ZERO(pith_tokenize_spans(NULL, texts, lengths, trust, 1, 0, ids, NULL, 8, &count), count, PITH_E_ARGUMENT,
               "model");
    GIVES_ZERO(pith_tokenize_spans(model, NULL, lengths, trust, 1, 0, ids, NULL, 8, &count), count, PITH_E_ARGUMENT,
               "texts");
    GIVES_ZERO(pith_tokenize_spans(model, texts, NULL, trust, 1, 0, ids, NULL, 8, &count), count, PITH_E_ARGUMENT,
               "lengths");
    GIVES_ZERO(pith_tokenize_spans(model, texts, lengths, NULL, 1, 0, ids, NULL, 8, &count), count, PITH_E_ARGUMENT,
               "trust");
    GIVES_ZERO(pith_tokenize_spans(model, texts, lengths, trust, 1, 0, NULL, NULL, 8, &count), count, PITH_E_ARGUMENT,
               "ids");
    GIVES_ZERO(pith_tokenize_spans(model, texts, lengths, trust, 2, 0, ids, NULL, 8, &count), count, PITH_E_ARGUMENT,
               "trust[1] is 7");
    GIVES_ZERO(pith_tokenize_spans(model, texts, lengths, (const uint32_t[]){0, 0}, 2, 0, ids, NULL, 8, &count), count,
               PITH_E_ARGUMENT, "text");
    GIVES_ZERO(pith_tokenize_spans(model, texts, lengths, trust, UINT64_MAX / 2, 0, ids, NULL, 8, &count), count,
               PITH_E_ARGUMENT, "texts");
    GIVES_ZERO(pith_tokenize_spans(model, texts, lengths, trust, 1, PITH_TRUSTED, ids, NULL, 8, &count), count,
               PITH_E_ARGUMENT, "flags");
    assert_int_equal(pith_tokenize_spans(model, NULL, NULL, NULL, 0, 0, NULL, NULL, 0, &count), PITH_OK);
}

static void detokenizing(void **state) {
    (void)state;
    static const int32_t ids[] = {65, -1}, large[] = {4096};
    char buffer[8];
    const char *text;
    uint64_t size;
    pith_decoder *decoder;
    FAILS(pith_detokenize(model, ids, 1, 0, buffer, 8, NULL), PITH_E_ARGUMENT, "size");
    GIVES_ZERO(pith_detokenize(NULL, ids, 1, 0, buffer, 8, &size), size, PITH_E_ARGUMENT, "model");
    GIVES_ZERO(pith_detokenize(model, NULL, 1, 0, buffer, 8, &size), size, PITH_E_ARGUMENT, "ids");
    GIVES_ZERO(pith_detokenize(model, ids, 1, 0, NULL, 8, &size), size, PITH_E_ARGUMENT, "buffer");
    GIVES_ZERO(pith_detokenize(model, ids, 2, 0, buffer, 8, &size), size, PITH_E_ARGUMENT, "ids[1] is -1");
    GIVES_ZERO(pith_detokenize(model, large, 1, 0, buffer, 8, &size), size, PITH_E_ARGUMENT, "4095");
    GIVES_ZERO(pith_detokenize(model, ids, 1, PITH_ADD_BOS, buffer, 8, &size), size, PITH_E_ARGUMENT, "flags");
    FAILS(pith_decoder_create(model, 0, NULL), PITH_E_ARGUMENT, "out");
    GIVES_NULL(pith_decoder_create(NULL, 0, &decoder), decoder, PITH_E_ARGUMENT, "model");
    GIVES_NULL(pith_decoder_create(model, PITH_ADD_EOS, &decoder), decoder, PITH_E_ARGUMENT, "flags");
    assert_int_equal(pith_decoder_create(model, 0, &decoder), PITH_OK);
    FAILS(pith_decoder_feed(decoder, 65, NULL, &size), PITH_E_ARGUMENT, "text");
    FAILS(pith_decoder_feed(decoder, 65, &text, NULL), PITH_E_ARGUMENT, "length");
    GIVES_NULL(pith_decoder_feed(NULL, 65, &text, &size), text, PITH_E_ARGUMENT, "decoder");
    GIVES_NULL(pith_decoder_feed(decoder, -2, &text, &size), text, PITH_E_ARGUMENT, "-2");
    GIVES_NULL(pith_decoder_feed(decoder, 4096, &text, &size), text, PITH_E_ARGUMENT, "4096");
    pith_decoder_release(decoder);
    pith_decoder_release(NULL);
}

static void engines(void **state) {
    (void)state;
    pith_options *wrong;
    pith_engine *engine;
    int64_t value;
    assert_int_equal(pith_options_create(PITH_SCOPE_MODEL, &wrong), PITH_OK);
    FAILS(pith_engine_create(NULL, NULL, NULL), PITH_E_ARGUMENT, "out");
    GIVES_NULL(pith_engine_create(NULL, wrong, &engine), engine, PITH_E_ARGUMENT, "engine");
    assert_int_equal(pith_engine_create(NULL, NULL, &engine), PITH_OK);
    FAILS(pith_engine_get_i64(engine, PITH_ENGINE_STEPS, NULL), PITH_E_ARGUMENT, "value");
    GIVES_ZERO(pith_engine_get_i64(NULL, PITH_ENGINE_STEPS, &value), value, PITH_E_ARGUMENT, "engine");
    GIVES_ZERO(pith_engine_get_i64(engine, 0, &value), value, PITH_E_ARGUMENT, "field 0");
    GIVES_ZERO(pith_engine_get_i64(engine, 8, &value), value, PITH_E_ARGUMENT, "field 8");
    pith_engine_release(engine);
    pith_engine_release(NULL);
    pith_options_release(wrong);
}

static void request_creation(void **state) {
    (void)state;
    pith_options *wrong, *o;
    pith_request *r;
    assert_int_equal(pith_options_create(PITH_SCOPE_MODEL, &wrong), PITH_OK);
    assert_int_equal(pith_options_create(PITH_SCOPE_REQUEST, &o), PITH_OK);
    FAILS(pith_request_create(NULL, model, PITH_GENERATE, NULL, NULL), PITH_E_ARGUMENT, "out");
    GIVES_NULL(pith_request_create(NULL, NULL, PITH_GENERATE, NULL, &r), r, PITH_E_ARGUMENT, "model");
    GIVES_NULL(pith_request_create(NULL, model, 3, NULL, &r), r, PITH_E_ARGUMENT, "kind 3");
    GIVES_NULL(pith_request_create(NULL, model, PITH_GENERATE, wrong, &r), r, PITH_E_ARGUMENT, "request");
    assert_int_equal(pith_options_add_pair(o, PITH_KEY_LOGIT_BIAS, 4096, 1), PITH_OK);
    GIVES_NULL(pith_request_create(NULL, model, PITH_GENERATE, o, &r), r, PITH_E_OPTION, "4095");
    pith_options_release(wrong);
    pith_options_release(o);
    pith_request_release(NULL);
}

static void requests(void **state) {
    (void)state;
    static const int32_t bad_ids[] = {1, 4096};
    pith_request *r;
    int32_t event;
    int64_t value;
    double seconds;
    const void *data;
    uint64_t size;
    char buffer[64];
    assert_int_equal(pith_request_create(NULL, model, PITH_GENERATE, NULL, &r), PITH_OK);
    FAILS(pith_request_add_text(NULL, "a", 1, 0), PITH_E_ARGUMENT, "request");
    FAILS(pith_request_add_text(r, NULL, 1, 0), PITH_E_ARGUMENT, "text");
    FAILS(pith_request_add_text(r, "a", 1, PITH_ADD_BOS), PITH_E_ARGUMENT, "flags");
    FAILS(pith_request_add_tokens(NULL, bad_ids, 1), PITH_E_ARGUMENT, "request");
    FAILS(pith_request_add_tokens(r, NULL, 1), PITH_E_ARGUMENT, "ids");
    FAILS(pith_request_add_tokens(r, bad_ids, 2), PITH_E_ARGUMENT, "4096");
    FAILS(pith_request_next_input(NULL), PITH_E_ARGUMENT, "request");
    FAILS(pith_request_next_input(r), PITH_E_UNSUPPORTED, "one input");
    FAILS(pith_request_submit(NULL), PITH_E_ARGUMENT, "request");
    FAILS(pith_request_next(r, 0, NULL), PITH_E_ARGUMENT, "event");
    GIVES_ZERO(pith_request_next(NULL, 0, &event), event, PITH_E_ARGUMENT, "request");
    GIVES_ZERO(pith_request_next(r, 0, &event), event, PITH_E_STATE, "submitted");
    FAILS(pith_request_run(NULL, NULL, NULL), PITH_E_ARGUMENT, "request");
    FAILS(pith_request_wait(NULL, 0), PITH_E_ARGUMENT, "request");
    FAILS(pith_request_wait(r, 0), PITH_E_STATE, "submitted");
    FAILS(pith_request_cancel(NULL), PITH_E_ARGUMENT, "request");
    FAILS(pith_request_get_i64(r, PITH_REQUEST_STOP, NULL), PITH_E_ARGUMENT, "value");
    GIVES_ZERO(pith_request_get_i64(NULL, PITH_REQUEST_STOP, &value), value, PITH_E_ARGUMENT, "request");
    GIVES_ZERO(pith_request_get_i64(r, 7, &value), value, PITH_E_ARGUMENT, "field 7");
    GIVES_ZERO(pith_request_get_i64(r, PITH_REQUEST_VECTORS, &value), value, PITH_E_STATE, "end");
    FAILS(pith_request_get_f64(r, PITH_REQUEST_SECONDS_PROMPT, NULL), PITH_E_ARGUMENT, "value");
    GIVES_ZERO(pith_request_get_f64(NULL, PITH_REQUEST_SECONDS_PROMPT, &seconds), seconds, PITH_E_ARGUMENT, "request");
    GIVES_ZERO(pith_request_get_f64(r, PITH_REQUEST_STOP, &seconds), seconds, PITH_E_ARGUMENT, "field 1");
    FAILS(pith_request_view(r, PITH_VIEW_TEXT, 0, NULL, &size), PITH_E_ARGUMENT, "data");
    FAILS(pith_request_view(r, PITH_VIEW_TEXT, 0, &data, NULL), PITH_E_ARGUMENT, "size");
    GIVES_NULL(pith_request_view(NULL, PITH_VIEW_TEXT, 0, &data, &size), data, PITH_E_ARGUMENT, "request");
    GIVES_NULL(pith_request_view(r, 0, 0, &data, &size), data, PITH_E_ARGUMENT, "view 0");
    GIVES_NULL(pith_request_view(r, 12, 0, &data, &size), data, PITH_E_ARGUMENT, "view 12");
    for (int32_t view = PITH_VIEW_TEXT; view <= PITH_VIEW_VECTORS; view++) {
        GIVES_NULL(pith_request_view(r, view, 0, &data, &size), data, PITH_E_STATE, "");
    }
    FAILS(pith_request_error_copy(NULL, buffer, 64, &size), PITH_E_ARGUMENT, "request");
    assert_int_equal(pith_request_error_copy(r, NULL, 0, &size), PITH_E_ARGUMENT);
    assert_int_equal(pith_request_error_copy(r, buffer, 64, NULL), PITH_OK);
    assert_string_equal(buffer, "");
    pith_request_release(r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(library),    cmocka_unit_test(error_text_is_cut_to_the_buffer),
        cmocka_unit_test(options),    cmocka_unit_test(hosts),
        cmocka_unit_test(sources),    cmocka_unit_test(plans_and_models),
        cmocka_unit_test(tokenizing), cmocka_unit_test(detokenizing),
        cmocka_unit_test(engines),    cmocka_unit_test(request_creation),
        cmocka_unit_test(requests),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
