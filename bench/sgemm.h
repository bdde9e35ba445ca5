/* What OpenBLAS alone could do for a prompt: the model's matrices as floats, already dequantized, multiplied by sgemm,
 * each whole, for all tokens at once, in the layout that was fastest of those tried (neither side transposed, lines padded).
 * Attention, norms and the dequantization itself are left out, to its advantage. */
#ifndef BENCH_SGEMM_H
#define BENCH_SGEMM_H

#include "model_facts.h"

typedef struct sgemm_result {
    double tokens_per_second;
    double macs_per_second;
} sgemm_result;

/* False when this build has no OpenBLAS or memory lacks. */
bool sgemm_measure(const model_facts *facts, uint32_t threads, uint32_t tokens, sgemm_result *out);

#endif
