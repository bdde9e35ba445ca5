/* Which characters stand side by side in some piece of a vocabulary. Where two do not, no merge and no piece can reach
 * across, so a long text falls into words that can be tokenized one by one, with the same result.
 *
 * Invariant: may say yes for two that stand nowhere together (a hash), never no for two that do. */
#ifndef PITH_TOKENIZER_NEIGHBOURS_H
#define PITH_TOKENIZER_NEIGHBOURS_H

#include "tokenizer/text_table.h"
#include "tokenizer/vocab.h"

typedef struct pith__neighbours {
    uint64_t ascii[256]; /* bit (first << 7 | second) */
    uint64_t *others;    /* by hash */
    uint64_t mask;
} pith__neighbours;

int32_t pith__neighbours_create(pith__mem *mem, const pith__vocab *vocab, pith__neighbours *n);
void pith__neighbours_free(pith__mem *mem, pith__neighbours *n);

/* The place of two code points: a bit of ascii or of others. */
static inline uint64_t pith__neighbours_bit(const pith__neighbours *n, uint32_t a, uint32_t b) {
    return (a | b) < 0x80 ? (uint64_t)a << 7 | b : pith__hash_step(0, (uint64_t)a << 21 | b) >> 20 & n->mask;
}

static inline bool pith__neighbours_may_join(const pith__neighbours *n, uint32_t a, uint32_t b) {
    const uint64_t *words = (a | b) < 0x80 ? n->ascii : n->others;
    uint64_t bit = pith__neighbours_bit(n, a, b);
    return words[bit >> 6] >> (bit & 63) & 1;
}

#endif
