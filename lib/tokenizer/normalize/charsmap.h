/* A precompiled map of characters: from byte sequences to what replaces them, as SentencePiece writes it (the size of a double-array
 * trie in four bytes, the trie, replacements that end with a zero byte).
 *
 * Invariant: nothing in the blob is trusted: every index is checked where it is used. Immutable.
 * Sources: https://github.com/google/sentencepiece (src/normalizer.cc); https://github.com/s-yata/darts-clone (the array's units). */
#ifndef PITH_TOKENIZER_CHARSMAP_H
#define PITH_TOKENIZER_CHARSMAP_H

#include "base/memory.h"
#include "base/str.h"
#include <stdbool.h>

typedef struct pith__charsmap {
    uint32_t *units;
    uint32_t n_units;
    char *strings;
    uint64_t n_strings; /* bytes; the last is zero */
} pith__charsmap;

/* Copies what it keeps. PITH_E_FORMAT: the blob is too short for what it says. */
int32_t pith__charsmap_open(pith__mem *mem, pith__str blob, pith__charsmap *map);
void pith__charsmap_free(pith__mem *mem, pith__charsmap *map);

/* What the longest (or the shortest) match at the beginning of the text becomes; *length 0: there is none. */
pith__str pith__charsmap_find(const pith__charsmap *map, const uint8_t *text, uint64_t n, bool longest, uint64_t *length);

#endif
