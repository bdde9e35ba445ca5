/* See series.h. */
#include "series.h"

#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

spread spread_of(const double *values, uint32_t count) {
    double sorted[MAX_REPETITIONS];
    if (count == 0 || count > MAX_REPETITIONS) {
        return (spread){0, 0, 0};
    }
    memcpy(sorted, values, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare);
    return (spread){(sorted[(count - 1) / 2] + sorted[count / 2]) / 2, sorted[0], sorted[count - 1]};
}

double series_best_rate(const series *s) {
    double best = 0;
    for (uint32_t i = 0; i < s->count; i++) {
        best = s->repetitions[i].rate > best ? s->repetitions[i].rate : best;
    }
    return best;
}

spread series_share(const series *s) {
    double shares[MAX_REPETITIONS];
    for (uint32_t i = 0; i < s->count; i++) {
        const repetition *r = &s->repetitions[i];
        shares[i] = r->limit > 0 ? r->rate / r->limit : 0;
    }
    return spread_of(shares, s->count);
}

spread series_dot_share(const series *s) {
    double shares[MAX_REPETITIONS];
    for (uint32_t i = 0; i < s->count; i++) {
        shares[i] = s->repetitions[i].dot_share;
    }
    return spread_of(shares, s->count);
}
