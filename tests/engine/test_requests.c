/* One request at a time: every way to end, events and views, misuse, busy, deadlines, cancel. On tiny random models,
 * and on the bundled model where text matters. */
#include "engine/harness.h"
#include "engine/tiny_model.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TALES "examples/models/tales-q8_0.gguf"

static rig tales, tiny;
static tiny_model tiny_file;

static int open_models(void **state) {
    (void)state;
    const setup s = {.threads = 2}, inline_setup = {.threads = 1, .kv_tokens = 512};
    const tiny_options o = {pith__family_at(0), PITH__Q8_0, PITH__Q8_0, true, false, 3};
    rig_open_path(&tales, &s, TALES);
    tiny_model_make(&o, &tiny_file);
    rig_open_memory(&tiny, &inline_setup, tiny_file.bytes, tiny_file.size);
    return 0;
}

static int close_models(void **state) {
    (void)state;
    rig_close(&tales);
    rig_close(&tiny);
    tiny_model_free(&tiny_file);
    return 0;
}

/* A request with options from JSON; the caller releases it. */
static pith_request *make(rig *r, int32_t kind, const char *json, const char *prompt) {
    pith_options *o;
    pith_request *request;
    OK(pith_options_create(PITH_SCOPE_REQUEST, &o));
    OK(pith_options_set_json(o, json, PITH_MEASURE));
    OK(pith_request_create(r->engine, r->model, kind, o, &request));
    pith_options_release(o);
    if (prompt) {
        OK(pith_request_add_text(request, prompt, PITH_MEASURE, PITH_UNTRUSTED));
    }
    return request;
}

static int64_t get(pith_request *r, int32_t field) {
    int64_t value;
    OK(pith_request_get_i64(r, field, &value));
    return value;
}

static void view_text(pith_request *r, int32_t view, char *out, size_t capacity) {
    const void *data;
    uint64_t size;
    OK(pith_request_view(r, view, 0, &data, &size));
    assert_true(size < capacity);
    memcpy(out, data, size);
    out[size] = 0;
}

/* Runs to the end, gathering what the events showed; it must be the whole text. Returns the stop reason. */
static int64_t stream(pith_request *r, char *text, size_t capacity, uint64_t *events) {
    int32_t event;
    char piece[4096], all[16384];
    size_t len = 0;
    *events = 0;
    OK(pith_request_submit(r));
    for (;;) {
        OK(pith_request_next(r, PITH_FOREVER, &event));
        if (event == PITH_EVENT_END) {
            break;
        }
        view_text(r, PITH_VIEW_TEXT, piece, sizeof(piece));
        assert_true(len + strlen(piece) < capacity);
        memcpy(text + len, piece, strlen(piece) + 1);
        len += strlen(piece);
        ++*events;
    }
    text[len] = 0;
    view_text(r, PITH_VIEW_ALL_TEXT, all, sizeof(all));
    assert_string_equal(text, all);
    OK(pith_request_next(r, 0, &event)); /* the end repeats */
    assert_int_equal(event, PITH_EVENT_END);
    return get(r, PITH_REQUEST_STOP);
}

static void ends_by_length(void **state) {
    char text[16384];
    uint64_t events;
    (void)state;
    pith_request *r = make(&tales, PITH_GENERATE, "{\"max_tokens\": 12, \"temperature\": 0}", "Once upon a time");
    assert_int_equal(stream(r, text, sizeof(text), &events), PITH_STOP_LENGTH);
    assert_int_equal(get(r, PITH_REQUEST_TOKENS), 12);
    assert_true(events >= 12);
    assert_true(strlen(text) > 12);
    pith_request_release(r);
}

