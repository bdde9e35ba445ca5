/* pith-bench: how fast a model runs here, and how much of what this machine allows that is.
 *
 *     pith-bench MODEL.gguf                          text
 *     pith-bench --json --streams 1,4,16 MODEL.gguf  for programs
 *
 * Measures the model first and the machine's own ceilings after, in one run, so that both see the same neighbours and clocks. */
#include "limits.h"
#include "measure.h"
#include "report.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct settings {
    const char *path;
    uint32_t prompt, generate, depth, threads, repeat, blas_columns;
    uint32_t streams[MAX_STREAM_COUNTS], n_streams;
    bool json, no_ceilings, no_sgemm;
} settings;

static const struct argp_option option_table[] = {
    {"prompt", 'p', "TOKENS", 0, "length of the prompt (512)", 0},
    {"generate", 'g', "TOKENS", 0, "tokens to generate (128)", 0},
    {"depth", 'd', "TOKENS", 0, "tokens of context before those generated (1)", 0},
    {"streams", 's', "LIST", 0, "numbers of streams at once, such as 1,4,16 (1,4,16)", 0},
    {"threads", 't', "COUNT", 0, "threads that compute (all processors)", 0},
    {"repeat", 'r', "COUNT", 0, "takes the best of so many (3)", 0},
    {"blas-columns", 'b', "COUNT", 0, "fewest columns at which float matrices go to OpenBLAS (as pith chooses)", 0},
    {"json", 'j', NULL, 0, "print JSON", 0},
    {"no-ceilings", 'c', NULL, 0, "do not measure the machine", 0},
    {"no-openblas", 'o', NULL, 0, "do not measure OpenBLAS", 0},
    {0},
};

static uint32_t positive(const char *text, struct argp_state *state) {
    char *end;
    unsigned long value = strtoul(text, &end, 10);
    if (*end || value == 0 || value > 1000000) {
        argp_error(state, "'%s' is not a number from 1 to 1000000", text);
    }
    return (uint32_t)value;
}

static void parse_streams(settings *s, char *list, struct argp_state *state) {
    s->n_streams = 0;
    for (char *item = strtok(list, ","); item; item = strtok(NULL, ",")) {
        if (s->n_streams == MAX_STREAM_COUNTS) {
            argp_error(state, "at most %d numbers of streams", MAX_STREAM_COUNTS);
        }
        s->streams[s->n_streams++] = positive(item, state);
    }
}

