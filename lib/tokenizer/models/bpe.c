/* Byte-level BPE: the text is cut into words by the family's pre-tokenizer, each word is its bytes, and pairs merge by
 * the rank of the vocabulary's merges.
 *
 * Vocabularies write bytes as printable characters (GPT-2's alphabet); here every piece stands for its bytes. A merge
 * is kept only if both sides and the result are pieces, so merging never gives a control or user-defined token. Source:
 * https://github.com/openai/gpt-2/blob/master/src/encoder.py (bytes_to_unicode, bpe). */
#include "tokenizer/normalize/nfc.h"
#include "tokenizer/pretok/pretok.h"
#include "tokenizer/tokenizer_impl.h"

/* A merge in one word: left id, right id, rank. */
enum {
    ID_BITS = 21,
    RANK_BITS = 64 - 2 * ID_BITS,
    COUNT_LIMIT = (1 << ID_BITS) - 1, /* tokens */
    MERGE_LIMIT = (1 << RANK_BITS) - 1,
    PAIR_PROBE_LIMIT = 2048
};
#define NO_PAIR UINT64_MAX

typedef struct bpe_model {
    const pith__pretok *pretok;
    int32_t byte_ids[256]; /* -1: the vocabulary lacks this byte */
    uint64_t *pairs;       /* open addressing; NO_PAIR: a free slot */
    uint32_t pair_mask;
    int32_t *joined; /* by rank: the id a merge makes */
} bpe_model;

/* ---- The alphabet. ---- */

/* The byte that a character of the alphabet stands for; -1: not in the alphabet. Bytes that print in Latin-1 are
 * themselves; the 68 others, in order, are U+0100 and up. */
static int byte_of_character(uint32_t cp) {
    if (cp < 0x100) {
        return (cp >= 0x21 && cp <= 0x7E) || (cp >= 0xA1 && cp != 0xAD) ? (int)cp : -1;
    }
    uint32_t i = cp - 0x100;
    return i <= 0x20 ? (int)i : i <= 0x42 ? (int)(i - 0x21 + 0x7F) : i == 0x43 ? 0xAD : -1;
}

static bool unescape(int32_t type, pith__str entry, uint8_t *out, uint64_t *length) {
    const uint8_t *p = (const uint8_t *)entry.ptr;
    uint64_t written = 0;
    if (type != PITH__TOKEN_NORMAL) {
        return false;
    }
    for (uint64_t at = 0; at < entry.len;) {
        uint32_t cp = 0;
        at += pith__utf8_next(p + at, entry.len - at, &cp);
        int byte = byte_of_character(cp);
        if (byte < 0) {
            return false;
        }
        out[written++] = (uint8_t)byte;
    }
    *length = written;
    return true;
}

/* ---- Merges. ---- */

static uint64_t pair_key(int32_t left, int32_t right) {
    return (uint64_t)(uint32_t)left << ID_BITS | (uint32_t)right;
}

static uint32_t pair_slot(uint64_t key, uint32_t mask) {
    return (uint32_t)(pith__hash_step(0, key) >> 16) & mask;
}

/* The rank of a merge; PITH__NO_RANK: there is none. */
static uint32_t find_rank(const bpe_model *model, uint64_t key) {
    for (uint32_t at = pair_slot(key, model->pair_mask);; at = (at + 1) & model->pair_mask) {
        uint64_t pair = model->pairs[at];
        if (pair >> RANK_BITS == key) {
            return (uint32_t)(pair & MERGE_LIMIT);
        }
        if (pair == NO_PAIR) {
            return PITH__NO_RANK;
        }
    }
}

static int32_t add_pair(bpe_model *model, uint64_t key, uint32_t rank) {
    uint32_t at = pair_slot(key, model->pair_mask);
    for (uint32_t probes = 0; model->pairs[at] != NO_PAIR; at = (at + 1) & model->pair_mask) {
        if (model->pairs[at] >> RANK_BITS == key) {
            return PITH_OK; /* the same merge again: the first counts */
        }
        if (++probes > PAIR_PROBE_LIMIT) {
            return pith__fail(PITH_E_FORMAT, "vocabulary: its merges collide in a hash table, as if made to (merge %u)",
                              rank);
        }
    }
    model->pairs[at] = key << RANK_BITS | rank;
    return PITH_OK;
}

