/* What a run of the benchmark found, and its two ways onto paper. */
#ifndef BENCH_REPORT_H
#define BENCH_REPORT_H

#include "model_facts.h"
#include "scaling.h"
#include "series.h"
#include "sgemm.h"

typedef struct report {
    model_facts facts;
    uint32_t threads;
    double load_seconds;
    series prompt; /* count 0: only scaling was measured */
    series streams[MAX_STREAM_COUNTS];
    uint32_t n_streams;
    scaling scaling;
    double library_peak, process_peak; /* bytes; the process without the memory that is only read for the ceilings */
    bool has_ceilings, has_sgemm;
    const char *dot_instruction;
    ceilings best; /* of all samples */
    sgemm_result sgemm;
} report;

void report_print_text(const report *r);
/* False when memory lacks. */
bool report_print_json(const report *r);

#endif