static error_t parse_option(int key, char *argument, struct argp_state *state) {
    settings *s = state->input;
    switch (key) {
    case 'p':
        s->prompt = positive(argument, state);
        return 0;
    case 'g':
        s->generate = positive(argument, state);
        return 0;
    case 'd':
        s->depth = positive(argument, state);
        return 0;
    case 's':
        parse_streams(s, argument, state);
        return 0;
    case 't':
        s->threads = positive(argument, state);
        return 0;
    case 'r':
        s->repeat = positive(argument, state);
        return 0;
    case 'b':
        s->blas_columns = positive(argument, state);
        return 0;
    case 'j':
        s->json = true;
        return 0;
    case 'c':
        s->no_ceilings = true;
        return 0;
    case 'o':
        s->no_sgemm = true;
        return 0;
    case ARGP_KEY_ARG:
        if (s->path) {
            argp_error(state, "one model at a time");
        }
        s->path = argument;
        return 0;
    case ARGP_KEY_END:
        if (!s->path) {
            argp_usage(state);
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static uint32_t smaller(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

static uint32_t larger(uint32_t a, uint32_t b) {
    return a > b ? a : b;
}

/* Cuts the lengths to what the model's context holds. */
static void fit_context(settings *s, uint32_t context) {
    s->prompt = smaller(s->prompt, context - 1);
    s->depth = smaller(s->depth, context / 2);
    s->generate = larger(smaller(s->generate, context - s->depth), 2);
}

/* An engine with room for all streams at once, and no more. */
static pith_engine *make_engine(pith_host *host, const settings *s) {
    pith_options *options;
    pith_engine *engine;
    uint32_t most_streams = 1, page = 64;
    for (uint32_t i = 0; i < s->n_streams; i++) {
        most_streams = larger(most_streams, s->streams[i]);
    }
    uint32_t each = (s->depth + s->generate + page) / page * page;
    int64_t tokens = larger(s->prompt + 1 + page, each * most_streams);
    check(pith_options_create(PITH_SCOPE_ENGINE, &options), "creating options");
    check(pith_options_set_i64(options, PITH_KEY_THREADS, s->threads), "setting threads");
    check(pith_options_set_i64(options, PITH_KEY_KV_TOKENS, tokens), "setting kv_tokens");
    check(pith_options_set_i64(options, PITH_KEY_MAX_SEQUENCES, most_streams), "setting max_sequences");
    check(pith_engine_create(host, options, &engine), "creating the engine");
    pith_options_release(options);
    return engine;
}

static void measure_model(const settings *s, pith_engine *engine, pith_model *model, report *r) {
    measure_prompt(engine, model, smaller(s->prompt, 32), 1); /* wakes threads and touches memory */
    r->prompt = (rate){.tokens = s->prompt, .streams = 1};
    r->prompt.reached = s->prompt / measure_prompt(engine, model, s->prompt, s->repeat);
    for (uint32_t i = 0; i < s->n_streams; i++) {
        rate *each = &r->streams[r->n_streams++];
        *each = (rate){.tokens = s->generate, .streams = s->streams[i]};
        each->reached = measure_streams(engine, model, s->streams[i], s->depth, s->generate, s->repeat);
    }
}

static void measure_machine(const settings *s, report *r) {
    r->has_ceilings = !s->no_ceilings && ceilings_measure(r->facts.level, r->threads, &r->ceilings);
    r->has_sgemm = !s->no_sgemm && sgemm_measure(&r->facts, r->threads, s->prompt, &r->sgemm);
    if (!r->has_ceilings) {
        return;
    }
    double middle = s->depth + s->generate / 2.0; /* the mean position of what is generated */
    r->prompt.limit = s->prompt / limit_prompt(&r->facts, &r->ceilings, s->prompt);
    for (uint32_t i = 0; i < r->n_streams && limit_step_known(&r->facts); i++) {
        double streams = r->streams[i].streams;
        r->streams[i].limit = streams / limit_step(&r->facts, &r->ceilings, streams, middle);
    }
}

static bool run(settings *s) {
    static report r;
    pith_host *host;
    check(pith_host_create(NULL, &host), "creating a host");
    pith_model *model = measure_load(host, s->path, s->blas_columns, &r.load_seconds);
    if (!model_facts_read(model, &r.facts)) {
        return false;
    }
    fit_context(s, r.facts.context);
    pith_engine *engine = make_engine(host, s);
    int64_t number = 0;
    check(pith_engine_get_i64(engine, PITH_ENGINE_THREADS, &number), "reading the number of threads");
    r.threads = (uint32_t)number;
    r.depth = s->depth;
    measure_model(s, engine, model, &r);
    check(pith_host_get_i64(host, PITH_HOST_MEMORY_PEAK, &number), "reading the memory");
    r.library_peak = (double)number;
    r.process_peak = measure_process_peak();
    pith_engine_release(engine);
    pith_model_release(model);
    pith_host_release(host);
    measure_machine(s, &r);
    if (s->json) {
        return report_print_json(&r);
    }
    report_print_text(&r);
    return true;
}

int main(int argc, char **argv) {
    static const struct argp parser = {
        option_table, parse_option, "MODEL.gguf", "Measures a model, and the machine it runs on.", NULL, NULL, NULL};
    settings s = {.prompt = 512, .generate = 128, .depth = 1, .repeat = 3, .streams = {1, 4, 16}, .n_streams = 3};
    argp_parse(&parser, argc, argv, 0, NULL, &s);
    return run(&s) ? 0 : 1;
}
