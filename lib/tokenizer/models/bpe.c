/* Byte-pair encoding: a word is its symbols, bytes or characters, and neighbours join, those of the lowest rank first.
 *
 * What joins, and when, is said in one of three ways: by a list of merges (GPT-2); by the scores of the pieces, the highest first,
 * any two whose joined text is a piece (SentencePiece); or likewise by the pieces' ids, the lowest first (tiktoken). A symbol that
 * is no piece becomes byte tokens or the unknown token. Of characters, a piece of the text is cut into words wherever no entry
 * holds the two characters side by side: no merge can reach across.
 * Sources: https://github.com/openai/gpt-2/blob/master/src/encoder.py (bpe); https://github.com/google/sentencepiece
 * (src/bpe_model.cc); https://github.com/openai/tiktoken (src/lib.rs); https://github.com/huggingface/tokenizers (models/bpe). */
#include "tokenizer/models/neighbours.h"
#include "tokenizer/models/pairs.h"
#include "tokenizer/models/whole_chars.h"
#include "tokenizer/tokenizer_impl.h"
#include "tokenizer/unicode/utf8.h"

typedef struct bpe_model {
    pith__pairs pairs;
    bool by_text;    /* neighbours join when their text is a piece */
    uint32_t *ranks; /* by id, of scores: lower merges first; NULL: the id is the rank */
    pith__neighbours neighbours;
    bool cut_words;          /* by the neighbours */
    bool has_whole;          /* of bytes: some characters are symbols from the start */
    pith__whole_chars whole;
    int32_t one_byte[256];   /* the pieces of one byte; -1: none. For characters, those of ASCII */
    int32_t byte_tokens[256]; /* the fallback's; -1: none */
} bpe_model;

/* ---- Joining. ---- */

static void join_by_pair(const void *context, pith__symbol *left, const pith__symbol *right, uint32_t end) {
    (void)end;
    pith__pairs_join(context, left, right);
}

/* What join_by_text goes by: the word is the one in work. */
typedef struct text_joiner {
    const pith__vocab *vocab;
    const uint32_t *ranks;
    const uint8_t *word;
} text_joiner;

static void join_by_text(const void *context, pith__symbol *left, const pith__symbol *right, uint32_t end) {
    const text_joiner *j = context;
    (void)right;
    uint32_t length = end - left->start;
    left->rank = PITH__NO_RANK;
    if (length > j->vocab->longest) {
        return;
    }
    left->joined = pith__vocab_piece(j->vocab, j->word + left->start, length);
    if (left->joined >= 0) {
        left->rank = j->ranks ? j->ranks[left->joined] : (uint32_t)left->joined;
    }
}

/* ---- Life. ---- */

/* Higher scores give lower ranks; equal scores equal ones: the order of the float's bits, made unsigned. Never PITH__NO_RANK: the
 * score is no NaN. */
static uint32_t rank_of(float score) {
    float plain = score + 0.0f; /* no negative zero */
    uint32_t bits = 0;
    memcpy(&bits, &plain, sizeof(bits));
    return bits >> 31 ? bits : ~(bits | 0x80000000u);
}

static int32_t read_scores(pith__tokenizer *t, bpe_model *model, const pith__vocab_spec *spec) {
    PITH_TRY(PITH_NEW_ARRAY(t->mem, &model->ranks, spec->count, "vocabulary"));
    for (uint64_t id = 0; id < spec->count; id++) {
        if (spec->scores[id] != spec->scores[id]) {
            return pith__fail(PITH_E_FORMAT, "vocabulary: the score of token %llu is not a number",
                              (unsigned long long)id);
        }
        model->ranks[id] = rank_of((float)spec->scores[id]);
    }
    return PITH_OK;
}

static void read_bytes(const pith__tokenizer *t, bpe_model *model) {
    memset(model->byte_tokens, 0xFF, sizeof(model->byte_tokens));
    for (uint32_t id = t->vocab.texts.count; t->rules.byte_fallback && id-- > 0;) {
        if (t->vocab.types[id] == PITH__TOKEN_BYTE) {
            model->byte_tokens[pith__vocab_byte(&t->vocab, id)] = (int32_t)id;
        }
    }
    for (uint32_t b = 0; b < 256; b++) {
        uint8_t byte = (uint8_t)b;
        model->one_byte[b] = pith__vocab_piece(&t->vocab, &byte, 1);
    }
}

