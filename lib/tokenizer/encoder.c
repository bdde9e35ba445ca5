/* The state of one tokenize call: the growing list, the way of a fragment through the pipeline, the memory of words already
 * seen, and the way from positions in the rewritten text back to the input.
 *
 * Invariant: while a part is in work its tokens' offsets are positions in its text; they are turned into positions of the
 * fragment's at its end, and those into positions of the input, once, at the fragment's end. A word that was seen before in
 * the part gets a copy of the same tokens. */
#include "tokenizer/tokenizer_impl.h"

enum {
    SEEN_FROM = 512,      /* bytes of a fragment from which words are remembered */
    SEEN_LIMIT = 1 << 14, /* words remembered at most */
    SEEN_WORD_LIMIT = 128 /* bytes; longer words seldom come twice */
};

void pith__encoder_init(pith__encoder *e, const pith__tokenizer *t, pith__mem *mem, pith__token_list *list,
                        bool want_offsets) {
    memset(e, 0, sizeof(*e));
    e->tokenizer = t;
    e->mem = mem;
    e->merger.mem = mem;
    e->list = list;
    e->want_offsets = want_offsets;
}

void pith__encoder_free(pith__encoder *e) {
    pith__merger_free(&e->merger);
    for (uint32_t i = 0; i < PITH__NORMAL_LIMIT; i++) {
        pith__worktext_free(e->mem, &e->levels[i]);
    }
    pith__worktext_free(e->mem, &e->prefixed);
    pith__mem_free(e->mem, e->cuts);
    pith__mem_free(e->mem, e->scratch);
    pith__mem_free(e->mem, e->seen);
}

/* ---- Words. ---- */

static int32_t grow_list(pith__encoder *e, uint64_t needed) {
    pith__token_list *list = e->list;
    uint64_t capacity = list->capacity + list->capacity / 2 + 32;
    capacity = capacity < needed ? needed : capacity;
    PITH_TRY(PITH_GROW_ARRAY(e->mem, &list->ids, capacity, "token list"));
    if (e->want_offsets) {
        PITH_TRY(PITH_GROW_ARRAY(e->mem, &list->offsets, 2 * capacity, "token offsets"));
    }
    list->capacity = capacity;
    return PITH_OK;
}

int32_t pith__encoder_reserve(pith__encoder *e, uint64_t more) {
    uint64_t needed = e->list->count + more;
    return needed <= e->list->capacity ? PITH_OK : grow_list(e, needed);
}

int32_t pith__encoder_scratch(pith__encoder *e, uint64_t size) {
    if (size > e->scratch_capacity) {
        PITH_TRY(PITH_GROW_ARRAY(e->mem, &e->scratch, size, "tokenizer"));
        e->scratch_capacity = size;
    }
    return PITH_OK;
}

/* Sizes and empties the memory of words: it belongs to one text. */
static int32_t forget_words(pith__encoder *e, uint64_t length) {
    e->seen_mask = 0;
    if (length < SEEN_FROM) {
        return PITH_OK;
    }
    uint64_t slots = SEEN_FROM / 16;
    while (slots < SEEN_LIMIT && slots < length / 16) {
        slots *= 2;
    }
    if (slots > e->seen_capacity) {
        PITH_TRY(PITH_GROW_ARRAY(e->mem, &e->seen, slots, "tokenizer"));
        e->seen_capacity = slots;
    }
    memset(e->seen, 0, (size_t)slots * sizeof(*e->seen));
    e->seen_mask = (uint32_t)(slots - 1);
    return PITH_OK;
}

static void repeat_word(pith__encoder *e, const pith__seen_word *w, uint32_t start) {
    pith__token_list *list = e->list;
    uint64_t from = e->first_token + w->first;
    for (uint32_t i = 0; i < w->count; i++) {
        list->ids[list->count + i] = list->ids[from + i];
    }
    if (e->want_offsets) {
        for (uint64_t i = 0; i < 2 * (uint64_t)w->count; i++) {
            list->offsets[2 * list->count + i] = list->offsets[2 * from + i] - w->start + start;
        }
    }
    list->count += w->count;
}

static bool is_word(const pith__encoder *e, const pith__seen_word *w, uint32_t start, uint32_t length) {
    return w->length == length && memcmp(e->text + w->start, e->text + start, length) == 0;
}

/* The word where it was seen, or NULL. Two places a hash; the one used last is the first, so that rare words do not
 * push out frequent ones. */
static const pith__seen_word *find_seen(pith__seen_word *pair, const pith__encoder *e, uint32_t start,
                                        uint32_t length) {
    if (is_word(e, &pair[0], start, length)) {
        return &pair[0];
    }
    pith__seen_word second = pair[1];
    pair[1] = pair[0];
    if (is_word(e, &second, start, length)) {
        pair[0] = second;
        return &pair[0];
    }
    return NULL;
}

/* Whether the tokens of a word, from `first` on, are the same wherever it stands: one that is unknown may be fused. */
static bool may_repeat(const pith__encoder *e, uint64_t first) {
    const pith__tokenizer *t = e->tokenizer;
    bool same = e->list->count > first;
    for (uint64_t i = first; t->rules.fuse_unknown && i < e->list->count; i++) {
        same = same && e->list->ids[i] != t->unk;
    }
    return same;
}