static void ends_by_stop_string(void **state) {
    char whole[16384], cut[16384], json[256];
    uint64_t events;
    (void)state;
    pith_request *r = make(&tales, PITH_GENERATE, "{\"max_tokens\": 40, \"temperature\": 0}", "Once upon a time");
    stream(r, whole, sizeof(whole), &events);
    pith_request_release(r);
    /* Any stretch of the text, cut anywhere, must stop there and not be shown. */
    for (size_t from = 3; from + 5 < strlen(whole); from += 7) {
        char stop[8], escaped[32];
        memcpy(stop, whole + from, 5);
        stop[5] = 0;
        size_t n = 0;
        for (const char *p = stop; *p; p++) {
            n += (size_t)snprintf(escaped + n, sizeof(escaped) - n,
                                  *p == '"' || *p == '\\' ? "\\%c"
                                  : *p == '\n'            ? "\\n"
                                                          : "%c",
                                  *p);
        }
        snprintf(json, sizeof(json), "{\"max_tokens\": 40, \"temperature\": 0, \"stop\": [\"@@never@@\", \"%s\"]}",
                 escaped);
        r = make(&tales, PITH_GENERATE, json, "Once upon a time");
        assert_int_equal(stream(r, cut, sizeof(cut), &events), PITH_STOP_STRING);
        const char *first = strstr(whole, stop);
        assert_int_equal(strlen(cut), first - whole);
        assert_memory_equal(cut, whole, strlen(cut));
        pith_request_release(r);
    }
}

static void ends_by_stop_token(void **state) {
    outcome plain;
    (void)state;
    rig_generate(&tiny, "stop", 20, 0, 0, &plain);
    pith_options *o;
    pith_request *r;
    const int64_t stop = plain.ids[5];
    OK(pith_options_create(PITH_SCOPE_REQUEST, &o));
    OK(pith_options_set_f64(o, PITH_KEY_TEMPERATURE, 0));
    OK(pith_options_set_i64(o, PITH_KEY_LOOP_GUARD, 0));
    OK(pith_options_set_i64s(o, PITH_KEY_STOP_TOKENS, &stop, 1));
    OK(pith_request_create(tiny.engine, tiny.model, PITH_GENERATE, o, &r));
    OK(pith_request_add_text(r, "stop", PITH_MEASURE, 0));
    OK(pith_request_run(r, NULL, NULL));
    assert_int_equal(get(r, PITH_REQUEST_STOP), PITH_STOP_TOKEN);
    int64_t first = 0;
    while (plain.ids[first] != stop) {
        first++;
    }
    assert_int_equal(get(r, PITH_REQUEST_TOKENS), first + 1);
    pith_request_release(r);
    pith_options_release(o);
}

/* A bias that leaves one token only: the end of text ends, another repeats until the loop guard or the context ends it.
 */
static void biased(int32_t id, const char *extra, int64_t stop, int64_t tokens) {
    char json[256];
    snprintf(json, sizeof(json), "{\"temperature\": 0, \"max_tokens\": 0, \"logit_bias\": {\"%d\": 1e6}%s}", id, extra);
    pith_request *r = make(&tiny, PITH_GENERATE, json, "bias");
    OK(pith_request_run(r, NULL, NULL));
    assert_int_equal(get(r, PITH_REQUEST_STOP), stop);
    assert_int_equal(get(r, PITH_REQUEST_TOKENS), tokens);
    pith_request_release(r);
}

static void ends_by_end_or_context(void **state) {
    (void)state;
    biased(TINY_EOS, "", PITH_STOP_END, 1);
    biased(TINY_EOS, ", \"ignore_eog\": 1", PITH_STOP_CONTEXT, TINY_CONTEXT - 4 + 1);
    biased('x', "", PITH_STOP_CONTEXT, TINY_CONTEXT - 4 + 1); /* shorter than the guard's 1,024 tokens */
}

