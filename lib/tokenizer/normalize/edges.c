/* The steps that touch a text's ends only: white space goes, or something is put before it.
 * Source: https://github.com/huggingface/tokenizers (its normalizers Strip and Prepend). */
#include "tokenizer/normalize/normalize_parts.h"
#include "tokenizer/unicode/unicode.h"
#include "tokenizer/unicode/utf8.h"

static uint64_t white_begin(const uint8_t *text, uint64_t length) {
    uint64_t at = 0;
    while (at < length) {
        uint32_t cp = 0;
        uint32_t len = pith__utf8_next(text + at, length - at, &cp);
        if (!pith__unicode_is_white(cp)) {
            break;
        }
        at += len;
    }
    return at;
}

/* Where the white space at the end of text[begin .. length) starts. */
static uint64_t white_end(const uint8_t *text, uint64_t begin, uint64_t length) {
    uint64_t end = length;
    while (end > begin) {
        uint64_t last = begin + pith__utf8_last(text + begin, end - begin);
        uint32_t cp = 0;
        pith__utf8_next(text + last, end - last, &cp);
        if (!pith__unicode_is_white(cp)) {
            break;
        }
        end = last;
    }
    return end;
}

int32_t pith__normalize_strip(const pith__normal_step *step, pith__mem *mem, const uint8_t *text, uint64_t length,
                              uint32_t where, pith__worktext *out, bool *changed) {
    (void)where;
    uint64_t begin = (step->flags & PITH__STRIP_LEFT) ? white_begin(text, length) : 0;
    uint64_t end = (step->flags & PITH__STRIP_RIGHT) ? white_end(text, begin, length) : length;
    *changed = begin > 0 || end < length;
    if (!*changed) {
        return PITH_OK;
    }
    pith__worktext_reset(out);
    PITH_TRY(pith__worktext_rewrite(mem, out, NULL, 0, begin));
    PITH_TRY(pith__worktext_copy(mem, out, text + begin, end - begin));
    return pith__worktext_rewrite(mem, out, NULL, 0, length - end);
}

int32_t pith__normalize_prepend(const pith__normal_step *step, pith__mem *mem, const uint8_t *text, uint64_t length,
                                uint32_t where, pith__worktext *out, bool *changed) {
    (void)where;
    *changed = length > 0 && step->to.len > 0;
    if (!*changed) {
        return PITH_OK;
    }
    pith__worktext_reset(out);
    PITH_TRY(pith__worktext_rewrite(mem, out, (const uint8_t *)step->to.ptr, step->to.len, 0));
    return pith__worktext_copy(mem, out, text, length);
}
