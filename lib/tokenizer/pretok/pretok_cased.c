/* Patterns that cut before capitals: GPT-4o's (o200k_base) and Mistral's Tekken, which differ in contractions and
 * digits.
 *
 * With A = capitals or uncased, B = small letters or uncased (uncased and marks are in both), a word is A*B+, else
 * A+B*. Greedy matching with backtracking comes down to: take the run of A; if a small letter follows, the run of B
 * too; else go back to the last character of the run that is in B; without one the run itself is the word. Sources:
 * openai/tiktoken, tiktoken_ext/openai_public.py; the tokenizer.json of Mistral-Nemo-Base-2407. */
#include "tokenizer/pretok/pretok.h"
#include "tokenizer/pretok/pretok_contraction.h"

#define BOTH  (PITH__UNCASED | PITH__MARK)
#define UPPER (PITH__UPPER | BOTH)
#define LOWER (PITH__BIT(PITH__LL) | BOTH)

typedef struct cased_word {
    uint64_t mixed; /* where A*B+ from here ends; 0: it does not match */
    uint64_t upper; /* where A+ ends; 0: likewise */
} cased_word;

static cased_word cased_word_at(const uint8_t *p, uint64_t n, uint64_t at) {
    cased_word w = {0, 0};
    uint32_t length = 0, class = 0;
    for (; (class = pith__class_at(p, n, at, &length)) & UPPER; at += length) {
        w.upper = at + length;
        if (class & LOWER) {
            w.mixed = w.upper;
        }
    }
    if (class & LOWER) {
        w.mixed = pith__run_end(p, n, at, LOWER);
    }
    return w;
}

/* Where the word that begins the text ends, one character that is neither letter, number nor line end taken before it;
 * 0: none. */
static uint64_t word_end(const uint8_t *p, uint64_t n) {
    uint32_t length = 0;
    uint32_t class = pith__class_at(p, n, 0, &length);
    bool prefix = !(class & (PITH__LINE_END | PITH__LETTER | PITH__NUMBER));
    cased_word after = {0, 0}, here = {0, 0};
    if (prefix) {
        after = cased_word_at(p, n, length);
    }
    if (after.mixed > 0) {
        return after.mixed;
    }
    if (class & (UPPER | LOWER)) {
        here = cased_word_at(p, n, 0);
    }
    return here.mixed > 0 ? here.mixed : after.upper > 0 ? after.upper : here.upper;
}

static inline uint64_t cut_cased(const uint8_t *p, uint64_t n, uint32_t digits, bool contractions) {
    uint64_t end = word_end(p, n);
    if (end > 0) {
        return contractions && end < n ? end + pith__contraction(p + end, n - end, true) : end;
    }
    uint32_t length = 0;
    if (pith__class_at(p, n, 0, &length) & PITH__NUMBER) {
        end = length;
        for (uint32_t i = 1; i < digits && (pith__class_at(p, n, end, &length) & PITH__NUMBER); i++) {
            end += length;
        }
        return end;
    }
    uint64_t at = p[0] == ' ';
    end = pith__run_end(p, n, at, ~(PITH__SPACE | PITH__LETTER | PITH__NUMBER));
    if (end == at) {
        return pith__cut_space(p, n, true);
    }
    while (end < n && (p[end] == '\r' || p[end] == '\n' || p[end] == '/')) {
        end++;
    }
    return end;
}

uint64_t pith__cut_gpt4o(const uint8_t *p, uint64_t n) {
    return cut_cased(p, n, 3, true);
}

uint64_t pith__cut_tekken(const uint8_t *p, uint64_t n) {
    return cut_cased(p, n, 1, false);
}