/* Where ranks are of texts symbols have to lie side by side, so all text must be able to become tokens. */
static int32_t check_bytes(const pith__tokenizer *t, const bpe_model *model) {
    for (uint32_t b = 0; model->by_text && t->unk < 0 && b < 256; b++) {
        if (model->byte_tokens[b] < 0 && (!t->rules.bytes || model->one_byte[b] < 0)) {
            return pith__fail(PITH_E_FORMAT, "vocabulary: neither an unknown token nor a token for byte %u", b);
        }
    }
    return PITH_OK;
}

static bool has_affixes(const pith__word_rules *rules) {
    return rules->word_prefix.len + rules->inner_prefix.len + rules->word_suffix.len > 0;
}

static int32_t create_whole(pith__tokenizer *t, bpe_model *model, const pith__vocab_spec *spec) {
    text_joiner by_text = {&t->vocab, model->ranks, NULL};
    pith__merge_list merges = {(uint32_t)spec->n_merges, model->pairs.joined, NULL};
    if (model->by_text) {
        merges = (pith__merge_list){t->vocab.texts.count, NULL, model->ranks};
    }
    model->has_whole = t->rules.bytes && !has_affixes(&t->rules);
    if (!model->has_whole) {
        return PITH_OK;
    }
    return pith__whole_chars_create(t->mem, &t->vocab, &merges, model->one_byte, model->by_text ? join_by_text : join_by_pair,
                                    model->by_text ? (const void *)&by_text : &model->pairs, &by_text.word, &model->whole);
}

static int32_t create(pith__tokenizer *t, const pith__vocab_spec *spec) {
    bpe_model *model = NULL;
    PITH_TRY(PITH_NEW(t->mem, &model, "tokenizer"));
    t->model = model;
    bool by_scores = spec->scores != NULL && t->rules.writing == PITH__WRITTEN_SPACES;
    if (!t->rules.bytes && spec->n_merges == 0 && !by_scores) {
        return pith__fail(PITH_E_FORMAT, "vocabulary: neither merges nor scores say how characters join");
    }
    model->by_text = spec->n_merges == 0 && (spec->rules.by_rank || !spec->rules.bytes);
    if (model->by_text && !spec->rules.by_rank) {
        PITH_TRY(read_scores(t, model, spec));
    } else if (!model->by_text) {
        PITH_TRY(pith__pairs_create(t->mem, &t->vocab, spec, &model->pairs));
    }
    model->cut_words = !t->rules.bytes && t->rules.inner_prefix.len == 0 && t->rules.word_suffix.len == 0;
    if (model->cut_words) {
        PITH_TRY(pith__neighbours_create(t->mem, &t->vocab, &model->neighbours));
    }
    read_bytes(t, model);
    PITH_TRY(check_bytes(t, model));
    return create_whole(t, model, spec);
}

static void destroy(pith__tokenizer *t) {
    bpe_model *model = t->model;
    pith__pairs_free(t->mem, &model->pairs);
    pith__neighbours_free(t->mem, &model->neighbours);
    pith__whole_chars_free(t->mem, &model->whole);
    pith__mem_free(t->mem, model->ranks);
    pith__mem_free(t->mem, model);
}

/* ---- A word. ---- */

static uint64_t put_bytes(uint8_t *out, uint64_t at, const char *bytes, uint64_t length) {
    if (length > 0) {
        memcpy(out + at, bytes, (size_t)length);
    }
    return at + length;
}

/* The piece of one symbol where the first or the last of a word are written in their own ways. */
static int32_t find_affixed(const pith__tokenizer *t, const uint8_t *symbol, uint32_t length, bool first, bool last) {
    uint8_t bytes[2 * PITH__AFFIX_BYTES + 4];
    pith__str prefix = first ? t->rules.word_prefix : t->rules.inner_prefix;
    pith__str suffix = last ? t->rules.word_suffix : (pith__str){NULL, 0};
    uint64_t n = put_bytes(bytes, 0, prefix.ptr, prefix.len);
    n = put_bytes(bytes, n, (const char *)symbol, length);
    n = put_bytes(bytes, n, suffix.ptr, suffix.len);
    return pith__vocab_piece(&t->vocab, bytes, n);
}

/* Length of the symbol at `at`, and its piece; -1: it is none. */
static uint32_t next_symbol(const pith__tokenizer *t, const uint8_t *word, uint32_t length, uint32_t at, int32_t *id) {
    const bpe_model *model = t->model;
    uint32_t cp = 0;
    uint32_t size = t->rules.bytes ? 1 : pith__utf8_next(word + at, length - at, &cp);
    if (has_affixes(&t->rules)) {
        *id = find_affixed(t, word + at, size, at == 0, at + size == length);
    } else {
        *id = size == 1 ? model->one_byte[word[at]] : pith__vocab_piece(&t->vocab, word + at, size);
    }
    return size;
}

