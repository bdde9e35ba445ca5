/* Memory: every allocation failed in turn through open, tokenize, generate and embed; nothing leaked; the plan against
 * what the hook counted, for every family. */
#include "engine/harness.h"
#include "engine/tiny_model.h"
#include "support/failing_alloc.h"
#include <stdio.h>
#include <string.h>

static tiny_model file;

/* Everything once; the first failure's status, or PITH_OK. Whatever happens, everything is released. */
static int32_t use_all(pith_host *host, int64_t threads) {
    pith_source *source = NULL;
    pith_model *model = NULL;
    pith_engine *engine = NULL;
    pith_request *generate = NULL, *embed = NULL;
    pith_options *eo, *mo, *ro;
    int32_t ids[64];
    uint64_t n;
    OK(pith_options_create(PITH_SCOPE_ENGINE, &eo));
    OK(pith_options_set_i64(eo, PITH_KEY_THREADS, threads));
    OK(pith_options_create(PITH_SCOPE_MODEL, &mo));
    OK(pith_options_set_i64(mo, PITH_KEY_LOAD_THREADS, threads));
    OK(pith_options_create(PITH_SCOPE_REQUEST, &ro));
    OK(pith_options_set_json(
        ro, "{\"max_tokens\": 6, \"logprobs\": 2, \"stop\": [\"zzzz\"], \"logit_bias\": {\"3\": 1}}", PITH_MEASURE));
    int32_t status = pith_source_from_memory(host, file.bytes, file.size, &source);
    status = status ? status : pith_model_open(host, source, mo, &model);
    status = status ? status : pith_tokenize(model, "hello world", PITH_MEASURE, 0, ids, 64, &n);
    status = status ? status : pith_engine_create(host, eo, &engine);
    status = status ? status : pith_request_create(engine, model, PITH_GENERATE, ro, &generate);
    status = status ? status : pith_request_add_text(generate, "once", PITH_MEASURE, 0);
    status = status ? status : pith_request_run(generate, NULL, NULL);
    status = status ? status : pith_request_create(engine, model, PITH_EMBED, NULL, &embed);
    status = status ? status : pith_request_add_text(embed, "first", PITH_MEASURE, 0);
    status = status ? status : pith_request_next_input(embed);
    status = status ? status : pith_request_add_text(embed, "second", PITH_MEASURE, 0);
    status = status ? status : pith_request_run(embed, NULL, NULL);
    pith_request_release(generate);
    pith_request_release(embed);
    pith_engine_release(engine);
    pith_model_release(model);
    pith_source_release(source);
    pith_options_release(eo);
    pith_options_release(mo);
    pith_options_release(ro);
    return status;
}

static int32_t with_hook(failing_alloc *fa, int64_t threads) {
    pith_options *o;
    pith_host *host;
    OK(pith_options_create(PITH_SCOPE_HOST, &o));
    OK(pith_options_set_allocator(o, failing_alloc_hook, fa));
    int32_t status = pith_host_create(o, &host);
    pith_options_release(o);
    if (status == PITH_OK) {
        status = use_all(host, threads);
        pith_host_release(host);
    }
    return status;
}

static void fail_each(int64_t threads, uint64_t step) {
    uint64_t failures = 0;
    for (uint64_t n = 1;; n += step) {
        failing_alloc fa;
        char text[512];
        failing_alloc_init(&fa, n);
        int32_t status = with_hook(&fa, threads);
        if (fa.failed > 0) {
            assert_int_equal(status, PITH_E_MEMORY);
            OK(pith_error_copy(text, sizeof(text), NULL));
            assert_true(strlen(text) > 10);
            failures++;
        }
        if (fa.live_blocks != 0 || fa.complaint[0]) {
            fail_msg("allocation %llu failed: %llu blocks leaked; %s", (unsigned long long)n,
                     (unsigned long long)fa.live_blocks, fa.complaint);
        }
        bool done = fa.failed == 0;
        failing_alloc_destroy(&fa);
        if (done) {
            assert_int_equal(status, PITH_OK);
            break;
        }
    }
    print_message("%llu allocations failed in turn\n", (unsigned long long)failures);
    assert_true(failures > 20);
}

static void each_allocation_fails(void **state) {
    (void)state;
    fail_each(1, 1);
}

static void each_allocation_fails_with_threads(void **state) {
    (void)state;
    fail_each(2, 3);
}

static int64_t planned(const pith_plan *plan, int32_t field) {
    int64_t value;
    OK(pith_plan_get_i64(plan, field, &value));
    return value;
}

