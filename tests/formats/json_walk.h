/* Reads a whole JSON text with the streaming reader, each value as its type, and says what was read as compact JSON. */
#ifndef PITH_TESTS_FORMATS_JSON_WALK_H
#define PITH_TESTS_FORMATS_JSON_WALK_H

#include "formats/json_stream.h"
#include "formats/json_writer.h"

/* Numbers come out as doubles. `out` is initialized and freed by the caller. */
int32_t json_walk(pith__str text, pith__mem *mem, pith__json *out);

/* Goes over the text as one value that nobody reads. */
int32_t json_pass(pith__str text);

#endif
