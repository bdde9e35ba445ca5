/* What a run of the benchmark found, and its two ways onto paper. */
#ifndef BENCH_REPORT_H
#define BENCH_REPORT_H

#include "ceilings.h"
#include "model_facts.h"
#include "sgemm.h"

#define MAX_STREAM_COUNTS 8

/* A rate in tokens a second, and the most the machine's ceilings allow; 0: not known. */
typedef struct rate {
    uint32_t tokens, streams;
    double reached, limit;
} rate;

typedef struct report {
    model_facts facts;
    uint32_t threads, depth;
    double load_seconds;
    rate prompt;
    rate streams[MAX_STREAM_COUNTS];
    uint32_t n_streams;
    double library_peak, process_peak; /* bytes */
    bool has_ceilings, has_sgemm;
    ceilings ceilings;
    sgemm_result sgemm;
} report;

void report_print_text(const report *r);
/* False when memory lacks. */
bool report_print_json(const report *r);

#endif