static void ends_by_loop_guard(void **state) {
    rig r;
    const setup s = {.threads = 1};
    (void)state;
    /* One token over and over from BOS on: the guard fires at its 1,024th, just before the context of 1,024 is full. */
    rig_open_path(&r, &s, TALES);
    pith_request *q =
        make(&r, PITH_GENERATE, "{\"temperature\": 0, \"max_tokens\": 0, \"logit_bias\": {\"65\": 1e6}}", NULL);
    OK(pith_request_run(q, NULL, NULL));
    assert_int_equal(get(q, PITH_REQUEST_STOP), PITH_STOP_LOOP);
    assert_int_equal(get(q, PITH_REQUEST_TOKENS), 1024);
    pith_request_release(q);
    rig_close(&r);
}

static void ends_by_deadline(void **state) {
    (void)state;
    pith_request *r =
        make(&tales, PITH_GENERATE,
             "{\"temperature\": 0.9, \"max_tokens\": 0, \"loop_guard\": 0, \"ignore_eog\": 1, \"deadline_ms\": 30}",
             "Once upon a time");
    OK(pith_request_run(r, NULL, NULL));
    assert_int_equal(get(r, PITH_REQUEST_STOP), PITH_STOP_DEADLINE);
    pith_request_release(r);
}

static int32_t stop_after_three(void *user, pith_request *request, int32_t event) {
    (void)request, (void)event;
    return ++*(int *)user >= 3;
}

static void callback_stops(void **state) {
    int calls = 0;
    (void)state;
    pith_request *r = make(&tales, PITH_GENERATE, "{\"temperature\": 0, \"max_tokens\": 200}", "Once upon a time");
    OK(pith_request_run(r, stop_after_three, &calls));
    assert_int_equal(calls, 3);
    assert_int_equal(get(r, PITH_REQUEST_STOP), PITH_STOP_CANCEL);
    pith_request_release(r);
}

static void cancel_in_a_long_prompt(void **state) {
    static char prompt[5000];
    int32_t event;
    (void)state;
    for (size_t i = 0; i + 6 < 2400; i += 6) {
        memcpy(prompt + i, "tale, ", 7);
    }
    pith_request *r = make(&tales, PITH_GENERATE, "{\"max_tokens\": 20}", prompt);
    OK(pith_request_submit(r));
    OK(pith_request_cancel(r));
    OK(pith_request_next(r, 0, &event)); /* at once */
    assert_int_equal(event, PITH_EVENT_END);
    assert_int_equal(get(r, PITH_REQUEST_STOP), PITH_STOP_CANCEL);
    pith_request_release(r);
}

static void too_much_is_refused(void **state) {
    static int32_t ids[TINY_CONTEXT + 1];
    pith_request *r;
    (void)state;
    OK(pith_request_create(tiny.engine, tiny.model, PITH_GENERATE, NULL, &r));
    OK(pith_request_add_tokens(r, ids, TINY_CONTEXT + 1));
    assert_int_equal(pith_request_submit(r), PITH_E_CONTEXT);
    pith_request_release(r);
    const int32_t wrong = TINY_VOCAB;
    OK(pith_request_create(tiny.engine, tiny.model, PITH_GENERATE, NULL, &r));
    assert_int_equal(pith_request_add_tokens(r, &wrong, 1), PITH_E_ARGUMENT);
    OK(pith_request_add_tokens(r, ids, TINY_CONTEXT)); /* exactly full: one token can follow */
    OK(pith_request_run(r, NULL, NULL));
    assert_int_equal(get(r, PITH_REQUEST_TOKENS), 1);
    assert_int_equal(get(r, PITH_REQUEST_STOP), PITH_STOP_CONTEXT);
    pith_request_release(r);
}

