/* Finds vocabulary entries that are matched whole in the text, before any algorithm sees it: control and user-defined
 * tokens.
 *
 * Invariant: of the entries at one place the longest wins, the leftmost place first, as the official tokenizers do. The
 * set is kept sorted by text; a search narrows a range of it byte by byte. Must not know: which entries may be in it.
 * Source of the attributes' meaning: AddedVocabulary of https://github.com/huggingface/tokenizers. */
#ifndef PITH_TOKENIZER_MATCHER_H
#define PITH_TOKENIZER_MATCHER_H

#include "base/memory.h"
#include "tokenizer/tokenizer.h"

typedef struct pith__match_entry {
    pith__str text; /* in the matcher's own memory once it is made */
    int32_t id;
    uint8_t flags; /* PITH__TOKEN_LSTRIP and so on */
} pith__match_entry;

typedef struct pith__matcher {
    pith__match_entry *entries; /* sorted by text */
    uint32_t count, capacity;
    char *bytes;
    uint64_t n_bytes, bytes_capacity;
    uint32_t first[257]; /* entries whose text starts with byte b: first[b] .. first[b + 1] */
} pith__matcher;

/* Adds an entry to a matcher in the making (zero at first); its text is copied, an empty one left out. */
int32_t pith__matcher_add(pith__mem *mem, pith__matcher *m, const pith__match_entry *entry);
/* Makes it ready; of entries with one text the lowest id stays. */
void pith__matcher_finish(pith__matcher *m);
void pith__matcher_free(pith__mem *mem, pith__matcher *m);

typedef struct pith__match {
    uint64_t begin, end; /* in the text, white space that the entry takes along included */
    int32_t id;
} pith__match;

/* The first match in the text at or after `from`, which is where the one before ended. False: none, *match is as it was. */
bool pith__matcher_find(const pith__matcher *m, const uint8_t *text, uint64_t length, uint64_t from, pith__match *match);

#endif
