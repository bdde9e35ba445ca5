/* The least time a piece of work can take on a machine with given ceilings.
 *
 * A prompt is bound by arithmetic: its matrix products at the peak of the byte (or float) products, the output's for
 * the last token alone, then its attention at the float peak. A step of generation is bound by reading: the weights
 * once for all streams (or their products, if those take longer), then each stream's keys and values (or their
 * products). That holds for weights that no cache holds; for smaller ones there is no limit to tell. */
#ifndef BENCH_MODEL_LIMITS_H
#define BENCH_MODEL_LIMITS_H

#include "ceilings.h"
#include "model_facts.h"

/* False when the weights may stay in a cache from one step to the next. */
bool limit_step_known(const model_facts *facts);
/* Seconds for a prompt of `tokens`, of which the last one gives logits. */
double limit_prompt(const model_facts *facts, const ceilings *c, double tokens);
/* Seconds for one step that gives `streams` streams one token each, each behind `position` tokens. */
double limit_step(const model_facts *facts, const ceilings *c, double streams, double position);

#endif
