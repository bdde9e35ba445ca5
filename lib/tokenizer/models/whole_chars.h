/* Characters that byte-level merging may begin with as they are, instead of with their bytes: those the bytes of which
 * always merge into one piece before anything else can happen to them.
 *
 * Of two characters side by side, a piece that holds both but one of them in part only is rare. Where no piece can, the
 * bytes of each character merge among themselves alone; if they do so into one piece, and if no merge uses that piece
 * before it is made, then beginning with the piece gives the result of beginning with the bytes. Text in scripts of two
 * and three bytes a character takes a third of the work so.
 *
 * Invariant: says no where it is not certain, so the tokens are the same with it or without. Immutable once built. */
#ifndef PITH_TOKENIZER_WHOLE_CHARS_H
#define PITH_TOKENIZER_WHOLE_CHARS_H

#include "tokenizer/models/merge.h"
#include "tokenizer/unicode/utf8.h"
#include "tokenizer/vocab.h"

enum {
    PITH__WHOLE_BLOCK = 64,                           /* code points */
    PITH__WHOLE_BLOCKS = 0x10000 / PITH__WHOLE_BLOCK, /* those of at most three bytes */
    PITH__CUT_BITS = 16
};

typedef struct pith__whole_chars {
    uint16_t *blocks; /* by the upper bits of the code point: its block of ids; 0 is an empty one */
    uint32_t *ids;    /* id + 1; 0: none */
    uint64_t *cuts; /* by hash: borders of characters that a piece reaches across which holds one of the two in part */
} pith__whole_chars;

/* The merges of a vocabulary, in any order: the i-th makes piece ids[i] (NULL: piece i), at the rank ranks[that id]
 * (NULL: i). */
typedef struct pith__merge_list {
    uint32_t count;
    const int32_t *ids;
    const uint32_t *ranks;
} pith__merge_list;

/* `bytes` are the pieces of one byte (-1: none); `join` is how symbols join, with `context` as it is for the word
 * `*word`. */
int32_t pith__whole_chars_create(pith__mem *mem, const pith__vocab *vocab, const pith__merge_list *merges,
                                 const int32_t bytes[256], pith__join_fn join, const void *context,
                                 const uint8_t **word, pith__whole_chars *w);
void pith__whole_chars_free(pith__mem *mem, pith__whole_chars *w);

/* The bit for a border: the byte before it, and the two after it (0 for the second where the first is ASCII). */
static inline uint32_t pith__cut_bit(uint8_t before, uint8_t first, uint8_t second) {
    return ((uint32_t)before << 16 | (uint32_t)first << 8 | second) * 0x9E3779B1u >> (32 - PITH__CUT_BITS);
}

/* Whether a character may be held in part at the border before `at`; the word's ends are no borders. */
static inline bool pith__cut_possible(const pith__whole_chars *w, const uint8_t *word, uint32_t length, uint32_t at) {
    if (at == 0 || at == length) {
        return false;
    }
    uint8_t first = word[at], second = 0;
    if (first >= 0x80) {
        if (first < 0xC0 || at + 1 == length || (word[at + 1] & 0xC0) != 0x80) {
            return true; /* no well-formed character */
        }
        second = word[at + 1];
    }
    uint32_t bit = pith__cut_bit(word[at - 1], first, second);
    return w->cuts[bit >> 6] >> (bit & 63) & 1;
}

/* The length of the character at `at` if it may stand whole, with its piece in *id; else 0. */
static inline uint32_t pith__whole_char(const pith__whole_chars *w, const uint8_t *word, uint32_t length, uint32_t at,
                                        int32_t *id) {
    uint32_t cp = 0;
    uint32_t size = pith__utf8_next(word + at, length - at, &cp);
    if (cp > 0xFFFF) {
        return 0;
    }
    uint32_t found = w->ids[(uint32_t)w->blocks[cp / PITH__WHOLE_BLOCK] * PITH__WHOLE_BLOCK + cp % PITH__WHOLE_BLOCK];
    if (found == 0 || pith__cut_possible(w, word, length, at) || pith__cut_possible(w, word, length, at + size)) {
        return 0;
    }
    *id = (int32_t)found - 1;
    return size;
}

#endif
