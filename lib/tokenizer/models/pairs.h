/* The merges of a BPE vocabulary: from two neighbouring ids to the rank at which they join and the id they make.
 *
 * Invariant: only pieces join, and they make pieces, so merging never gives a control or user-defined token. The first
 * of two equal merges counts. */
#ifndef PITH_TOKENIZER_PAIRS_H
#define PITH_TOKENIZER_PAIRS_H

#include "tokenizer/models/merge.h"
#include "tokenizer/vocab.h"

typedef struct pith__pairs {
    uint64_t *slots; /* open addressing: left id, right id, rank */
    uint32_t mask;
    uint32_t filter_shift;
    uint64_t *filter; /* bit by hash: most neighbours never join, and nearly all of those are told here, out of a small
                         table */
    int32_t *joined;  /* by rank: the id a merge makes */
} pith__pairs;

/* Reads spec->merges; rules.inner_prefix, if any, is left out between two sides. */
int32_t pith__pairs_create(pith__mem *mem, const pith__vocab *vocab, const pith__vocab_spec *spec, pith__pairs *pairs);
void pith__pairs_free(pith__mem *mem, pith__pairs *pairs);

/* Sets left->rank and left->joined. */
void pith__pairs_join(const pith__pairs *pairs, pith__symbol *left, const pith__symbol *right);

#endif
