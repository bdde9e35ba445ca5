/* A borrowed piece of UTF-8 (or of any bytes): pointer and length, no closing zero promised. */
#ifndef PITH_BASE_STR_H
#define PITH_BASE_STR_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef struct pith__str {
    const char *ptr;
    uint64_t len;
} pith__str;

/* For "%.*s": the length as int (cut at 200, enough for a message) and the pointer. */
#define PITH__STR_ARG(s) (int)((s).len > 200 ? 200 : (s).len), (s).ptr

static inline pith__str pith__str_of(const char *text) {
    pith__str s = {text, text ? (uint64_t)strlen(text) : 0};
    return s;
}

static inline bool pith__str_equal(pith__str a, pith__str b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, (size_t)a.len) == 0);
}

static inline bool pith__str_is(pith__str a, const char *text) {
    return pith__str_equal(a, pith__str_of(text));
}

#endif
