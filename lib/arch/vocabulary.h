/* From a model file's metadata to a tokenizer. */
#ifndef PITH_ARCH_VOCABULARY_H
#define PITH_ARCH_VOCABULARY_H

#include "formats/modelfile.h"
#include "tokenizer/tokenizer.h"

/* *out is NULL, with PITH_OK, when the file has no vocabulary. More tokens than `rows` (of the embedding; 0: unknown)
 * are refused. */
int32_t pith__vocabulary_open(pith__mem *mem, const pith__modelfile *file, uint64_t rows, pith__tokenizer **out);

#endif
