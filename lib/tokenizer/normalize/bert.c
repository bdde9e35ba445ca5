/* BERT's normalizer, four steps in one pass: cleaning, spaces around CJK ideographs, stripping of accents (NFD without
 * Mn), lowercase.
 *
 * ASCII goes through a table, what has no trait that the step asks for is copied, the rest is made anew one code point
 * at a time; only marks that are kept and that canonical ordering moves are gathered into runs. A broken byte counts as
 * U+FFFD where text is cleaned. Source: https://github.com/huggingface/tokenizers (tokenizers/src/normalizers/bert.rs
 * says what; what is white, control or a mark is in unicode.h). */
#include "tokenizer/normalize/ascii_maps.h"
#include "tokenizer/normalize/code_points.h"
#include "tokenizer/normalize/normalize_parts.h"
#include "tokenizer/normalize/sink.h"
#include "tokenizer/unicode/unicode.h"
#include "tokenizer/unicode/utf8.h"
#include <string.h>

typedef struct bert {
    uint32_t flags;       /* PITH__BERT_x */
    uint32_t asked;       /* code points with none of these traits, and no ideographs where they matter, stay */
    const uint8_t *ascii; /* what becomes of a byte; 0: look closer */
    const uint8_t *text;
    uint64_t length, at;
    pith__code_points marks;
    pith__sink sink;
} bert;

/* By CLEAN, then by LOWERCASE. */
static const uint8_t ascii_maps[2][2][256] = {
    {PITH__ASCII_MAP(PITH__CONTROLS, PITH__LETTERS, 127), PITH__ASCII_MAP(PITH__CONTROLS, PITH__LOWERED, 127)},
    {PITH__ASCII_MAP(PITH__NO_CONTROLS(' ', ' ', 0, ' '), PITH__LETTERS, 0),
     PITH__ASCII_MAP(PITH__NO_CONTROLS(' ', ' ', 0, ' '), PITH__LOWERED, 0)},
};

static bool is_ideograph(uint32_t cp) {
    static const uint32_t ranges[][2] = {{0x4E00, 0x9FFF},   {0x3400, 0x4DBF},   {0xF900, 0xFAFF},
                                         {0x20000, 0x2A6DF}, {0x2A700, 0x2B73F}, {0x2B740, 0x2B81F},
                                         {0x2B920, 0x2CEAF}, {0x2F800, 0x2FA1F}};
    if (cp < 0x3400) {
        return false;
    }
    for (uint32_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
        if (cp >= ranges[i][0] && cp <= ranges[i][1]) {
            return true;
        }
    }
    return false;
}

static bool is_dropped(const bert *b, uint32_t cp) {
    return (b->flags & PITH__BERT_CLEAN) && (cp == PITH__UTF8_BROKEN || pith__unicode_is_control(cp));
}

/* What the stripping of accents leaves of `cp`; *moves: some of it has a combining class. */
static uint32_t strip_accents(uint32_t cp, uint32_t out[PITH__DECOMPOSED_MAX], bool *moves) {
    uint32_t count = pith__decompose(cp, PITH__FORM_D, out), kept = 0;
    *moves = false;
    for (uint32_t i = 0; i < count; i++) {
        if (!(pith__unicode_traits(out[i]) & PITH__TRAIT_NONSPACING)) {
            *moves |= pith__combining_class(out[i]) != 0;
            out[kept++] = out[i];
        }
    }
    return kept;
}

/* The lowercase of `count` code points where it is asked for; `out` has room for three times as many. */
static uint32_t lower(const bert *b, const uint32_t *cps, uint32_t count, uint32_t *out) {
    uint32_t made = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (b->flags & PITH__BERT_LOWERCASE) {
            made += pith__unicode_lower(cps[i], out + made);
        } else {
            out[made++] = cps[i];
        }
    }
    return made;
}

/* Gathers what may move against each other: takes code points from b->at on until one is made of something that begins
 * with a starter. */
static int32_t gather(bert *b) {
    while (b->at < b->length) {
        uint32_t cp = 0, parts[PITH__DECOMPOSED_MAX];
        uint32_t len = pith__utf8_next(b->text + b->at, b->length - b->at, &cp);
        if (!is_dropped(b, cp)) {
            if (!(pith__normal_flags[pith__normal_number(cp)] & PITH__FORM_JOINS(PITH__FORM_D))) {
                break;
            }
            bool moves = false;
            PITH_TRY(pith__code_points_add(b->sink.mem, &b->marks, parts, strip_accents(cp, parts, &moves)));
        }
        b->at += len;
    }
    return PITH_OK;
}

