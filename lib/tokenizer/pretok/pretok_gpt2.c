/* The pattern of GPT-2, and the one of Llama 3, Qwen 2, GLM 4 and GPT-4: words with what stands before them, digits, symbols,
 * white space. Sources: https://github.com/openai/gpt-2/blob/master/src/encoder.py; the tokenizer.json of
 * Meta-Llama-3-8B and Qwen2-7B; https://github.com/openai/tiktoken (openai_public.py).
 * (?i:'s) also takes U+017F, the long s, which folds to s. */
#include "tokenizer/pretok/pretok.h"
#include "tokenizer/pretok/pretok_contraction.h"

uint64_t pith__cut_gpt2(const uint8_t *p, uint64_t n) {
    uint64_t contraction = pith__contraction(p, n, false);
    if (contraction > 0) {
        return contraction;
    }
    uint64_t at = p[0] == ' ';
    uint32_t length = 0;
    uint32_t class = pith__class_at(p, n, at, &length);
    if (class & PITH__LETTER) {
        return pith__run_end(p, n, at + length, PITH__LETTER);
    }
    if (class & PITH__NUMBER) {
        return pith__run_end(p, n, at + length, PITH__NUMBER);
    }
    if (class & ~PITH__SPACE) {
        return pith__run_end(p, n, at + length, ~(PITH__SPACE | PITH__LETTER | PITH__NUMBER));
    }
    return pith__cut_space(p, n, false);
}

/* The pattern of Llama 3, with the classes that count as letters and how many digits go together. */
static inline uint64_t cut_word(const uint8_t *p, uint64_t n, uint32_t letters, uint32_t digits) {
    uint32_t first_length = 0, length = 0;
    uint32_t first = pith__class_at(p, n, 0, &first_length);
    if (first & letters & ~PITH__MARK) {
        return pith__run_end(p, n, first_length, letters);
    }
    uint64_t contraction = pith__contraction(p, n, true);
    if (contraction > 0) {
        return contraction;
    }
    uint32_t second = pith__class_at(p, n, first_length, &length);
    if (!(first & (PITH__LINE_END | PITH__LETTER | PITH__NUMBER)) && (second & letters)) {
        return pith__run_end(p, n, first_length + length, letters);
    }
    if (first & letters) {
        return pith__run_end(p, n, first_length, letters);
    }
    if (first & PITH__NUMBER) {
        uint64_t end = first_length;
        for (uint32_t i = 1; i < digits && (pith__class_at(p, n, end, &length) & PITH__NUMBER); i++) {
            end += length;
        }
        return end;
    }
    uint32_t symbols = ~(PITH__SPACE | letters | PITH__NUMBER);
    uint64_t at = p[0] == ' ';
    uint64_t end = pith__run_end(p, n, at, symbols);
    if (end > at) {
        return pith__run_end(p, n, end, PITH__LINE_END);
    }
    return pith__cut_space(p, n, true);
}

uint64_t pith__cut_llama3(const uint8_t *p, uint64_t n) {
    return cut_word(p, n, PITH__LETTER, 3);
}

/* As Llama 3, but \s+$ comes first: white space that ends the text is one piece. */
uint64_t pith__cut_cl100k(const uint8_t *p, uint64_t n) {
    uint32_t length = 0;
    bool ends = (pith__class_at(p, n, 0, &length) & PITH__SPACE) && pith__run_end(p, n, length, PITH__SPACE) == n;
    return ends ? n : cut_word(p, n, PITH__LETTER, 3);
}

uint64_t pith__cut_qwen2(const uint8_t *p, uint64_t n) {
    return cut_word(p, n, PITH__LETTER, 1);
}

uint64_t pith__cut_qwen35(const uint8_t *p, uint64_t n) {
    return cut_word(p, n, PITH__LETTER | PITH__MARK, 1);
}
