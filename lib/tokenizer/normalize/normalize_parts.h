/* The functions behind pith__normalize, one a kind, or one for kinds that differ in data only. Each has the contract of
 * pith__normalize (normalize.h); the table in normalize.c says which step it is given to. */
#ifndef PITH_TOKENIZER_NORMALIZE_PARTS_H
#define PITH_TOKENIZER_NORMALIZE_PARTS_H

#include "tokenizer/normalize/normalize.h"

typedef int32_t pith__normal_fn(const pith__normal_step *step, pith__mem *mem, const uint8_t *text, uint64_t length,
                                uint32_t where, pith__worktext *out, bool *changed);

pith__normal_fn pith__normalize_form; /* NFC, NFD, NFKC, NFKD */
pith__normal_fn pith__normalize_lowercase;
pith__normal_fn pith__normalize_strip_accents;
pith__normal_fn pith__normalize_nmt;
pith__normal_fn pith__normalize_bert;
pith__normal_fn pith__normalize_strip;
pith__normal_fn pith__normalize_prepend;
pith__normal_fn pith__normalize_replace;
pith__normal_fn pith__normalize_replace_runs;
pith__normal_fn pith__normalize_replace_spaces;
pith__normal_fn pith__normalize_charsmap;
pith__normal_fn pith__normalize_sentencepiece;

#endif
