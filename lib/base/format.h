/* A small, locale-free formatter, so that the library needs no printf.
 * Understands %s %.*s %d %i %u %x %c %% (with l, ll, z) and %g/%f with a precision; anything else is written as it stands. */
#ifndef PITH_BASE_FORMAT_H
#define PITH_BASE_FORMAT_H

#include "base/status.h"
#include <stdarg.h>
#include <stddef.h>

/* Writes at most capacity-1 bytes and a closing zero; returns the bytes the whole text needs, without the zero. */
size_t pith__format(char *out, size_t capacity, const char *format, ...) PITH__PRINTF(3, 4);
size_t pith__format_v(char *out, size_t capacity, const char *format, va_list args);

#endif
