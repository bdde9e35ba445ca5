/* The key table: every setting's number, name, scope, type, range, default and meaning, once. The setters, the JSON
 * form, the command line's flags and the bindings are made from it. */
#ifndef PITH_API_KEYS_H
#define PITH_API_KEYS_H

#include "base/str.h"
#include <pith/pith.h>
#include <stdint.h>

/* Bounds and default of a number key; which half counts follows from the key's type. */
typedef struct pith__bounds {
    int64_t i64_low, i64_high, i64_normal;
    double f64_low, f64_high, f64_normal;
} pith__bounds;

typedef struct pith__key {
    int32_t number, scope, type;
    const char *name, *meaning;
    const char *range;  /* for people; for a PITH_TYPE_STR with `choices` also what is allowed, "a, b, c" */
    const char *normal; /* the default, as text */
    int32_t choices;    /* 1: `range` lists the words allowed */
    pith__bounds
        bounds; /* PITH_TYPE_I64, _F64; of the elements of _I64S; of the two halves of _PAIRS; bytes of _STR, _STRS */
} pith__key;

enum {
    PITH__KEYS_PER_SCOPE = 32, /* room an options object has */
    PITH__LIST_LIMIT = 65536   /* elements a list key takes */
};

const pith__key *pith__key_get(int32_t number);                  /* NULL: no such key */
const pith__key *pith__key_named(int32_t scope, pith__str name); /* NULL: no such key in the scope */
const pith__key *pith__key_nth(int32_t scope, uint32_t index);   /* in order of number; NULL past the end */
uint32_t pith__key_slot(const pith__key *key);                   /* its place among the keys of its scope */

/* The word a value of an enumerated key is in its list, from 0; -1: not in it. */
int32_t pith__key_choice(const pith__key *key, pith__str value);

const char *pith__scope_name(int32_t scope); /* "request"; NULL: no such scope */
const char *pith__type_name(int32_t type);   /* "i64" */

#endif
