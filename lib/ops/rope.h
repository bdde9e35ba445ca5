/* Rotary position embedding: the frequencies of a model with its scaling, and the cosines and sines of a position.
 *
 * Precision: frequencies are computed in double and rounded to float once; an angle is the float product position *
 * frequency (as the reference implementations have it); cosine and sine of that float are computed in double and
 * rounded once. Sources: RoPE, arXiv:2104.09864; YaRN, arXiv:2309.00071. */
#ifndef PITH_OPS_ROPE_H
#define PITH_OPS_ROPE_H

#include <stdint.h>

typedef enum pith__rope_scaling {
    PITH__ROPE_NONE,
    PITH__ROPE_LINEAR,
    PITH__ROPE_YARN
} pith__rope_scaling;

typedef struct pith__rope {
    uint32_t n_rot; /* elements of a head that rotate: even */
    double base;
    pith__rope_scaling scaling;
    double factor;                            /* LINEAR, YARN: how much longer the context became */
    double original_context;                  /* YARN */
    double beta_fast, beta_slow, attn_factor; /* YARN */
} pith__rope;

/* Fills frequencies[n_rot / 2]; divisors (n_rot / 2 of them, or NULL) divide them further (Llama 3). Returns what
 * cosines and sines are multiplied by. */
float pith__rope_frequencies(const pith__rope *rope, const float *divisors, float *frequencies);

/* cs[i][2] = magnitude * (cos, sin)(position * frequencies[i]). */
void pith__rope_table(const float *frequencies, uint32_t n_rot, float magnitude, uint32_t position, float *cs);

#endif
