/* Decomposing, ordering and writing code points: see code_points.h.
 * Source: Unicode Standard Annex #15 and chapter 3.11-3.12 of the standard. */
#include "tokenizer/normalize/code_points.h"
#include "tokenizer/normalize/hangul.h"
#include "tokenizer/unicode/utf8.h"
#include <string.h>

enum {
    INSERTION_LIMIT = 24 /* runs of marks up to this are sorted by insertion, longer ones by counting */
};

void pith__code_points_free(pith__mem *mem, pith__code_points *c) {
    pith__mem_free(mem, c->at);
    pith__mem_free(mem, c->spare);
    memset(c, 0, sizeof(*c));
}

int32_t pith__code_points_add(pith__mem *mem, pith__code_points *c, const uint32_t *code_points, uint32_t count) {
    if (c->capacity - c->count < count) {
        uint64_t capacity = c->capacity * 2 + 64;
        PITH_TRY(PITH_GROW_ARRAY(mem, &c->at, capacity, "normalization"));
        PITH_TRY(PITH_GROW_ARRAY(mem, &c->spare, capacity, "normalization"));
        c->capacity = capacity;
    }
    for (uint32_t i = 0; i < count; i++) {
        c->at[c->count++] = code_points[i];
    }
    return PITH_OK;
}

static void sort_by_insertion(uint32_t *at, uint64_t count) {
    for (uint64_t i = 1; i < count; i++) {
        uint32_t cp = at[i];
        uint8_t class = pith__combining_class(cp);
        uint64_t j = i;
        for (; j > 0 && pith__combining_class(at[j - 1]) > class; j--) {
            at[j] = at[j - 1];
        }
        at[j] = cp;
    }
}

static void sort_by_counting(uint32_t *at, uint32_t *spare, uint64_t count) {
    uint64_t starts[257] = {0};
    for (uint64_t i = 0; i < count; i++) {
        starts[pith__combining_class(at[i]) + 1]++;
    }
    for (uint32_t k = 1; k < 257; k++) {
        starts[k] += starts[k - 1];
    }
    for (uint64_t i = 0; i < count; i++) {
        spare[starts[pith__combining_class(at[i])]++] = at[i];
    }
    memcpy(at, spare, (size_t)count * sizeof(*at));
}

/* Both sorts keep the order of equals. */
void pith__code_points_order(pith__code_points *c) {
    for (uint64_t i = 0; i < c->count;) {
        uint64_t end = i;
        while (end < c->count && pith__combining_class(c->at[end]) != 0) {
            end++;
        }
        if (end - i > INSERTION_LIMIT) {
            sort_by_counting(c->at + i, c->spare, end - i);
        } else {
            sort_by_insertion(c->at + i, end - i);
        }
        i = end + 1;
    }
}

const uint8_t *pith__code_points_write(pith__code_points *c, uint64_t *length) {
    uint8_t *bytes = (uint8_t *)c->spare; /* 4 bytes a code point at most */
    uint64_t written = 0;
    for (uint64_t i = 0; i < c->count; i++) {
        written += pith__utf8_put(c->at[i], bytes + written);
    }
    *length = written;
    return bytes;
}

uint32_t pith__decompose(uint32_t cp, pith__normal_form form, uint32_t out[PITH__DECOMPOSED_MAX]) {
    if (pith__hangul_is_syllable(cp)) {
        return pith__hangul_decompose(cp, out);
    }
    uint32_t units = 0, count = 0;
    const uint16_t *at = pith__decomposition(cp, form, &units);
    for (uint32_t i = 0; i < units; i++) {
        uint32_t unit = at[i];
        if (unit >= 0xD800 && unit < 0xDC00) {
            unit = 0x10000 + ((unit - 0xD800) << 10) + (at[++i] - 0xDC00u);
        }
        out[count++] = unit;
    }
    if (count == 0) {
        out[count++] = cp;
    }
    return count;
}
