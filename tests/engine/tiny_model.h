/* Random models of any family, built from its tables: a GGUF file in memory, small enough to run thousands of times.
 * Vocabulary: one token a byte (GPT-2's alphabet), then control tokens; 320 in all. Context 256, two layers, grouped
 * heads. */
#ifndef PITH_TEST_TINY_MODEL_H
#define PITH_TEST_TINY_MODEL_H

#include "arch/family.h"
#include <stddef.h>

#define TINY_VOCAB   320
#define TINY_CONTEXT 256
#define TINY_EOS     256

typedef struct tiny_options {
    const pith__family *family;
    pith__dtype matrices; /* of every matrix but the embedding */
    pith__dtype embedding;
    bool tied, optional; /* optional: with the tensors a family may have, too */
    uint32_t seed;
} tiny_options;

typedef struct tiny_model {
    uint8_t *bytes;
    size_t size;
} tiny_model;

void tiny_model_make(const tiny_options *options, tiny_model *out);
/* The same with one more u32 key, named without the family's prefix. */
void tiny_model_make_with(const tiny_options *options, const char *key, uint32_t value, tiny_model *out);
void tiny_model_free(tiny_model *m);

/* A small deterministic generator for tests: uniform in [-1, 1). */
float tiny_random(uint32_t *state);

#endif