static void wrong_order_is_refused(void **state) {
    int32_t event;
    const void *data;
    uint64_t size;
    (void)state;
    pith_request *r = make(&tiny, PITH_GENERATE, "{\"max_tokens\": 3}", "order");
    assert_int_equal(pith_request_next(r, 0, &event), PITH_E_STATE);
    assert_int_equal(pith_request_view(r, PITH_VIEW_PROMPT_IDS, 0, &data, &size), PITH_E_STATE);
    OK(pith_request_submit(r));
    assert_int_equal(pith_request_submit(r), PITH_E_STATE);
    assert_int_equal(pith_request_add_text(r, "more", PITH_MEASURE, 0), PITH_E_STATE);
    assert_int_equal(pith_request_view(r, PITH_VIEW_ALL_TEXT, 0, &data, &size), PITH_E_STATE);
    OK(pith_request_wait(r, PITH_FOREVER));
    assert_int_equal(pith_request_view(r, 99, 0, &data, &size), PITH_E_ARGUMENT);
    assert_int_equal(pith_request_view(r, PITH_VIEW_VECTOR, 0, &data, &size), PITH_E_ARGUMENT);
    assert_int_equal(pith_request_next_input(r), PITH_E_STATE);
    pith_request_release(r);
}

/* A queue of one, and a cache for one sequence: the first runs, the second waits, the third is told. */
static void busy_is_told(void **state) {
    pith_options *o;
    pith_engine *engine;
    pith_request *r[3];
    (void)state;
    OK(pith_options_create(PITH_SCOPE_ENGINE, &o));
    OK(pith_options_set_json(o, "{\"threads\": 1, \"queue_limit\": 1, \"max_sequences\": 1}", PITH_MEASURE));
    OK(pith_engine_create(tiny.host, o, &engine));
    pith_options_release(o);
    rig busy = {tiny.host, tiny.model, engine};
    for (int i = 0; i < 3; i++) {
        r[i] = make(&busy, PITH_GENERATE, "{\"max_tokens\": 5}", "busy");
    }
    int32_t event;
    OK(pith_request_submit(r[0]));
    OK(pith_request_next(r[0], PITH_FOREVER, &event)); /* admitted */
    OK(pith_request_submit(r[1]));
    assert_int_equal(pith_request_submit(r[2]), PITH_E_BUSY);
    OK(pith_request_wait(r[1], PITH_FOREVER)); /* drives the first to its end, too */
    OK(pith_request_submit(r[2]));             /* a refused request may be tried again */
    OK(pith_request_wait(r[2], PITH_FOREVER));
    assert_int_equal(get(r[2], PITH_REQUEST_TOKENS), 5);
    for (int i = 0; i < 3; i++) {
        pith_request_release(r[i]);
    }
    pith_engine_release(engine);
}

/* The sampler's own words reach the caller: not a tale of damaged weights. */
static void forbidding_everything_is_told(void **state) {
    pith_options *o;
    pith_request *r;
    char text[512];
    (void)state;
    OK(pith_options_create(PITH_SCOPE_REQUEST, &o));
    for (int64_t id = 0; id < TINY_VOCAB; id++) {
        OK(pith_options_add_pair(o, PITH_KEY_LOGIT_BIAS, id, -HUGE_VAL));
    }
    OK(pith_request_create(tiny.engine, tiny.model, PITH_GENERATE, o, &r));
    OK(pith_request_add_text(r, "none", PITH_MEASURE, 0));
    assert_int_equal(pith_request_run(r, NULL, NULL), PITH_E_NUMERIC);
    OK(pith_error_copy(text, sizeof(text), NULL));
    assert_non_null(strstr(text, "forbid"));
    OK(pith_request_error_copy(r, text, sizeof(text), NULL));
    assert_non_null(strstr(text, "forbid"));
    assert_int_equal(get(r, PITH_REQUEST_STOP), PITH_STOP_ERROR);
    pith_request_release(r);
    pith_options_release(o);
}

