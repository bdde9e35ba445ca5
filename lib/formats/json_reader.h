/* Reads a small JSON text with cJSON, made safe for strangers' text and for threads.
 *
 * Invariant: a text that is too long, too deep or holds a zero byte is refused before cJSON sees it (it recurses, and
 * cuts strings at a zero); one parse at a time in the whole process (it writes a global at each). Its hooks are the
 * host's business and left alone, so its memory, a small multiple of the text for as long as the tree lives, is not
 * counted. */
#ifndef PITH_FORMATS_JSON_READER_H
#define PITH_FORMATS_JSON_READER_H

#include "base/str.h"
#include <cJSON.h>

enum {
    PITH__JSON_BYTES = 16 << 20,
    PITH__JSON_DEPTH = 32
};

/* `what` names the text in messages ("options"). Free with cJSON_Delete. PITH_E_FORMAT: not JSON, or past a bound. */
int32_t pith__json_read(pith__str json, const char *what, cJSON **out);

#endif
