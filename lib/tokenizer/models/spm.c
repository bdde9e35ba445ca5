/* SentencePiece BPE: pieces carry scores; neighbours whose joined text is a piece merge, the highest score first, of
 * equal scores the leftmost. What no piece covers becomes byte tokens, or the unknown token where there are none.
 *
 * Vocabularies write a space as U+2581; here pieces hold the space itself, so that the caller's text can be worked on
 * as it is. The text is cut wherever no piece holds the two characters side by side: no merge can reach across, so the
 * words between the cuts are independent, and the result is that of merging the whole text. Score order is the order of
 * the float's bits, made unsigned. Sources: https://github.com/google/sentencepiece (src/bpe_model.cc,
 * src/normalizer.cc); Kudo and Richardson, "SentencePiece", EMNLP 2018. */
#include "tokenizer/tokenizer_impl.h"
#include "tokenizer/unicode/utf8.h"

typedef struct spm_model {
    uint32_t *ranks;           /* by id: lower merges first */
    int32_t byte_ids[256];     /* of the byte tokens; -1: none */
    int32_t ascii_ids[128];    /* of the pieces of one ASCII character; -1: none */
    bool all_bytes;            /* there is a token for every byte */
    uint64_t ascii_pairs[256]; /* bit (first << 7 | second): some piece holds the two */
    uint64_t *pairs;           /* the same for other characters, by hash: a bit too many does no harm */
    uint64_t pair_mask;
} spm_model;

static const uint8_t escaped_space[3] = {0xE2, 0x96, 0x81}; /* U+2581 */

static bool unescape(int32_t type, pith__str entry, uint8_t *out, uint64_t *length) {
    uint64_t written = 0;
    for (uint64_t at = 0; at < entry.len; written++) {
        if (entry.ptr[at] == ' ' && type == PITH__TOKEN_NORMAL) {
            return false; /* spaces are escaped before pieces are looked for */
        }
        bool space = entry.len - at >= 3 && memcmp(entry.ptr + at, escaped_space, 3) == 0;
        out[written] = space ? ' ' : (uint8_t)entry.ptr[at];
        at += space ? 3 : 1;
    }
    *length = written;
    return true;
}

/* ---- Which characters stand side by side in some piece. ---- */

/* The bit that stands for two characters, in ascii_pairs or in pairs. */
static uint64_t pair_bit(const spm_model *model, uint32_t a, uint32_t b) {
    return (a | b) < 0x80 ? (uint64_t)a << 7 | b : pith__hash_step(a, b) >> 20 & model->pair_mask;
}

static bool may_join(const spm_model *model, uint32_t a, uint32_t b) {
    const uint64_t *words = (a | b) < 0x80 ? model->ascii_pairs : model->pairs;
    uint64_t at = pair_bit(model, a, b);
    return words[at >> 6] >> (at & 63) & 1;
}

static void add_pairs(spm_model *model, pith__str piece) {
    const uint8_t *p = (const uint8_t *)piece.ptr;
    uint32_t last = 0;
    for (uint64_t at = 0; at < piece.len;) {
        uint32_t cp = 0;
        uint32_t length = pith__utf8_next(p + at, piece.len - at, &cp);
        if (at > 0) {
            uint64_t *words = (last | cp) < 0x80 ? model->ascii_pairs : model->pairs;
            uint64_t bit = pair_bit(model, last, cp);
            words[bit >> 6] |= UINT64_C(1) << (bit & 63);
        }
        last = cp;
        at += length;
    }
}

/* ---- Life. ---- */

/* Higher scores give lower ranks; equal scores equal ones. Never PITH__NO_RANK: the score is no NaN. */
static uint32_t rank_of(float score) {
    float plain = score + 0.0f; /* no negative zero */
    uint32_t bits = 0;
    memcpy(&bits, &plain, sizeof(bits));
    return bits >> 31 ? bits : ~(bits | 0x80000000u);
}

static int32_t read_scores(pith__tokenizer *t, spm_model *model, const pith__vocab_spec *spec) {
    if (spec->scores == NULL) {
        return pith__fail(PITH_E_FORMAT, "vocabulary: one of kind 'llama' needs scores");
    }
    PITH_TRY(PITH_NEW_ARRAY(t->mem, &model->ranks, spec->count, "vocabulary"));
    for (uint64_t id = 0; id < spec->count; id++) {
        if (spec->scores[id] != spec->scores[id]) {
            return pith__fail(PITH_E_FORMAT, "vocabulary: the score of token %llu is not a number",
                              (unsigned long long)id);
        }
        model->ranks[id] = rank_of(spec->scores[id]);
    }
    return PITH_OK;
}

