/* The cursor reads a file's metadata without knowing beforehand how long it is: every wish is checked against the
 * file's size first, then the buffer grows by half and is filled.
 *
 * Invariant: at <= have <= size; nothing is allocated for bytes the file does not have; one pass over the file, no byte
 * read twice. Must not know: formats. */
#include "formats/cursor.h"
#include "base/format.h"
#include <stdarg.h>

#define FIRST_BYTES (UINT64_C(64) << 10)
/* The metadata of real models, vocabulary included, is under 64 MiB; more than this is not metadata, whatever the
 * host's limit. */
#define MAX_BYTES (UINT64_C(1) << 30)

void pith__cursor_init(pith__cursor *c, pith__mem *mem, const pith__source *source, uint32_t part) {
    *c = (pith__cursor){.mem = mem, .source = source, .part = part, .size = pith__source_size(source, part)};
}

void pith__cursor_free(pith__cursor *c) {
    pith__mem_free(c->mem, c->bytes);
    c->bytes = NULL;
}

int32_t pith__cursor_fail(const pith__cursor *c, int32_t status, uint64_t offset, const char *format, ...) {
    char text[320];
    va_list args;
    va_start(args, format);
    pith__format_v(text, sizeof(text), format, args);
    va_end(args);
    const char *name = pith__source_name(c->source, c->part);
    size_t length = strlen(name);
    name += length > 100 ? length - 100 : 0; /* the end of a long path says more than its beginning */
    if (!c->subject) {
        return pith__fail(status, "%s: at offset %llu: %s", name, (unsigned long long)offset, text);
    }
    pith__str subject = {(const char *)c->bytes + c->name_at, c->name_length < 70 ? c->name_length : 70};
    return pith__fail(status, "%s: %s '%.*s' at offset %llu: %s", name, c->subject, (int)subject.len, subject.ptr,
                      (unsigned long long)offset, text);
}

/* Grows the buffer to at least `end` bytes, which the file has, and fills it. */
static int32_t grow(pith__cursor *c, uint64_t end) {
    uint64_t target = c->have + c->have / 2;
    target = target > FIRST_BYTES ? target : FIRST_BYTES;
    target = target > end ? target : end;
    target = target < MAX_BYTES ? target : MAX_BYTES;
    target = target < c->size ? target : c->size;
    PITH_TRY(PITH_GROW_ARRAY(c->mem, &c->bytes, target, "model metadata"));
    PITH_TRY(pith__source_read(c->source, c->part, c->bytes + c->have, target - c->have, c->have));
    c->have = target;
    return PITH_OK;
}

int32_t pith__cursor_need(pith__cursor *c, uint64_t n, const char *what) {
    if (n <= c->have - c->at) {
        return PITH_OK;
    }
    uint64_t left = pith__cursor_left(c);
    if (n > left) {
        return pith__cursor_fail(c, PITH_E_FORMAT, c->at, "%s takes %llu bytes, but the file ends after %llu", what,
                                 (unsigned long long)n, (unsigned long long)left);
    }
    if (n > MAX_BYTES - (c->at < MAX_BYTES ? c->at : MAX_BYTES)) {
        return pith__cursor_fail(c, PITH_E_MEMORY, c->at, "with %s the metadata would pass the bound of %llu MiB", what,
                                 (unsigned long long)(MAX_BYTES >> 20));
    }
    return grow(c, c->at + n);
}

int32_t pith__cursor_skip(pith__cursor *c, uint64_t n, const char *what) {
    PITH_TRY(pith__cursor_need(c, n, what));
    c->at += n;
    return PITH_OK;
}

int32_t pith__cursor_u32(pith__cursor *c, const char *what, uint32_t *out) {
    PITH_TRY(pith__cursor_skip(c, 4, what));
    *out = (uint32_t)pith__load_le(c->bytes + c->at - 4, 4);
    return PITH_OK;
}

int32_t pith__cursor_u64(pith__cursor *c, const char *what, uint64_t *out) {
    PITH_TRY(pith__cursor_skip(c, 8, what));
    *out = pith__load_le(c->bytes + c->at - 8, 8);
    return PITH_OK;
}
