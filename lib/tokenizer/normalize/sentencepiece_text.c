/* The text as SentencePiece sees it: a space before it where one is wanted, and a space for every U+2581, which is how its
 * vocabularies write one. Source: https://github.com/google/sentencepiece (src/normalizer.cc). */
#include "tokenizer/normalize/normalize_parts.h"
#include <string.h>

static const uint8_t escaped_space[3] = {0xE2, 0x96, 0x81}; /* U+2581 */

/* The next U+2581 in the text, or `length`. */
static uint64_t find_escaped_space(const uint8_t *text, uint64_t length, uint64_t from) {
    while (from < length) {
        const uint8_t *found = memchr(text + from, escaped_space[0], (size_t)(length - from));
        if (found == NULL) {
            break;
        }
        from = (uint64_t)(found - text);
        if (length - from >= 3 && memcmp(found, escaped_space, 3) == 0) {
            return from;
        }
        from++;
    }
    return length;
}

static int32_t rewrite(pith__mem *mem, const uint8_t *text, uint64_t length, bool prefix, pith__worktext *out) {
    static const uint8_t space[1] = {' '};
    if (prefix) {
        PITH_TRY(pith__worktext_rewrite(mem, out, space, 1, 0));
    }
    for (uint64_t at = 0; at < length;) {
        uint64_t next = find_escaped_space(text, length, at);
        PITH_TRY(pith__worktext_copy(mem, out, text + at, next - at));
        if (next < length) {
            PITH_TRY(pith__worktext_rewrite(mem, out, space, 1, 3));
            next += 3;
        }
        at = next;
    }
    return PITH_OK;
}

int32_t pith__normalize_sentencepiece(const pith__normal_step *step, pith__mem *mem, const uint8_t *text, uint64_t length,
                                      uint32_t where, pith__worktext *out, bool *changed) {
    bool prefix = (step->flags & PITH__SENTENCEPIECE_PREFIX) && where != 0 && length > 0;
    *changed = prefix || find_escaped_space(text, length, 0) < length;
    if (!*changed) {
        return PITH_OK;
    }
    pith__worktext_reset(out);
    return rewrite(mem, text, length, prefix, out);
}
