/* See report.h. */
#include "report.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>

static const char *plural(uint32_t count) {
    return count == 1 ? "" : "s";
}

/* ---- text ---- */

static void print_path(const model_facts *facts) {
    printf("%-32s %9s", "products by kernels", facts->level);
    if (facts->openblas_from > 0) {
        printf(", from %u columns on by OpenBLAS", facts->openblas_from);
    }
    fputs("\n", stdout);
}

static void print_share(spread share, const char *of) {
    if (share.median > 0) {
        printf("   %3.0f%% of %s (%.0f to %.0f)", 100 * share.median, of, 100 * share.least, 100 * share.greatest);
    }
}

static void print_series(const char *what, const series *s) {
    printf("%-32s %9.1f tokens/s", what, series_best_rate(s));
    print_share(series_share(s), "the limit");
    if (s->streams > 1) {
        print_share(series_dot_share(s), "the dots' peak");
    }
    fputs("\n", stdout);
}

static void print_all_series(const report *r) {
    char what[64];
    snprintf(what, sizeof what, "prompt of %u", r->prompt.tokens);
    print_series(what, &r->prompt);
    if (r->has_sgemm) {
        printf("%-32s %9.1f tokens/s   matrices only, as floats\n", "  OpenBLAS sgemm", r->sgemm.tokens_per_second);
    }
    for (uint32_t i = 0; i < r->n_streams; i++) {
        const series *s = &r->streams[i];
        snprintf(what, sizeof what, "%u behind %u, %u stream%s", s->tokens, s->depth, s->streams, plural(s->streams));
        print_series(what, s);
    }
    printf("best of %u; shares: medians of the repetitions', each by the machine's ceilings right then (least to "
           "greatest)\n",
           r->prompt.count);
}

static void print_scaled(const char *what, const scaled *rates, uint32_t count, double unit, const char *name) {
    spread ratio = scaling_ratio(rates, count);
    double one = spread_of(rates->one, count).greatest / unit, all = spread_of(rates->all, count).greatest / unit;
    printf("%-32s %9.1f to %9.1f %-8s   x%.2f (%.2f to %.2f)\n", what, one, all, name, ratio.median, ratio.least,
           ratio.greatest);
}

static void print_scaling(const report *r) {
    const scaling *s = &r->scaling;
    printf("from 1 thread to %u, best of %u each; ratios: medians of those measured in turn (least to greatest)\n",
           r->threads, s->count);
    print_scaled("prompt", &s->prompt, s->count, 1, "tokens/s");
    print_scaled("generate, 1 stream", &s->generate, s->count, 1, "tokens/s");
    if (s->has_reading) {
        print_scaled("the machine's reading", &s->reading, s->count, 1e9, "GB/s");
    }
}

static void print_machine(const report *r) {
    printf("%-32s %9.1f GB/s read, %.1f GMAC/s of bytes (%s), %.1f GMAC/s of floats", "this machine, at best",
           r->best.read_bytes / 1e9, r->best.dot_macs / 1e9, r->dot_instruction, r->best.fma_macs / 1e9);
    if (r->has_sgemm) {
        printf(", sgemm %.1f GMAC/s", r->sgemm.macs_per_second / 1e9);
    }
    fputs("\n", stdout);
}

void report_print_text(const report *r) {
    printf("%s (%s): %.1f million parameters, %.1f MB, %u thread%s\n", r->facts.name, r->facts.family,
           r->facts.parameters / 1e6, r->facts.weight_bytes / 1e6, r->threads, plural(r->threads));
    print_path(&r->facts);
    printf("%-32s %9.3f s\n", "load", r->load_seconds);
    if (r->scaling.count > 0) {
        print_scaling(r);
    } else {
        print_all_series(r);
    }
    printf("%-32s %9.1f MB of the library, %.1f MB of the process\n", "peak memory", r->library_peak / 1e6,
           r->process_peak / 1e6);
    if (r->best.read_bytes > 0) {
        print_machine(r);
    }
}

/* ---- JSON ---- */

static void add_spread(cJSON *json, const char *name, spread s) {
    cJSON *object = cJSON_AddObjectToObject(json, name);
    cJSON_AddNumberToObject(object, "median", s.median);
    cJSON_AddNumberToObject(object, "least", s.least);
    cJSON_AddNumberToObject(object, "greatest", s.greatest);
}

static void add_ceilings(cJSON *json, const ceilings *c) {
    cJSON_AddNumberToObject(json, "read_bytes_per_second", c->read_bytes);
    cJSON_AddNumberToObject(json, "dot_macs_per_second", c->dot_macs);
    cJSON_AddNumberToObject(json, "fma_macs_per_second", c->fma_macs);
}

