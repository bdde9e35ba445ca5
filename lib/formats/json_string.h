/* The strings of a JSON text: where one ends, whether it is valid, and its characters without escapes. */
#ifndef PITH_FORMATS_JSON_STRING_H
#define PITH_FORMATS_JSON_STRING_H

#include "base/str.h"

typedef struct pith__json_scan {
    const char *end;   /* the closing quote; with a fault, its place */
    const char *fault; /* what is wrong there; NULL: nothing */
    bool escapes;      /* there is at least one */
} pith__json_scan;

/* Goes over the string whose opening quote stands right before `at` and checks all of it: UTF-8, control characters,
 * escapes. */
pith__json_scan pith__json_scan_string(const char *at, const char *end);

/* Writes what the text between the quotes, which was scanned without a fault, stands for; returns the bytes, at most
 * inner.len. */
uint64_t pith__json_unescape(pith__str inner, char *out);

#endif
