/* Builds a JSON text in memory, piece by piece: commas, escapes and numbers are the builder's business.
 *
 * Invariant: the text is valid JSON in valid UTF-8 whatever bytes are put in; numbers read back as the same numbers and
 * know no locale. The first failed allocation sticks: later calls do nothing, and pith__json_finish tells. */
#ifndef PITH_FORMATS_JSON_WRITER_H
#define PITH_FORMATS_JSON_WRITER_H

#include "base/memory.h"
#include "base/str.h"
#include <stdbool.h>
#include <stdint.h>

typedef struct pith__json {
    pith__mem *mem;
    char *text; /* size bytes, no closing zero */
    uint64_t size, capacity;
    bool comma; /* something stands before at this level */
    int32_t status;
} pith__json;

void pith__json_init(pith__json *json, pith__mem *mem);
void pith__json_free(pith__json *json);
/* PITH_OK when the whole text is there; the error text is still the one of the failure. */
int32_t pith__json_finish(const pith__json *json);

void pith__json_begin_object(pith__json *json);
void pith__json_end_object(pith__json *json);
void pith__json_begin_array(pith__json *json);
void pith__json_end_array(pith__json *json);
void pith__json_key(pith__json *json, pith__str key); /* then exactly one value */

void pith__json_str(pith__json *json, pith__str value); /* invalid UTF-8 becomes U+FFFD */
void pith__json_i64(pith__json *json, int64_t value);
void pith__json_u64(pith__json *json, uint64_t value);
void pith__json_f64(pith__json *json, double value); /* 0.7, not 0.69999999999999996; NaN and infinities become null */
void pith__json_f32(pith__json *json, float value);  /* the fewest digits that read back as this float */
void pith__json_bool(pith__json *json, bool value);
void pith__json_null(pith__json *json);

/* "key": value in one line. */
void pith__json_put_str(pith__json *json, const char *key, const char *value);
void pith__json_put_u64(pith__json *json, const char *key, uint64_t value);

#endif