int32_t pith__encoder_word(pith__encoder *e, uint32_t start, uint32_t length) {
    const pith__algorithm *algorithm = e->tokenizer->algorithm;
    PITH_TRY(pith__encoder_reserve(e, length));
    if (e->seen_mask == 0 || length > SEEN_WORD_LIMIT) {
        return algorithm->word(e, start, length);
    }
    pith__seen_word *pair = &e->seen[(pith__hash_text(e->text + start, length) & e->seen_mask) & ~1u];
    const pith__seen_word *seen = find_seen(pair, e, start, length);
    if (seen != NULL) {
        repeat_word(e, seen, start);
        return PITH_OK;
    }
    uint64_t first = e->list->count;
    PITH_TRY(algorithm->word(e, start, length));
    if (!may_repeat(e, first)) {
        return PITH_OK;
    }
    pair[0] = (pith__seen_word){start, length, (uint32_t)(first - e->first_token), (uint32_t)(e->list->count - first)};
    return PITH_OK;
}

int32_t pith__encoder_whole(pith__encoder *e, int32_t id, uint64_t begin, uint64_t end) {
    PITH_TRY(pith__encoder_reserve(e, 1));
    if (e->want_offsets) {
        e->list->offsets[2 * e->list->count] = begin;
        e->list->offsets[2 * e->list->count + 1] = end;
    }
    e->list->ids[e->list->count++] = id;
    return PITH_OK;
}

/* ---- Pieces: what the cuts leave of a part. ---- */

typedef int32_t (*piece_fn)(pith__encoder *e, uint32_t start, uint32_t length);

static int32_t encode_piece(pith__encoder *e, uint32_t start, uint32_t length) {
    const pith__algorithm *algorithm = e->tokenizer->algorithm;
    e->piece_token = e->list->count;
    return algorithm->piece ? algorithm->piece(e, start, length) : pith__encoder_word(e, start, length);
}

static uint32_t cut_one(const pith__cut_step *step, const uint8_t *p, uint32_t n, bool *dropped) {
    if (step->cut == NULL) {
        return (uint32_t)pith__cut_literal(step, p, n, dropped);
    }
    uint32_t length = (uint32_t)step->cut(p, n);
    *dropped = step->drop != NULL && step->drop(p, length);
    return length;
}

/* Cuts [start, start + length) of the part by `left` steps, one after another; what the last leaves goes to `take`. */
static int32_t cut_piece(pith__encoder *e, const pith__cut_step *step, uint32_t left, uint32_t start, uint32_t length,
                         piece_fn take) {
    if (left == 0) {
        return take(e, start, length);
    }
    for (uint32_t end = start + length; start < end;) {
        bool dropped = false;
        uint32_t piece = cut_one(step, e->text + start, end - start, &dropped);
        if (!dropped) {
            PITH_TRY(cut_piece(e, step + 1, left - 1, start, piece, take));
        }
        start += piece;
    }
    return PITH_OK;
}

/* ---- Text put before pieces. ---- */

static bool begins_with(const uint8_t *text, uint64_t length, pith__str prefix) {
    return length >= prefix.len && memcmp(text, prefix.ptr, (size_t)prefix.len) == 0;
}

static int32_t append_prefixed(pith__encoder *e, const uint8_t *piece, uint64_t length, bool first) {
    const pith__prefixer *p = &e->tokenizer->pipeline.prefixer;
    bool skip = (p->when == PITH__PREFIX_START && !first) || (p->unless_there && begins_with(piece, length, p->text));
    if (!skip) {
        PITH_TRY(pith__worktext_rewrite(e->mem, &e->prefixed, (const uint8_t *)p->text.ptr, p->text.len, 0));
    }
    return pith__worktext_copy(e->mem, &e->prefixed, piece, length);
}

/* Takes a piece that is to have a prefix: its text goes to `prefixed`, where it begins to `cuts`. */
static int32_t collect_piece(pith__encoder *e, uint32_t start, uint32_t length) {
    if (e->n_cuts == e->cuts_capacity) {
        uint64_t capacity = e->cuts_capacity * 2 + 64;
        PITH_TRY(PITH_GROW_ARRAY(e->mem, &e->cuts, capacity, "tokenizer"));
        e->cuts_capacity = capacity;
    }
    e->cuts[e->n_cuts++] = (uint32_t)e->prefixed.length;
    if (e->prefixed.source < start) { /* dropped pieces before it */
        PITH_TRY(pith__worktext_rewrite(e->mem, &e->prefixed, NULL, 0, start - e->prefixed.source));
    }
    return append_prefixed(e, e->text + start, length, start == 0);
}

static int32_t too_long(void) {
    return pith__fail(PITH_E_ARGUMENT, "tokenize: the text is longer than 2 GiB once normalized");
}

