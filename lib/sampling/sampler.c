/* The sampler: one token from one row of logits.
 *
 * The chain, in order: logit bias and mask, penalties, then greedy choice when the temperature is 0; else top-k,
 * locally typical, top-p, min-p, temperature, and one draw. (The order llama.cpp has by default: users bring settings
 * that were tuned for it.) The draw walks the candidates in the order the filters left them, by id when nothing was
 * cut.
 *
 * Invariant: total over all floats. Settings are made sane at creation, NaN logits are refused, +inf is certainty, -inf
 * is "forbidden" and stays so whatever is added to it. Nothing is allocated after create(). */
#include "sampling/candidates.h"
#include "sampling/filters.h"
#include "sampling/logprobs.h"
#include "sampling/penalties.h"
#include "sampling/sampling.h"
#include <float.h>
#include <math.h>
#include <string.h>

struct pith__sampler {
    pith__mem *mem;
    const pith__kernels *kernels;
    uint32_t vocab;
    float temperature, top_p, min_p, typical_p;
    uint32_t top_k; /* 0: off, else below vocab */
    uint64_t seed;
    pith__penalties penalties;
    pith__bias *biases;
    uint64_t n_biases;
    pith__candidate *candidates; /* [top_k] or [vocab]; NULL when greedy */
    float *given;                /* [vocab], logits as they came; NULL when no setting changes them */
};

/* `x` within [low, high]; `neutral` for NaN. */
static float sane(float x, float low, float high, float neutral) {
    if (isnan(x)) {
        return neutral;
    }
    return x < low ? low : x > high ? high : x;
}

static void settle_params(pith__sampler *s, const pith__sampler_params *p) {
    s->temperature = sane(p->temperature, 0.0f, FLT_MAX, 0.0f);
    s->top_k = p->top_k < s->vocab ? p->top_k : 0;
    s->top_p = sane(p->top_p, 0.0f, 1.0f, 1.0f);
    s->min_p = sane(p->min_p, 0.0f, 1.0f, 0.0f);
    s->typical_p = sane(p->typical_p, 0.0f, 1.0f, 1.0f);
    s->seed = p->seed;
    s->penalties.repeat = sane(p->repeat_penalty, FLT_MIN, FLT_MAX, 1.0f);
    s->penalties.frequency = sane(p->frequency_penalty, -FLT_MAX, FLT_MAX, 0.0f);
    s->penalties.presence = sane(p->presence_penalty, -FLT_MAX, FLT_MAX, 0.0f);
}

static int32_t copy_biases(pith__sampler *s, const pith__sampler_params *p) {
    for (uint64_t i = 0; i < p->n_biases; i++) {
        const pith__bias *b = &p->biases[i];
        if (b->id < 0 || (uint32_t)b->id >= s->vocab) {
            return pith__fail(PITH_E_OPTION, "logit bias: token %d is outside the vocabulary of %u", (int)b->id,
                              (unsigned)s->vocab);
        }
        if (isnan(b->bias)) {
            return pith__fail(PITH_E_OPTION, "logit bias: the bias of token %d is not a number", (int)b->id);
        }
    }
    if (p->n_biases > 0) {
        PITH_TRY(PITH_NEW_ARRAY(s->mem, &s->biases, p->n_biases, "logit biases"));
        memcpy(s->biases, p->biases, (size_t)p->n_biases * sizeof(*s->biases));
        s->n_biases = p->n_biases;
    }
    return PITH_OK;
}

static int32_t build(pith__sampler *s, const pith__sampler_params *params) {
    settle_params(s, params);
    PITH_TRY(copy_biases(s, params));
    PITH_TRY(pith__penalties_init(&s->penalties, s->mem, s->vocab, params->penalty_last_n));
    if (s->penalties.count || s->biases) {
        PITH_TRY(PITH_NEW_ARRAY(s->mem, &s->given, s->vocab, "logits kept by a sampler"));
    }
    if (s->temperature > 0.0f) {
        uint32_t room = s->top_k ? s->top_k : s->vocab;
        PITH_TRY(PITH_NEW_ARRAY(s->mem, &s->candidates, room, "candidates of a sampler"));
    }
    return PITH_OK;
}

int32_t pith__sampler_create(pith__mem *mem, const pith__kernels *kernels, const pith__sampler_params *params,
                             uint32_t vocab, pith__sampler **out) {
    *out = NULL;
    if (vocab == 0 || vocab > INT32_MAX) {
        return pith__fail(PITH_E_ARGUMENT, "a sampler needs a vocabulary of 1 to 2147483647 tokens, not %u",
                          (unsigned)vocab);
    }
    pith__sampler *s;
    PITH_TRY(PITH_NEW(mem, &s, "sampler"));
    s->mem = mem;
    s->kernels = kernels;
    s->vocab = vocab;
    int32_t status = build(s, params);
    if (status != PITH_OK) {
        pith__sampler_release(s);
        return status;
    }
    *out = s;
    return PITH_OK;
}

void pith__sampler_release(pith__sampler *s) {
    if (!s) {
        return;
    }
    pith__penalties_free(&s->penalties, s->mem);
    pith__mem_free(s->mem, s->biases);
    pith__mem_free(s->mem, s->given);
    pith__mem_free(s->mem, s->candidates);
    pith__mem_free(s->mem, s);
}

