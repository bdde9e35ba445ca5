/* The text an algorithm works on when it is not the caller's own: rewritten piece by piece (normalized, escaped), with
 * the way back from a position in it to the caller's bytes.
 *
 * Invariant: positions only grow on both sides; a byte that was copied maps to the byte it came from, a byte of a
 * rewritten piece to the start of what it replaced. */
#ifndef PITH_TOKENIZER_WORKTEXT_H
#define PITH_TOKENIZER_WORKTEXT_H

#include "base/memory.h"
#include <stdbool.h>
#include <stdint.h>

typedef struct pith__workmark {
    uint64_t work, source;
    bool rewritten;
} pith__workmark;

typedef struct pith__worktext {
    uint8_t *text;
    uint64_t length, capacity;
    uint64_t source;       /* bytes of the source dealt with */
    pith__workmark *marks; /* where the relation changes, ascending */
    uint64_t n_marks, marks_capacity;
} pith__worktext;

/* Empties it, keeping its memory. */
void pith__worktext_reset(pith__worktext *w);
void pith__worktext_free(pith__mem *mem, pith__worktext *w);

/* Appends the next `length` bytes of the source as they are. */
int32_t pith__worktext_copy(pith__mem *mem, pith__worktext *w, const uint8_t *bytes, uint64_t length);
/* Appends `length` bytes that stand for the next `source_length` bytes of the source. */
int32_t pith__worktext_rewrite(pith__mem *mem, pith__worktext *w, const uint8_t *bytes, uint64_t length,
                               uint64_t source_length);

/* Turns `count` ascending ranges (two positions each: where it begins and ends) in the text into ranges in the source. A range that
 * begins or ends within a rewritten piece takes the whole of what it replaced. */
void pith__worktext_map(const pith__worktext *w, uint64_t *ranges, uint64_t count);

#endif