static cJSON *repetition_json(const repetition *r, bool has_ceilings) {
    cJSON *json = cJSON_CreateObject();
    cJSON_AddNumberToObject(json, "tokens_per_second", r->rate);
    if (r->limit > 0) {
        cJSON_AddNumberToObject(json, "limit", r->limit);
        cJSON_AddNumberToObject(json, "share", r->rate / r->limit);
    }
    if (has_ceilings) {
        cJSON_AddNumberToObject(json, "dot_share", r->dot_share);
        add_ceilings(json, &r->beside);
    }
    return json;
}

static cJSON *series_json(const series *s, bool has_ceilings) {
    cJSON *json = cJSON_CreateObject();
    cJSON_AddNumberToObject(json, "tokens", s->tokens);
    cJSON_AddNumberToObject(json, "streams", s->streams);
    cJSON_AddNumberToObject(json, "depth", s->depth);
    cJSON_AddNumberToObject(json, "tokens_per_second", series_best_rate(s));
    if (series_share(s).median > 0) {
        add_spread(json, "share", series_share(s));
    }
    if (has_ceilings) {
        add_spread(json, "dot_share", series_dot_share(s));
    }
    cJSON *repetitions = cJSON_AddArrayToObject(json, "repetitions");
    for (uint32_t i = 0; i < s->count; i++) {
        cJSON_AddItemToArray(repetitions, repetition_json(&s->repetitions[i], has_ceilings));
    }
    return json;
}

static void add_all_series(cJSON *json, const report *r) {
    cJSON_AddItemToObject(json, "prompt", series_json(&r->prompt, r->has_ceilings));
    cJSON *generate = cJSON_AddArrayToObject(json, "generate");
    for (uint32_t i = 0; i < r->n_streams; i++) {
        cJSON_AddItemToArray(generate, series_json(&r->streams[i], r->has_ceilings));
    }
}

static void add_scaled(cJSON *json, const char *name, const scaled *rates, uint32_t count) {
    cJSON *object = cJSON_AddObjectToObject(json, name);
    cJSON_AddItemToObject(object, "one", cJSON_CreateDoubleArray(rates->one, (int)count));
    cJSON_AddItemToObject(object, "all", cJSON_CreateDoubleArray(rates->all, (int)count));
    add_spread(object, "ratio", scaling_ratio(rates, count));
}

static void add_scaling(cJSON *json, const scaling *s) {
    cJSON *object = cJSON_AddObjectToObject(json, "scaling");
    add_scaled(object, "prompt", &s->prompt, s->count);
    add_scaled(object, "generate", &s->generate, s->count);
    if (s->has_reading) {
        add_scaled(object, "reading", &s->reading, s->count);
    }
}

static void add_machine(cJSON *json, const report *r) {
    if (r->best.read_bytes > 0) {
        cJSON *object = cJSON_AddObjectToObject(json, "machine");
        add_ceilings(object, &r->best);
        cJSON_AddStringToObject(object, "dot_instruction", r->dot_instruction);
    }
    if (r->has_sgemm) {
        cJSON *sgemm = cJSON_AddObjectToObject(json, "openblas");
        cJSON_AddNumberToObject(sgemm, "prompt_tokens_per_second", r->sgemm.tokens_per_second);
        cJSON_AddNumberToObject(sgemm, "macs_per_second", r->sgemm.macs_per_second);
    }
}

static cJSON *report_json(const report *r) {
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "model", r->facts.name);
    cJSON_AddStringToObject(json, "family", r->facts.family);
    cJSON_AddNumberToObject(json, "parameters", r->facts.parameters);
    cJSON_AddNumberToObject(json, "weight_bytes", r->facts.weight_bytes);
    cJSON_AddStringToObject(json, "cpu_level", r->facts.level);
    if (r->facts.openblas_from > 0) {
        cJSON_AddNumberToObject(json, "openblas_from_columns", r->facts.openblas_from);
    }
    cJSON_AddNumberToObject(json, "threads", r->threads);
    cJSON_AddNumberToObject(json, "load_seconds", r->load_seconds);
    if (r->scaling.count > 0) {
        add_scaling(json, &r->scaling);
    } else {
        add_all_series(json, r);
    }
    cJSON_AddNumberToObject(json, "library_peak_bytes", r->library_peak);
    cJSON_AddNumberToObject(json, "process_peak_bytes", r->process_peak);
    add_machine(json, r);
    return json;
}

bool report_print_json(const report *r) {
    cJSON *json = report_json(r);
    char *text = cJSON_Print(json);
    cJSON_Delete(json);
    if (!text) {
        return false;
    }
    puts(text);
    cJSON_free(text);
    return true;
}
