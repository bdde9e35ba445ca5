/* Reads the head of a file (its metadata) forwards, into one buffer that grows as the reading asks for it. */
#ifndef PITH_FORMATS_CURSOR_H
#define PITH_FORMATS_CURSOR_H

#include "base/memory.h"
#include "base/source.h"
#include "base/str.h"
#include <stdint.h>

typedef struct pith__cursor {
    pith__mem *mem;
    const pith__source *source;
    uint32_t part;
    uint64_t size;  /* of the part */
    uint8_t *bytes; /* the part's first `have` bytes; moves when it grows */
    uint64_t have;
    uint64_t at;
    /* For messages: what is being read ("key", "tensor"; NULL: the file itself), and where in `bytes` its name is. */
    const char *subject;
    uint64_t name_at, name_length;
} pith__cursor;

void pith__cursor_init(pith__cursor *c, pith__mem *mem, const pith__source *source, uint32_t part);
void pith__cursor_free(pith__cursor *c);

/* Sees to it that bytes [at, at + n) are in the buffer. PITH_E_FORMAT when the file ends before, PITH_E_MEMORY when the
 * metadata as a whole would be too large. `what` is for the message: "the value". */
int32_t pith__cursor_need(pith__cursor *c, uint64_t n, const char *what);

/* Little-endian numbers at the cursor, which moves on. */
int32_t pith__cursor_u32(pith__cursor *c, const char *what, uint32_t *out);
int32_t pith__cursor_u64(pith__cursor *c, const char *what, uint64_t *out);

/* Moves over n bytes, which are then in the buffer. */
int32_t pith__cursor_skip(pith__cursor *c, uint64_t n, const char *what);

static inline uint64_t pith__cursor_left(const pith__cursor *c) {
    return c->size - c->at;
}

/* Fails with "<file>: <subject> '<name>' at offset <offset>: <text>". */
int32_t pith__cursor_fail(const pith__cursor *c, int32_t status, uint64_t offset, const char *format, ...)
    PITH__PRINTF(4, 5);

/* `n` (1 to 8) bytes, the lowest first. */
static inline uint64_t pith__load_le(const uint8_t *bytes, uint32_t n) {
    uint64_t value = 0;
    for (uint32_t i = 0; i < n; i++) {
        value |= (uint64_t)bytes[i] << (8 * i);
    }
    return value;
}

#endif
