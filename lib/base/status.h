/* Status codes travel as int32_t return values; the words that explain a failure travel beside them,
 * in a fixed-size text kept per thread. This file owns that text.
 *
 * Invariant: a function that returns a negative status has set the text of its own thread exactly once,
 * at the place that knew what was wrong. Callers forward; they do not reword.
 * Must not know: who called, or what a model is. */
#ifndef PITH_BASE_STATUS_H
#define PITH_BASE_STATUS_H

#include <pith/pith.h>
#include <stdint.h>

/* Capacity of the per-thread text, the closing zero included. Longer messages are cut at a UTF-8 boundary. */
#define PITH__ERROR_CAPACITY 512

#if defined(__MINGW32__) && !defined(__clang__)
#define PITH__PRINTF(fmt, first) __attribute__((format(gnu_printf, fmt, first))) /* plain "printf" is Microsoft's there: no %zu */
#elif defined(__GNUC__)
#define PITH__PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))
#else
#define PITH__PRINTF(fmt, first)
#endif

/* Sets this thread's error text and returns `status`, so that `return pith__fail(...)` reads in one line.
 * The format takes %s %.*s %d %u %x %c %% with the length modifiers l, ll, z, and %g; it knows no locale. */
int32_t pith__fail(int32_t status, const char *format, ...) PITH__PRINTF(2, 3);

/* This thread's error text; "" when nothing failed yet; the status's name when there was no memory for a text. Valid UTF-8 without
 * control characters. Lives until the thread's next failure. */
const char *pith__error_text(void);

/* Puts `text` (a worker's or a request's error) in place as this thread's error text; returns `status`. */
int32_t pith__error_adopt(int32_t status, const char *text);

/* The fixed name of a status, such as "PITH_E_FORMAT"; never NULL. */
const char *pith__status_name(int32_t status);

#define PITH_TRY(expression)                         \
    do {                                             \
        int32_t pith_try_status_ = (expression);     \
        if (pith_try_status_ != PITH_OK) {           \
            return pith_try_status_;                 \
        }                                            \
    } while (0)

/* For functions with something to clean up: needs an int32_t `status` and a label `out`. */
#define PITH_TRY_OUT(expression)                     \
    do {                                             \
        status = (expression);                       \
        if (status != PITH_OK) {                     \
            goto out;                                \
        }                                            \
    } while (0)

#endif