/* The part, where every piece that the first steps leave gets the prefix before the other steps see it. */
static int32_t encode_prefixed(pith__encoder *e, uint32_t length) {
    const pith__pipeline *p = &e->tokenizer->pipeline;
    uint32_t after = p->prefixer.after;
    pith__worktext_reset(&e->prefixed);
    e->n_cuts = 0;
    PITH_TRY(cut_piece(e, p->cuts, after, 0, length, collect_piece));
    if (e->prefixed.length > INT32_MAX) {
        return too_long();
    }
    e->text = e->prefixed.text;
    for (uint64_t i = 0; i < e->n_cuts; i++) {
        uint64_t end = i + 1 < e->n_cuts ? e->cuts[i + 1] : e->prefixed.length;
        PITH_TRY(cut_piece(e, p->cuts + after, p->n_cuts - after, e->cuts[i], (uint32_t)(end - e->cuts[i]), encode_piece));
    }
    if (e->want_offsets && e->list->count > e->first_token) {
        pith__worktext_map(&e->prefixed, e->list->offsets + 2 * e->first_token, e->list->count - e->first_token);
    }
    return PITH_OK;
}

/* Whether the part begins with the fragment's first byte: the normalizer may have dropped what came before. */
static bool begins_fragment(const pith__encoder *e, uint64_t begin) {
    uint64_t range[2] = {begin, begin + 1};
    for (uint32_t level = e->n_levels; level > 0; level--) {
        pith__worktext_map(&e->levels[level - 1], range, 1);
    }
    return range[0] == 0;
}

static bool has_prefix(const pith__encoder *e, uint64_t begin, uint32_t where) {
    const pith__prefixer *p = &e->tokenizer->pipeline.prefixer;
    switch (p->when) {
    case PITH__PREFIX_EVERY: return where != 0 || p->after > 0;
    case PITH__PREFIX_START: return (where & PITH__AT_START) && begins_fragment(e, begin);
    case PITH__PREFIX_NEVER: break;
    }
    return false;
}

static int32_t encode_part(pith__encoder *e, const uint8_t *text, uint64_t begin, uint64_t end, uint32_t where) {
    const pith__pipeline *p = &e->tokenizer->pipeline;
    uint32_t length = (uint32_t)(end - begin);
    e->text = text + begin;
    e->first_token = e->list->count;
    PITH_TRY(forget_words(e, length));
    PITH_TRY(has_prefix(e, begin, where) ? encode_prefixed(e, length)
                                             : cut_piece(e, p->cuts, p->n_cuts, 0, length, encode_piece));
    for (uint64_t i = 2 * e->first_token; e->want_offsets && i < 2 * e->list->count; i++) {
        e->list->offsets[i] += begin;
    }
    return PITH_OK;
}

/* ---- Fragments. ---- */

/* Runs the normalizer's steps; *text and *length become the last one's. */
static int32_t normalize(pith__encoder *e, const uint8_t **text, uint64_t *length, uint32_t where) {
    const pith__pipeline *p = &e->tokenizer->pipeline;
    e->n_levels = 0;
    for (uint32_t i = 0; i < p->n_normal && *length > 0; i++) { /* no step makes something of nothing */
        bool changed = false;
        pith__worktext *level = &e->levels[e->n_levels];
        if (p->normal[i].kind == PITH__NORMAL_PREPEND && where == 0) {
            continue; /* the text goes on here */
        }
        PITH_TRY(pith__normalize(&p->normal[i], e->mem, *text, *length, where, level, &changed));
        if (changed) {
            e->n_levels++;
            *text = level->text;
            *length = level->length;
        }
        if (*length > INT32_MAX) {
            return too_long();
        }
    }
    return PITH_OK;
}

static int32_t encode_parts(pith__encoder *e, const uint8_t *text, uint64_t length, uint32_t where, bool trusted) {
    const pith__matcher *matcher = &e->tokenizer->in_normalized[trusted];
    for (uint64_t at = 0; at < length;) {
        pith__match match = {length, length, -1};
        bool found = pith__matcher_find(matcher, text, length, at, &match);
        if (match.begin > at) {
            PITH_TRY(encode_part(e, text, at, match.begin, where));
        }
        if (found) {
            PITH_TRY(pith__encoder_whole(e, match.id, match.begin, match.end));
        }
        at = match.end;
        where = PITH__AFTER_TOKEN;
    }
    return PITH_OK;
}

static void finish_offsets(pith__encoder *e, uint64_t first, uint64_t offset) {
    uint64_t *offsets = e->list->offsets + 2 * first;
    uint64_t count = e->list->count - first;
    for (uint32_t level = e->n_levels; level > 0; level--) {
        pith__worktext_map(&e->levels[level - 1], offsets, count);
    }
    for (uint64_t i = 0; i < 2 * count; i++) {
        offsets[i] += offset;
    }
}

int32_t pith__encoder_fragment(pith__encoder *e, const uint8_t *text, uint64_t length, uint64_t offset, uint32_t where,
                               bool trusted) {
    uint64_t first = e->list->count;
    PITH_TRY(normalize(e, &text, &length, where));
    PITH_TRY(encode_parts(e, text, length, where, trusted));
    if (e->want_offsets && e->list->count > first) {
        finish_offsets(e, first, offset);
    }
    return PITH_OK;
}
