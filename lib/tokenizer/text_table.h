/* From a text to the id of the vocabulary entry that has it: open addressing over the bytes of a shared arena.
 *
 * Invariant: a slot is 0 (empty) or the upper half of the hash beside id + 1; at most three quarters are taken, so a
 * search ends. No text is in twice: the first id stays. Must not know: what the texts are. */
#ifndef PITH_TOKENIZER_TEXT_TABLE_H
#define PITH_TOKENIZER_TEXT_TABLE_H

#include "base/memory.h"
#include <stdbool.h>
#include <string.h>

/* Texts by id: id i is bytes[starts[i] .. starts[i + 1]). */
typedef struct pith__texts {
    uint8_t *bytes;
    uint32_t *starts;
    uint32_t count;
} pith__texts;

typedef struct pith__text_table {
    const pith__texts *texts;
    uint64_t *slots;
    uint32_t mask;
} pith__text_table;

static inline uint64_t pith__hash_step(uint64_t hash, uint64_t word) {
    hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15);
    return hash ^ hash >> 29;
}

static inline uint64_t pith__hash_text(const uint8_t *p, uint64_t n) {
    uint64_t hash = n * UINT64_C(0xC2B2AE3D27D4EB4F), word = 0;
    for (; n >= 8; p += 8, n -= 8) {
        memcpy(&word, p, 8);
        hash = pith__hash_step(hash, word);
    }
    if (n >= 4) { /* two words that overlap cover 4 to 7 bytes */
        uint32_t low = 0, high = 0;
        memcpy(&low, p, 4);
        memcpy(&high, p + n - 4, 4);
        hash = pith__hash_step(hash, (uint64_t)high << 32 | low);
    } else if (n > 0) {
        hash = pith__hash_step(hash, (uint64_t)p[0] << 16 | (uint64_t)p[n / 2] << 8 | p[n - 1]);
    }
    hash *= UINT64_C(0xD6E8FEB86659FD93);
    return hash ^ hash >> 32;
}

/* Room for `count` texts. */
int32_t pith__text_table_create(pith__mem *mem, pith__text_table *table, const pith__texts *texts, uint32_t count);
void pith__text_table_free(pith__mem *mem, pith__text_table *table);

/* Adds the text of `id`, unless an entry has it already: *duplicate. PITH_E_FORMAT when the texts collide beyond what
 * chance does: a table made to be slow. */
int32_t pith__text_table_add(pith__text_table *table, uint32_t id, bool *duplicate);

/* Whether the taken `slot` is that of these bytes, whose hash has the upper half `tag`. */
static inline bool pith__text_table_holds(const pith__text_table *table, uint64_t slot, uint64_t tag, const uint8_t *p,
                                          uint64_t n) {
    if ((slot ^ tag) >> 32 != 0) {
        return false;
    }
    const uint32_t *start = table->texts->starts + ((uint32_t)slot - 1);
    return start[1] - start[0] == n && memcmp(table->texts->bytes + start[0], p, (size_t)n) == 0;
}

/* The id whose text is these bytes, or -1. */
static inline int32_t pith__text_table_find(const pith__text_table *table, const uint8_t *p, uint64_t n) {
    uint64_t hash = pith__hash_text(p, n);
    uint64_t tag = hash >> 32 << 32;
    for (uint32_t at = (uint32_t)hash & table->mask; table->slots[at] != 0; at = (at + 1) & table->mask) {
        if (pith__text_table_holds(table, table->slots[at], tag, p, n)) {
            return (int32_t)(uint32_t)table->slots[at] - 1;
        }
    }
    return -1;
}

#endif
