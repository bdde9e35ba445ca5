/* The filters that cut a distribution's tail: locally typical, top-p, min-p. (Top-k is gathering: candidates.h.)
 *
 * Each takes `count` > 0 weighed candidates, keeps at least one, moves those kept to the front and returns how many
 * they are. Probabilities are weights over their sum, so each filter sees the distribution the one before it left.
 * Must not know: in which order the chain runs them. */
#ifndef PITH_SAMPLING_FILTERS_H
#define PITH_SAMPLING_FILTERS_H

#include "sampling/candidates.h"

/* Locally typical sampling: the tokens whose surprise is nearest to the entropy, until their probabilities reach `p`.
 * Weights must be exp(logit - max). */
uint32_t pith__filter_typical(const float *logits, float max, float p, pith__candidate *list, uint32_t count);

/* Nucleus sampling: the most likely tokens until their probabilities reach `p`. */
uint32_t pith__filter_top_p(const float *logits, float p, pith__candidate *list, uint32_t count);

/* The tokens at least `p` (0 to 1) times as likely as the most likely. Keeps their order. */
uint32_t pith__filter_min_p(float p, pith__candidate *list, uint32_t count);

#endif
