/* The per-thread error text: one fixed-size buffer a thread, taken at the thread's first failure and freed when the
 * thread ends.
 *
 * Invariant: what the slot holds is either a buffer of PITH__ERROR_CAPACITY bytes or, when even that could not be had,
 * one of the static status names; so a failure always has words, and setting them never fails. The text is valid UTF-8
 * without control characters whatever bytes a file's names held, so that bindings can turn it into a string without
 * looking. Must not know: who failed, or why. */
#include "base/status.h"
#include "base/format.h"
#include "base/memory.h"
#include "base/os.h"
#include <string.h>

typedef struct status_name {
    int32_t status;
    const char *name;
} status_name;

static const status_name status_names[] = {
    {PITH_OK, "PITH_OK"},
    {PITH_E_ARGUMENT, "PITH_E_ARGUMENT"},
    {PITH_E_MEMORY, "PITH_E_MEMORY"},
    {PITH_E_IO, "PITH_E_IO"},
    {PITH_E_FORMAT, "PITH_E_FORMAT"},
    {PITH_E_UNSUPPORTED, "PITH_E_UNSUPPORTED"},
    {PITH_E_OPTION, "PITH_E_OPTION"},
    {PITH_E_BUFFER, "PITH_E_BUFFER"},
    {PITH_E_BUSY, "PITH_E_BUSY"},
    {PITH_E_CANCELED, "PITH_E_CANCELED"},
    {PITH_E_TIMEOUT, "PITH_E_TIMEOUT"},
    {PITH_E_STATE, "PITH_E_STATE"},
    {PITH_E_NUMERIC, "PITH_E_NUMERIC"},
    {PITH_E_FORKED, "PITH_E_FORKED"},
    {PITH_E_SYSTEM, "PITH_E_SYSTEM"},
    {PITH_E_CONTEXT, "PITH_E_CONTEXT"},
    {PITH_E_INTERNAL, "PITH_E_INTERNAL"},
};
static const char unknown_status[] = "PITH_E_UNKNOWN";

#define STATUS_NAMES (sizeof(status_names) / sizeof(status_names[0]))

const char *pith__status_name(int32_t status) {
    for (size_t i = 0; i < STATUS_NAMES; i++) {
        if (status_names[i].status == status) {
            return status_names[i].name;
        }
    }
    return unknown_status;
}

static bool is_static_name(const char *text) {
    for (size_t i = 0; i < STATUS_NAMES; i++) {
        if (status_names[i].name == text) {
            return true;
        }
    }
    return text == unknown_status;
}

/* Runs when a thread ends. */
static void discard_text(void *text) {
    if (!is_static_name(text)) {
        pith__system_alloc(NULL, text, PITH__ERROR_CAPACITY, 0, 16);
    }
}

/* This thread's buffer, made at need; NULL when there is no memory for it. */
static char *own_buffer(void) {
    char *text = pith__thread_value();
    if (text && !is_static_name(text)) {
        return text;
    }
    text = pith__system_alloc(NULL, NULL, 0, PITH__ERROR_CAPACITY, 16);
    if (text && !pith__thread_value_set(text, discard_text)) {
        pith__system_alloc(NULL, text, PITH__ERROR_CAPACITY, 0, 16);
        text = NULL;
    }
    return text;
}

/* `text` has `length` bytes and may be the thread's own buffer. */
static void set_text(int32_t status, const char *text, size_t length) {
    char *buffer = own_buffer();
    if (!buffer) {
        union {
            const char *in;
            void *out;
        } name = {pith__status_name(status)};
        pith__thread_value_set(name.out, discard_text);
        return;
    }
    length = length < PITH__ERROR_CAPACITY - 1 ? length : pith__utf8_cut(text, PITH__ERROR_CAPACITY - 1);
    memmove(buffer, text, length);
    buffer[length] = '\0';
    pith__utf8_tidy(buffer, length);
}

int32_t pith__fail(int32_t status, const char *format, ...) {
    /* Not the thread's buffer, which the arguments may point into; 4 more, to see where to cut. */
    char text[PITH__ERROR_CAPACITY + 4];
    va_list args;
    va_start(args, format);
    size_t need = pith__format_v(text, sizeof(text), format, args);
    va_end(args);
    set_text(status, text, need < sizeof(text) ? need : sizeof(text) - 1);
    return status;
}

const char *pith__error_text(void) {
    const char *text = pith__thread_value();
    return text ? text : "";
}

int32_t pith__error_adopt(int32_t status, const char *text) {
    set_text(status, text, strlen(text));
    return status;
}
