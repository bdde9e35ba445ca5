/* How many times as fast all threads are as one, measured in turn: the model, and the machine's reading, which bounds
 * generation. */
#ifndef BENCH_SCALING_H
#define BENCH_SCALING_H

#include "ceilings.h"
#include "series.h"
#include "settings.h"

#include <pith/pith.h>

/* Rates of one thread and of all, a pair for each repetition. */
typedef struct scaled {
    double one[MAX_REPETITIONS], all[MAX_REPETITIONS];
} scaled;

typedef struct scaling {
    uint32_t count;          /* of repetitions; 0: nothing was measured */
    scaled prompt, generate; /* tokens a second */
    scaled reading;          /* bytes a second */
    bool has_reading;
} scaling;

/* Two engines of the same model, one of them with one thread; m NULL: without reading. */
void scaling_measure(pith_engine *one, pith_engine *all, pith_model *model, const machine *m, const settings *s,
                     scaling *out);

/* Of all / one. */
spread scaling_ratio(const scaled *rates, uint32_t count);

#endif