/* Canceled while nobody computes: its pages are free at once. */
static void cancel_frees_pages(void **state) {
    int32_t event;
    int64_t all, before, after;
    (void)state;
    pith_request *r = make(&tiny, PITH_GENERATE, "{\"max_tokens\": 50}", "pages");
    OK(pith_request_submit(r));
    OK(pith_request_next(r, PITH_FOREVER, &event));
    OK(pith_engine_get_i64(tiny.engine, PITH_ENGINE_PAGES, &all));
    OK(pith_engine_get_i64(tiny.engine, PITH_ENGINE_PAGES_FREE, &before));
    OK(pith_request_cancel(r));
    OK(pith_engine_get_i64(tiny.engine, PITH_ENGINE_PAGES_FREE, &after));
    assert_true(before < all);
    assert_int_equal(after, all);
    pith_request_release(r);
}

/* Keys that would change the computation are refused by name, and accepted where they change nothing. */
static void unfollowed_keys_are_refused(void **state) {
    static const struct {
        const char *key;
        uint32_t value;
        int32_t status;
    } cases[] = {{"expert_count", 8, PITH_E_UNSUPPORTED},
                 {"expert_count", 0, PITH_OK},
                 {"rope.scale_linear", 4, PITH_E_UNSUPPORTED},
                 {"attention.sliding_window", 64, PITH_E_UNSUPPORTED},
                 {"attention.sliding_window", 4096, PITH_OK}};
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const tiny_options o = {pith__family_at(1), PITH__Q8_0, PITH__Q8_0, true, false, 3};
        tiny_model file;
        pith_source *source;
        pith_model *model;
        char text[512];
        tiny_model_make_with(&o, cases[i].key, cases[i].value, &file);
        OK(pith_source_from_memory(NULL, file.bytes, file.size, &source));
        assert_int_equal(pith_model_open(NULL, source, NULL, &model), cases[i].status);
        if (cases[i].status != PITH_OK) {
            OK(pith_error_copy(text, sizeof(text), NULL));
            assert_non_null(strstr(text, cases[i].key));
        }
        pith_model_release(model);
        pith_source_release(source);
        tiny_model_free(&file);
    }
}

static void empty_prompt_starts_from_bos(void **state) {
    const void *data;
    uint64_t size;
    int32_t first;
    int64_t bos;
    (void)state;
    pith_request *r = make(&tales, PITH_GENERATE, "{\"max_tokens\": 2}", NULL);
    OK(pith_request_run(r, NULL, NULL));
    OK(pith_request_view(r, PITH_VIEW_PROMPT_IDS, 0, &data, &size));
    assert_int_equal(size, sizeof(int32_t));
    memcpy(&first, data, sizeof(first));
    OK(pith_model_get_i64(tales.model, PITH_MODEL_BOS, &bos));
    assert_int_equal(first, bos);
    pith_request_release(r);
}

static void seeds_repeat(void **state) {
    static outcome a, b, c;
    (void)state;
    rig_generate(&tales, "Once upon a time", 40, 0.9, 7, &a);
    rig_generate(&tales, "Once upon a time", 40, 0.9, 7, &b);
    rig_generate(&tales, "Once upon a time", 40, 0.9, 8, &c);
    outcome_equal(&a, &b, "the same seed");
    assert_true(memcmp(a.ids, c.ids, sizeof(a.ids)) != 0);
}

/* Parents first, children after; a running request released; all in odd orders. */
static void releases_in_any_order(void **state) {
    (void)state;
    for (int threads = 1; threads <= 2; threads++) {
        rig r;
        const setup s = {.threads = threads};
        rig_open_memory(&r, &s, tiny_file.bytes, tiny_file.size);
        pith_request *a = make(&r, PITH_GENERATE, "{\"max_tokens\": 0}", "released while it runs");
        pith_request *b = make(&r, PITH_EMBED, "{}", "never submitted");
        OK(pith_request_submit(a));
        rig_close(&r);
        pith_request_release(a);
        pith_request_release(b);
        pith_request *own;
        rig_open_memory(&r, &s, tiny_file.bytes, tiny_file.size);
        OK(pith_request_create(NULL, r.model, PITH_GENERATE, NULL, &own)); /* the model's own engine */
        OK(pith_request_add_text(own, "own", PITH_MEASURE, 0));
        OK(pith_request_submit(own));
        rig_close(&r);
        pith_request_release(own);
    }
}

