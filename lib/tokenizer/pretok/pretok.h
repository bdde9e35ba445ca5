/* Pre-tokenizers: how the families of byte-level BPE cut a text into words before merging. Each is the meaning of the
 * regular expressions in the family's official tokenizer, written as a scanner.
 *
 * Invariant: a cut function returns the length of the first piece of a non-empty text, 1 to n; pieces in a row cost
 * time linear in the text, whatever the text. Broken bytes count as symbols. Must not know: vocabularies. */
#ifndef PITH_TOKENIZER_PRETOK_H
#define PITH_TOKENIZER_PRETOK_H

#include "tokenizer/pretok/cut.h"
#include "tokenizer/unicode/unicode.h"
#include "tokenizer/unicode/utf8.h"
#include <stddef.h>

enum {
    PITH__CUT_STAGES = 6
};

/* A family: its steps in order, and what else comes with the name. */
typedef struct pith__pretok {
    const char *names[14]; /* as vocabularies name it; ends at NULL */
    pith__cut_fn stages[PITH__CUT_STAGES];
    bool nfc;           /* the text is normalized first */
    bool ignore_merges; /* a word that is a piece is that piece, merges or not */
    bool add_bos;
} pith__pretok;

/* By name; NULL: unknown. */
const pith__pretok *pith__pretok_find(const char *name, uint64_t length);

/* By a regular expression's exact text; NULL: not known. *whole: its matches are all of any text. */
pith__cut_fn pith__pattern_find(pith__str pattern, bool *whole);

/* gpt2: ('s|'t|'re|'ve|'m|'ll|'d)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+ */
uint64_t pith__cut_gpt2(const uint8_t *p, uint64_t n);

/* (?i:'s|...)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+ and, for qwen2,
 * one \p{N} a piece; qwen35 moreover takes \p{M} for letters. */
uint64_t pith__cut_llama3(const uint8_t *p, uint64_t n);
uint64_t pith__cut_cl100k(const uint8_t *p, uint64_t n); /* with \s+$ before \s*[\r\n]+ */
uint64_t pith__cut_qwen2(const uint8_t *p, uint64_t n);
uint64_t pith__cut_qwen35(const uint8_t *p, uint64_t n);
/* Words are cut before capitals: [^\r\n\p{L}\p{N}]?A*B+ or ...A+B* with A = [\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}], B =
 * [\p{Ll}\p{Lm}\p{Lo}\p{M}], then
 * (?i:'s|...)?; digits up to three; ...[\r\n/]* after symbols. Tekken: no contractions, one digit a piece. */
uint64_t pith__cut_gpt4o(const uint8_t *p, uint64_t n);
uint64_t pith__cut_tekken(const uint8_t *p, uint64_t n);

/* Stages that stand alone: what matches is a piece, and what lies between matches is another. */
uint64_t pith__cut_numbers(const uint8_t *p, uint64_t n);        /* \p{N}, one a piece */
uint64_t pith__cut_number_triples(const uint8_t *p, uint64_t n); /* \p{N}{1,3} */
uint64_t pith__cut_newlines(const uint8_t *p, uint64_t n);       /* [\r\n], one a piece */
uint64_t pith__cut_space_letters(const uint8_t *p, uint64_t n);  /* \s?\p{L}+ */
uint64_t pith__cut_space_punct(const uint8_t *p, uint64_t n);    /* \s?\p{P}+ */
uint64_t pith__cut_space_cased(const uint8_t *p, uint64_t n);    /* \s?[...]+, the letters deepseek-llm lists */
uint64_t pith__cut_space_marks(const uint8_t *p, uint64_t n); /* \s?[!-/:-~...]+, the punctuation deepseek-llm lists */
uint64_t pith__cut_trailing_space(const uint8_t *p, uint64_t n); /* \s+$ */
uint64_t pith__cut_cjk(const uint8_t *p, uint64_t n);            /* [U+4E00-9FA5 U+0800-4E00 U+AC00-D7FF]+ */
uint64_t pith__cut_cjk_kana(const uint8_t *p, uint64_t n);       /* [U+4E00-9FA5 U+3040-30FF]+ */
uint64_t pith__cut_deepseek3(const uint8_t *p, uint64_t n);      /* the last stage of deepseek-v3, see there */
uint64_t pith__cut_ascii_punct(const uint8_t *p, uint64_t n);    /* [\p{P}$+<=>^`|~]+ */
uint64_t pith__cut_escaped_digits(const uint8_t *p, uint64_t n); /* falcon's runs of digits, see there */
uint64_t pith__cut_digit_triples(const uint8_t *p, uint64_t n);  /* [0-9][0-9][0-9] */

/* Those of no family. */
uint64_t pith__cut_white(const uint8_t *p, uint64_t n);            /* runs of white space and of anything else */
uint64_t pith__cut_bert(const uint8_t *p, uint64_t n);             /* runs of white space, punctuation one by one, runs of the rest */
uint64_t pith__cut_words(const uint8_t *p, uint64_t n);            /* \w+|[^\w\s]+, and white space between */
uint64_t pith__cut_punctuation(const uint8_t *p, uint64_t n);      /* punctuation one by one, runs of the rest */
uint64_t pith__cut_punctuation_runs(const uint8_t *p, uint64_t n); /* runs of punctuation and of the rest */
uint64_t pith__cut_after_punctuation(const uint8_t *p, uint64_t n);  /* punctuation ends a piece */
uint64_t pith__cut_before_punctuation(const uint8_t *p, uint64_t n); /* punctuation begins a piece */
uint64_t pith__cut_digit_runs(const uint8_t *p, uint64_t n);       /* runs of numeric characters and of the rest */
bool pith__drop_white(const uint8_t *p, uint64_t n);               /* a piece that begins with white space */
bool pith__drop_punctuation(const uint8_t *p, uint64_t n);         /* a piece that begins with punctuation */

/* ---- For the scanners themselves. ---- */

/* The class of the code point at `at` and its length; 0 at the end of the text. */
static inline uint32_t pith__class_at(const uint8_t *p, uint64_t n, uint64_t at, uint32_t *length) {
    if (at >= n) {
        *length = 0;
        return 0;
    }
    if (p[at] < 0x80) {
        *length = 1;
        return 1u << pith__category_block[p[at]]; /* block 0 is the first: ASCII */
    }
    uint32_t cp = 0;
    *length = pith__utf8_next(p + at, n - at, &cp);
    return pith__unicode_class(cp);
}

/* Where the run of code points of the classes `set` that begins at `at` ends. */
static inline uint64_t pith__run_end(const uint8_t *p, uint64_t n, uint64_t at, uint32_t set) {
    uint32_t length = 0;
    while (pith__class_at(p, n, at, &length) & set) {
        at += length;
    }
    return at;
}

/* A piece of white space that begins the text (there is some): \s*[\r\n]+ if `lines`, then \s+(?!\S), then \s+. */
uint64_t pith__cut_space(const uint8_t *p, uint64_t n, bool lines);

#endif
