/* See charsmap.h; and the normalizer that applies a map as the tokenizers library does: to a grapheme cluster shorter than six bytes
 * as a whole, where its first match is all that counts, else to each character.
 * Source: https://github.com/huggingface/tokenizers (normalizers/precompiled.rs). */
#include "tokenizer/normalize/charsmap.h"
#include "tokenizer/normalize/normalize_parts.h"
#include "tokenizer/unicode/graphemes.h"
#include "tokenizer/unicode/utf8.h"
#include <string.h>

enum {
    HEAD = 4,
    WHOLE_CLUSTER = 6 /* bytes from which a cluster is not looked up as a whole */
};

static uint32_t read_u32(const char *bytes) {
    const uint8_t *p = (const uint8_t *)bytes;
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

int32_t pith__charsmap_open(pith__mem *mem, pith__str blob, pith__charsmap *map) {
    memset(map, 0, sizeof(*map));
    uint64_t trie = blob.len >= HEAD ? read_u32(blob.ptr) : 0;
    if (trie < 4 || trie % 4 != 0 || trie > blob.len - HEAD) {
        return pith__fail(PITH_E_FORMAT, "vocabulary: a character map of %llu bytes with a trie of %llu", (unsigned long long)blob.len,
                          (unsigned long long)trie);
    }
    map->n_units = (uint32_t)(trie / 4);
    map->n_strings = blob.len - HEAD - trie + 1;
    PITH_TRY(PITH_NEW_ARRAY(mem, &map->units, map->n_units, "character map"));
    PITH_TRY(PITH_NEW_ARRAY(mem, &map->strings, map->n_strings, "character map"));
    for (uint32_t i = 0; i < map->n_units; i++) {
        map->units[i] = read_u32(blob.ptr + HEAD + 4 * (uint64_t)i);
    }
    memcpy(map->strings, blob.ptr + HEAD + trie, (size_t)(map->n_strings - 1));
    map->strings[map->n_strings - 1] = 0;
    return PITH_OK;
}

void pith__charsmap_free(pith__mem *mem, pith__charsmap *map) {
    pith__mem_free(mem, map->units);
    pith__mem_free(mem, map->strings);
    memset(map, 0, sizeof(*map));
}

static uint32_t offset_of(uint32_t unit) {
    return (unit >> 10) << ((unit & (1u << 9)) >> 6);
}

pith__str pith__charsmap_find(const pith__charsmap *map, const uint8_t *text, uint64_t n, bool longest, uint64_t *length) {
    pith__str found = {NULL, 0};
    uint32_t at = offset_of(map->units[0]), value = 0;
    *length = 0;
    for (uint64_t i = 0; i < n && (longest || *length == 0); i++) {
        at ^= text[i];
        if (at >= map->n_units || (map->units[at] & 0x800000FFu) != text[i]) {
            break;
        }
        uint32_t unit = map->units[at];
        at ^= offset_of(unit);
        if (((unit >> 8) & 1) && at < map->n_units) { /* a leaf: the value stands where the zero byte would lead */
            value = map->units[at] & 0x7FFFFFFFu;
            *length = i + 1;
        }
    }
    if (*length > 0 && value < map->n_strings) {
        found = (pith__str){map->strings + value, strlen(map->strings + value)};
    } else {
        *length = 0;
    }
    return found;
}

static int32_t replace_chars(const pith__charsmap *map, pith__mem *mem, const uint8_t *text, uint64_t length, pith__worktext *out,
                             bool *changed) {
    for (uint64_t at = 0; at < length;) {
        uint32_t cp = 0;
        uint64_t matched = 0;
        uint32_t size = pith__utf8_next(text + at, length - at, &cp);
        pith__str to = pith__charsmap_find(map, text + at, size, false, &matched);
        if (matched > 0) {
            *changed = true;
            PITH_TRY(pith__worktext_rewrite(mem, out, (const uint8_t *)to.ptr, to.len, size));
        } else {
            PITH_TRY(pith__worktext_copy(mem, out, text + at, size));
        }
        at += size;
    }
    return PITH_OK;
}

int32_t pith__normalize_charsmap(const pith__normal_step *step, pith__mem *mem, const uint8_t *text, uint64_t length, uint32_t where,
                                 pith__worktext *out, bool *changed) {
    (void)where;
    *changed = false;
    if (step->map == NULL) {
        return PITH_OK;
    }
    pith__worktext_reset(out);
    for (uint64_t at = 0; at < length;) {
        uint64_t size = pith__grapheme_next(text + at, length - at), matched = 0;
        pith__str to = {NULL, 0};
        if (size < WHOLE_CLUSTER) {
            to = pith__charsmap_find(step->map, text + at, size, false, &matched);
        }
        if (matched > 0) {
            *changed = true;
            PITH_TRY(pith__worktext_rewrite(mem, out, (const uint8_t *)to.ptr, to.len, size));
        } else {
            PITH_TRY(replace_chars(step->map, mem, text + at, size, out, changed));
        }
        at += size;
    }
    return PITH_OK;
}
