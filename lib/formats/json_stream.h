/* Reads a JSON text of any size value by value, in the order it is written, without a tree: for tokenizer.json and its
 * like. The text is in memory; nothing is taken from the allocator but room for strings that have escapes.
 *
 *     pith__jstream json;
 *     pith__jstream_open(&json, text, "tokenizer.json", &arena);
 *     PITH_TRY(pith__jstream_enter_object(&json));
 *     pith__str key;
 *     while (pith__jstream_next_key(&json, &key)) {
 *         if (pith__str_is(key, "version")) {
 *             PITH_TRY(pith__jstream_string(&json, &version));
 *         }                                                         // what is not read is skipped
 *     }
 *     return pith__jstream_finish(&json);
 *
 * Invariant: all that is passed, skipped too, is checked against RFC 8259 (and holds no lone surrogates, no
 * more than PITH__JSTREAM_DEPTH levels). The first failure sticks: every later call returns its status and does
 * nothing, loops end. Keys that occur twice are given twice. Must not know: what any text is about. */
#ifndef PITH_FORMATS_JSON_STREAM_H
#define PITH_FORMATS_JSON_STREAM_H

#include "base/status.h"
#include "base/str.h"
#include "formats/json_arena.h"

enum {
    PITH__JSTREAM_DEPTH = 64 /* objects and arrays within each other */
};

typedef enum pith__jstream_type {
    PITH__JSTREAM_NOTHING, /* no value is due, or something failed */
    PITH__JSTREAM_OBJECT,
    PITH__JSTREAM_ARRAY,
    PITH__JSTREAM_STRING,
    PITH__JSTREAM_NUMBER,
    PITH__JSTREAM_BOOL,
    PITH__JSTREAM_NULL
} pith__jstream_type;

/* A reader; a plain struct with nothing to free. */
typedef struct pith__jstream {
    const char *name;
    const char *text; /* places in messages count from here */
    const char *at, *end;
    const char *last; /* where the value began that is due, or was the last to be */
    pith__json_arena *arena;
    uint64_t objects; /* a bit a level, the innermost lowest: it is an object */
    uint32_t depth;
    int32_t status;
    bool due;   /* a value begins at `at` */
    bool first; /* the innermost object or array was just entered */
} pith__jstream;

/* Text and name (for messages: "tokenizer.json: byte 12: ...") stay borrowed. Strings that have escapes come from the
 * arena. */
void pith__jstream_open(pith__jstream *json, pith__str text, const char *name, pith__json_arena *arena);
/* A reader of a part, from pith__jstream_raw of `whole`, independent of that from then on. */
void pith__jstream_open_part(pith__jstream *json, const pith__jstream *whole, pith__str part);
/* After the last value (one that was not read is skipped): nothing but white space may follow. */
int32_t pith__jstream_finish(pith__jstream *json);

/* The type of the value that is due. */
pith__jstream_type pith__jstream_peek(const pith__jstream *json);

/* Objects: enter, then ask for keys until there is none, which leaves the object; after each key its value is due. A
 * value that was not read is skipped. False at the end and after a failure: look at json->status. */
int32_t pith__jstream_enter_object(pith__jstream *json);
bool pith__jstream_next_key(pith__jstream *json, pith__str *key);
/* Arrays likewise. */
int32_t pith__jstream_enter_array(pith__jstream *json);
bool pith__jstream_next_element(pith__jstream *json);

/* The value that is due, which must be of this type. Strings (and keys) have no closing zero, may hold zero bytes, and
 * live as long as the text, those with escapes as long as the arena. */
int32_t pith__jstream_string(pith__jstream *json, pith__str *out);
int32_t pith__jstream_double(pith__jstream *json, double *out);
int32_t pith__jstream_integer(pith__jstream *json, int64_t *out); /* written without fraction and exponent */
int32_t pith__jstream_bool(pith__jstream *json, bool *out);
/* Any value: */
int32_t pith__jstream_skip(pith__jstream *json);
int32_t pith__jstream_raw(pith__jstream *json, pith__str *out); /* its text, checked; for keys that come too early */
/* True, and the value is read, when it is null. */
bool pith__jstream_null(pith__jstream *json);

/* For what is valid JSON and yet wrong: fails with "<name>: byte <place of the last value>: <text>", and sticks. */
int32_t pith__jstream_fail(pith__jstream *json, int32_t status, const char *format, ...) PITH__PRINTF(3, 4);

#endif