/* From a code point on, of which `parts` are left and some of these may have to move. */
static int32_t reorder(bert *b, const uint32_t *parts, uint32_t count, uint32_t len) {
    uint64_t begin = b->at;
    b->at += len;
    b->marks.count = 0;
    PITH_TRY(pith__code_points_add(b->sink.mem, &b->marks, parts, count));
    PITH_TRY(gather(b));
    pith__code_points_order(&b->marks);
    for (uint64_t i = 0; i < b->marks.count; i++) {
        uint32_t lowered[3]; /* one: the only code point whose lowercase is two decomposes */
        lower(b, &b->marks.at[i], 1, lowered);
        b->marks.at[i] = lowered[0];
    }
    uint64_t written = 0, source_length = b->at - begin;
    const uint8_t *bytes = pith__code_points_write(&b->marks, &written);
    bool same = written == source_length && memcmp(bytes, b->text + begin, (size_t)written) == 0;
    return same ? pith__sink_keep(&b->sink, bytes, written)
                : pith__sink_put_bytes(&b->sink, bytes, written, source_length);
}

/* A code point of `len` bytes at b->at that is neither dropped nor white. */
static int32_t take_letter(bert *b, uint32_t cp, uint32_t len, bool ideograph) {
    uint32_t parts[PITH__DECOMPOSED_MAX] = {cp}, out[3 * PITH__DECOMPOSED_MAX + 2] = {' '}, count = 1;
    if (b->flags & PITH__BERT_ACCENTS) {
        bool moves = false;
        count = strip_accents(cp, parts, &moves);
        if (moves) {
            return reorder(b, parts, count, len);
        }
    }
    count = lower(b, parts, count, out + 1);
    out[count + 1] = ' ';
    b->at += len;
    if (ideograph) {
        return pith__sink_put(&b->sink, out, count + 2, len);
    }
    bool same = count == 1 && out[1] == cp;
    return same ? pith__sink_keep(&b->sink, b->text + b->at - len, len) : pith__sink_put(&b->sink, out + 1, count, len);
}

/* An ideograph of `len` bytes at b->at that nothing else changes, which most are. */
static int32_t take_ideograph(bert *b, uint32_t len) {
    uint8_t spaced[6] = {' ', ' ', ' ', ' ', ' ', ' '};
    memcpy(spaced + 1, b->text + b->at, len);
    b->at += len;
    return pith__sink_put_bytes(&b->sink, spaced, len + 2, len);
}

static int32_t take_one(bert *b) {
    static const uint32_t space = ' ';
    uint32_t cp = 0;
    uint32_t len = pith__utf8_next(b->text + b->at, b->length - b->at, &cp);
    uint32_t traits = pith__unicode_traits(cp);
    bool ideograph = (b->flags & PITH__BERT_CHINESE) && is_ideograph(cp);
    if (is_dropped(b, cp)) {
        b->at += len;
        return pith__sink_put(&b->sink, NULL, 0, len);
    }
    if (!(traits & b->asked)) {
        if (ideograph) {
            return take_ideograph(b, len);
        }
        b->at += len;
        return pith__sink_keep(&b->sink, b->text + b->at - len, len);
    }
    if ((traits & PITH__TRAIT_WHITE) && (b->flags & PITH__BERT_CLEAN)) {
        b->at += len;
        return pith__sink_put(&b->sink, &space, 1, len);
    }
    return take_letter(b, cp, len, ideograph);
}

static int32_t run(bert *b) {
    for (;;) {
        PITH_TRY(pith__sink_map(&b->sink, b->ascii, b->text, b->length, &b->at));
        if (b->at == b->length) {
            return pith__sink_flush(&b->sink);
        }
        PITH_TRY(take_one(b));
    }
}

int32_t pith__normalize_bert(const pith__normal_step *step, pith__mem *mem, const uint8_t *text, uint64_t length,
                             uint32_t where, pith__worktext *out, bool *changed) {
    (void)where;
    bool clean = (step->flags & PITH__BERT_CLEAN) != 0, lowercase = (step->flags & PITH__BERT_LOWERCASE) != 0;
    bert b = {.flags = step->flags, .ascii = ascii_maps[clean][lowercase], .text = text, .length = length};
    b.asked = (clean ? PITH__TRAIT_CONTROL | PITH__TRAIT_WHITE : 0) | (lowercase ? PITH__TRAIT_FOLDS : 0) |
              (step->flags & PITH__BERT_ACCENTS ? PITH__TRAIT_FOLDS | PITH__TRAIT_NONSPACING : 0);
    pith__sink_open(&b.sink, mem, out);
    int32_t status = run(&b);
    pith__code_points_free(mem, &b.marks);
    *changed = status == PITH_OK && b.sink.changed;
    return status;
}
