/* The text as SentencePiece sees it: characters replaced by its map, a space before the text where one is wanted, superfluous spaces
 * dropped where that is asked for; and a space for every U+2581, which is how its vocabularies write one.
 * Malformed bytes stay what they are, unlike there. Source: https://github.com/google/sentencepiece (src/normalizer.cc). */
#include "tokenizer/normalize/charsmap.h"
#include "tokenizer/normalize/normalize_parts.h"
#include "tokenizer/unicode/utf8.h"
#include <string.h>

static const uint8_t escaped_space[3] = {0xE2, 0x96, 0x81}; /* U+2581 */

static bool is_escaped(const uint8_t *text, uint64_t length) {
    return length >= 3 && memcmp(text, escaped_space, 3) == 0;
}

/* ---- Without a map, and keeping all spaces: hardly ever a rewrite. ---- */

/* The next U+2581 in the text, or `length`. */
static uint64_t find_escaped_space(const uint8_t *text, uint64_t length, uint64_t from) {
    while (from < length) {
        const uint8_t *found = memchr(text + from, escaped_space[0], (size_t)(length - from));
        if (found == NULL) {
            break;
        }
        from = (uint64_t)(found - text);
        if (is_escaped(found, length - from)) {
            return from;
        }
        from++;
    }
    return length;
}

static int32_t put_space(pith__mem *mem, pith__worktext *out, uint64_t source) {
    static const uint8_t space[1] = {' '};
    return pith__worktext_rewrite(mem, out, space, 1, source);
}

static int32_t unescape(pith__mem *mem, const uint8_t *text, uint64_t length, pith__worktext *out) {
    for (uint64_t at = 0; at < length;) {
        uint64_t next = find_escaped_space(text, length, at);
        PITH_TRY(pith__worktext_copy(mem, out, text + at, next - at));
        if (next < length) {
            PITH_TRY(put_space(mem, out, 3));
            next += 3;
        }
        at = next;
    }
    return PITH_OK;
}

/* ---- With a map. ---- */

/* What the text begins with becomes `to` (*same: it stays as it is); returns how much of it that is. */
static uint64_t next_part(const pith__normal_step *step, const uint8_t *text, uint64_t length, pith__str *to, bool *same) {
    uint64_t matched = 0;
    uint32_t cp = 0;
    if (step->map != NULL) {
        *to = pith__charsmap_find(step->map, text, length, true, &matched);
    }
    *same = matched == 0;
    if (*same) {
        matched = pith__utf8_next(text, length, &cp);
        *to = (pith__str){(const char *)text, matched};
    }
    return matched;
}

static bool begins_with_space(pith__str s) {
    return s.len > 0 && s.ptr[0] == ' ';
}

/* A replacement that holds U+2581 would need it unescaped; no map that was seen has one, and one with it is only not matched. */
static int32_t put_part(pith__mem *mem, pith__worktext *out, pith__str to, bool same, uint64_t source) {
    const uint8_t *bytes = (const uint8_t *)to.ptr;
    if (is_escaped(bytes, to.len)) {
        return put_space(mem, out, source);
    }
    return same ? pith__worktext_copy(mem, out, bytes, to.len) : pith__worktext_rewrite(mem, out, bytes, to.len, source);
}

static int32_t rewrite(const pith__normal_step *step, pith__mem *mem, const uint8_t *text, uint64_t length, bool prefix,
                       pith__worktext *out) {
    bool trim = (step->flags & PITH__SENTENCEPIECE_TRIM) != 0, after_space = trim, begun = !prefix;
    for (uint64_t at = 0; at < length;) {
        pith__str to;
        bool same = false;
        uint64_t taken = next_part(step, text + at, length - at, &to, &same);
        uint64_t before = to.len;
        while (after_space && begins_with_space(to)) {
            to.ptr++;
            to.len--;
        }
        if (!begun && (to.len > 0 || !trim)) { /* the prefix comes before the first that stays */
            begun = true;
            PITH_TRY(put_space(mem, out, 0));
        }
        PITH_TRY(put_part(mem, out, to, same && to.len == before, taken));
        after_space = trim && to.len > 0 ? to.ptr[to.len - 1] == ' ' : after_space;
        at += taken;
    }
    while (trim && out->length > 0 && out->text[out->length - 1] == ' ') {
        out->length--;
    }
    return PITH_OK;
}

int32_t pith__normalize_sentencepiece(const pith__normal_step *step, pith__mem *mem, const uint8_t *text, uint64_t length,
                                      uint32_t where, pith__worktext *out, bool *changed) {
    bool prefix = (step->flags & PITH__SENTENCEPIECE_PREFIX) && where != 0 && length > 0;
    bool plain = step->map == NULL && !(step->flags & PITH__SENTENCEPIECE_TRIM);
    *changed = !plain || prefix || find_escaped_space(text, length, 0) < length;
    if (!*changed) {
        return PITH_OK;
    }
    pith__worktext_reset(out);
    if (!plain) {
        return rewrite(step, mem, text, length, prefix, out);
    }
    if (prefix) {
        PITH_TRY(put_space(mem, out, 0));
    }
    return unescape(mem, text, length, out);
}
