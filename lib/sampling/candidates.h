/* The tokens a sampler still considers: gathering them from the logits, weighing them, and taking the best of them.
 *
 * Invariant: candidates are ordered by (key, lower id first), a total order, so that every selection has one answer;
 * the vocabulary is never sorted, only the part that is taken. -inf means forbidden: such tokens never become
 * candidates. Must not know: settings, steps, where logits come from. The logits given here hold no NaN and no +inf. */
#ifndef PITH_SAMPLING_CANDIDATES_H
#define PITH_SAMPLING_CANDIDATES_H

#include "kernels/kernels.h"
#include <stdint.h>

typedef struct pith__candidate {
    float key;    /* what it is ordered by: the logit, or a filter's own measure */
    float weight; /* exp(logit - max), not normalized */
    int32_t id;
} pith__candidate;

/* Every allowed token, in the order of ids, keyed by logit. `list` holds up to `vocab`. Returns how many. */
uint32_t pith__candidates_all(const float *logits, uint32_t vocab, pith__candidate *list);

/* The `k` best allowed tokens, best first, keyed by logit. `list` holds up to `k`, 0 < k. Returns how many. */
uint32_t pith__candidates_best(const pith__kernels *kernels, const float *logits, uint32_t vocab, uint32_t k,
                               pith__candidate *list);

/* weight = exp((logit - max) / temperature) for each; `max` is at least the largest of their logits, temperature > 0.
 */
void pith__candidates_weigh(const pith__kernels *kernels, const float *logits, float max, float temperature,
                            pith__candidate *list, uint32_t count);

/* The sum of the weights, in the order of the list. */
double pith__candidates_mass(const pith__candidate *list, uint32_t count);

/* Moves the best to the front until their weights reach `mass`: at least one, the one that reaches it included. Returns
 * how many stay; the rest is dropped. Their order is unspecified, but the same on every machine. `count` > 0. */
uint32_t pith__candidates_take(pith__candidate *list, uint32_t count, double mass);

#endif
