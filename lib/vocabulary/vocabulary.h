/* Vocabularies as files hold them, read into the tokenizer's description: the metadata of a GGUF file, a Hugging Face
 * tokenizer.json, a SentencePiece .model, a tiktoken file of ranks.
 *
 * Invariant: everything in a file that changes which ids a text gets is either followed or refused by its name, never left
 * out. What is read stays in memory for the time of the call only. Must not know: models. */
#ifndef PITH_VOCABULARY_H
#define PITH_VOCABULARY_H

#include "base/source.h"
#include "formats/modelfile.h"
#include "tokenizer/tokenizer.h"

enum {
    PITH__VOCABULARY_BYTES = 256 << 20 /* a file that holds nothing but a vocabulary may have so many */
};

/* *out is NULL, with PITH_OK, when the file has no vocabulary. More tokens than `rows` (of the embedding; 0: unknown)
 * is PITH_E_FORMAT. */
int32_t pith__vocabulary_from_gguf(pith__mem *mem, const pith__modelfile *file, uint64_t rows, pith__tokenizer **out);

/* A file that is a vocabulary and nothing else, found out by its content. `family` is for tiktoken files, which do not say how text
 * is cut nor which tokens are special: its name, as in kinds.h; empty: none given. */
int32_t pith__vocabulary_read(pith__mem *mem, const pith__source *source, pith__str family, pith__tokenizer **out);
/* Whether the file begins as one of these do; decides nothing about its being whole. */
bool pith__vocabulary_is_one(pith__str beginning);

/* The readers behind it; `text` is the whole file. */
int32_t pith__vocabulary_from_json(pith__mem *mem, pith__str text, pith__tokenizer **out);
int32_t pith__vocabulary_from_sentencepiece(pith__mem *mem, pith__str bytes, pith__tokenizer **out);
int32_t pith__vocabulary_from_tiktoken(pith__mem *mem, pith__str text, pith__str family, pith__tokenizer **out);

#endif
