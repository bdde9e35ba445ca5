/* See measure.h. */
#include "measure.h"
#include "clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

void check(int32_t status, const char *doing) {
    if (status != PITH_OK) {
        char why[512];
        pith_error_copy(why, sizeof why, NULL);
        fprintf(stderr, "pith-bench: %s: %s (%s)\n", doing, why, pith_status_name(status));
        exit(1);
    }
}

static void *take(size_t size) {
    void *memory = malloc(size);
    if (!memory) {
        fputs("pith-bench: no memory\n", stderr);
        exit(1);
    }
    return memory;
}

pith_model *measure_load(pith_host *host, const char *path, uint32_t blas_columns, double *seconds) {
    pith_source *source;
    pith_model *model;
    pith_options *options;
    check(pith_options_create(PITH_SCOPE_MODEL, &options), "making options");
    check(pith_options_set_i64(options, PITH_KEY_BLAS_COLUMNS, blas_columns), "setting blas_columns");
    double start = seconds_now();
    check(pith_source_from_path(host, path, PITH_MEASURE, &source), "opening the file");
    check(pith_model_open(host, source, options, &model), "loading");
    *seconds = seconds_now() - start;
    pith_source_release(source);
    pith_options_release(options);
    return model;
}

static double seconds_of(const pith_request *request, int32_t field) {
    double value = 0;
    check(pith_request_get_f64(request, field, &value), "reading a time");
    return value;
}

static void add_random_tokens(pith_request *request, const pith_model *model, uint32_t count) {
    static uint64_t state = 1;
    int64_t vocabulary = 0;
    int32_t *ids = take(count * sizeof *ids);
    check(pith_model_get_i64(model, PITH_MODEL_VOCABULARY, &vocabulary), "reading the vocabulary");
    for (uint32_t i = 0; i < count; i++) {
        state = state * 6364136223846793005 + 1442695040888963407; /* Knuth's MMIX generator */
        ids[i] = (int32_t)((state >> 33) % (uint64_t)vocabulary);
    }
    check(pith_request_add_tokens(request, ids, count), "adding tokens");
    free(ids);
}

/* A greedy request of exactly `prompt` tokens that generates exactly `tokens`. */
static pith_request *make_request(pith_engine *engine, pith_model *model, uint32_t prompt, uint32_t tokens) {
    pith_options *options;
    pith_request *request;
    check(pith_options_create(PITH_SCOPE_REQUEST, &options), "creating options");
    check(pith_options_set_i64(options, PITH_KEY_MAX_TOKENS, tokens), "setting max_tokens");
    check(pith_options_set_f64(options, PITH_KEY_TEMPERATURE, 0), "setting temperature");
    check(pith_options_set_i64(options, PITH_KEY_IGNORE_EOG, 1), "setting ignore_eog");
    check(pith_options_set_i64(options, PITH_KEY_LOOP_GUARD, 0), "setting loop_guard");
    check(pith_options_set_i64(options, PITH_KEY_ADD_BOS, 0), "setting add_bos");
    check(pith_request_create(engine, model, PITH_GENERATE, options, &request), "creating a request");
    add_random_tokens(request, model, prompt);
    pith_options_release(options);
    return request;
}

double measure_prompt(pith_engine *engine, pith_model *model, uint32_t tokens) {
    pith_request *request = make_request(engine, model, tokens, 1);
    check(pith_request_run(request, NULL, NULL), "computing a prompt");
    double seconds = seconds_of(request, PITH_REQUEST_SECONDS_PROMPT);
    pith_request_release(request);
    return tokens / seconds;
}

/* All streams start together and run equally long, so the slowest one's time is the time of all. */
double measure_streams(pith_engine *engine, pith_model *model, uint32_t streams, uint32_t depth, uint32_t tokens) {
    pith_request **requests = take(streams * sizeof(pith_request *));
    double seconds = 0;
    for (uint32_t i = 0; i < streams; i++) {
        requests[i] = make_request(engine, model, depth, tokens);
    }
    for (uint32_t i = 0; i < streams; i++) {
        check(pith_request_submit(requests[i]), "submitting");
    }
    for (uint32_t i = 0; i < streams; i++) {
        check(pith_request_wait(requests[i], PITH_FOREVER), "generating");
        double own = seconds_of(requests[i], PITH_REQUEST_SECONDS_GENERATE);
        seconds = own > seconds ? own : seconds;
        pith_request_release(requests[i]);
    }
    free(requests);
    return streams * (tokens - 1) / seconds;
}

double measure_process_peak(void) {
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 ? (double)usage.ru_maxrss * 1024 : 0;
}
