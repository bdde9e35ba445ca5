/* See harness.h. */
#include "engine/harness.h"
#include <stdio.h>
#include <string.h>

void harness_ok(int32_t status, const char *call, const char *file, int line) {
    if (status != PITH_OK) {
        char text[512];
        pith_error_copy(text, sizeof(text), NULL);
        print_error("%s gave %s: %s\n", call, pith_status_name(status), text);
        _fail(file, line);
    }
}

static void set_some(pith_options *o, int32_t key, int64_t value) {
    if (value != 0) {
        OK(pith_options_set_i64(o, key, value));
    }
}

static void open_host(rig *r, const setup *s) {
    pith_options *o;
    OK(pith_options_create(PITH_SCOPE_HOST, &o));
    if (s->cpu) {
        OK(pith_options_set_str(o, PITH_KEY_CPU, s->cpu, PITH_MEASURE));
    }
    OK(pith_options_set_executor(o, s->executor, NULL));
    OK(pith_host_create(o, &r->host));
    pith_options_release(o);
}

static void open_engine(rig *r, const setup *s) {
    pith_options *o;
    OK(pith_options_create(PITH_SCOPE_ENGINE, &o));
    set_some(o, PITH_KEY_THREADS, s->threads);
    set_some(o, PITH_KEY_BATCH_TOKENS, s->batch_tokens);
    set_some(o, PITH_KEY_KV_TOKENS, s->kv_tokens);
    set_some(o, PITH_KEY_MAX_SEQUENCES, s->max_sequences);
    if (s->kv_type) {
        OK(pith_options_set_str(o, PITH_KEY_KV_TYPE, s->kv_type, PITH_MEASURE));
    }
    OK(pith_engine_create(r->host, o, &r->engine));
    pith_options_release(o);
}

static void open_rest(rig *r, const setup *s, pith_source *source) {
    pith_options *o;
    OK(pith_options_create(PITH_SCOPE_MODEL, &o));
    set_some(o, PITH_KEY_EXACT, s->exact);
    set_some(o, PITH_KEY_BLAS_COLUMNS, s->blas_columns);
    set_some(o, PITH_KEY_LOAD_THREADS, s->threads);
    OK(pith_model_open(r->host, source, o, &r->model));
    pith_options_release(o);
    pith_source_release(source);
    open_engine(r, s);
}

void rig_open_memory(rig *r, const setup *s, const void *bytes, uint64_t size) {
    pith_source *source;
    open_host(r, s);
    OK(pith_source_from_memory(r->host, bytes, size, &source));
    open_rest(r, s, source);
}

void rig_open_path(rig *r, const setup *s, const char *path) {
    pith_source *source;
    open_host(r, s);
    OK(pith_source_from_path(r->host, path, PITH_MEASURE, &source));
    open_rest(r, s, source);
}

/* In an order that a careless host might choose: parents first. */
void rig_close(rig *r) {
    pith_host_release(r->host);
    pith_model_release(r->model);
    pith_engine_release(r->engine);
    memset(r, 0, sizeof(*r));
}

pith_request *rig_submit(rig *r, const char *prompt, int64_t max_tokens, double temperature, int64_t seed) {
    pith_options *o;
    pith_request *request;
    OK(pith_options_create(PITH_SCOPE_REQUEST, &o));
    OK(pith_options_set_i64(o, PITH_KEY_MAX_TOKENS, max_tokens));
    OK(pith_options_set_f64(o, PITH_KEY_TEMPERATURE, temperature));
    OK(pith_options_set_i64(o, PITH_KEY_SEED, seed));
    OK(pith_options_set_i64(o, PITH_KEY_LOOP_GUARD, 0));
    OK(pith_options_set_i64(o, PITH_KEY_LOGPROBS, 5));
    OK(pith_request_create(r->engine, r->model, PITH_GENERATE, o, &request));
    OK(pith_request_add_text(request, prompt, PITH_MEASURE, PITH_UNTRUSTED));
    OK(pith_request_submit(request));
    pith_options_release(o);
    return request;
}

static uint64_t copy_view(pith_request *request, int32_t view, uint64_t index, void *out, uint64_t capacity) {
    const void *data;
    uint64_t size;
    OK(pith_request_view(request, view, index, &data, &size));
    assert_true(size <= capacity);
    memcpy(out, data, size);
    return size;
}

void rig_collect(pith_request *request, outcome *out) {
    memset(out, 0, sizeof(*out));
    OK(pith_request_wait(request, PITH_FOREVER));
    OK(pith_request_get_i64(request, PITH_REQUEST_STOP, &out->stop));
    out->n = copy_view(request, PITH_VIEW_ALL_IDS, 0, out->ids, sizeof(out->ids)) / sizeof(int32_t);
    copy_view(request, PITH_VIEW_LOGPROBS, 0, out->logprobs, sizeof(out->logprobs));
    for (uint64_t i = 0; i < out->n; i++) {
        copy_view(request, PITH_VIEW_TOP_LOGPROBS, i, out->tops[i], sizeof(out->tops[i]));
    }
    out->text_size = copy_view(request, PITH_VIEW_ALL_TEXT, 0, out->text, sizeof(out->text));
    pith_request_release(request);
}

void rig_generate(rig *r, const char *prompt, int64_t max_tokens, double temperature, int64_t seed, outcome *out) {
    rig_collect(rig_submit(r, prompt, max_tokens, temperature, seed), out);
}

void outcome_equal(const outcome *a, const outcome *b, const char *what) {
    if (memcmp(a, b, sizeof(*a)) == 0) {
        return;
    }
    for (uint64_t i = 0; i < a->n && i < b->n; i++) {
        if (a->ids[i] != b->ids[i] || memcmp(a->tops[i], b->tops[i], sizeof(a->tops[i])) != 0) {
            fail_msg("%s: token %llu differs (%d and %d; best log-probability %.9g and %.9g)", what,
                     (unsigned long long)i, a->ids[i], b->ids[i], (double)a->tops[i][0], (double)b->tops[i][0]);
        }
    }
    fail_msg("%s: %llu tokens and %llu, stop %lld and %lld", what, (unsigned long long)a->n, (unsigned long long)b->n,
             (long long)a->stop, (long long)b->stop);
}

uint64_t rig_embed(rig *r, const char *const *texts, uint64_t n, const char *pooling, float *out, uint64_t capacity) {
    pith_options *o;
    pith_request *request;
    OK(pith_options_create(PITH_SCOPE_REQUEST, &o));
    OK(pith_options_set_str(o, PITH_KEY_POOLING, pooling, PITH_MEASURE));
    OK(pith_request_create(r->engine, r->model, PITH_EMBED, o, &request));
    for (uint64_t i = 0; i < n; i++) {
        if (i > 0) {
            OK(pith_request_next_input(request));
        }
        OK(pith_request_add_text(request, texts[i], PITH_MEASURE, PITH_UNTRUSTED));
    }
    OK(pith_request_run(request, NULL, NULL));
    uint64_t floats = copy_view(request, PITH_VIEW_VECTORS, 0, out, capacity * sizeof(float)) / sizeof(float);
    pith_request_release(request);
    pith_options_release(o);
    return floats;
}
