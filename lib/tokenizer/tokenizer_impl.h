/* What the parts of the tokenizer share: the vtable of an algorithm, the tokenizer itself, and the state of one call.
 *
 * Invariant: a pith__tokenizer does not change after create(); everything a call needs to write is in its
 * pith__encoder. An algorithm sees one piece of plain text at a time and never a
 * control token. A fragment is what lies between tokens matched in the text as given; a part, between those matched in the
 * normalized text; a piece, between cuts; a word is what the algorithm makes of a piece. */
#ifndef PITH_TOKENIZER_IMPL_H
#define PITH_TOKENIZER_IMPL_H

#include "tokenizer/matcher.h"
#include "tokenizer/models/merge.h"
#include "tokenizer/normalize/charsmap.h"
#include "tokenizer/vocab.h"
#include "tokenizer/worktext.h"

typedef struct pith__encoder pith__encoder;

typedef struct pith__algorithm {
    /* Reads what only this algorithm needs out of the spec into t->model; t->rules and t->vocab are there. */
    int32_t (*create)(pith__tokenizer *t, const pith__vocab_spec *spec);
    void (*destroy)(pith__tokenizer *t);
    /* Appends the tokens of one piece that the pipeline left, with pith__encoder_word and pith__encoder_put. NULL: the piece is one
     * word. */
    int32_t (*piece)(pith__encoder *e, uint32_t start, uint32_t length);
    /* Appends the tokens of one word with pith__encoder_put. There is room for one token a byte. The same word gives the same
     * tokens wherever it stands. */
    int32_t (*word)(pith__encoder *e, uint32_t start, uint32_t length);
} pith__algorithm;

extern const pith__algorithm pith__bpe_algorithm, pith__unigram_algorithm, pith__wordpiece_algorithm;

enum {
    PITH__EOG_LIMIT = 48
};

struct pith__tokenizer {
    pith__mem *mem;
    const pith__algorithm *algorithm;
    void *model; /* the algorithm's own tables */
    pith__charsmap charsmap;
    char *strings; /* what the strings of the next three point into */
    pith__word_rules rules;
    pith__pipeline pipeline;
    pith__decode_rules decode;
    pith__vocab vocab;
    /* What is matched whole, in plain [0] and in trusted [1] spans: in the text as given, and in the normalized text. */
    pith__matcher in_given[2], in_normalized[2];
    int64_t bos, eos, unk;
    int32_t prefix[PITH__AFFIX_LIMIT], suffix[PITH__AFFIX_LIMIT];
    uint32_t n_prefix, n_suffix;
    uint32_t n_eog;
    int32_t eog[PITH__EOG_LIMIT];
};

/* Makes and frees the four matchers. */
int32_t pith__specials_create(pith__tokenizer *t, const pith__vocab_spec *spec);
void pith__specials_free(pith__tokenizer *t);

/* One word already seen in this fragment, and where its tokens stand in the list. */
typedef struct pith__seen_word {
    uint32_t start, length; /* length 0: an empty slot */
    uint32_t first, count;  /* tokens, counted from the fragment's first */
} pith__seen_word;

struct pith__encoder {
    const pith__tokenizer *tokenizer;
    pith__mem *mem;
    pith__token_list *list;
    bool want_offsets;
    pith__merger merger;
    pith__worktext levels[PITH__NORMAL_LIMIT]; /* what the steps of the normalizer made, each of the one before */
    uint32_t n_levels;
    pith__worktext prefixed; /* of the part in work, when text was put before its pieces */
    uint32_t *cuts;          /* where its pieces begin */
    uint64_t n_cuts, cuts_capacity;
    uint8_t *scratch; /* for algorithms: pith__encoder_scratch */
    uint64_t scratch_capacity;
    /* Of the part in work: */
    const uint8_t *text;  /* what words are cut from: the caller's bytes, a level's, or prefixed */
    uint64_t first_token; /* list->count where it began */
    uint64_t piece_token; /* and where the piece in work did */
    pith__seen_word *seen;
    uint64_t seen_capacity;
    uint32_t seen_mask; /* 0: the part is too short to remember words */
};

void pith__encoder_init(pith__encoder *e, const pith__tokenizer *t, pith__mem *mem, pith__token_list *list,
                        bool want_offsets);
void pith__encoder_free(pith__encoder *e);

/* Appends the tokens of `length` bytes of a span that begin at byte `offset` of the input. `where`: PITH__AT_START and so on. */
int32_t pith__encoder_fragment(pith__encoder *e, const uint8_t *text, uint64_t length, uint64_t offset, uint32_t where, bool trusted);
/* Appends one token that was matched whole, in its place in the input or in the part's text. */
int32_t pith__encoder_whole(pith__encoder *e, int32_t id, uint64_t begin, uint64_t end);

/* For algorithms: appends the tokens of one word of the part's text. */
int32_t pith__encoder_word(pith__encoder *e, uint32_t start, uint32_t length);
/* Room for `more` tokens. */
int32_t pith__encoder_reserve(pith__encoder *e, uint64_t more);
/* Makes e->scratch `size` bytes long or longer; what it held is lost. */
int32_t pith__encoder_scratch(pith__encoder *e, uint64_t size);

/* Appends a token of text [begin, end) of the part; there is room. */
static inline void pith__encoder_put(pith__encoder *e, int32_t id, uint32_t begin, uint32_t end) {
    pith__token_list *list = e->list;
    if (e->want_offsets) {
        list->offsets[2 * list->count] = begin;
        list->offsets[2 * list->count + 1] = end;
    }
    list->ids[list->count++] = id;
}

/* Appends the unknown token, or lengthens the one that the piece's tokens end with where those are fused. */
static inline void pith__encoder_put_unknown(pith__encoder *e, uint32_t begin, uint32_t end) {
    pith__token_list *list = e->list;
    int32_t unk = (int32_t)e->tokenizer->unk;
    bool fused = e->tokenizer->rules.fuse_unknown && list->count > e->piece_token && list->ids[list->count - 1] == unk;
    if (!fused) {
        pith__encoder_put(e, unk, begin, end);
    } else if (e->want_offsets) {
        list->offsets[2 * list->count - 1] = end;
    }
}

#endif
