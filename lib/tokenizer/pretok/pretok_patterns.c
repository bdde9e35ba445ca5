/* The regular expressions of published tokenizers, known by their exact text, and the scanners that mean the same.
 * Sources: the tokenizer.json of each family, and https://github.com/openai/tiktoken (openai_public.py). */
#include "tokenizer/pretok/pretok.h"
#include <string.h>

#define CONTRACTIONS "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
#define SYMBOLS_AND_SPACE "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
#define UPPER "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]"
#define LOWER "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]"
#define CASED(contractions, digits)                                                                                    \
    "[^\\r\\n\\p{L}\\p{N}]?" UPPER "*" LOWER "+" contractions "|[^\\r\\n\\p{L}\\p{N}]?" UPPER "+" LOWER "*" contractions "|" digits \
    "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
#define DEEPSEEK3(lines)                                                                                               \
    "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^" lines "\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+["  \
    lines "]*|\\s*[" lines "]+|\\s+(?!\\S)|\\s+"
/* Letters with case, as deepseek-llm lists them; pretok_staged.c has them as numbers. */
#define CASED_LETTERS \
    "A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-ՖႠ-ჅᎠ-Ᏽᏸ-ᏽᲐ-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚḀ-ἕἘ-Ἕἠ-ὅὈ-Ὅὐ-ὗὙὛὝὟ-ώ" \
    "ᾀ-ᾴᾶ-ᾼιῂ-ῄῆ-ῌῐ-ΐῖ-Ίῠ-Ῥῲ-ῴῶ-ῼℂℇℊ-ℓℕℙ-ℝℤΩℨK-ℭℯ-ℴℹℼ-ℿⅅ-ⅉⅎↃↄⰀ-ⱻⱾ-ⳤⳫ-ⳮⳲⳳꙀ-ꙭꚀ-ꚛꜢ-ꝯꝱ-ꞇꞋ-ꞎꭰ-ꮿﬀ-ﬆﬓ-ﬗＡ-Ｚ" \
    "ａ-ｚ𐐀-𐑏𐒰-𐓓𐓘-𐓻𐲀-𐲲𐳀-𐳲𑢠-𑣟𞤀-𞥃"

static const struct {
    const char *pattern;
    pith__cut_fn cut;
    bool whole; /* its matches are all of the text */
} patterns[] = {
    {"'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+", pith__cut_gpt2, true},
    {"'(?:[sdmt]|ll|ve|re)| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+", pith__cut_gpt2, true},
    {CONTRACTIONS "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}" SYMBOLS_AND_SPACE, pith__cut_llama3, true},
    {CONTRACTIONS "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}" SYMBOLS_AND_SPACE, pith__cut_qwen2, true},
    {CONTRACTIONS "|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
     pith__cut_qwen35, true},
    {CASED(CONTRACTIONS "?", "\\p{N}{1,3}"), pith__cut_gpt4o, true},
    {CASED("", "\\p{N}"), pith__cut_tekken, true},
    {"[\r\n]", pith__cut_newlines, false},
    {"\\s?\\p{L}+", pith__cut_space_letters, false},
    {"\\s?\\p{P}+", pith__cut_space_punct, false},
    {"[一-龥ࠀ-一가-퟿]+", pith__cut_cjk, false},
    {"[一-龥぀-ゟ゠-ヿ]+", pith__cut_cjk_kana, false},
    {"\\p{N}{1,3}", pith__cut_number_triples, false},
    {"\\p{N}", pith__cut_numbers, false},
    {"\\s?[" CASED_LETTERS "]+", pith__cut_space_cased, false},
    {"\\s?[!-/:-~！-／：-～‘-‟　-。]+", pith__cut_space_marks, false},
    {"\\s+$", pith__cut_trailing_space, false},
    {DEEPSEEK3("\r\n"), pith__cut_deepseek3, false},
    {DEEPSEEK3("\\r\\n"), pith__cut_deepseek3, false},
    {"[0-9][0-9][0-9]", pith__cut_digit_triples, false},
};

pith__cut_fn pith__pattern_find(pith__str pattern, bool *whole) {
    for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
        if (pith__str_is(pattern, patterns[i].pattern)) {
            *whole = patterns[i].whole;
            return patterns[i].cut;
        }
    }
    return NULL;
}
