/* Natural log probabilities of tokens under the softmax of their logits, before any setting has touched them. */
#ifndef PITH_SAMPLING_LOGPROBS_H
#define PITH_SAMPLING_LOGPROBS_H

#include "kernels/kernels.h"
#include <stdint.h>

/* What log-softmax needs to know of all the logits. */
typedef struct pith__log_norm {
    float max;      /* the largest logit; +inf: those that are share all the probability */
    double log_sum; /* log of the sum of exp(logit - max) */
} pith__log_norm;

/* NaN counts as -inf. */
pith__log_norm pith__log_norm_of(const pith__kernels *kernels, const float *logits, uint32_t vocab);

/* -inf for a logit of -inf or NaN; never NaN. */
float pith__logprob(const pith__log_norm *norm, float logit);

#endif