static int32_t read_pairs(pith__tokenizer *t, spm_model *model) {
    uint64_t bits = 1 << 12;
    while (bits < (uint64_t)t->vocab.texts.count * 8) {
        bits *= 2;
    }
    PITH_TRY(PITH_NEW_ARRAY(t->mem, &model->pairs, bits / 64, "vocabulary"));
    model->pair_mask = bits - 1;
    for (uint32_t id = 0; id < t->vocab.texts.count; id++) {
        if (pith__vocab_is_piece(&t->vocab, id)) {
            add_pairs(model, pith__vocab_text(&t->vocab, id));
        }
    }
    return PITH_OK;
}

static void read_bytes(const pith__tokenizer *t, spm_model *model) {
    memset(model->byte_ids, 0xFF, sizeof(model->byte_ids));
    for (uint32_t id = t->vocab.texts.count; id-- > 0;) {
        if (t->vocab.types[id] == PITH__TOKEN_BYTE) {
            model->byte_ids[pith__vocab_byte(&t->vocab, id)] = (int32_t)id;
        }
    }
    model->all_bytes = true;
    for (uint32_t b = 0; b < 256; b++) {
        model->all_bytes = model->all_bytes && model->byte_ids[b] >= 0;
    }
    for (uint32_t c = 0; c < 128; c++) {
        uint8_t byte = (uint8_t)c;
        model->ascii_ids[c] = pith__vocab_piece(&t->vocab, &byte, 1);
    }
}

static int32_t create(pith__tokenizer *t, const pith__vocab_spec *spec) {
    spm_model *model = NULL;
    PITH_TRY(PITH_NEW(t->mem, &model, "tokenizer"));
    t->model = model;
    t->add_bos = true;
    t->add_space_prefix = true;
    PITH_TRY(read_scores(t, model, spec));
    PITH_TRY(read_pairs(t, model));
    read_bytes(t, model);
    if (!model->all_bytes && t->unk < 0) {
        return pith__fail(PITH_E_FORMAT, "vocabulary: neither an unknown token nor a token for every byte");
    }
    return PITH_OK;
}

static void destroy(pith__tokenizer *t) {
    spm_model *model = t->model;
    pith__mem_free(t->mem, model->ranks);
    pith__mem_free(t->mem, model->pairs);
    pith__mem_free(t->mem, model);
}

/* ---- Encoding a word. ---- */

static void join(const void *context, pith__symbol *left, const pith__symbol *right, uint32_t end) {
    const pith__encoder *e = context;
    const spm_model *model = e->tokenizer->model;
    (void)right;
    uint32_t length = end - left->start;
    left->rank = PITH__NO_RANK;
    if (length > e->tokenizer->vocab.longest) {
        return;
    }
    left->joined = pith__vocab_piece(&e->tokenizer->vocab, e->word_text + left->start, length);
    if (left->joined >= 0) {
        left->rank = model->ranks[left->joined];
    }
}

/* One symbol a character; -1 for one that is no piece. */
static uint32_t make_symbols(const pith__tokenizer *t, const uint8_t *word, uint32_t length, pith__symbol *symbols) {
    const spm_model *model = t->model;
    uint32_t count = 0;
    for (uint32_t at = 0; at < length; count++) {
        uint32_t cp = 0;
        uint32_t char_length = pith__utf8_next(word + at, length - at, &cp);
        int32_t id = cp < 0x80 ? model->ascii_ids[cp] : pith__vocab_piece(&t->vocab, word + at, char_length);
        symbols[count] = (pith__symbol){at, id, PITH__NO_RANK, -1};
        at += char_length;
    }
    symbols[count] = (pith__symbol){length, -1, PITH__NO_RANK, -1};
    return count;
}

static void put_bytes(pith__encoder *e, uint32_t start, uint32_t end) {
    const spm_model *model = e->tokenizer->model;
    for (uint32_t at = start; at < end; at++) {
        int32_t id = model->byte_ids[e->text[at]];
        pith__encoder_put(e, id >= 0 ? id : (int32_t)e->tokenizer->unk, at);
    }
}

