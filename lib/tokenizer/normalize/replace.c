/* The steps that put one text in the place of another: of a fixed one, of a run of one character, of a run of white
 * space. Source: https://github.com/huggingface/tokenizers (its normalizer Replace with a string, or with the patterns
 * `x{n,}` and `\s{n,}`).
 *
 * Each kind is a search for the next match; matches are taken leftmost first and do not overlap. */
#include "tokenizer/normalize/normalize_parts.h"
#include "tokenizer/unicode/unicode.h"
#include "tokenizer/unicode/utf8.h"

/* A match; begin = end = the text's length: none. */
typedef struct match {
    uint64_t begin, end;
} match;

/* `border` is of the search for a fixed text and may be NULL. */
typedef struct search {
    match (*next)(const struct search *s, uint64_t from);
    const pith__normal_step *step;
    const uint8_t *text;
    uint64_t length;
    const uint64_t *border;
} search;

enum {
    PLAIN_MAX = 32 /* texts up to this are compared at every place where their first byte stands */
};

static match none(const search *s) {
    return (match){s->length, s->length};
}

static match find_plain(const search *s, uint64_t from) {
    pith__str want = s->step->from;
    while (want.len > 0 && s->length - from >= want.len) {
        const uint8_t *found = memchr(s->text + from, (uint8_t)want.ptr[0], (size_t)(s->length - from - want.len + 1));
        if (found == NULL) {
            break;
        }
        from = (uint64_t)(found - s->text);
        if (memcmp(found, want.ptr, (size_t)want.len) == 0) {
            return (match){from, from + want.len};
        }
        from++;
    }
    return none(s);
}

/* How much of the wanted text stands before a byte, given how much stood before the one before it: Knuth, Morris and
 * Pratt 1977. */
static uint64_t advance(pith__str want, const uint64_t *border, uint64_t matched, uint8_t byte) {
    while (matched > 0 && (uint8_t)want.ptr[matched] != byte) {
        matched = border[matched - 1];
    }
    return (uint8_t)want.ptr[matched] == byte ? matched + 1 : 0;
}

static match find_long(const search *s, uint64_t from) {
    pith__str want = s->step->from;
    uint64_t matched = 0;
    for (uint64_t at = from; at < s->length; at++) {
        matched = advance(want, s->border, matched, s->text[at]);
        if (matched == want.len) {
            return (match){at + 1 - want.len, at + 1};
        }
    }
    return none(s);
}

/* The longest end of each beginning of `want` that is a beginning too. */
static int32_t make_border(pith__mem *mem, pith__str want, uint64_t **border) {
    PITH_TRY(PITH_NEW_ARRAY(mem, border, want.len, "normalization"));
    for (uint64_t i = 1; i < want.len; i++) {
        (*border)[i] = advance(want, *border, (*border)[i - 1], (uint8_t)want.ptr[i]);
    }
    return PITH_OK;
}

static match find_run(const search *s, uint64_t from) {
    pith__str want = s->step->from;
    for (;;) {
        match m = find_plain(s, from);
        uint64_t count = m.begin < s->length ? 1 : 0;
        while (count > 0 && s->length - m.end >= want.len && memcmp(s->text + m.end, want.ptr, (size_t)want.len) == 0) {
            m.end += want.len;
            count++;
        }
        if (count == 0 || count >= s->step->least) {
            return m;
        }
        from = m.end;
    }
}

static match find_spaces(const search *s, uint64_t from) {
    match m = {from, from};
    uint64_t count = 0, at = from;
    while (at < s->length) {
        uint32_t cp = 0;
        uint32_t len = pith__utf8_next(s->text + at, s->length - at, &cp);
        at += len;
        if (pith__unicode_is_white(cp)) {
            count++;
            m.end = at;
        } else if (count > 0 && count >= s->step->least) {
            return m;
        } else {
            count = 0;
            m = (match){at, at};
        }
    }
    return count > 0 && count >= s->step->least ? m : none(s);
}

static int32_t replace(const search *s, pith__mem *mem, pith__worktext *out, bool *changed) {
    uint64_t at = 0;
    match m = s->next(s, 0);
    *changed = m.begin < s->length;
    pith__worktext_reset(out);
    while (m.begin < s->length) {
        PITH_TRY(pith__worktext_copy(mem, out, s->text + at, m.begin - at));
        PITH_TRY(pith__worktext_rewrite(mem, out, (const uint8_t *)s->step->to.ptr, s->step->to.len, m.end - m.begin));
        at = m.end;
        m = s->next(s, at);
    }
    return *changed ? pith__worktext_copy(mem, out, s->text + at, s->length - at) : PITH_OK;
}

int32_t pith__normalize_replace(const pith__normal_step *step, pith__mem *mem, const uint8_t *text, uint64_t length,
                                uint32_t where, pith__worktext *out, bool *changed) {
    (void)where;
    if (step->from.len <= PLAIN_MAX || step->from.len > length) {
        return replace(&(search){find_plain, step, text, length, NULL}, mem, out, changed);
    }
    uint64_t *border = NULL;
    PITH_TRY(make_border(mem, step->from, &border));
    int32_t status = replace(&(search){find_long, step, text, length, border}, mem, out, changed);
    pith__mem_free(mem, border);
    return status;
}

int32_t pith__normalize_replace_runs(const pith__normal_step *step, pith__mem *mem, const uint8_t *text,
                                     uint64_t length, uint32_t where, pith__worktext *out, bool *changed) {
    (void)where;
    return replace(&(search){find_run, step, text, length, NULL}, mem, out, changed);
}

int32_t pith__normalize_replace_spaces(const pith__normal_step *step, pith__mem *mem, const uint8_t *text,
                                       uint64_t length, uint32_t where, pith__worktext *out, bool *changed) {
    (void)where;
    return replace(&(search){find_spaces, step, text, length, NULL}, mem, out, changed);
}
