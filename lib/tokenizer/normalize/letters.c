/* The steps that look at one code point at a time: lowercase, stripping of accents, the cleaning of the nmt rules.
 * Source: https://github.com/huggingface/tokenizers (its normalizers Lowercase, StripAccents and Nmt). */
#include "tokenizer/normalize/ascii_maps.h"
#include "tokenizer/normalize/normalize_parts.h"
#include "tokenizer/normalize/sink.h"
#include "tokenizer/unicode/unicode.h"
#include "tokenizer/unicode/utf8.h"

/* `map` gives what a code point becomes and how many that is; it is asked where `ascii` says nothing. */
typedef struct letter_rule {
    const uint8_t *ascii;
    uint32_t (*map)(uint32_t cp, uint32_t out[3]);
} letter_rule;

static int32_t apply(const letter_rule *rule, pith__sink *s, const uint8_t *text, uint64_t length) {
    for (uint64_t at = 0;;) {
        PITH_TRY(pith__sink_map(s, rule->ascii, text, length, &at));
        if (at == length) {
            return pith__sink_flush(s);
        }
        uint32_t cp = 0, out[3];
        uint32_t len = pith__utf8_next(text + at, length - at, &cp);
        uint32_t count = rule->map(cp, out);
        PITH_TRY(count == 1 && out[0] == cp ? pith__sink_keep(s, text + at, len) : pith__sink_put(s, out, count, len));
        at += len;
    }
}

static int32_t normalize_letters(const letter_rule *rule, pith__mem *mem, const uint8_t *text, uint64_t length,
                                 pith__worktext *out, bool *changed) {
    pith__sink s;
    pith__sink_open(&s, mem, out);
    PITH_TRY(apply(rule, &s, text, length));
    *changed = s.changed;
    return PITH_OK;
}

int32_t pith__normalize_lowercase(const pith__normal_step *step, pith__mem *mem, const uint8_t *text, uint64_t length,
                                  uint32_t where, pith__worktext *out, bool *changed) {
    static const uint8_t ascii[256] = PITH__ASCII_MAP(PITH__CONTROLS, PITH__LOWERED, 127);
    (void)step;
    (void)where;
    return normalize_letters(&(letter_rule){ascii, pith__unicode_lower}, mem, text, length, out, changed);
}

static uint32_t without_accent(uint32_t cp, uint32_t out[3]) {
    out[0] = cp;
    return (pith__unicode_traits(cp) & PITH__TRAIT_COMBINING) ? 0 : 1;
}

int32_t pith__normalize_strip_accents(const pith__normal_step *step, pith__mem *mem, const uint8_t *text,
                                      uint64_t length, uint32_t where, pith__worktext *out, bool *changed) {
    static const uint8_t ascii[256] = PITH__ASCII_MAP(PITH__CONTROLS, PITH__LETTERS, 127);
    (void)step;
    (void)where;
    return normalize_letters(&(letter_rule){ascii, without_accent}, mem, text, length, out, changed);
}

/* Some controls go (U+0000 stays), some kinds of space, marks of direction, U+2581 and U+FFFD become a space. */
static uint32_t cleaned(uint32_t cp, uint32_t out[3]) {
    bool space = cp == 0x1680 || (cp >= 0x200B && cp <= 0x200F) || cp == 0x2028 || cp == 0x2029 || cp == 0x2581 ||
                 cp == 0xFEFF || cp == 0xFFFD;
    out[0] = space ? ' ' : cp;
    return (cp > 0 && cp < 0x20) || cp == 0x7F || cp == 0x8F || cp == 0x9F ? 0 : 1;
}

int32_t pith__normalize_nmt(const pith__normal_step *step, pith__mem *mem, const uint8_t *text, uint64_t length,
                            uint32_t where, pith__worktext *out, bool *changed) {
    static const uint8_t ascii[256] = PITH__ASCII_MAP(PITH__NO_CONTROLS(' ', ' ', ' ', ' '), PITH__LETTERS, 0);
    (void)step;
    (void)where;
    return normalize_letters(&(letter_rule){ascii, cleaned}, mem, text, length, out, changed);
}