static int32_t encode_word(pith__encoder *e, uint32_t start, uint32_t length) {
    PITH_TRY(pith__merger_reserve(&e->merger, length));
    uint32_t count = make_symbols(e->tokenizer, e->text + start, length, e->merger.symbols);
    e->word_text = e->text + start;
    PITH_TRY(pith__merger_run(&e->merger, count, join, e, &count));
    for (uint32_t i = 0; i < count; i++) {
        const pith__symbol *s = &e->merger.symbols[i];
        if (s->id >= 0) {
            pith__encoder_put(e, s->id, start + s->start);
        } else {
            put_bytes(e, start + s->start, start + s[1].start);
        }
    }
    return PITH_OK;
}

/* ---- Encoding a fragment. ---- */

/* The next U+2581 in the text, or `length`. */
static uint64_t find_escaped_space(const uint8_t *text, uint64_t length, uint64_t from) {
    while (from < length) {
        const uint8_t *found = memchr(text + from, escaped_space[0], (size_t)(length - from));
        if (found == NULL) {
            break;
        }
        from = (uint64_t)(found - text);
        if (length - from >= 3 && memcmp(found, escaped_space, 3) == 0) {
            return from;
        }
        from++;
    }
    return length;
}

/* The text with a space before it, if one is wanted, and a space for every U+2581. */
static int32_t rewrite(pith__encoder *e, const uint8_t *text, uint64_t length, bool prefix) {
    static const uint8_t space[1] = {' '};
    if (prefix) {
        PITH_TRY(pith__worktext_rewrite(e->mem, &e->work, space, 1, 0));
    }
    for (uint64_t at = 0; at < length;) {
        uint64_t next = find_escaped_space(text, length, at);
        PITH_TRY(pith__worktext_copy(e->mem, &e->work, text + at, next - at));
        if (next < length) {
            PITH_TRY(pith__worktext_rewrite(e->mem, &e->work, space, 1, 3));
            next += 3;
        }
        at = next;
    }
    return PITH_OK;
}

/* The words of text[start .. end), which begins and ends where a token does. */
static int32_t encode_words(pith__encoder *e, const uint8_t *text, uint32_t start, uint32_t end) {
    const spm_model *model = e->tokenizer->model;
    uint32_t last = 0;
    for (uint32_t at = start; at < end;) {
        uint32_t cp = 0;
        uint32_t char_length = pith__utf8_next(text + at, end - at, &cp);
        if (at > start && !may_join(model, last, cp)) {
            PITH_TRY(pith__encoder_word(e, start, at - start));
            start = at;
        }
        last = cp;
        at += char_length;
    }
    return end > start ? pith__encoder_word(e, start, end - start) : PITH_OK;
}

/* The user-defined tokens in the text, and the words between them. */
static int32_t encode_text(pith__encoder *e, const uint8_t *text, uint32_t length) {
    for (uint32_t at = 0; at < length;) {
        uint64_t plain = length - at;
        uint32_t matched = 0;
        int32_t id = -1;
        bool found = pith__matcher_find(&e->tokenizer->in_fragments, text + at, length - at, &plain, &matched, &id);
        PITH_TRY(encode_words(e, text, at, at + (uint32_t)plain));
        at += (uint32_t)plain;
        if (found) {
            PITH_TRY(pith__encoder_whole(e, id, at));
            at += matched;
        }
    }
    return PITH_OK;
}

/* Several unknown tokens in a row are one. */
static void fuse_unknown(pith__encoder *e) {
    pith__token_list *list = e->list;
    uint64_t kept = e->first_token;
    for (uint64_t i = e->first_token; i < list->count; i++) {
        if (i > e->first_token && list->ids[i] == e->tokenizer->unk && list->ids[kept - 1] == e->tokenizer->unk) {
            continue;
        }
        list->ids[kept] = list->ids[i];
        if (e->want_offsets) {
            list->offsets[kept] = list->offsets[i];
        }
        kept++;
    }
    list->count = kept;
}

static int32_t fragment(pith__encoder *e, const uint8_t *text, uint64_t length, bool leading) {
    const spm_model *model = e->tokenizer->model;
    bool prefix = leading && e->tokenizer->add_space_prefix;
    if (prefix || find_escaped_space(text, length, 0) < length) {
        PITH_TRY(rewrite(e, text, length, prefix));
        text = e->work.text;
        length = e->work.length;
    }
    PITH_TRY(pith__encoder_begin(e, text, length));
    PITH_TRY(encode_text(e, text, (uint32_t)length));
    if (!model->all_bytes) {
        fuse_unknown(e);
    }
    return PITH_OK;
}

const pith__algorithm pith__spm_algorithm = {.model = "llama",
                                             .unescape = unescape,
                                             .create = create,
                                             .destroy = destroy,
                                             .finds_user_tokens = true,
                                             .fragment = fragment,
                                             .word = encode_word};
