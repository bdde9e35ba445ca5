/* WordPiece: from the front of a word, the longest piece each time; a word that does not come out even is the unknown token.
 *
 * A word's first piece and those within it are written differently ("##" before the latter, or U+2581 before the former). The word is
 * worked on in a copy, so that a piece's mark can be written over what was matched before it. A search tries no length beyond the
 * longest piece, and a word beyond the limit is unknown at once, so time is linear in the text.
 * Sources: https://github.com/google-research/bert (tokenization.py); https://github.com/huggingface/tokenizers (models/wordpiece). */
#include "tokenizer/tokenizer_impl.h"
#include "tokenizer/unicode/utf8.h"

static int32_t create(pith__tokenizer *t, const pith__vocab_spec *spec) {
    (void)spec;
    if (t->unk < 0) {
        return pith__fail(PITH_E_FORMAT, "vocabulary: WordPiece without an unknown token");
    }
    t->model = NULL;
    return PITH_OK;
}

static void destroy(pith__tokenizer *t) {
    (void)t;
}

static bool is_too_long(const pith__tokenizer *t, const uint8_t *word, uint32_t length) {
    uint32_t limit = t->rules.word_limit, count = 0;
    if (limit == 0 || length <= limit) {
        return false;
    }
    for (uint32_t at = 0; at < length && count <= limit; count++) {
        uint32_t cp = 0;
        at += pith__utf8_next(word + at, length - at, &cp);
    }
    return count > limit;
}

/* Steps back from `end` by one character; not beyond `begin`. */
static uint32_t shorten(const uint8_t *word, uint32_t begin, uint32_t end) {
    return begin + (uint32_t)pith__utf8_last(word + begin, end - begin);
}

/* The longest piece at `begin` of the word, which ends at *end; -1: none. The bytes before `begin` are lost. */
static int32_t match_longest(const pith__tokenizer *t, uint8_t *word, uint32_t length, uint32_t begin, uint32_t *end) {
    pith__str mark = begin == 0 ? t->rules.word_prefix : t->rules.inner_prefix;
    uint8_t *piece = word + begin - mark.len;
    uint64_t longest = t->vocab.longest > mark.len ? t->vocab.longest - mark.len : 0;
    *end = length - begin > longest ? begin + (uint32_t)longest : length;
    while (*end < length && *end > begin && (word[*end] & 0xC0) == 0x80) {
        --*end; /* to where a character begins */
    }
    if (mark.len > 0) {
        memcpy(piece, mark.ptr, (size_t)mark.len);
    }
    for (; *end > begin; *end = shorten(word, begin, *end)) {
        int32_t id = pith__vocab_piece(&t->vocab, piece, mark.len + *end - begin);
        if (id >= 0) {
            return id;
        }
    }
    return -1;
}

static int32_t encode_word(pith__encoder *e, uint32_t start, uint32_t length) {
    const pith__tokenizer *t = e->tokenizer;
    uint64_t first = e->list->count;
    bool whole = !is_too_long(t, e->text + start, length);
    PITH_TRY(pith__encoder_scratch(e, PITH__AFFIX_BYTES + (whole ? length : 0)));
    uint8_t *word = e->scratch + PITH__AFFIX_BYTES;
    if (whole) {
        memcpy(word, e->text + start, length);
    }
    for (uint32_t at = 0, end = 0; whole && at < length; at = end) {
        int32_t id = match_longest(t, word, length, at, &end);
        whole = id >= 0;
        if (whole) {
            pith__encoder_put(e, id, start + at, start + end);
        }
    }
    if (!whole) {
        e->list->count = first;
        pith__encoder_put_unknown(e, start, start + length);
    }
    return PITH_OK;
}

const pith__algorithm pith__wordpiece_algorithm = {.create = create, .destroy = destroy, .word = encode_word};