uint64_t pith__sampler_bytes(uint32_t vocab) {
    return pith__mem_cost(sizeof(pith__sampler), 16) + pith__penalties_bytes(vocab) +
           pith__mem_cost((uint64_t)vocab * sizeof(float), 16) +
           pith__mem_cost((uint64_t)vocab * sizeof(pith__candidate), 16);
}

void pith__sampler_accept(pith__sampler *s, int32_t id) {
    pith__penalties_accept(&s->penalties, id);
}

static bool any_nan(const float *x, uint32_t n) {
    int found = 0;
    for (uint32_t i = 0; i < n; i++) {
        found |= x[i] != x[i]; /* no early exit: this loop vectorizes */
    }
    return found != 0;
}

/* A forbidden token stays forbidden: -inf + inf would be NaN, and no finite bias lifts -inf. */
static void apply_biases(const pith__sampler *s, float *logits) {
    for (uint64_t i = 0; i < s->n_biases; i++) {
        float *logit = &logits[s->biases[i].id];
        *logit = *logit == -INFINITY || s->biases[i].bias == -INFINITY ? -INFINITY : *logit + s->biases[i].bias;
    }
}

static void apply_mask(const pith__sampler *s, const uint32_t *mask, float *logits) {
    for (uint32_t id = 0; id < s->vocab; id++) {
        if (!(mask[id / 32] >> (id % 32) & 1)) {
            logits[id] = -INFINITY;
        }
    }
}

/* Logits of +inf share all the probability: they become equal, everything else is out. */
static void sharpen(float *logits, uint32_t vocab) {
    for (uint32_t id = 0; id < vocab; id++) {
        logits[id] = logits[id] == INFINITY ? 0.0f : -INFINITY;
    }
}

/* Applies what changes logits. *max becomes the largest of them, finite on success. */
static int32_t edit(const pith__sampler *s, float *logits, const uint32_t *mask, float *max) {
    apply_biases(s, logits);
    if (mask) {
        apply_mask(s, mask, logits);
    }
    pith__penalties_apply(&s->penalties, logits);
    *max = s->kernels->max(logits, s->vocab);
    if (*max == -INFINITY) {
        return pith__fail(PITH_E_NUMERIC, "no token can be chosen: every one of %u is forbidden", (unsigned)s->vocab);
    }
    if (*max == INFINITY) {
        sharpen(logits, s->vocab);
        *max = 0.0f;
    }
    return PITH_OK;
}

static int32_t lowest_id_at(const float *logits, float max) {
    int32_t id = 0;
    while (logits[id] != max) {
        id++;
    }
    return id;
}

/* Gathers and filters. Returns how many candidates are left, at least one. */
static uint32_t narrow(const pith__sampler *s, const float *logits, float max) {
    pith__candidate *list = s->candidates;
    uint32_t count = s->top_k ? pith__candidates_best(s->kernels, logits, s->vocab, s->top_k, list)
                              : pith__candidates_all(logits, s->vocab, list);
    if (s->typical_p == 1.0f && s->top_p == 1.0f && s->min_p == 0.0f) {
        return count;
    }
    pith__candidates_weigh(s->kernels, logits, max, 1.0f, list, count);
    if (s->typical_p < 1.0f) {
        count = pith__filter_typical(logits, max, s->typical_p, list, count);
    }
    if (s->top_p < 1.0f) {
        count = pith__filter_top_p(logits, s->top_p, list, count);
    }
    if (s->min_p > 0.0f) {
        count = pith__filter_min_p(s->min_p, list, count);
    }
    return count;
}

/* The first candidate at which the running sum of weights passes `uniform` of the whole. */
static int32_t draw(const pith__candidate *list, uint32_t count, double uniform) {
    double target = uniform * pith__candidates_mass(list, count);
    double sum = 0.0;
    uint32_t last = 0;
    for (uint32_t i = 0; i < count && sum <= target; i++) {
        sum += (double)list[i].weight;
        last = list[i].weight > 0.0f ? i : last; /* if rounding lets target reach the whole, the last with any weight */
    }
    return list[last].id;
}

static int32_t choose(const pith__sampler *s, const float *logits, float max, uint64_t step) {
    if (s->temperature == 0.0f) {
        return lowest_id_at(logits, max);
    }
    uint32_t count = narrow(s, logits, max);
    float top = -INFINITY; /* the most likely may have been filtered out */
    for (uint32_t i = 0; i < count; i++) {
        top = logits[s->candidates[i].id] > top ? logits[s->candidates[i].id] : top;
    }
    pith__candidates_weigh(s->kernels, logits, top, s->temperature, s->candidates, count);
    return draw(s->candidates, count, pith__random_uniform(s->seed, step));
}

int32_t pith__sampler_pick(pith__sampler *s, float *logits, const uint32_t *mask, uint64_t step, int32_t *id,
                           float *logprob) {
    *id = -1;
    if (any_nan(logits, s->vocab)) {
        return pith__fail(PITH_E_NUMERIC, "the logits hold NaN");
    }
    pith__log_norm norm = {0};
    if (logprob) {
        norm = pith__log_norm_of(s->kernels, logits, s->vocab);
        if (s->given) {
            memcpy(s->given, logits, (size_t)s->vocab * sizeof(float));
        }
    }
    float max;
    PITH_TRY(edit(s, logits, mask, &max));
    *id = choose(s, logits, max, step);
    if (logprob) {
        *logprob = pith__logprob(&norm, s->given ? s->given[*id] : logits[*id]);
    }
    return PITH_OK;
}
