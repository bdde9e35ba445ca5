/* The normalization forms C, D, KC and KD, only where the text needs them: what passes the quick check is copied as it
 * stands.
 *
 * The text is cut before code points of which the form makes nothing that could join what stands before. What lies
 * between two cuts is normalized by itself: decompose fully, sort the marks after each starter by combining class,
 * compose. Broken bytes are cuts on both sides. Source: Unicode Standard Annex #15 and chapter 3.11-3.12 of the
 * standard. */
#include "tokenizer/normalize/ascii.h"
#include "tokenizer/normalize/code_points.h"
#include "tokenizer/normalize/hangul.h"
#include "tokenizer/normalize/normalize_parts.h"
#include "tokenizer/unicode/utf8.h"
#include <string.h>

/* The next piece that has to be normalized: from a cut to a cut; begin = end = length: none. */
typedef struct stretch {
    uint64_t begin, end;
} stretch;

/* The first cut behind the code point that starts at `from`. */
static uint64_t find_cut(pith__normal_form form, const uint8_t *text, uint64_t length, uint64_t from) {
    uint32_t cp = 0;
    uint64_t at = from + pith__utf8_next(text + from, length - from, &cp);
    while (at < length) {
        uint32_t len = pith__utf8_next(text + at, length - at, &cp);
        if (!(pith__normal_flags[pith__normal_number(cp)] & PITH__FORM_JOINS(form))) {
            break;
        }
        at += len;
    }
    return at;
}

/* Goes from `from` (a cut) to the first code point that the form may change or that stands behind one of a higher
 * class. */
static stretch find_stretch(pith__normal_form form, const uint8_t *text, uint64_t length, uint64_t from) {
    uint64_t cut = from;
    uint8_t last_class = 0;
    for (uint64_t at = from; at < length;) {
        if (text[at] < 0x80) {
            at = pith__ascii_end(text, length, at);
            cut = at - 1;
            last_class = 0;
            continue;
        }
        uint32_t cp = 0;
        uint32_t len = pith__utf8_next(text + at, length - at, &cp);
        uint32_t number = pith__normal_number(cp), flags = pith__normal_flags[number];
        uint8_t class = pith__normal_class[number];
        if (!(flags & PITH__FORM_JOINS(form))) {
            cut = cp == PITH__UTF8_BROKEN ? at + 1 : at;
        }
        if ((flags & PITH__FORM_UNSTABLE(form)) || (class != 0 && last_class > class)) {
            return (stretch){cut, find_cut(form, text, length, at)};
        }
        last_class = class;
        at += len;
    }
    return (stretch){length, length};
}

/* What `first` and `second` compose to, or 0. */
static uint32_t composed(uint32_t first, uint32_t second) {
    uint32_t syllable = pith__hangul_compose(first, second);
    if (syllable != 0) {
        return syllable;
    }
    uint64_t key = (uint64_t)first << 32 | second;
    uint32_t low = 0, high = pith__composition_count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        const uint32_t *pair = pith__composition_pairs + 2 * middle;
        uint64_t found = (uint64_t)pair[0] << 32 | pair[1];
        if (found == key) {
            return pith__composition_results[middle];
        }
        if (found < key) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return 0;
}

/* Joins each code point with the starter before it unless one of equal or higher class (or another starter) lies
 * between. */
static void compose(pith__code_points *c) {
    uint64_t kept = 0, starter = UINT64_MAX;
    uint8_t last_class = 0;
    for (uint64_t i = 0; i < c->count; i++) {
        uint32_t cp = c->at[i];
        uint8_t class = pith__combining_class(cp);
        bool adjacent = starter != UINT64_MAX && starter + 1 == kept;
        if (starter != UINT64_MAX && (adjacent || last_class < class)) {
            uint32_t joined = composed(c->at[starter], cp);
            if (joined != 0) {
                c->at[starter] = joined;
                continue;
            }
        }
        if (class == 0) {
            starter = kept;
        }
        last_class = class;
        c->at[kept++] = cp;
    }
    c->count = kept;
}

/* Normalizes one stretch, which holds no broken byte. */
static int32_t normalize_stretch(pith__normal_form form, pith__mem *mem, pith__code_points *c, const uint8_t *text,
                                 uint64_t length, pith__worktext *out) {
    c->count = 0;
    for (uint64_t at = 0; at < length;) {
        uint32_t cp = 0, parts[PITH__DECOMPOSED_MAX];
        at += pith__utf8_next(text + at, length - at, &cp);
        PITH_TRY(pith__code_points_add(mem, c, parts, pith__decompose(cp, form, parts)));
    }
    pith__code_points_order(c);
    if (form == PITH__FORM_C || form == PITH__FORM_KC) {
        compose(c);
    }
    uint64_t written = 0;
    const uint8_t *bytes = pith__code_points_write(c, &written);
    if (written == length && memcmp(bytes, text, (size_t)length) == 0) {
        return pith__worktext_copy(mem, out, text, length);
    }
    return pith__worktext_rewrite(mem, out, bytes, written, length);
}

/* `s` is the first stretch. */
static int32_t normalize_text(pith__normal_form form, pith__mem *mem, pith__code_points *c, const uint8_t *text,
                              uint64_t length, stretch s, pith__worktext *out) {
    uint64_t at = 0;
    while (s.begin < length) {
        PITH_TRY(pith__worktext_copy(mem, out, text + at, s.begin - at));
        PITH_TRY(normalize_stretch(form, mem, c, text + s.begin, s.end - s.begin, out));
        at = s.end;
        s = find_stretch(form, text, length, at);
    }
    return pith__worktext_copy(mem, out, text + at, length - at);
}

static pith__normal_form form_of(pith__normal_kind kind) {
    switch (kind) {
    case PITH__NORMAL_NFC:
        return PITH__FORM_C;
    case PITH__NORMAL_NFD:
        return PITH__FORM_D;
    case PITH__NORMAL_NFKC:
        return PITH__FORM_KC;
    default:
        return PITH__FORM_KD;
    }
}

int32_t pith__normalize_form(const pith__normal_step *step, pith__mem *mem, const uint8_t *text, uint64_t length,
                             uint32_t where, pith__worktext *out, bool *changed) {
    (void)where;
    pith__normal_form form = form_of(step->kind);
    stretch s = find_stretch(form, text, length, 0);
    *changed = s.begin < length;
    if (!*changed) {
        return PITH_OK;
    }
    pith__code_points c = {0};
    pith__worktext_reset(out);
    int32_t status = normalize_text(form, mem, &c, text, length, s, out);
    pith__code_points_free(mem, &c);
    *changed = out->n_marks > 0; /* the quick check may have said "maybe" */
    return status;
}
