/* Greedy pair merging, what every BPE does: of all neighbours that can join, those of the lowest rank join first, of
 * equal ranks the leftmost.
 *
 * Invariant: short words by scanning, longer ones with a queue of ranks, give the same result; time is n log n for any
 * input, and linear where places of a rank come up from left to right. Must not know: what ranks mean, where they come
 * from. */
#ifndef PITH_TOKENIZER_MERGE_H
#define PITH_TOKENIZER_MERGE_H

#include "tokenizer/models/rank_queue.h"

#define PITH__NO_RANK UINT32_MAX

typedef struct pith__symbol {
    uint32_t start; /* in the word; it ends where the next begins */
    int32_t id;
    uint32_t rank;  /* of joining with the next; PITH__NO_RANK: they do not join */
    int32_t joined; /* the id the two make */
} pith__symbol;

/* Sets left->rank and left->joined for `left` with `right`, which ends at `end`. */
typedef void (*pith__join_fn)(const void *context, pith__symbol *left, const pith__symbol *right, uint32_t end);

/* Working memory that lives from word to word. */
typedef struct pith__merger {
    pith__mem *mem;
    pith__symbol *symbols;
    uint32_t *links; /* two a symbol */
    uint64_t capacity, links_capacity;
    pith__rank_queue queue;
} pith__merger;

/* Room for `count` symbols and the closing one. */
int32_t pith__merger_reserve(pith__merger *m, uint64_t count);
void pith__merger_free(pith__merger *m);

/* Merges symbols[0 .. count), closed by symbols[count], without other memory, in a time of count * count: how many
 * remain. *highest is the highest rank of what was merged, and is left alone where nothing was. */
uint32_t pith__merge_few(pith__symbol *symbols, uint32_t count, pith__join_fn join, const void *context,
                         uint32_t *highest);

/* Merges symbols[0 .. count), with symbols[count].start the word's length, in place; *left is how many remain. */
int32_t pith__merger_run(pith__merger *m, uint32_t count, pith__join_fn join, const void *context, uint32_t *left);

#endif
