/* The kinds of vocabularies that files name, as descriptions.
 *
 * Invariant: every kind and every family of pre-tokenizer is known by name here and nowhere else; a name that is not known is
 * refused, never guessed at. */
#ifndef PITH_TOKENIZER_KINDS_H
#define PITH_TOKENIZER_KINDS_H

#include "tokenizer/tokenizer.h"

/* Sets `spec` to the description of a kind, with no tokens and no special ids: as GGUF files name kinds, "gpt2" (byte-level BPE; `pre`
 * is the family of its pre-tokenizer: "default", "gpt-2", "llama-bpe", "qwen2", ...), "llama" (SentencePiece BPE), "gemma4" (the same
 * by merges), "t5" (SentencePiece unigram), or "bert" (WordPiece, uncased). PITH_E_UNSUPPORTED: a name that is not known. */
int32_t pith__vocab_spec_init(pith__vocab_spec *spec, pith__str kind, pith__str pre);
/* Whether a space is put before a text. */
void pith__vocab_spec_set_space_prefix(pith__vocab_spec *spec, bool wanted);
/* Whether spaces at a text's ends are dropped, and runs of them become one. */
void pith__vocab_spec_set_trim(pith__vocab_spec *spec, bool wanted);
/* Of a WordPiece vocabulary: case and accents stay. */
void pith__vocab_spec_set_cased(pith__vocab_spec *spec);

/* Cuts a merge written "left right" in two; false when it is not. The left side is never empty, so that a merge of two spaces can
 * be written. */
bool pith__merge_cut(pith__str merge, pith__str sides[2]);

#endif
