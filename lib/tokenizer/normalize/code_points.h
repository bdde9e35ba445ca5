/* A growing list of code points between being decomposed and being written: what the normalization forms work on.
 *
 * Invariant: `spare` has as much room as `at`, so that ordering and writing need no further memory. */
#ifndef PITH_TOKENIZER_CODE_POINTS_H
#define PITH_TOKENIZER_CODE_POINTS_H

#include "base/memory.h"
#include "tokenizer/unicode/normal_data.h"

enum {
    PITH__DECOMPOSED_MAX = 18 /* the longest decomposition, of U+FDFA */
};

typedef struct pith__code_points {
    uint32_t *at, *spare;
    uint64_t count, capacity;
} pith__code_points;

void pith__code_points_free(pith__mem *mem, pith__code_points *c);
/* Appends `count` code points. */
int32_t pith__code_points_add(pith__mem *mem, pith__code_points *c, const uint32_t *code_points, uint32_t count);
/* Puts every run of marks into canonical order, in linear time. */
void pith__code_points_order(pith__code_points *c);
/* Writes the list as UTF-8 over `spare`; returns where, and the length in *length. */
const uint8_t *pith__code_points_write(pith__code_points *c, uint64_t *length);

/* The full decomposition of `cp` in the form (C as D, KC as KD): at least one code point; returns how many. */
uint32_t pith__decompose(uint32_t cp, pith__normal_form form, uint32_t out[PITH__DECOMPOSED_MAX]);

#endif
