/* The entries of a vocabulary, as every algorithm needs them: the bytes each stands for, its type, and tables to find
 * one by text.
 *
 * Invariant: immutable once built; every id below `count` has a text of at most PITH__TOKEN_TEXT_LIMIT bytes and a
 * valid type. Pieces are what an algorithm may make out of plain text; everything else (control, user-defined, byte,
 * unknown, unused tokens, and entries the encoding cannot reach) is kept apart, so that no merge can ever give one. */
#ifndef PITH_TOKENIZER_VOCAB_H
#define PITH_TOKENIZER_VOCAB_H

#include "tokenizer/text_table.h"
#include "tokenizer/tokenizer.h"

enum {
    PITH__TOKEN_TEXT_LIMIT = 4096
};

typedef struct pith__vocab {
    pith__texts texts; /* what each token stands for; for entries that are no pieces, the entry as it is */
    uint8_t *types;    /* PITH__TOKEN_x; normal ones are pieces unless `stray` */
    uint8_t
        *stray; /* bit per id: a normal entry that is no piece: no text encodes to it, or an earlier one has its text */
    pith__writing writing;
    pith__text_table pieces, others;
    uint64_t longest; /* bytes */
} pith__vocab;

/* Checks the whole spec's tokens and types, then builds. On failure nothing is left. */
int32_t pith__vocab_create(pith__mem *mem, const pith__vocab_spec *spec, pith__vocab *v);
void pith__vocab_free(pith__mem *mem, pith__vocab *v);

static inline pith__str pith__vocab_text(const pith__vocab *v, uint32_t id) {
    pith__str s = {(const char *)v->texts.bytes + v->texts.starts[id], v->texts.starts[id + 1] - v->texts.starts[id]};
    return s;
}

/* The byte that a token of type PITH__TOKEN_BYTE stands for. */
uint8_t pith__vocab_byte(const pith__vocab *v, uint32_t id);
bool pith__vocab_is_piece(const pith__vocab *v, uint32_t id);
/* By the bytes a piece stands for; -1: none. */
int32_t pith__vocab_piece(const pith__vocab *v, const uint8_t *bytes, uint64_t length);
/* By the entry as the vocabulary writes it, of any type; -1: none. */
int32_t pith__vocab_find(const pith__vocab *v, pith__str entry);

/* ---- Writings. ---- */

/* Writes what an `entry` of that type, a piece (PITH__TOKEN_NORMAL) or user-defined token, stands for, at most entry.len bytes, to
 * `out` and returns true; false when the entry stands as it is, and for a piece: when no text encodes to it. */
bool pith__unescape(pith__writing writing, int32_t type, pith__str entry, uint8_t *out, uint64_t *length);

#endif
