/* Tiny models of every family and RoPE scaling against what the official implementation computed (make_goldens.py wrote
 * the vectors): log-probabilities of the likeliest tokens at many positions, the greedy continuation, and pooled hidden
 * states, through the public header alone. Paths are from the root of the sources. */
#include "support/cmocka_all.h"
#include <math.h>
#include <pith/pith.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "tests/golden/vectors/"

enum {
    TOP = 20 /* tokens whose log-probabilities are compared at each position: the most a request may ask for */
};

typedef struct golden {
    uint32_t version, prompt, generated, vocab, width;
    int32_t *ids;       /* [prompt + generated] */
    float *logits;      /* [prompt + generated][vocab] */
    float *mean, *last; /* [width] */
} golden;

/* How a model is run, and how far its log-probabilities and vectors may be from the official ones. */
typedef struct setting {
    int64_t exact;
    const char *kv_type;
    double logprob_error, vector_error;
} setting;

static const setting exact_setting = {1, "f32", 2e-4, 2e-5};
static const setting blas_setting = {0, "f32", 2e-4, 2e-5};
static const setting half_setting = {1, "f16", 5e-2, 2e-3};

typedef struct bench {
    golden g;
    setting how;
    pith_model *model;
    pith_engine *engine;
} bench;

static void must(int32_t status) {
    if (status != PITH_OK) {
        char text[512];
        pith_error_copy(text, sizeof(text), NULL);
        fail_msg("%s: %s", pith_status_name(status), text);
    }
}

/* ---- Vectors ---- */

static unsigned char *read_file(const char *path, long *size) {
    FILE *f = fopen(path, "rb");
    if (!f) {
        fail_msg("%s cannot be opened: run the tests from the root of the sources", path);
        return NULL;
    }
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    *size = ftell(f);
    rewind(f);
    unsigned char *bytes = malloc((size_t)*size);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, (size_t)*size, f), *size);
    fclose(f);
    return bytes;
}

static golden read_golden(const char *name) {
    char path[256];
    long size;
    golden g;
    snprintf(path, sizeof(path), FOLDER "%s.golden", name);
    unsigned char *bytes = read_file(path, &size);
    assert_true(size > 24);
    assert_memory_equal(bytes, "PGLD", 4);
    memcpy(&g, bytes + 4, 5 * sizeof(uint32_t)); /* little-endian, as the machines the tests run on */
    size_t tokens = g.prompt + g.generated;
    assert_int_equal(g.version, 1);
    assert_true(g.vocab >= TOP);
    assert_int_equal(size, 24 + 4 * (tokens + tokens * g.vocab + 2 * (size_t)g.width));
    g.ids = malloc((size_t)size);
    assert_non_null(g.ids);
    memcpy(g.ids, bytes + 24, (size_t)size - 24); /* aligned, unlike the file's bytes */
    free(bytes);
    g.logits = (float *)(void *)(g.ids + tokens);
    g.mean = g.logits + tokens * g.vocab;
    g.last = g.mean + g.width;
    return g;
}

/* log-softmax of the official logits at a position. */
static double official_logprob(const golden *g, uint32_t position, int32_t id) {
    const float *logits = g->logits + (size_t)position * g->vocab;
    double sum = 0.0;
    for (uint32_t i = 0; i < g->vocab; i++) {
        sum += exp((double)logits[i]);
    }
    return (double)logits[id] - log(sum);
}

/* ---- Running ---- */

static bench open_bench(const char *name, const setting *how) {
    bench b = {.g = read_golden(name), .how = *how};
    char path[256];
    pith_source *source;
    pith_options *options;
    snprintf(path, sizeof(path), FOLDER "%s.gguf", name);
    must(pith_source_from_path(NULL, path, PITH_MEASURE, &source));
    must(pith_options_create(PITH_SCOPE_MODEL, &options));
    must(pith_options_set_i64(options, PITH_KEY_EXACT, how->exact));
    must(pith_options_set_i64(options, PITH_KEY_BLAS_COLUMNS, 1)); /* without exact, every product goes to OpenBLAS */
    must(pith_model_open(NULL, source, options, &b.model));
    pith_options_release(options);
    pith_source_release(source);
    must(pith_options_create(PITH_SCOPE_ENGINE, &options));
    must(pith_options_set_i64(options, PITH_KEY_THREADS, 1));
    must(pith_options_set_str(options, PITH_KEY_KV_TYPE, how->kv_type, PITH_MEASURE));
    must(pith_engine_create(NULL, options, &b.engine));
    pith_options_release(options);
    return b;
}

static void close_bench(bench *b) {
    pith_engine_release(b->engine);
    pith_model_release(b->model);
    free(b->g.ids);
}

static void finish(pith_request *request) {
    int32_t status = pith_request_run(request, NULL, NULL);
    if (status != PITH_OK) {
        char text[512];
        pith_request_error_copy(request, text, sizeof(text), NULL);
        fail_msg("%s: %s", pith_status_name(status), text);
    }
}

static const void *view(const pith_request *request, int32_t what, uint64_t index, uint64_t want_size) {
    const void *data;
    uint64_t size;
    must(pith_request_view(request, what, index, &data, &size));
    assert_int_equal(size, want_size);
    return data;
}

