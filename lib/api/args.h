/* What every exported function does first and last: check its arguments, empty its out-parameters, copy into the
 * caller's buffer. */
#ifndef PITH_API_ARGS_H
#define PITH_API_ARGS_H

#include "base/status.h"
#include "base/str.h"

/* Returns PITH_E_ARGUMENT, naming function and argument, when `pointer` is NULL. */
#define PITH_REQUIRE(pointer)                                                                                          \
    do {                                                                                                               \
        if (!(pointer)) {                                                                                              \
            return pith__fail(PITH_E_ARGUMENT, "%s: %s is NULL", __func__, #pointer);                                  \
        }                                                                                                              \
    } while (0)

/* The same for an out-parameter, which is emptied too. Stands before all other checks: a failed call leaves nothing
 * behind. */
#define PITH_OUT(out, empty)                                                                                           \
    do {                                                                                                               \
        PITH_REQUIRE(out);                                                                                             \
        *(out) = (empty);                                                                                              \
    } while (0)

/* A caller's (text, length), where PITH_MEASURE asks for strlen. NULL is fine with length 0. */
int32_t pith__arg_text(const char *function, const char *name, const char *text, uint64_t length, pith__str *out);

/* A caller's array: NULL is fine with count 0; count * size must be an amount of memory that can exist. */
int32_t pith__arg_array(const char *function, const char *name, const void *array, uint64_t count, uint64_t size);

/* A caller's buffer: (NULL, 0) asks for the size. */
int32_t pith__arg_buffer(const char *function, const void *buffer, uint64_t capacity);

/* Copies `length` bytes to the caller's buffer and sets *size; PITH_E_BUFFER, with only *size set, when they do not
 * fit. */
int32_t pith__copy_out(const char *function, const void *bytes, uint64_t length, void *buffer, uint64_t capacity,
                       uint64_t *size);

struct pith__json;
/* The same for a JSON text just built, which is freed in any case. */
int32_t pith__json_copy_out(const char *function, struct pith__json *json, char *buffer, uint64_t capacity,
                            uint64_t *size);

/* Copies an error text with its closing zero, cut to the capacity at a UTF-8 boundary. */
int32_t pith__copy_error(const char *text, char *buffer, uint64_t capacity, uint64_t *size);

/* "field 7 is unknown": for the accessors. */
int32_t pith__unknown_field(const char *function, int32_t field, const char *allowed);

#endif