/* A real, trained model: the 200 tokens it is known to give from BOS. Needs PITH_TEST_DATA. */
static void known_story(void **state) {
    const char *folder = getenv("PITH_TEST_DATA");
    char path[1024];
    int expected;
    rig r;
    const setup s = {.threads = 2};
    (void)state;
    if (!folder) {
        print_message("skipped: PITH_TEST_DATA is not set\n");
        skip();
    }
    snprintf(path, sizeof(path), "%s/models/stories260K/expected_greedy_200.ids", folder);
    FILE *f = fopen(path, "r");
    if (!f) {
        print_message("skipped: there is no %s\n", path);
        skip();
    }
    snprintf(path, sizeof(path), "%s/models/stories260K/stories260K-f32.gguf", folder);
    rig_open_path(&r, &s, path);
    pith_request *q = make(&r, PITH_GENERATE, "{\"max_tokens\": 200, \"temperature\": 0}", NULL);
    OK(pith_request_run(q, NULL, NULL));
    const void *ids;
    uint64_t size, n = 0;
    OK(pith_request_view(q, PITH_VIEW_ALL_IDS, 0, &ids, &size));
    while (fscanf(f, "%d", &expected) == 1) {
        assert_true(n < size / sizeof(int32_t));
        assert_int_equal(((const int32_t *)ids)[n++], expected);
    }
    assert_int_equal(n, 200);
    fclose(f);
    pith_request_release(q);
    rig_close(&r);
}

static void count_lines(void *user, int32_t level, const char *line, uint64_t length) {
    assert_int_equal(level, PITH_LOG_INFO);
    assert_true(length > 20 && memchr(line, '\n', length) == NULL);
    ++*(int *)user;
}

static void log_hook_hears(void **state) {
    int lines = 0;
    pith_options *o;
    rig r = {NULL, NULL, NULL};
    pith_source *source;
    (void)state;
    OK(pith_options_create(PITH_SCOPE_HOST, &o));
    OK(pith_options_set_log(o, count_lines, &lines));
    OK(pith_host_create(o, &r.host));
    pith_options_release(o);
    OK(pith_source_from_memory(r.host, tiny_file.bytes, tiny_file.size, &source));
    OK(pith_model_open(r.host, source, NULL, &r.model));
    pith_source_release(source);
    assert_int_equal(lines, 1);
    pith_request *q = make(&r, PITH_GENERATE, "{\"max_tokens\": 1}", "log"); /* the model's own engine */
    OK(pith_request_run(q, NULL, NULL));
    pith_request_release(q);
    assert_int_equal(lines, 2);
    rig_close(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(log_hook_hears),
        cmocka_unit_test(known_story),
        cmocka_unit_test(ends_by_length),
        cmocka_unit_test(ends_by_stop_string),
        cmocka_unit_test(ends_by_stop_token),
        cmocka_unit_test(ends_by_end_or_context),
        cmocka_unit_test(ends_by_loop_guard),
        cmocka_unit_test(ends_by_deadline),
        cmocka_unit_test(callback_stops),
        cmocka_unit_test(cancel_in_a_long_prompt),
        cmocka_unit_test(too_much_is_refused),
        cmocka_unit_test(wrong_order_is_refused),
        cmocka_unit_test(busy_is_told),
        cmocka_unit_test(forbidding_everything_is_told),
        cmocka_unit_test(cancel_frees_pages),
        cmocka_unit_test(unfollowed_keys_are_refused),
        cmocka_unit_test(empty_prompt_starts_from_bos),
        cmocka_unit_test(seeds_repeat),
        cmocka_unit_test(releases_in_any_order),
    };
    return cmocka_run_group_tests(tests, open_models, close_models);
}
