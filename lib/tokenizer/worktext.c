/* Rewritten text and its way back to the source: see worktext.h.
 * A mark is added only where copying and rewriting alternate, so plain text costs none. */
#include "tokenizer/worktext.h"
#include <string.h>

void pith__worktext_reset(pith__worktext *w) {
    w->length = w->source = w->n_marks = 0;
}

void pith__worktext_free(pith__mem *mem, pith__worktext *w) {
    pith__mem_free(mem, w->text);
    pith__mem_free(mem, w->marks);
    memset(w, 0, sizeof(*w));
}

static int32_t reserve_text(pith__mem *mem, pith__worktext *w, uint64_t more) {
    uint64_t needed = w->length + more;
    if (needed <= w->capacity) {
        return PITH_OK;
    }
    uint64_t capacity = w->capacity + w->capacity / 2 + 64;
    capacity = capacity < needed ? needed : capacity;
    PITH_TRY(PITH_GROW_ARRAY(mem, &w->text, capacity, "normalized text"));
    w->capacity = capacity;
    return PITH_OK;
}

static int32_t add_mark(pith__mem *mem, pith__worktext *w, bool rewritten) {
    if (w->n_marks == w->marks_capacity) {
        uint64_t capacity = w->marks_capacity * 2 + 16;
        PITH_TRY(PITH_GROW_ARRAY(mem, &w->marks, capacity, "normalized text"));
        w->marks_capacity = capacity;
    }
    w->marks[w->n_marks++] = (pith__workmark){w->length, w->source, rewritten};
    return PITH_OK;
}

static int32_t append(pith__mem *mem, pith__worktext *w, const uint8_t *bytes, uint64_t length,
                      uint64_t source_length) {
    PITH_TRY(reserve_text(mem, w, length));
    if (length > 0) {
        memcpy(w->text + w->length, bytes, (size_t)length);
    }
    w->length += length;
    w->source += source_length;
    return PITH_OK;
}

int32_t pith__worktext_copy(pith__mem *mem, pith__worktext *w, const uint8_t *bytes, uint64_t length) {
    if (length > 0 && w->n_marks > 0 && w->marks[w->n_marks - 1].rewritten) {
        PITH_TRY(add_mark(mem, w, false));
    }
    return append(mem, w, bytes, length, length);
}

int32_t pith__worktext_rewrite(pith__mem *mem, pith__worktext *w, const uint8_t *bytes, uint64_t length,
                               uint64_t source_length) {
    PITH_TRY(add_mark(mem, w, true));
    return append(mem, w, bytes, length, source_length);
}

/* The last mark at or before `position`, counted from 1; 0: none. */
static uint64_t marks_up_to(const pith__worktext *w, uint64_t from, uint64_t position) {
    while (from < w->n_marks && w->marks[from].work <= position) {
        from++;
    }
    return from;
}

static uint64_t map_begin(const pith__worktext *w, uint64_t marks, uint64_t position) {
    if (marks == 0) {
        return position;
    }
    const pith__workmark *m = &w->marks[marks - 1];
    return m->source + (m->rewritten ? 0 : position - m->work);
}

/* Of the byte at `position`: where what it stands for ends. */
static uint64_t map_end(const pith__worktext *w, uint64_t marks, uint64_t position) {
    if (marks == 0 || !w->marks[marks - 1].rewritten) {
        return map_begin(w, marks, position) + 1;
    }
    return marks < w->n_marks ? w->marks[marks].source : w->source;
}

void pith__worktext_map(const pith__worktext *w, uint64_t *ranges, uint64_t count) {
    uint64_t marks = 0;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t begin = ranges[2 * i], end = ranges[2 * i + 1];
        marks = marks_up_to(w, marks, begin);
        ranges[2 * i] = map_begin(w, marks, begin);
        if (end > begin) {
            marks = marks_up_to(w, marks, end - 1);
            ranges[2 * i + 1] = map_end(w, marks, end - 1);
        } else {
            ranges[2 * i + 1] = ranges[2 * i];
        }
    }
}
