/* Unicode normalization form C, for the families whose official tokenizers ask for it before anything else.
 *
 * Invariant: linear in the text's length whatever the text; broken UTF-8 passes unchanged and stops what could join
 * across it. */
#ifndef PITH_TOKENIZER_NFC_H
#define PITH_TOKENIZER_NFC_H

#include "tokenizer/worktext.h"

/* False only if normalization certainly changes nothing: the quick check of UAX #15. */
bool pith__nfc_needed(const uint8_t *text, uint64_t length);
/* Writes the normalized text into `w` (reset by this). */
int32_t pith__nfc(pith__mem *mem, const uint8_t *text, uint64_t length, pith__worktext *w);

#endif