/* Greedy, `prompt` tokens in and `generate` out, with the log-probabilities of the likeliest tokens. */
static pith_request *generate(const bench *b, uint32_t prompt, uint32_t generate) {
    pith_options *options;
    pith_request *request;
    must(pith_options_create(PITH_SCOPE_REQUEST, &options));
    must(pith_options_set_f64(options, PITH_KEY_TEMPERATURE, 0.0));
    must(pith_options_set_i64(options, PITH_KEY_MAX_TOKENS, generate));
    must(pith_options_set_i64(options, PITH_KEY_LOGPROBS, TOP));
    must(pith_options_set_i64(options, PITH_KEY_ADD_BOS, 0));
    must(pith_options_set_i64(options, PITH_KEY_IGNORE_EOG, 1));
    must(pith_request_create(b->engine, b->model, PITH_GENERATE, options, &request));
    must(pith_request_add_tokens(request, b->g.ids, prompt));
    pith_options_release(options);
    finish(request);
    return request;
}

/* Generated token `index` was chosen from the logits of `position`. */
static void check_logprobs(const bench *b, const pith_request *request, uint32_t index, uint32_t position) {
    uint64_t size = TOP * sizeof(float);
    const int32_t *ids = view(request, PITH_VIEW_TOP_IDS, index, size);
    const float *logprobs = view(request, PITH_VIEW_TOP_LOGPROBS, index, size);
    for (uint32_t i = 0; i < TOP; i++) {
        double want = official_logprob(&b->g, position, ids[i]);
        if (!(fabs((double)logprobs[i] - want) <= b->how.logprob_error)) {
            fail_msg("position %u, token %d: log-probability %.6f, official %.6f", position, (int)ids[i],
                     (double)logprobs[i], want);
        }
    }
}

/* ---- Tests; *state is the name of the vectors. ---- */

/* One request: the prompt as a whole, then token by token. */
static void check_continuation(const char *name, const setting *how) {
    bench b = open_bench(name, how);
    pith_request *request = generate(&b, b.g.prompt, b.g.generated);
    const int32_t *ids = view(request, PITH_VIEW_ALL_IDS, 0, b.g.generated * sizeof(int32_t));
    assert_memory_equal(ids, b.g.ids + b.g.prompt, b.g.generated * sizeof(int32_t));
    const float *chosen = view(request, PITH_VIEW_LOGPROBS, 0, b.g.generated * sizeof(float));
    for (uint32_t i = 0; i < b.g.generated; i++) {
        double want = official_logprob(&b.g, b.g.prompt + i - 1, ids[i]);
        assert_true(fabs((double)chosen[i] - want) <= how->logprob_error);
        check_logprobs(&b, request, i, b.g.prompt + i - 1);
    }
    pith_request_release(request);
    close_bench(&b);
}

static void test_continuation_exact(void **state) {
    check_continuation(*state, &exact_setting);
}

static void test_continuation_blas(void **state) {
    check_continuation(*state, &blas_setting);
}

static void test_continuation_half_kv(void **state) {
    check_continuation(*state, &half_setting);
}

static void test_prefixes(void **state) {
    bench b = open_bench(*state, &exact_setting);
    for (uint32_t n = 1; n <= b.g.prompt; n += n >= 62 && n < 67 ? 1 : 5) { /* every one around the end of a block */
        pith_request *request = generate(&b, n, 1);
        check_logprobs(&b, request, 0, n - 1);
        pith_request_release(request);
    }
    close_bench(&b);
}

static void check_embedding(const bench *b, const char *pooling, const float *want) {
    pith_options *options;
    pith_request *request;
    must(pith_options_create(PITH_SCOPE_REQUEST, &options));
    must(pith_options_set_str(options, PITH_KEY_POOLING, pooling, PITH_MEASURE));
    must(pith_options_set_i64(options, PITH_KEY_NORMALIZE, 0));
    must(pith_options_set_i64(options, PITH_KEY_ADD_BOS, 0));
    must(pith_request_create(b->engine, b->model, PITH_EMBED, options, &request));
    must(pith_request_add_tokens(request, b->g.ids, b->g.prompt));
    pith_options_release(options);
    finish(request);
    const float *got = view(request, PITH_VIEW_VECTOR, 0, b->g.width * sizeof(float));
    for (uint32_t i = 0; i < b->g.width; i++) {
        assert_true(fabs((double)got[i] - (double)want[i]) <= b->how.vector_error * (1.0 + fabs((double)want[i])));
    }
    pith_request_release(request);
}

static void test_embedding(void **state) {
    bench b = open_bench(*state, &exact_setting);
    check_embedding(&b, "mean", b.g.mean);
    check_embedding(&b, "last", b.g.last);
    close_bench(&b);
}

static const char *const names[] = {
    "llama",      "llama-tied",       "llama-head-dim",  "llama-biases", "llama-theta", "llama-linear",
    "llama-yarn", "llama-yarn-tuned", "llama-3-scaling", "llama-window", "qwen2",       "qwen2-tied",
    "qwen2-yarn", "qwen3",            "qwen3-untied",    "qwen3-yarn",
};

static const struct {
    const char *name;
    CMUnitTestFunction run;
} kinds[] = {
    {"continuation, exact", test_continuation_exact},
    {"continuation, OpenBLAS", test_continuation_blas},
    {"continuation, f16 KV", test_continuation_half_kv},
    {"prefixes", test_prefixes},
    {"embedding", test_embedding},
};

enum {
    NAMES = sizeof(names) / sizeof(names[0]),
    KINDS = sizeof(kinds) / sizeof(kinds[0])
};

int main(void) {
    static struct CMUnitTest tests[NAMES * KINDS];
    static char titles[NAMES * KINDS][64];
    for (size_t i = 0; i < NAMES * KINDS; i++) {
        const char *name = names[i / KINDS];
        snprintf(titles[i], sizeof(titles[i]), "%s: %s", name, kinds[i % KINDS].name);
        tests[i] = (struct CMUnitTest){titles[i], kinds[i % KINDS].run, NULL, NULL, (void *)(uintptr_t)name};
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
