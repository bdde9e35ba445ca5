/* Building the table of texts: see text_table.h. */
#include "tokenizer/text_table.h"

enum {
    PROBE_LIMIT = 2048
}; /* chance stays far below at three quarters full */

/* Slots for `count` entries at three quarters at most: a power of two. */
static uint64_t slots_for(uint32_t count) {
    uint64_t slots = 16;
    while (slots * 3 < (uint64_t)count * 4) {
        slots *= 2;
    }
    return slots;
}

int32_t pith__text_table_create(pith__mem *mem, pith__text_table *table, const pith__texts *texts, uint32_t count) {
    uint64_t slots = slots_for(count);
    PITH_TRY(PITH_NEW_ARRAY(mem, &table->slots, slots, "vocabulary"));
    table->mask = (uint32_t)(slots - 1);
    table->texts = texts;
    return PITH_OK;
}

void pith__text_table_free(pith__mem *mem, pith__text_table *table) {
    pith__mem_free(mem, table->slots);
    table->slots = NULL;
}

int32_t pith__text_table_add(pith__text_table *table, uint32_t id, bool *duplicate) {
    *duplicate = false;
    const uint32_t *start = table->texts->starts + id;
    const uint8_t *p = table->texts->bytes + start[0];
    uint64_t n = start[1] - start[0];
    uint64_t hash = pith__hash_text(p, n);
    uint64_t tag = hash >> 32 << 32;
    uint32_t at = (uint32_t)hash & table->mask;
    for (uint32_t probes = 0; table->slots[at] != 0; at = (at + 1) & table->mask) {
        if (pith__text_table_holds(table, table->slots[at], tag, p, n)) {
            *duplicate = true;
            return PITH_OK;
        }
        if (++probes > PROBE_LIMIT) {
            return pith__fail(PITH_E_FORMAT, "vocabulary: its texts collide in a hash table, as if made to (token %u)",
                              id);
        }
    }
    table->slots[at] = tag | (id + 1);
    return PITH_OK;
}
