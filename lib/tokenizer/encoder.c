/* The state of one tokenize call: the growing list, the memory of words already seen, and the way from positions in a
 * fragment's working text back to the input.
 *
 * Invariant: while a fragment is in work its tokens' offsets are positions in its working text; they are turned into
 * input offsets, once, at its end. A word that was seen before in the fragment gets a copy of the same tokens. */
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
    pith__worktext_free(e->mem, &e->work);
    pith__mem_free(e->mem, e->seen);
}

static int32_t grow_list(pith__encoder *e, uint64_t needed) {
    pith__token_list *list = e->list;
    uint64_t capacity = list->capacity + list->capacity / 2 + 32;
    capacity = capacity < needed ? needed : capacity;
    PITH_TRY(PITH_GROW_ARRAY(e->mem, &list->ids, capacity, "token list"));
    if (e->want_offsets) {
        PITH_TRY(PITH_GROW_ARRAY(e->mem, &list->offsets, capacity, "token offsets"));
    }
    list->capacity = capacity;
    return PITH_OK;
}

static int32_t reserve(pith__encoder *e, uint64_t more) {
    uint64_t needed = e->list->count + more;
    return needed <= e->list->capacity ? PITH_OK : grow_list(e, needed);
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

int32_t pith__encoder_begin(pith__encoder *e, const uint8_t *text, uint64_t length) {
    e->text = text;
    return forget_words(e, length);
}

static void repeat_word(pith__encoder *e, const pith__seen_word *w, uint32_t start) {
    pith__token_list *list = e->list;
    uint64_t from = e->first_token + w->first;
    for (uint32_t i = 0; i < w->count; i++) {
        list->ids[list->count + i] = list->ids[from + i];
    }
    if (e->want_offsets) {
        for (uint32_t i = 0; i < w->count; i++) {
            list->offsets[list->count + i] = list->offsets[from + i] - w->start + start;
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

int32_t pith__encoder_word(pith__encoder *e, uint32_t start, uint32_t length) {
    const pith__algorithm *algorithm = e->tokenizer->algorithm;
    PITH_TRY(reserve(e, length));
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
    pair[0] = (pith__seen_word){start, length, (uint32_t)(first - e->first_token), (uint32_t)(e->list->count - first)};
    return PITH_OK;
}

static void finish_offsets(pith__encoder *e, uint64_t offset) {
    uint64_t *offsets = e->list->offsets + e->first_token;
    uint64_t count = e->list->count - e->first_token;
    if (e->work.length > 0) {
        pith__worktext_map(&e->work, offsets, count);
    }
    for (uint64_t i = 0; i < count; i++) {
        offsets[i] += offset;
    }
}

int32_t pith__encoder_fragment(pith__encoder *e, const uint8_t *text, uint64_t length, uint64_t offset, bool leading) {
    e->first_token = e->list->count;
    pith__worktext_reset(&e->work);
    PITH_TRY(e->tokenizer->algorithm->fragment(e, text, length, leading));
    if (e->want_offsets) {
        finish_offsets(e, offset);
    }
    return PITH_OK;
}

int32_t pith__encoder_whole(pith__encoder *e, int32_t id, uint64_t offset) {
    PITH_TRY(reserve(e, 1));
    if (e->want_offsets) {
        e->list->offsets[e->list->count] = offset;
    }
    e->list->ids[e->list->count++] = id;
    return PITH_OK;
}
