/* What the tests of the JSON reader share. */
#ifndef PITH_TESTS_FORMATS_JSON_CHECKS_H
#define PITH_TESTS_FORMATS_JSON_CHECKS_H

#include "formats/json_stream.h"

/* A text that has some of everything, and what it says, compactly. */
extern const char json_sample[];
extern const char json_sample_compact[];

/* The same numbers in every run. */
uint64_t random_bits(void);

/* The text in a block of its own size, so that a sanitizer sees any excess. */
pith__str exact_copy(pith__str text);
void free_copy(pith__str copy);

/* json_walk and json_pass of such a copy. *compact is what was read, to be freed; NULL if the walk failed. Fails the
 * test when memory leaks or a failure has no text. */
int32_t checked_walk(pith__str text, char **compact);
int32_t checked_pass(pith__str text);

#endif
