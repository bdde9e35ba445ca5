/* The places of a word by the rank at which they merge: gives the lowest rank first and, of equal ranks, the leftmost
 * place.
 *
 * A long word holds few ranks beside its places, least of all one of repeated characters; merging goes from low ranks
 * to high, and along a rank from left to right. So places wait in a list a rank, which costs the same however many
 * there are, and only the ranks are in a heap. What does not come in that order goes into the heap by itself: slower,
 * with the same result.
 *
 * Invariant: a place is in one list at most. Once put, it is given once, unless it was dropped before; then it may be
 * given all the same: who takes it compares the rank with the place's own. */
#ifndef PITH_TOKENIZER_RANK_QUEUE_H
#define PITH_TOKENIZER_RANK_QUEUE_H

#include "base/memory.h"
#include <stdbool.h>

typedef struct pith__rank_list {
    uint32_t rank; /* UINT32_MAX: a free slot */
    uint32_t head; /* a place, or NO_PLACE */
} pith__rank_list;

typedef struct pith__rank_queue {
    pith__mem *mem;
    uint32_t *next, *previous; /* by place, in its list; previous: NO_PLACE for a head, NOT_LISTED for one in no list */
    uint32_t *round;           /* the places of the list that is being given, ascending */
    uint32_t round_at, round_count;
    uint64_t places;        /* there is room for */
    uint64_t given;         /* one more than the rank of the round; 0: none was begun */
    pith__rank_list *lists; /* by rank: open addressing, a quarter of the slots free at least */
    uint32_t mask, n_lists;
    uint64_t *heap; /* rank << 32, a list; or with place + 1, one place */
    uint64_t heap_count, heap_capacity;
} pith__rank_queue;

/* Empties it, for places below `count`. */
int32_t pith__rank_queue_reset(pith__rank_queue *q, uint64_t count);
void pith__rank_queue_free(pith__rank_queue *q);

/* Puts a place that is not there; the rank is below UINT32_MAX. */
int32_t pith__rank_queue_put(pith__rank_queue *q, uint32_t place, uint32_t rank);
/* Takes a place out that was put at this rank; it need not be there any more. */
void pith__rank_queue_drop(pith__rank_queue *q, uint32_t place, uint32_t rank);
/* Takes the next place: *found false when there is none. */
int32_t pith__rank_queue_take(pith__rank_queue *q, uint32_t *place, uint32_t *rank, bool *found);

#endif
