/* Log-softmax over a vocabulary without touching or copying it whole: blocks of it are exponentiated on the stack, and
 * their sums added in double, in order. Total: logits of -inf, +inf and NaN have defined log probabilities, which are
 * never NaN. */
#include "sampling/logprobs.h"
#include "kernels/math.h"
#include "sampling/sampling.h"
#include <math.h>
#include <string.h>

enum {
    BLOCK = 1024
};

/* One block's sum of exp(logit - max); with an infinite max, the number of logits that reach it. */
static double block_sum(const pith__kernels *kernels, const float *logits, uint32_t n, float max) {
    float x[BLOCK];
    for (uint32_t i = 0; i < n; i++) {
        float l = isnan(logits[i]) ? -INFINITY : logits[i];
        x[i] = isinf(max) ? (l == max ? 0.0f : -INFINITY) : l;
    }
    return (double)kernels->exp_sum(x, n, isinf(max) ? 0.0f : max);
}

pith__log_norm pith__log_norm_of(const pith__kernels *kernels, const float *logits, uint32_t vocab) {
    pith__log_norm norm = {.max = kernels->max(logits, vocab), .log_sum = 0.0};
    double sum = 0.0;
    for (uint32_t begin = 0; begin < vocab; begin += BLOCK) {
        uint32_t n = vocab - begin < BLOCK ? vocab - begin : BLOCK;
        sum += block_sum(kernels, logits + begin, n, norm.max);
    }
    norm.log_sum = sum > 0.0 ? pith__log(sum) : 0.0;
    return norm;
}

float pith__logprob(const pith__log_norm *norm, float logit) {
    if (isnan(logit) || logit == -INFINITY) {
        return -INFINITY;
    }
    if (isinf(norm->max)) {
        return logit == norm->max ? (float)-norm->log_sum : -INFINITY;
    }
    return (float)((double)logit - (double)norm->max - norm->log_sum);
}

/* Puts a logit at its place among the best so far, which stand best first; *count grows up to n. Ids come in rising
 * order, so a tie goes behind. */
static void insert(float logit, uint32_t id, uint32_t n, uint32_t *count, int32_t *ids, float *logits) {
    uint32_t at = *count < n ? (*count)++ : n - 1;
    for (; at > 0 && logits[at - 1] < logit; at--) {
        logits[at] = logits[at - 1];
        ids[at] = ids[at - 1];
    }
    logits[at] = logit;
    ids[at] = (int32_t)id;
}

static uint32_t best_logits(const pith__kernels *kernels, const float *logits, uint32_t vocab, uint32_t n, int32_t *ids,
                            float *best) {
    uint32_t count = 0;
    for (uint32_t begin = 0; begin < vocab; begin += BLOCK) {
        uint32_t end = vocab - begin < BLOCK ? vocab : begin + BLOCK;
        if (count == n && !(kernels->max(logits + begin, end - begin) > best[n - 1])) {
            continue;
        }
        for (uint32_t id = begin; id < end; id++) {
            float l = isnan(logits[id]) ? -INFINITY : logits[id];
            if (count < n || l > best[n - 1]) {
                insert(l, id, n, &count, ids, best);
            }
        }
    }
    return count;
}

void pith__top_logprobs(const pith__kernels *kernels, const float *logits, uint32_t vocab, uint32_t n, int32_t *ids,
                        float *logprobs) {
    if (n == 0) {
        return;
    }
    uint32_t count = best_logits(kernels, logits, vocab, n, ids, logprobs);
    pith__log_norm norm = pith__log_norm_of(kernels, logits, vocab);
    for (uint32_t i = 0; i < count; i++) {
        logprobs[i] = pith__logprob(&norm, logprobs[i]);
    }
    for (uint32_t i = count; i < n; i++) {
        ids[i] = -1;
        logprobs[i] = -INFINITY;
    }
}
