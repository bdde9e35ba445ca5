/* Base64 back to bytes: the standard alphabet, padded. Source: RFC 4648 sections 4 and 3.5. */
#ifndef PITH_FORMATS_BASE64_H
#define PITH_FORMATS_BASE64_H

#include "base/str.h"

/* Bytes that are room enough for what `length` characters stand for. */
static inline uint64_t pith__base64_room(uint64_t length) {
    return length / 4 * 3;
}

/* Writes at most `capacity` bytes to `out`, *size of them. False, out and *size being anything, when the text is not
 * base64 as an encoder writes it (whole groups of four, no white space, padding at the end only, no bits left over) or
 * does not fit. */
bool pith__base64_decode(pith__str text, uint8_t *out, uint64_t capacity, uint64_t *size);

#endif