static bool has_byte_tokens(const bpe_model *model, const uint8_t *bytes, uint32_t length) {
    for (uint32_t i = 0; i < length; i++) {
        if (model->byte_tokens[bytes[i]] < 0) {
            return false;
        }
    }
    return true;
}

/* A symbol that is no piece and can become no token is left out, as in the official implementations. Others come to stand side by
 * side then, and what is known of whole characters does not hold: the word begins with its bytes. */
static uint32_t make_symbols(const pith__tokenizer *t, const uint8_t *word, uint32_t length, bool whole, pith__symbol *symbols) {
    const bpe_model *model = t->model;
    uint32_t count = 0;
    for (uint32_t at = 0; at < length;) {
        int32_t id = -1;
        uint32_t size = whole && word[at] >= 0x80 ? pith__whole_char(&model->whole, word, length, at, &id) : 0;
        if (size == 0) {
            size = next_symbol(t, word, length, at, &id);
        }
        if (id >= 0 || t->unk >= 0 || has_byte_tokens(model, word + at, size)) {
            symbols[count++] = (pith__symbol){at, id, PITH__NO_RANK, -1};
        } else if (whole) {
            return make_symbols(t, word, length, false, symbols);
        }
        at += size;
    }
    symbols[count] = (pith__symbol){length, -1, PITH__NO_RANK, -1};
    return count;
}

static void put_unknown(pith__encoder *e, uint32_t begin, uint32_t end) {
    const bpe_model *model = e->tokenizer->model;
    if (!has_byte_tokens(model, e->text + begin, end - begin)) {
        pith__encoder_put_unknown(e, begin, end);
        return;
    }
    for (uint32_t at = begin; at < end; at++) {
        pith__encoder_put(e, model->byte_tokens[e->text[at]], at, at + 1);
    }
}

static int32_t merge_word(pith__encoder *e, uint32_t start, uint32_t length) {
    const bpe_model *model = e->tokenizer->model;
    PITH_TRY(pith__merger_reserve(&e->merger, length));
    uint32_t count = make_symbols(e->tokenizer, e->text + start, length, model->has_whole, e->merger.symbols);
    text_joiner by_text = {&e->tokenizer->vocab, model->ranks, e->text + start};
    PITH_TRY(pith__merger_run(&e->merger, count, model->by_text ? join_by_text : join_by_pair,
                              model->by_text ? (const void *)&by_text : &model->pairs, &count));
    for (uint32_t i = 0; i < count; i++) {
        const pith__symbol *s = &e->merger.symbols[i];
        if (s->id >= 0) {
            pith__encoder_put(e, s->id, start + s->start, start + s[1].start);
        } else { /* one symbol as it was made; after it some may have been left out */
            int32_t none = -1;
            uint32_t size = next_symbol(e->tokenizer, e->text + start, length, s->start, &none);
            put_unknown(e, start + s->start, start + s->start + size);
        }
    }
    return PITH_OK;
}

static int32_t encode_word(pith__encoder *e, uint32_t start, uint32_t length) {
    const pith__tokenizer *t = e->tokenizer;
    if (t->rules.whole_words) {
        int32_t id = pith__vocab_piece(&t->vocab, e->text + start, length);
        if (id >= 0) {
            pith__encoder_put(e, id, start, start + length);
            return PITH_OK;
        }
    }
    return merge_word(e, start, length);
}

/* ---- A piece. ---- */

static int32_t encode_words(pith__encoder *e, uint32_t start, uint32_t end) {
    const bpe_model *model = e->tokenizer->model;
    uint32_t last = 0;
    for (uint32_t at = start; at < end;) {
        uint32_t cp = 0;
        uint32_t size = pith__utf8_next(e->text + at, end - at, &cp);
        if (at > start && !pith__neighbours_may_join(&model->neighbours, last, cp)) {
            PITH_TRY(pith__encoder_word(e, start, at - start));
            start = at;
        }
        last = cp;
        at += size;
    }
    return end > start ? pith__encoder_word(e, start, end - start) : PITH_OK;
}

static int32_t encode_piece(pith__encoder *e, uint32_t start, uint32_t length) {
    const pith__tokenizer *t = e->tokenizer;
    const bpe_model *model = t->model;
    bool cut = model->cut_words && !t->rules.whole_words;
    return cut ? encode_words(e, start, start + length) : pith__encoder_word(e, start, length);
}

const pith__algorithm pith__bpe_algorithm = {.create = create, .destroy = destroy, .piece = encode_piece, .word = encode_word};
