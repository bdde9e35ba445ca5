/* Extended grapheme clusters: what a reader takes for one character, such as a letter with its accents or a flag.
 *
 * Invariant: a cluster is at least one byte and never passes the end; a byte of broken UTF-8 is a cluster of its own.
 */
#ifndef PITH_TOKENIZER_GRAPHEMES_H
#define PITH_TOKENIZER_GRAPHEMES_H

#include <stdint.h>

/* Length in bytes of the first extended grapheme cluster of the `n` bytes at `p` (n > 0). `p` begins a cluster. */
uint64_t pith__grapheme_next(const uint8_t *p, uint64_t n);

#endif
