/* Finding the characters that may stand whole: see whole_chars.h. One pass over the merges notes which borders pieces
 * cut and how early each character's piece is used; one over the pieces merges the bytes of each character by
 * themselves. */
#include "tokenizer/models/whole_chars.h"

enum {
    CODE_POINTS = PITH__WHOLE_BLOCKS * PITH__WHOLE_BLOCK
};

static bool continues(uint8_t byte) {
    return (byte & 0xC0) == 0x80;
}

static void add_cut(pith__whole_chars *w, uint8_t before, uint8_t first, uint8_t second) {
    uint32_t bit = pith__cut_bit(before, first, second);
    w->cuts[bit >> 6] |= UINT64_C(1) << (bit & 63);
}

/* Notes the border in a piece between the byte `before` and the `n` bytes at `p`. */
static void add_border(pith__whole_chars *w, uint8_t before, const uint8_t *p, uint64_t n) {
    if (p[0] < 0x80) {
        add_cut(w, before, p[0], 0);
    } else if (n > 1) {
        add_cut(w, before, p[0], p[1]);
    } else {
        for (uint32_t second = 0x80; second < 0xC0; second++) {
            add_cut(w, before, p[0], (uint8_t)second);
        }
    }
}

/* Notes the borders at which the piece holds a character in part: the first, after bytes that only continue one, and
 * the last, before a character that is not complete. */
static void add_cuts_of(pith__whole_chars *w, const uint8_t *p, uint64_t n) {
    uint64_t first = 0, last = n - 1;
    while (first < n && continues(p[first])) {
        first++;
    }
    if (first > 0 && first < n) {
        add_border(w, p[first - 1], p + first, n - first);
    }
    while (last > 0 && n - last < 4 && continues(p[last])) {
        last--;
    }
    uint32_t cp = 0;
    pith__utf8_next(p + last, n - last, &cp);
    if (last > 0 && p[last] >= 0xC0 && cp == PITH__UTF8_BROKEN) {
        add_border(w, p[last - 1], p + last, n - last);
    }
}

/* Notes that the characters which begin and end the piece are used at this rank. */
static void note_uses(uint32_t *first_use, const uint8_t *p, uint64_t n, uint32_t rank) {
    uint64_t ends[2] = {0, pith__utf8_last(p, n)};
    for (uint32_t i = 0; i < 2; i++) {
        uint32_t cp = 0;
        bool alone = pith__utf8_next(p + ends[i], n - ends[i], &cp) == n;
        if (!alone && cp < CODE_POINTS && rank < first_use[cp]) {
            first_use[cp] = rank;
        }
    }
}

static void read_merges(const pith__vocab *vocab, const pith__merge_list *merges, uint32_t *first_use,
                        pith__whole_chars *w) {
    for (uint32_t i = 0; i < merges->count; i++) {
        int32_t id = merges->ids ? merges->ids[i] : (int32_t)i;
        if (id < 0 || !pith__vocab_is_piece(vocab, (uint32_t)id)) {
            continue;
        }
        pith__str text = pith__vocab_text(vocab, (uint32_t)id);
        const uint8_t *p = (const uint8_t *)text.ptr;
        if (text.len > 1 && (p[0] >= 0x80 || p[text.len - 1] >= 0x80)) {
            add_cuts_of(w, p, text.len);
            note_uses(first_use, p, text.len, merges->ranks ? merges->ranks[id] : i);
        }
    }
}

/* The code point of a piece that is one character of two or three bytes; 0: it is not. */
static uint32_t char_of(const pith__vocab *vocab, uint32_t id) {
    pith__str text = pith__vocab_text(vocab, id);
    uint32_t cp = 0;
    if (text.len < 2 || text.len > 3 || !pith__vocab_is_piece(vocab, id)) {
        return 0;
    }
    return pith__utf8_next((const uint8_t *)text.ptr, text.len, &cp) == text.len ? cp : 0;
}

static int32_t make_blocks(pith__mem *mem, const pith__vocab *vocab, pith__whole_chars *w) {
    uint16_t count = 1;
    for (uint32_t id = 0; id < vocab->texts.count; id++) {
        uint16_t *block = &w->blocks[char_of(vocab, id) / PITH__WHOLE_BLOCK];
        if (char_of(vocab, id) > 0 && *block == 0) {
            *block = count++;
        }
    }
    return PITH_NEW_ARRAY(mem, &w->ids, (uint64_t)count * PITH__WHOLE_BLOCK, "vocabulary");
}

/* Merges the bytes of a character by themselves: whether they make the piece `id`, and the highest rank it takes. */
static bool merges_whole(pith__str text, int32_t id, const int32_t bytes[256], pith__join_fn join, const void *context,
                         uint32_t *highest) {
    pith__symbol symbols[4];
    uint32_t count = (uint32_t)text.len;
    for (uint32_t i = 0; i < count; i++) {
        symbols[i] = (pith__symbol){i, bytes[(uint8_t)text.ptr[i]], PITH__NO_RANK, -1};
        if (symbols[i].id < 0) {
            return false;
        }
    }
    symbols[count] = (pith__symbol){count, -1, PITH__NO_RANK, -1};
    return pith__merge_few(symbols, count, join, context, highest) == 1 && symbols[0].id == id;
}

int32_t pith__whole_chars_create(pith__mem *mem, const pith__vocab *vocab, const pith__merge_list *merges,
                                 const int32_t bytes[256], pith__join_fn join, const void *context,
                                 const uint8_t **word, pith__whole_chars *w) {
    uint32_t *first_use = NULL;
    PITH_TRY(PITH_NEW_ARRAY(mem, &w->blocks, PITH__WHOLE_BLOCKS, "vocabulary"));
    PITH_TRY(PITH_NEW_ARRAY(mem, &w->cuts, (1 << PITH__CUT_BITS) / 64, "vocabulary"));
    PITH_TRY(make_blocks(mem, vocab, w));
    PITH_TRY(PITH_NEW_ARRAY(mem, &first_use, CODE_POINTS, "vocabulary"));
    memset(first_use, 0xFF, CODE_POINTS * sizeof(*first_use));
    read_merges(vocab, merges, first_use, w);
    for (uint32_t id = 0; id < vocab->texts.count; id++) {
        uint32_t cp = char_of(vocab, id), highest = 0;
        pith__str text = pith__vocab_text(vocab, id);
        *word = (const uint8_t *)text.ptr;
        if (cp > 0 && merges_whole(text, (int32_t)id, bytes, join, context, &highest) && highest < first_use[cp]) {
            w->ids[(uint32_t)w->blocks[cp / PITH__WHOLE_BLOCK] * PITH__WHOLE_BLOCK + cp % PITH__WHOLE_BLOCK] = id + 1;
        }
    }
    pith__mem_free(mem, first_use);
    return PITH_OK;
}

void pith__whole_chars_free(pith__mem *mem, pith__whole_chars *w) {
    pith__mem_free(mem, w->blocks);
    pith__mem_free(mem, w->ids);
    pith__mem_free(mem, w->cuts);
    memset(w, 0, sizeof(*w));
}