/* The plan's total against the hook's count once model, engine and its place for the model are there. */
static void check_plan(const tiny_options *o, const char *engine_json, int64_t blas_columns) {
    tiny_model m;
    failing_alloc fa;
    pith_options *ho, *eo, *mo, *ro;
    pith_host *host;
    pith_source *source;
    pith_plan *plan;
    pith_model *model;
    pith_engine *engine;
    pith_request *request;
    tiny_model_make(o, &m);
    failing_alloc_init(&fa, 0);
    OK(pith_options_create(PITH_SCOPE_HOST, &ho));
    OK(pith_options_set_allocator(ho, failing_alloc_hook, &fa));
    OK(pith_host_create(ho, &host));
    OK(pith_options_create(PITH_SCOPE_ENGINE, &eo));
    OK(pith_options_set_json(eo, engine_json, PITH_MEASURE));
    OK(pith_options_create(PITH_SCOPE_MODEL, &mo));
    OK(pith_options_set_i64(mo, PITH_KEY_BLAS_COLUMNS, blas_columns));
    OK(pith_source_from_memory(host, m.bytes, m.size, &source));
    OK(pith_plan_create(host, source, mo, eo, &plan));
    uint64_t before = fa.live_bytes;
    OK(pith_model_open(host, source, mo, &model));
    double loading = (double)(fa.peak_bytes - before);
    OK(pith_engine_create(host, eo, &engine));
    OK(pith_options_create(PITH_SCOPE_REQUEST, &ro));
    OK(pith_options_set_i64(ro, PITH_KEY_MAX_TOKENS, 4));
    OK(pith_request_create(engine, model, PITH_GENERATE, ro, &request));
    OK(pith_request_run(request, NULL, NULL));
    pith_request_release(request);
    double counted = (double)(fa.live_bytes - before), total = (double)planned(plan, PITH_PLAN_TOTAL);
    print_message("%s %s: planned %.0f, counted %.0f (%+.2f%%)\n", o->family->name, engine_json, total, counted,
                  100 * (counted / total - 1));
    assert_true(counted < 1.05 * total && counted > 0.95 * total);
    double most = (double)(planned(plan, PITH_PLAN_WEIGHTS) + planned(plan, PITH_PLAN_VOCABULARY) +
                           planned(plan, PITH_PLAN_LOADING));
    assert_true(loading < 1.05 * most);
    pith_options_release(ho);
    pith_options_release(eo);
    pith_options_release(mo);
    pith_options_release(ro);
    pith_plan_release(plan);
    pith_engine_release(engine);
    pith_model_release(model);
    pith_source_release(source);
    pith_host_release(host);
    assert_int_equal(fa.live_blocks, 0);
    failing_alloc_destroy(&fa);
    tiny_model_free(&m);
}

static void plan_holds(void **state) {
    static const char *const engines[] = {
        "{\"threads\": 1}",
        "{\"threads\": 2, \"batch_tokens\": 32, \"max_sequences\": 4}",
        "{\"threads\": 1, \"kv_type\": \"f32\", \"kv_tokens\": 3000, \"context\": 100}",
    };
    static const pith__dtype types[] = {PITH__Q4_0, PITH__F32, PITH__Q4_K, PITH__Q8_0};
    (void)state;
    for (uint32_t f = 0; pith__family_at(f); f++) {
        for (uint32_t e = 0; e < 3; e++) {
            const tiny_options o = {pith__family_at(f), types[(e + f) % 4], PITH__F16, e % 2 == 0, true, e};
            check_plan(&o, engines[e], e < 2 ? 3 : 0); /* with the memory for OpenBLAS where all weights are floats */
        }
    }
}

/* A limit below what is needed is a clean refusal; the host's counters say so. */
static void limit_is_kept(void **state) {
    pith_options *o;
    pith_host *host;
    int64_t peak, used;
    (void)state;
    OK(pith_options_create(PITH_SCOPE_HOST, &o));
    OK(pith_options_set_i64(o, PITH_KEY_MEMORY_LIMIT, 1 << 20));
    OK(pith_host_create(o, &host));
    assert_int_equal(use_all(host, 1), PITH_E_MEMORY);
    OK(pith_host_get_i64(host, PITH_HOST_MEMORY_PEAK, &peak));
    OK(pith_host_get_i64(host, PITH_HOST_MEMORY_USED, &used));
    assert_true(peak > 0 && peak <= 1 << 20);
    assert_true(used < 4096); /* the host itself */
    pith_host_release(host);
    pith_options_release(o);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_allocation_fails),
        cmocka_unit_test(each_allocation_fails_with_threads),
        cmocka_unit_test(plan_holds),
        cmocka_unit_test(limit_is_kept),
    };
    const tiny_options o = {pith__family_at(1), PITH__Q4_0, PITH__Q8_0, false, false, 1};
    tiny_model_make(&o, &file);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    tiny_model_free(&file);
    return failed;
}
