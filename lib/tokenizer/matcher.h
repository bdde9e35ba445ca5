/* Finds vocabulary entries that are matched whole in the text, before any algorithm sees it: control and user-defined
 * tokens.
 *
 * Invariant: of the entries at one place the longest wins, the leftmost place first, as the official tokenizers do. The
 * set is kept as ids sorted by text; a search narrows a range of it byte by byte. Must not know: which entries may be
 * in it. */
#ifndef PITH_TOKENIZER_MATCHER_H
#define PITH_TOKENIZER_MATCHER_H

#include "tokenizer/vocab.h"

typedef struct pith__matcher {
    const pith__texts *texts;
    uint32_t *ids; /* sorted by text */
    uint32_t count;
    uint32_t first[257]; /* ids whose text starts with byte b: first[b] .. first[b + 1] */
} pith__matcher;

/* Takes every non-empty token for which `wanted` is true. */
int32_t pith__matcher_create(pith__mem *mem, const pith__vocab *vocab, bool (*wanted)(int32_t type), pith__matcher *m);
void pith__matcher_free(pith__mem *mem, pith__matcher *m);

/* The first match in the text: true with its place, length and id. */
bool pith__matcher_find(const pith__matcher *m, const uint8_t *text, uint64_t length, uint64_t *at,
                        uint32_t *match_length, int32_t *id);

#endif
