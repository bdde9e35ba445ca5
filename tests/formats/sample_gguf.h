/* A small valid GGUF model for the tests of this folder and the fuzz corpus: every value type, a vocabulary,
 * hyperparameters, tensors. */
#ifndef PITH_TESTS_FORMATS_SAMPLE_GGUF_H
#define PITH_TESTS_FORMATS_SAMPLE_GGUF_H

#include "support/gguf_writer.h"

enum {
    SAMPLE_TOKENS = 6,
    SAMPLE_KEYS = 24,
    SAMPLE_TENSORS = 4
};

extern const pith__str sample_tokens[SAMPLE_TOKENS];
extern const float sample_scores[SAMPLE_TOKENS];
extern const int32_t sample_types[SAMPLE_TOKENS];

/* Keys without tensors and without gguf_finish: what a test wants to add goes in between. */
void sample_keys(gguf_writer *w, uint32_t version);
void sample_tensors(gguf_writer *w);

/* The whole file. */
void sample_file(gguf_writer *w, uint32_t version);

#endif
