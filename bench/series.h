/* Repetitions of one measurement, each between two samples of the machine's ceilings, and what they say together.
 *
 * A share of a limit is told for each repetition by the samples beside it, and of those the median: the machine may be
 * twice as fast a minute later, for the model and for its limit. Must not know: pith. */
#ifndef BENCH_SERIES_H
#define BENCH_SERIES_H

#include "ceilings.h"

#define MAX_REPETITIONS 100

/* Rates in tokens a second; limit and dot_share are 0 where they are not known. */
typedef struct repetition {
    double rate;
    double limit;     /* by the ceilings beside it */
    double dot_share; /* what the quantized matrices alone took of the peak of the byte products */
    ceilings beside;
} repetition;

typedef struct series {
    uint32_t tokens, streams,
        depth; /* what was repeated: a prompt (depth 0), or generation in streams behind so many tokens */
    uint32_t count;
    repetition repetitions[MAX_REPETITIONS];
} series;

typedef struct spread {
    double median, least, greatest;
} spread;

spread spread_of(const double *values, uint32_t count);

double series_best_rate(const series *s);
/* Of the repetitions' rate / limit, and dot_share; zeros where not known. */
spread series_share(const series *s);
spread series_dot_share(const series *s);

#endif
