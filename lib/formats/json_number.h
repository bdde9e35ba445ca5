/* The numbers of a JSON text: where one ends, and its value, exactly. */
#ifndef PITH_FORMATS_JSON_NUMBER_H
#define PITH_FORMATS_JSON_NUMBER_H

#include "base/str.h"

/* The end of the number at `at`; NULL when what stands there is none. */
const char *pith__json_scan_number(const char *at, const char *end);

/* Both take a text that was scanned, from its beginning to its end.
 * False: written with a fraction or an exponent, or more than 64 bits can hold. */
bool pith__json_to_integer(pith__str number, int64_t *out);
/* The nearest double, of two equally near the even one, as IEEE 754 has it. False: larger than any. */
bool pith__json_to_double(pith__str number, double *out);

#endif
