/* Extended grapheme clusters: see graphemes.h. A cluster grows by one code point as long as no rule breaks before it;
 * what the rules look back for is kept in a small state. Source: Unicode Standard Annex #29, section 3.1.1, revision 47
 * (rules GB3 to GB13). */
#include "tokenizer/unicode/graphemes.h"
#include "tokenizer/unicode/grapheme_data.h"
#include "tokenizer/unicode/utf8.h"

typedef enum emoji_state {
    EMOJI_NONE,
    EMOJI_BASE,  /* a pictograph and what extends it */
    EMOJI_JOINER /* the same, then a joiner */
} emoji_state;

typedef enum conjunct_state {
    CONJUNCT_NONE,
    CONJUNCT_BASE,  /* a consonant and what extends it */
    CONJUNCT_LINKED /* a linker among that */
} conjunct_state;

/* What stands in the cluster so far. */
typedef struct cluster {
    enum pith__grapheme_break last;
    emoji_state emoji;
    conjunct_state conjunct;
    bool half_flag; /* the last one is a regional indicator without a partner */
} cluster;

static emoji_state next_emoji(emoji_state before, uint32_t class) {
    if (pith__pictographic(class)) {
        return EMOJI_BASE;
    }
    if (before == EMOJI_BASE && pith__grapheme_break(class) == PITH__GRAPHEME_EXTEND) {
        return EMOJI_BASE;
    }
    return before == EMOJI_BASE && pith__grapheme_break(class) == PITH__GRAPHEME_ZWJ ? EMOJI_JOINER : EMOJI_NONE;
}

static conjunct_state next_conjunct(conjunct_state before, uint32_t class) {
    switch (pith__conjunct_break(class)) {
    case PITH__CONJUNCT_CONSONANT:
        return CONJUNCT_BASE;
    case PITH__CONJUNCT_LINKER:
        return before == CONJUNCT_NONE ? CONJUNCT_NONE : CONJUNCT_LINKED;
    case PITH__CONJUNCT_EXTEND:
        return before;
    default:
        return CONJUNCT_NONE;
    }
}

static void take(cluster *c, uint32_t class) {
    c->half_flag = pith__grapheme_break(class) == PITH__GRAPHEME_REGIONAL && !c->half_flag;
    c->last = pith__grapheme_break(class);
    c->emoji = next_emoji(c->emoji, class);
    c->conjunct = next_conjunct(c->conjunct, class);
}

/* GB6 to GB8: the parts of a Hangul syllable. */
static bool joins_hangul(enum pith__grapheme_break before, enum pith__grapheme_break after) {
    switch (before) {
    case PITH__GRAPHEME_L:
        return after == PITH__GRAPHEME_L || after == PITH__GRAPHEME_V || after == PITH__GRAPHEME_LV ||
               after == PITH__GRAPHEME_LVT;
    case PITH__GRAPHEME_LV:
    case PITH__GRAPHEME_V:
        return after == PITH__GRAPHEME_V || after == PITH__GRAPHEME_T;
    case PITH__GRAPHEME_LVT:
    case PITH__GRAPHEME_T:
        return after == PITH__GRAPHEME_T;
    default:
        return false;
    }
}

static bool is_control(enum pith__grapheme_break b) {
    return b == PITH__GRAPHEME_CR || b == PITH__GRAPHEME_LF || b == PITH__GRAPHEME_CONTROL;
}

/* True unless a rule breaks between the cluster and a code point of this class. */
static bool joins(const cluster *c, uint32_t class) {
    enum pith__grapheme_break after = pith__grapheme_break(class);
    if (is_control(c->last) || is_control(after)) {
        return c->last == PITH__GRAPHEME_CR && after == PITH__GRAPHEME_LF;
    }
    if (after == PITH__GRAPHEME_EXTEND || after == PITH__GRAPHEME_ZWJ || after == PITH__GRAPHEME_SPACING) {
        return true;
    }
    return c->last == PITH__GRAPHEME_PREPEND || joins_hangul(c->last, after) ||
           (c->conjunct == CONJUNCT_LINKED && pith__conjunct_break(class) == PITH__CONJUNCT_CONSONANT) ||
           (c->emoji == EMOJI_JOINER && pith__pictographic(class)) ||
           (c->half_flag && after == PITH__GRAPHEME_REGIONAL);
}

uint64_t pith__grapheme_next(const uint8_t *p, uint64_t n) {
    if (p[0] < 0x80 && (n == 1 || p[1] < 0x80)) {
        return n > 1 && p[0] == '\r' && p[1] == '\n' ? 2 : 1;
    }
    cluster c = {0};
    uint32_t cp = 0;
    uint64_t at = pith__utf8_next(p, n, &cp);
    take(&c, pith__grapheme_class(cp));
    while (at < n) {
        uint32_t length = pith__utf8_next(p + at, n - at, &cp);
        uint32_t class = pith__grapheme_class(cp);
        if (!joins(&c, class)) {
            break;
        }
        take(&c, class);
        at += length;
    }
    return at;
}
