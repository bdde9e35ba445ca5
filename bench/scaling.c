/* See scaling.h. */
#include "scaling.h"
#include "measure.h"

#include <stddef.h>

spread scaling_ratio(const scaled *rates, uint32_t count) {
    double ratios[MAX_REPETITIONS];
    for (uint32_t i = 0; i < count; i++) {
        ratios[i] = rates->one[i] > 0 ? rates->all[i] / rates->one[i] : 0;
    }
    return spread_of(ratios, count);
}

/* What is compared stands side by side: a neighbour that comes or a clock that changes is to fall on both. */
void scaling_measure(pith_engine *one, pith_engine *all, pith_model *model, const machine *m, const settings *s,
                     scaling *out) {
    out->has_reading = m != NULL;
    for (out->count = 0; out->count < s->repeat; out->count++) {
        uint32_t i = out->count;
        out->prompt.one[i] = measure_prompt(one, model, s->prompt);
        out->prompt.all[i] = measure_prompt(all, model, s->prompt);
        out->generate.one[i] = measure_streams(one, model, 1, s->depth, s->generate);
        if (m) {
            out->reading.one[i] = machine_sample_reading(m, 1);
        }
        out->generate.all[i] = measure_streams(all, model, 1, s->depth, s->generate);
        if (m) {
            out->reading.all[i] = machine_sample_reading(m, m->threads);
        }
    }
}
