/* What the parts of the tokenizer share: the vtable of an algorithm, the tokenizer itself, and the state of one call.
 *
 * Invariant: a pith__tokenizer does not change after create(); everything a call needs to write is in its
 * pith__encoder. An algorithm sees one fragment of plain text at a time and never a control token. */
#ifndef PITH_TOKENIZER_IMPL_H
#define PITH_TOKENIZER_IMPL_H

#include "tokenizer/matcher.h"
#include "tokenizer/models/merge.h"
#include "tokenizer/worktext.h"

typedef struct pith__encoder pith__encoder;

typedef struct pith__algorithm {
    const char *model; /* as vocabularies name it */
    pith__unescape_fn unescape;
    /* Reads what only this algorithm needs out of the spec into t->model, and fills in the kind's defaults. */
    int32_t (*create)(pith__tokenizer *t, const pith__vocab_spec *spec);
    void (*destroy)(pith__tokenizer *t);
    /* User-defined tokens are found by fragment(), in the text as the algorithm rewrites it; else they are cut out
     * before it. */
    bool finds_user_tokens;
    /* Appends the tokens of one fragment (not empty) with pith__encoder_word. `leading`: the input begins with it, or a
     * token that was matched whole came right before. */
    int32_t (*fragment)(pith__encoder *e, const uint8_t *text, uint64_t length, bool leading);
    /* Appends the tokens of one word of the fragment's text with pith__encoder_put. There is room for one token a byte.
     */
    int32_t (*word)(pith__encoder *e, uint32_t start, uint32_t length);
} pith__algorithm;

extern const pith__algorithm pith__bpe_algorithm, pith__spm_algorithm;

enum {
    PITH__EOG_LIMIT = 48
};

struct pith__tokenizer {
    pith__mem *mem;
    const pith__algorithm *algorithm;
    void *model; /* the algorithm's own tables */
    pith__vocab vocab;
    pith__matcher in_trusted, in_plain; /* what is matched whole before the algorithm: in trusted spans, in others */
    pith__matcher in_fragments;         /* what the algorithm itself is to match whole */
    int64_t bos, eos, unk;
    bool add_bos, add_eos, add_space_prefix;
    uint32_t n_eog;
    int32_t eog[PITH__EOG_LIMIT];
};

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
    pith__worktext work;
    /* Of the fragment in work: */
    const uint8_t *text;      /* what words are cut from: the caller's bytes, or work.text */
    const uint8_t *word_text; /* the word in work, for merging by text */
    uint64_t first_token;     /* list->count where it began */
    pith__seen_word *seen;
    uint64_t seen_capacity;
    uint32_t seen_mask; /* 0: the fragment is too short to remember words */
};

void pith__encoder_init(pith__encoder *e, const pith__tokenizer *t, pith__mem *mem, pith__token_list *list,
                        bool want_offsets);
void pith__encoder_free(pith__encoder *e);

/* Tokens of `length` bytes that begin at byte `offset` of the input. */
int32_t pith__encoder_fragment(pith__encoder *e, const uint8_t *text, uint64_t length, uint64_t offset, bool leading);
/* Appends one token that was matched whole, at byte `offset` of the input; within fragment(), at that position of its
 * text. */
int32_t pith__encoder_whole(pith__encoder *e, int32_t id, uint64_t offset);

/* For algorithms: says which text the words of this fragment are cut from (of `length` bytes, below 4 GiB). */
int32_t pith__encoder_begin(pith__encoder *e, const uint8_t *text, uint64_t length);
/* Appends the tokens of one word. */
int32_t pith__encoder_word(pith__encoder *e, uint32_t start, uint32_t length);

/* Appends a token that starts at `position` of the fragment's text; only within word(). */
static inline void pith__encoder_put(pith__encoder *e, int32_t id, uint32_t position) {
    pith__token_list *list = e->list;
    if (e->want_offsets) {
        list->offsets[list->count] = position;
    }
    list->ids[list->count++] = id;
}

#endif
