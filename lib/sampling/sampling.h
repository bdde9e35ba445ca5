/* From logits to a token, and when to stop: samplers, penalties, stop strings, the loop guard.
 *
 * Invariant: the same logits, settings, seed and step give the same token on every machine: candidates are ordered by (logit,
 * id), the random generator is counter-based on (seed, step), every float step is a canonical IEEE operation.
 * Must not know: models, text encodings (stop strings are bytes), threads. */
#ifndef PITH_SAMPLING_H
#define PITH_SAMPLING_H

#include "base/memory.h"
#include "base/str.h"
#include "kernels/kernels.h"
#include <stdbool.h>
#include <stdint.h>

/* The longest window of penalties that is kept exactly; longer ones look back at everything. */
#define PITH__PENALTY_WINDOW 65536

typedef struct pith__bias {
    int32_t id;
    float bias; /* added to the logit; -INFINITY forbids */
} pith__bias;

typedef struct pith__sampler_params {
    float temperature;        /* 0: greedy */
    uint32_t top_k;           /* 0: off */
    float top_p;              /* 1: off */
    float min_p;              /* 0: off */
    float typical_p;          /* 1: off */
    float repeat_penalty;     /* 1: off */
    float frequency_penalty;  /* 0: off */
    float presence_penalty;   /* 0: off */
    uint32_t penalty_last_n;  /* tokens looked back at; 0: off, above PITH__PENALTY_WINDOW (such as UINT32_MAX): all */
    uint64_t seed;
    const pith__bias *biases; /* borrowed by create() only */
    uint64_t n_biases;
} pith__sampler_params;

typedef struct pith__sampler pith__sampler;

/* Ranges are the caller's (option table's) business; the sampler is total over all float values all the same (no crash, no NaN):
 * what is out of range counts as the nearest value in it, NaN as off. A bias that is NaN or of a token outside the vocabulary
 * is PITH_E_OPTION. */
int32_t pith__sampler_create(pith__mem *mem, const pith__kernels *kernels, const pith__sampler_params *params, uint32_t vocab,
                             pith__sampler **out);
void pith__sampler_release(pith__sampler *s);
uint64_t pith__sampler_bytes(uint32_t vocab); /* at most what create() takes, biases apart, for plans */

/* Tells the sampler of a token of the prompt or of the output (penalties look back at both). */
void pith__sampler_accept(pith__sampler *s, int32_t id);

/* Chooses the token of step `step` (0 for the first generated) from logits[vocab], which may be changed. `mask` (one bit an id,
 * little-endian in 32-bit words; NULL: none) forbids ids whose bit is 0: a place for grammars. Logits of +inf are certain, of
 * -inf forbidden for good. PITH_E_NUMERIC when the logits hold NaN or everything is forbidden (*id is -1 then). *logprob:
 * natural log of the probability of the token under softmax of the logits as given (before any setting); computed only when
 * asked for (logprob not NULL). */
int32_t pith__sampler_pick(pith__sampler *s, float *logits, const uint32_t *mask, uint64_t step, int32_t *id, float *logprob);

/* The counter-based generator: a uniform double in [0, 1) from (seed, step). Documented in the source. */
double pith__random_uniform(uint64_t seed, uint64_t step);

/* The `n` most likely of logits[vocab] (as given: ask before pick), by (logit, lower id first): ids and natural log probabilities.
 * For a small n: every winner is inserted in place. NaN counts as -inf; past the vocabulary, ids are -1. */
void pith__top_logprobs(const pith__kernels *kernels, const float *logits, uint32_t vocab, uint32_t n, int32_t *ids, float *logprobs);

/* ---- Stop strings: a byte matcher over a stream (Aho-Corasick). ---- */
typedef struct pith__stopper pith__stopper;
int32_t pith__stopper_create(pith__mem *mem, const pith__str *strings, uint64_t count, pith__stopper **out); /* empty strings: PITH_E_ARGUMENT */
void pith__stopper_release(pith__stopper *s);
void pith__stopper_reset(pith__stopper *s);
/* Feeds bytes in order. Returns true when a stop string was completed: *consumed is how many of these bytes were read (up to its
 * last byte), and *keep, counted over the whole stream since reset, is where the stop string begins (the first to complete;
 * of several completing at one byte, the longest). Otherwise false, all consumed, and *keep is how many bytes of the
 * whole stream can be shown now: what could still become a stop string is held back. After a match, feeding goes on behind it:
 * matches do not overlap. */
bool pith__stopper_feed(pith__stopper *s, const char *bytes, uint64_t len, uint64_t *consumed, uint64_t *keep);

/* ---- Loop guard: the same stretch of at most `period` tokens repeated without change over `length` tokens or more (and
 * at least twice). A period of 0 finds nothing. ---- */
typedef struct pith__loop_guard pith__loop_guard;
int32_t pith__loop_guard_create(pith__mem *mem, uint32_t period, uint32_t length, pith__loop_guard **out);
void pith__loop_guard_release(pith__loop_guard *g);
bool pith__loop_guard_accept(pith__loop_guard *g, int32_t id); /* true: the output is looping */

#endif
