/* The cuts of general pre-tokenizers that do not belong to one family: at white space, at punctuation, at digits.
 * Source: https://github.com/huggingface/tokenizers (pre_tokenizers/bert.rs, whitespace.rs, punctuation.rs, digits.rs).
 */
#include "tokenizer/pretok/pretok.h"

typedef bool (*kind_fn)(uint32_t cp);

static uint32_t read_at(const uint8_t *p, uint64_t n, uint64_t at, uint32_t *length) {
    uint32_t cp = 0;
    *length = pith__utf8_next(p + at, n - at, &cp);
    return cp;
}

/* Where the code points end that are (or are not) of one of two kinds. */
static uint64_t run_while(const uint8_t *p, uint64_t n, uint64_t at, kind_fn one, kind_fn other, bool wanted) {
    while (at < n) {
        uint32_t length = 0;
        uint32_t cp = read_at(p, n, at, &length);
        if ((one(cp) || (other != NULL && other(cp))) != wanted) {
            break;
        }
        at += length;
    }
    return at;
}

static bool is_white(uint32_t cp) {
    return pith__unicode_is_white(cp);
}

static bool is_punctuation(uint32_t cp) {
    return pith__unicode_is_punctuation(cp);
}

static bool is_numeric(uint32_t cp) {
    return pith__unicode_is_numeric(cp);
}

static bool is_word(uint32_t cp) {
    return pith__unicode_is_word(cp);
}

bool pith__drop_white(const uint8_t *p, uint64_t n) {
    uint32_t length = 0;
    return is_white(read_at(p, n, 0, &length));
}

bool pith__drop_punctuation(const uint8_t *p, uint64_t n) {
    uint32_t length = 0;
    return is_punctuation(read_at(p, n, 0, &length));
}

uint64_t pith__cut_white(const uint8_t *p, uint64_t n) {
    return run_while(p, n, 0, is_white, NULL, pith__drop_white(p, n));
}

uint64_t pith__cut_bert(const uint8_t *p, uint64_t n) {
    uint32_t length = 0;
    uint32_t cp = read_at(p, n, 0, &length);
    if (is_punctuation(cp)) {
        return length;
    }
    return is_white(cp) ? run_while(p, n, 0, is_white, NULL, true)
                        : run_while(p, n, 0, is_white, is_punctuation, false);
}

uint64_t pith__cut_words(const uint8_t *p, uint64_t n) {
    uint32_t length = 0;
    uint32_t cp = read_at(p, n, 0, &length);
    if (is_word(cp)) {
        return run_while(p, n, 0, is_word, NULL, true);
    }
    return is_white(cp) ? run_while(p, n, 0, is_white, NULL, true) : run_while(p, n, 0, is_white, is_word, false);
}

uint64_t pith__cut_punctuation(const uint8_t *p, uint64_t n) {
    uint32_t length = 0;
    return is_punctuation(read_at(p, n, 0, &length)) ? length : run_while(p, n, 0, is_punctuation, NULL, false);
}

uint64_t pith__cut_punctuation_runs(const uint8_t *p, uint64_t n) {
    return run_while(p, n, 0, is_punctuation, NULL, pith__drop_punctuation(p, n));
}

uint64_t pith__cut_after_punctuation(const uint8_t *p, uint64_t n) {
    uint32_t length = 0;
    uint64_t end = run_while(p, n, 0, is_punctuation, NULL, false);
    if (end < n) {
        (void)read_at(p, n, end, &length);
    }
    return end + length;
}

uint64_t pith__cut_before_punctuation(const uint8_t *p, uint64_t n) {
    uint32_t length = 0;
    bool first = is_punctuation(read_at(p, n, 0, &length));
    return run_while(p, n, first ? length : 0, is_punctuation, NULL, false);
}

uint64_t pith__cut_digit_runs(const uint8_t *p, uint64_t n) {
    uint32_t length = 0;
    return run_while(p, n, 0, is_numeric, NULL, is_numeric(read_at(p, n, 0, &length)));
}