/* Cuts "left right" in two; the left side is never empty, so that a merge of two spaces can be written. */
static bool cut_merge(pith__str merge, pith__str *left, pith__str *right) {
    if (merge.len < 3 || merge.ptr == NULL || merge.len > 2 * PITH__TOKEN_TEXT_LIMIT) {
        return false;
    }
    const char *space = memchr(merge.ptr + 1, ' ', (size_t)(merge.len - 1));
    if (space == NULL || space + 1 == merge.ptr + merge.len) {
        return false;
    }
    *left = (pith__str){merge.ptr, (uint64_t)(space - merge.ptr)};
    *right = (pith__str){space + 1, merge.len - left->len - 1};
    return true;
}

static int32_t missing_side(uint64_t rank, pith__str side) {
    return pith__fail(PITH_E_FORMAT, "vocabulary: merge %llu names '%.*s', which is not in the vocabulary",
                      (unsigned long long)rank, PITH__STR_ARG(side));
}

/* Writes the bytes of one side of a merge; *id is its piece, -1 for a token that is none and so never merges. */
static int32_t read_side(const pith__vocab *vocab, uint64_t rank, pith__str side, uint8_t *out, uint64_t *length,
                         int32_t *id) {
    *id = -1;
    if (unescape(PITH__TOKEN_NORMAL, side, out, length)) {
        *id = pith__vocab_piece(vocab, out, *length);
    }
    return *id < 0 && pith__vocab_find(vocab, side) < 0 ? missing_side(rank, side) : PITH_OK;
}

/* The piece with these bytes. Vocabularies list the results of their merges in order, so `guess` is nearly always it.
 */
static int32_t find_joined(const pith__vocab *vocab, const uint8_t *bytes, uint64_t length, int32_t guess) {
    if (guess > 0 && (uint32_t)guess < vocab->texts.count && pith__vocab_is_piece(vocab, (uint32_t)guess)) {
        pith__str text = pith__vocab_text(vocab, (uint32_t)guess), wanted = {(const char *)bytes, length};
        if (pith__str_equal(text, wanted)) {
            return guess;
        }
    }
    return pith__vocab_piece(vocab, bytes, length);
}

static int32_t read_merge(const pith__tokenizer *t, bpe_model *model, uint64_t rank, pith__str merge) {
    uint8_t bytes[2 * PITH__TOKEN_TEXT_LIMIT];
    pith__str left, right;
    if (!cut_merge(merge, &left, &right) || left.len > PITH__TOKEN_TEXT_LIMIT || right.len > PITH__TOKEN_TEXT_LIMIT) {
        return pith__fail(PITH_E_FORMAT, "vocabulary: merge %llu is not two tokens with a space between",
                          (unsigned long long)rank);
    }
    uint64_t left_length = 0, right_length = 0;
    int32_t left_id = -1, right_id = -1;
    PITH_TRY(read_side(&t->vocab, rank, left, bytes, &left_length, &left_id));
    PITH_TRY(read_side(&t->vocab, rank, right, bytes + left_length, &right_length, &right_id));
    if (left_id < 0 || right_id < 0) {
        return PITH_OK;
    }
    int32_t guess = rank > 0 ? model->joined[rank - 1] + 1 : 0;
    model->joined[rank] = find_joined(&t->vocab, bytes, left_length + right_length, guess);
    return model->joined[rank] < 0 ? PITH_OK : add_pair(model, pair_key(left_id, right_id), (uint32_t)rank);
}

static int32_t read_merges(pith__tokenizer *t, bpe_model *model, const pith__vocab_spec *spec) {
    if (spec->count > COUNT_LIMIT || spec->n_merges > MERGE_LIMIT || (spec->n_merges > 0 && spec->merges == NULL)) {
        return pith__fail(PITH_E_FORMAT, "vocabulary: %llu tokens and %llu merges; at most %d and %d are supported",
                          (unsigned long long)spec->count, (unsigned long long)spec->n_merges, COUNT_LIMIT,
                          MERGE_LIMIT);
    }
    uint64_t slots = 16;
    while (slots * 3 < spec->n_merges * 4) {
        slots *= 2;
    }
    PITH_TRY(PITH_NEW_ARRAY(t->mem, &model->joined, spec->n_merges, "merges"));
    PITH_TRY(PITH_NEW_ARRAY(t->mem, &model->pairs, slots, "merges"));
    memset(model->pairs, 0xFF, (size_t)slots * sizeof(*model->pairs));
    model->pair_mask = (uint32_t)(slots - 1);
    for (uint64_t rank = 0; rank < spec->n_merges; rank++) {
        PITH_TRY(read_merge(t, model, rank, spec->merges[rank]));
    }
    return PITH_OK;
}

/* ---- Life. ---- */

