/* How a list of steps that cut a text into words is written down.
 *
 * Invariant: a cut function returns the length of the first piece of a non-empty text, 1 to n; pieces in a row cost time linear in
 * the text, whatever the text. Must not know: vocabularies.
 * Source: the pre-tokenizers of https://github.com/huggingface/tokenizers. */
#ifndef PITH_TOKENIZER_CUT_H
#define PITH_TOKENIZER_CUT_H

#include "base/str.h"
#include <stdbool.h>
#include <stdint.h>

typedef uint64_t (*pith__cut_fn)(const uint8_t *p, uint64_t n);
/* Whether a piece is dropped, and not a word. */
typedef bool (*pith__drop_fn)(const uint8_t *p, uint64_t n);

/* What becomes of a literal that text is cut at. */
typedef enum pith__at_literal {
    PITH__LITERAL_ISOLATED,
    PITH__LITERAL_REMOVED,
    PITH__LITERAL_WITH_PREVIOUS,
    PITH__LITERAL_WITH_NEXT,
    PITH__LITERAL_CONTIGUOUS /* as isolated, but several in a row are one piece */
} pith__at_literal;

/* One step: cuts each piece that the steps before it left. */
typedef struct pith__cut_step {
    pith__cut_fn cut;   /* NULL: at every `literal` */
    pith__drop_fn drop; /* NULL: no piece is dropped */
    pith__str literal;  /* not empty */
    pith__at_literal at_literal;
} pith__cut_step;

/* Text put before pieces. */
typedef enum pith__prefix_when {
    PITH__PREFIX_NEVER,
    PITH__PREFIX_START, /* the input begins with the piece */
    PITH__PREFIX_EVERY  /* every piece; with no cut before it: what begins the input or follows a token that was matched whole */
} pith__prefix_when;

typedef struct pith__prefixer {
    pith__prefix_when when;
    uint32_t after; /* how many of the cuts come before it */
    pith__str text;
    bool unless_there; /* not before a piece that begins with it */
} pith__prefixer;

/* Cuts a text at a literal: the length of the first piece, and whether it is dropped. */
uint64_t pith__cut_literal(const pith__cut_step *step, const uint8_t *p, uint64_t n, bool *dropped);

#endif
