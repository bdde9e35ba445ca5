/* A small, locale-free formatter, so that the library needs no printf.
 * Understands %s %.*s %d %i %u %x %c %p %% with an optional zero flag and width (as in %05u), the length modifiers l,
 * ll and z, and %f %e %g with a precision (exact, rounded half to even, as IEEE conversions ask); anything else is
 * written as it stands. */
#ifndef PITH_BASE_FORMAT_H
#define PITH_BASE_FORMAT_H

#include "base/status.h"
#include <stdarg.h>
#include <stddef.h>

/* Writes at most capacity-1 bytes and a closing zero; returns the bytes the whole text needs, without the zero. `out`
 * may be NULL when capacity is 0. A NULL string is written as "(null)". */
size_t pith__format(char *out, size_t capacity, const char *format, ...) PITH__PRINTF(3, 4);
size_t pith__format_v(char *out, size_t capacity, const char *format, va_list args);

/* The largest n <= limit such that text[0, n) ends between two UTF-8 sequences. text has more than `limit` bytes. */
size_t pith__utf8_cut(const char *text, size_t limit);

/* Puts '?' in place of every byte that is a control character or not part of valid UTF-8. */
void pith__utf8_tidy(char *text, size_t length);

#endif