static int32_t create(pith__tokenizer *t, const pith__vocab_spec *spec) {
    const pith__pretok *pretok = pith__pretok_find("default", 7);
    if (spec->pre.len > 0) {
        pretok = pith__pretok_find(spec->pre.ptr, spec->pre.len);
    }
    if (pretok == NULL) {
        return pith__fail(PITH_E_UNSUPPORTED, "tokenizer: pre-tokenizer '%.*s' is not supported",
                          PITH__STR_ARG(spec->pre));
    }
    bpe_model *model = NULL;
    PITH_TRY(PITH_NEW(t->mem, &model, "tokenizer"));
    t->model = model;
    t->add_bos = pretok->add_bos;
    model->pretok = pretok;
    for (uint32_t b = 0; b < 256; b++) {
        uint8_t byte = (uint8_t)b;
        model->byte_ids[b] = pith__vocab_piece(&t->vocab, &byte, 1);
    }
    return read_merges(t, model, spec);
}

static void destroy(pith__tokenizer *t) {
    bpe_model *model = t->model;
    pith__mem_free(t->mem, model->pairs);
    pith__mem_free(t->mem, model->joined);
    pith__mem_free(t->mem, model);
}

/* ---- Encoding. ---- */

static void join(const void *context, pith__symbol *left, const pith__symbol *right, uint32_t end) {
    const bpe_model *model = context;
    (void)end;
    left->rank = find_rank(model, pair_key(left->id, right->id));
    left->joined = left->rank == PITH__NO_RANK ? -1 : model->joined[left->rank];
}

/* One symbol a byte; a byte that the vocabulary lacks is the unknown token, or nothing where there is none, as in the
 * official implementation. */
static uint32_t make_symbols(const pith__tokenizer *t, const uint8_t *word, uint32_t length, pith__symbol *symbols) {
    const bpe_model *model = t->model;
    uint32_t count = 0;
    for (uint32_t i = 0; i < length; i++) {
        int32_t id = model->byte_ids[word[i]];
        id = id < 0 ? (int32_t)t->unk : id;
        if (id >= 0) {
            symbols[count++] = (pith__symbol){i, id, PITH__NO_RANK, -1};
        }
    }
    symbols[count] = (pith__symbol){length, -1, PITH__NO_RANK, -1};
    return count;
}

static int32_t encode_word(pith__encoder *e, uint32_t start, uint32_t length) {
    const pith__tokenizer *t = e->tokenizer;
    const bpe_model *model = t->model;
    const uint8_t *word = e->text + start;
    if (model->pretok->ignore_merges) {
        int32_t id = pith__vocab_piece(&t->vocab, word, length);
        if (id >= 0) {
            pith__encoder_put(e, id, start);
            return PITH_OK;
        }
    }
    PITH_TRY(pith__merger_reserve(&e->merger, length));
    uint32_t count = make_symbols(t, word, length, e->merger.symbols);
    PITH_TRY(pith__merger_run(&e->merger, count, join, model, &count));
    for (uint32_t i = 0; i < count; i++) {
        pith__encoder_put(e, e->merger.symbols[i].id, start + e->merger.symbols[i].start);
    }
    return PITH_OK;
}

/* Cuts a piece of the text by one stage after another; what the last leaves are words. */
static int32_t cut_piece(pith__encoder *e, const pith__cut_fn *stage, uint32_t left, uint32_t start, uint32_t length) {
    uint32_t end = start + length;
    while (start < end) {
        uint32_t piece = (uint32_t)stage[0](e->text + start, end - start);
        if (left > 1) {
            PITH_TRY(cut_piece(e, stage + 1, left - 1, start, piece));
        } else {
            PITH_TRY(pith__encoder_word(e, start, piece));
        }
        start += piece;
    }
    return PITH_OK;
}

static int32_t fragment(pith__encoder *e, const uint8_t *text, uint64_t length, bool leading) {
    const bpe_model *model = e->tokenizer->model;
    (void)leading;
    if (model->pretok->nfc && pith__nfc_needed(text, length)) {
        PITH_TRY(pith__nfc(e->mem, text, length, &e->work));
        text = e->work.text;
        length = e->work.length;
    }
    if (length > INT32_MAX) {
        return pith__fail(PITH_E_ARGUMENT, "tokenize: the text is longer than 2 GiB once normalized");
    }
    PITH_TRY(pith__encoder_begin(e, text, length));
    uint32_t stages = 1;
    while (stages < PITH__CUT_STAGES && model->pretok->stages[stages] != NULL) {
        stages++;
    }
    return cut_piece(e, model->pretok->stages, stages, 0, (uint32_t)length);
}

const pith__algorithm pith__bpe_algorithm = {.model = "gpt2",
                                             .unescape = unescape,
                                             .create = create,
                                             .destroy = destroy,
                                             .fragment = fragment,
                                             .word = encode_word};
