/* Normalizers: the steps that rewrite a text before it is cut into words, as the families' tokenizers name them.
 *
 * Invariant: a step is data, so that a vocabulary can list them; one function runs any. Time is linear in the text's length
 * whatever the text. Broken UTF-8 passes unchanged unless the step says otherwise, and stops what could join across it. Every
 * step keeps the way back to the caller's bytes (worktext.h). Must not know: vocabularies, pre-tokenizers.
 * Source of the steps' meaning: the normalizers of https://github.com/huggingface/tokenizers and of
 * https://github.com/google/sentencepiece. */
#ifndef PITH_TOKENIZER_NORMALIZE_H
#define PITH_TOKENIZER_NORMALIZE_H

#include "base/str.h"
#include "tokenizer/worktext.h"

struct pith__charsmap;

typedef enum pith__normal_kind {
    PITH__NORMAL_NFC = 1,
    PITH__NORMAL_NFD,
    PITH__NORMAL_NFKC,
    PITH__NORMAL_NFKD,
    PITH__NORMAL_LOWERCASE,     /* the full mapping of each code point by itself */
    PITH__NORMAL_STRIP_ACCENTS, /* drops code points of category M, as they stand: nothing is decomposed */
    PITH__NORMAL_STRIP,         /* drops white space at the ends: PITH__STRIP_x */
    PITH__NORMAL_REPLACE,       /* every `from` (not empty), leftmost first, becomes `to` */
    PITH__NORMAL_REPLACE_RUNS,  /* every run of `from`, one character, repeated at least `least` times becomes one `to` */
    PITH__NORMAL_REPLACE_SPACES, /* every run of at least `least` code points of white space (\s) becomes one `to` */
    PITH__NORMAL_PREPEND,       /* `to` before a text that is not empty */
    PITH__NORMAL_NMT,           /* the cleaning that SentencePiece's nmt rules do, as the tokenizers library has it */
    PITH__NORMAL_BERT,          /* PITH__BERT_x, in that order */
    PITH__NORMAL_CHARSMAP,      /* a precompiled map, applied as the tokenizers library does: by grapheme, then by code point */
    PITH__NORMAL_SENTENCEPIECE  /* as SentencePiece does: its map by longest match, then PITH__SENTENCEPIECE_x */
} pith__normal_kind;

enum {
    PITH__STRIP_LEFT = 1,
    PITH__STRIP_RIGHT = 2,
    PITH__BERT_CLEAN = 1,   /* drops control characters, U+0000 and U+FFFD; other white space becomes a space */
    PITH__BERT_CHINESE = 2, /* a space before and after every CJK ideograph */
    PITH__BERT_ACCENTS = 4, /* NFD, then drops Mn */
    PITH__BERT_LOWERCASE = 8,
    PITH__SENTENCEPIECE_PREFIX = 1, /* a space before a text that begins the input or follows a token matched whole */
    PITH__SENTENCEPIECE_TRIM = 2    /* spaces at the ends go, runs of them become one */
};

/* Strings and the map are borrowed. */
typedef struct pith__normal_step {
    pith__normal_kind kind;
    uint32_t flags; /* of the kinds that have some */
    uint32_t least; /* of REPLACE_RUNS and REPLACE_SPACES, 1 or more */
    pith__str from, to;
    const struct pith__charsmap *map; /* of CHARSMAP and SENTENCEPIECE; NULL: none */
} pith__normal_step;

/* Where a text stands in the input. */
enum {
    PITH__AT_START = 1,   /* the input begins with it */
    PITH__AFTER_TOKEN = 2 /* a token that was matched whole comes right before it */
};

/* Runs one step over `text`. *changed false: the text stays as it is and `out` says nothing; true: `out` (reset by this) holds
 * the new text, which may be empty. */
int32_t pith__normalize(const pith__normal_step *step, pith__mem *mem, const uint8_t *text, uint64_t length, uint32_t where,
                        pith__worktext *out, bool *changed);

#endif
