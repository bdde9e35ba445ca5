/* pith-bench: how fast a model runs here, and how much of what this machine allows that is.
 *
 *     pith-bench MODEL.gguf                          text
 *     pith-bench --json --streams 1,4,16 MODEL.gguf  for programs
 *     pith-bench --scaling MODEL.gguf                one thread and all threads in turn
 *
 * Every repetition of a measurement stands between two samples of the machine's ceilings, and its share of what they
 * allow is its own: see series.h and model_limits.h. */
#include "measure.h"
#include "model_limits.h"
#include "report.h"
#include "settings.h"

#include <stdio.h>

#define FRESH_TOKENS 256 /* of a prompt after which the sample before it is old */

typedef struct bench {
    settings settings;
    pith_host *host;
    pith_model *model;
    pith_engine *engine;
    machine machine;
    ceilings now; /* the last sample */
    report report;
} bench;

static uint32_t larger(uint32_t a, uint32_t b) {
    return a > b ? a : b;
}

/* An engine with room for all streams at once, and no more. */
static pith_engine *make_engine(bench *b, uint32_t threads) {
    const settings *s = &b->settings;
    pith_options *options;
    pith_engine *engine;
    uint32_t most_streams = 1, page = 64;
    for (uint32_t i = 0; i < s->n_streams; i++) {
        most_streams = larger(most_streams, s->streams[i]);
    }
    uint32_t each = (s->depth + s->generate + page) / page * page;
    int64_t tokens = larger(s->prompt + 1 + page, each * most_streams);
    check(pith_options_create(PITH_SCOPE_ENGINE, &options), "creating options");
    check(pith_options_set_i64(options, PITH_KEY_THREADS, threads), "setting threads");
    check(pith_options_set_i64(options, PITH_KEY_KV_TOKENS, tokens), "setting kv_tokens");
    check(pith_options_set_i64(options, PITH_KEY_MAX_SEQUENCES, most_streams), "setting max_sequences");
    check(pith_engine_create(b->host, options, &engine), "creating the engine");
    pith_options_release(options);
    measure_prompt(engine, b->model, s->prompt < 32 ? s->prompt : 32); /* wakes threads and touches memory */
    return engine;
}

static void sample(bench *b) {
    if (b->report.has_ceilings) {
        b->now = machine_sample(&b->machine);
        b->report.best = ceilings_best(b->report.best, b->now);
    }
}

/* The most tokens a second that the ceilings beside a repetition allow; 0: not known. */
static double limit_of(const model_facts *facts, const series *s, const ceilings *beside) {
    if (s->depth == 0) {
        return s->tokens / limit_prompt(facts, beside, s->tokens);
    }
    double middle =
        s->depth + (s->tokens - 2) / 2.0; /* the mean position of the steps that are timed: one less than tokens */
    return limit_step_known(facts) ? s->streams / limit_step(facts, beside, s->streams, middle) : 0;
}

static double dot_share_of(const model_facts *facts, const series *s, const repetition *r) {
    double output = s->depth == 0 ? facts->output_dot_macs / s->tokens : facts->output_dot_macs;
    return r->rate * (facts->layer_dot_macs + output) / r->beside.dot_macs;
}

static double measure_once(bench *b, const series *s) {
    return s->depth == 0 ? measure_prompt(b->engine, b->model, s->tokens)
                         : measure_streams(b->engine, b->model, s->streams, s->depth, s->tokens);
}

/* One sample stands between two repetitions and serves both. */
static void measure_series(bench *b, series *s) {
    sample(b);
    while (s->count < b->settings.repeat) {
        repetition *r = &s->repetitions[s->count++];
        ceilings before = b->now;
        r->rate = measure_once(b, s);
        sample(b);
        if (b->report.has_ceilings) {
            r->beside = s->depth > FRESH_TOKENS ? b->now : ceilings_mean(before, b->now);
            r->limit = limit_of(&b->report.facts, s, &r->beside);
            r->dot_share = dot_share_of(&b->report.facts, s, r);
        }
    }
}

static void measure_all_series(bench *b) {
    const settings *s = &b->settings;
    b->report.prompt = (series){.tokens = s->prompt, .streams = 1};
    measure_series(b, &b->report.prompt);
    for (uint32_t i = 0; i < s->n_streams; i++) {
        series *each = &b->report.streams[b->report.n_streams++];
        *each = (series){.tokens = s->generate, .streams = s->streams[i], .depth = s->depth};
        measure_series(b, each);
    }
}

static void measure_scaling(bench *b) {
    pith_engine *one = make_engine(b, 1);
    scaling_measure(one, b->engine, b->model, b->report.has_ceilings ? &b->machine : NULL, &b->settings,
                    &b->report.scaling);
    pith_engine_release(one);
}

static void open_machine(bench *b) {
    report *r = &b->report;
    int64_t threads = 0;
    check(pith_engine_get_i64(b->engine, PITH_ENGINE_THREADS, &threads), "reading the number of threads");
    r->threads = (uint32_t)threads;
    r->process_peak = measure_process_peak(); /* until here without the memory that is read for the ceilings */
    r->has_ceilings = !b->settings.no_ceilings && machine_open(&b->machine, r->facts.level, r->threads);
    r->dot_instruction = r->has_ceilings ? b->machine.kernels->dot_instruction : "";
}

static void read_memory(bench *b) {
    report *r = &b->report;
    int64_t bytes = 0;
    check(pith_host_get_i64(b->host, PITH_HOST_MEMORY_PEAK, &bytes), "reading the memory");
    r->library_peak = (double)bytes;
    double since = measure_process_peak() - (r->has_ceilings ? (double)b->machine.size : 0);
    r->process_peak = since > r->process_peak ? since : r->process_peak;
}

static bool load(bench *b) {
    settings *s = &b->settings;
    check(pith_host_create(NULL, &b->host), "creating a host");
    b->model = measure_load(b->host, s->path, s->blas_columns, &b->report.load_seconds);
    if (!model_facts_read(b->model, &b->report.facts)) {
        return false;
    }
    const char *why = settings_fit(s, b->report.facts.context);
    if (why) {
        fprintf(stderr, "pith-bench: a prompt of %u, %u generated behind %u, a context of %u: %s\n", s->prompt,
                s->generate, s->depth, b->report.facts.context, why);
    }
    return !why;
}

static void measure_model(bench *b) {
    b->engine = make_engine(b, b->settings.threads);
    open_machine(b);
    if (b->settings.scaling) {
        measure_scaling(b);
    } else {
        measure_all_series(b);
    }
    read_memory(b);
    machine_close(&b->machine);
    pith_engine_release(b->engine);
    pith_model_release(b->model);
    pith_host_release(b->host);
}

int main(int argc, char **argv) {
    static bench b;
    settings_parse(&b.settings, argc, argv);
    if (!load(&b)) {
        return 1;
    }
    measure_model(&b);
    report *r = &b.report;
    bool wanted = !b.settings.no_sgemm && !b.settings.scaling;
    r->has_sgemm = wanted && sgemm_measure(&r->facts, r->threads, b.settings.prompt, &r->sgemm);
    if (b.settings.json) {
        return report_print_json(r) ? 0 : 1;
    }
    report_print_text(r);
    return 0;
}
