/* See report.h. */
#include "report.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- text ---- */

static void print_path(const model_facts *facts) {
    printf("%-25s %10s", "products by kernels", facts->level);
    if (facts->openblas_from > 0) {
        printf(", from %u columns on by OpenBLAS", facts->openblas_from);
    }
    fputs("\n", stdout);
}

static void print_rate(const char *what, const rate *r) {
    printf("%-25s %10.1f tokens/s", what, r->reached);
    if (r->limit > 0) {
        printf("   limit %9.1f   reached %3.0f%%", r->limit, 100 * r->reached / r->limit);
    }
    fputs("\n", stdout);
}

static void print_rates(const report *r) {
    char what[64];
    snprintf(what, sizeof what, "prompt of %u", r->prompt.tokens);
    print_rate(what, &r->prompt);
    if (r->has_sgemm) {
        printf("%-25s %10.1f tokens/s   matrices only, as floats\n", "  OpenBLAS sgemm", r->sgemm.tokens_per_second);
    }
    for (uint32_t i = 0; i < r->n_streams; i++) {
        const rate *s = &r->streams[i];
        snprintf(what, sizeof what, "generate %u, %u stream%s", s->tokens, s->streams, s->streams == 1 ? "" : "s");
        print_rate(what, s);
    }
}

void report_print_text(const report *r) {
    printf("%s (%s): %.1f million parameters, %.1f MB, %u thread%s\n", r->facts.name, r->facts.family, r->facts.parameters / 1e6,
           r->facts.weight_bytes / 1e6, r->threads, r->threads == 1 ? "" : "s");
    print_path(&r->facts);
    printf("%-25s %10.3f s\n", "load", r->load_seconds);
    print_rates(r);
    printf("%-25s %10.1f MB of the library, %.1f MB of the process\n", "peak memory", r->library_peak / 1e6, r->process_peak / 1e6);
    if (r->has_ceilings) {
        printf("%-25s %10.1f GB/s read, %.1f GMAC/s of bytes (%s), %.1f GMAC/s of floats", "this machine",
               r->ceilings.read_bytes / 1e9, r->ceilings.dot_macs / 1e9, r->ceilings.dot_instruction, r->ceilings.fma_macs / 1e9);
        if (r->has_sgemm) {
            printf(", sgemm %.1f GMAC/s", r->sgemm.macs_per_second / 1e9);
        }
        fputs("\n", stdout);
    }
}

/* ---- JSON ---- */

static cJSON *rate_json(const rate *r) {
    cJSON *json = cJSON_CreateObject();
    cJSON_AddNumberToObject(json, "tokens", r->tokens);
    cJSON_AddNumberToObject(json, "streams", r->streams);
    cJSON_AddNumberToObject(json, "tokens_per_second", r->reached);
    if (r->limit > 0) {
        cJSON_AddNumberToObject(json, "limit", r->limit);
        cJSON_AddNumberToObject(json, "fraction", r->reached / r->limit);
    }
    return json;
}

static void add_machine(cJSON *json, const report *r) {
    if (r->has_ceilings) {
        cJSON *machine = cJSON_AddObjectToObject(json, "machine");
        cJSON_AddNumberToObject(machine, "read_bytes_per_second", r->ceilings.read_bytes);
        cJSON_AddNumberToObject(machine, "dot_macs_per_second", r->ceilings.dot_macs);
        cJSON_AddStringToObject(machine, "dot_instruction", r->ceilings.dot_instruction);
        cJSON_AddNumberToObject(machine, "fma_macs_per_second", r->ceilings.fma_macs);
    }
    if (r->has_sgemm) {
        cJSON *sgemm = cJSON_AddObjectToObject(json, "openblas");
        cJSON_AddNumberToObject(sgemm, "prompt_tokens_per_second", r->sgemm.tokens_per_second);
        cJSON_AddNumberToObject(sgemm, "macs_per_second", r->sgemm.macs_per_second);
    }
}

bool report_print_json(const report *r) {
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
    cJSON_AddNumberToObject(json, "depth", r->depth);
    cJSON_AddNumberToObject(json, "load_seconds", r->load_seconds);
    cJSON_AddItemToObject(json, "prompt", rate_json(&r->prompt));
    cJSON *generate = cJSON_AddArrayToObject(json, "generate");
    for (uint32_t i = 0; i < r->n_streams; i++) {
        cJSON_AddItemToArray(generate, rate_json(&r->streams[i]));
    }
    cJSON_AddNumberToObject(json, "library_peak_bytes", r->library_peak);
    cJSON_AddNumberToObject(json, "process_peak_bytes", r->process_peak);
    add_machine(json, r);
    char *text = cJSON_Print(json);
    cJSON_Delete(json);
    if (!text) {
        return false;
    }
    puts(text);
    cJSON_free(text);
    return true;
}
