/* The families of pre-tokenizers by name.
 * Sources: each family's tokenizer.json (fields normalizer, pre_tokenizer, ignore_merges) as published with its models;
 * for gpt-4o and glm4 the patterns of their tiktoken encodings. Where those and other GGUF readers differ
 * (normalization, falcon's digits), the published file is followed. */
#include "tokenizer/pretok/pretok.h"
#include <string.h>

static const pith__pretok families[] = {
    {.names = {"gpt-2", "default", "phi-2", "jina-es", "jina-de", "jina-v2-es", "jina-v2-de", "jina-v2-code",
               "roberta-bpe", "exaone4"},
     .stages = {pith__cut_gpt2}},
    {.names = {"mpt", "olmo", "gpt-neox"}, .stages = {pith__cut_gpt2}, .nfc = true},
    {.names = {"llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral"},
     .stages = {pith__cut_llama3},
     .ignore_merges = true,
     .add_bos = true},
    {.names = {"smaug-bpe", "dbrx"}, .stages = {pith__cut_llama3}, .ignore_merges = true},
    {.names = {"chatglm-bpe", "glm4"}, .stages = {pith__cut_llama3}, .ignore_merges = true},
    {.names = {"cl100k"}, .stages = {pith__cut_cl100k}, .ignore_merges = true},
    {.names = {"qwen2", "deepseek-r1-qwen", "megrez"}, .stages = {pith__cut_qwen2}, .nfc = true},
    {.names = {"qwen35"}, .stages = {pith__cut_qwen35}, .nfc = true},
    {.names = {"gpt-4o", "llama4"}, .stages = {pith__cut_gpt4o}, .ignore_merges = true},
    {.names = {"tekken"}, .stages = {pith__cut_tekken}, .ignore_merges = true, .add_bos = true},
    {.names = {"smollm", "starcoder", "refact", "codeshell"}, .stages = {pith__cut_numbers, pith__cut_gpt2}},
    {.names = {"command-r"}, .stages = {pith__cut_numbers, pith__cut_gpt2}, .nfc = true},
    {.names = {"falcon"},
     .stages = {pith__cut_ascii_punct, pith__cut_gpt2, pith__cut_escaped_digits, pith__cut_digit_triples}},
    {.names = {"deepseek-coder"},
     .stages = {pith__cut_newlines, pith__cut_space_letters, pith__cut_space_punct, pith__cut_cjk, pith__cut_numbers}},
    {.names = {"deepseek-llm"},
     .stages = {pith__cut_newlines, pith__cut_space_cased, pith__cut_space_marks, pith__cut_trailing_space,
                pith__cut_cjk, pith__cut_numbers}},
    {.names = {"deepseek-v3"}, .stages = {pith__cut_number_triples, pith__cut_cjk_kana, pith__cut_deepseek3}},
};

static bool has_name(const pith__pretok *family, const char *name, uint64_t length) {
    for (const char *const *at = family->names; *at != NULL; at++) {
        if (strlen(*at) == length && memcmp(*at, name, (size_t)length) == 0) {
            return true;
        }
    }
    return false;
}

const pith__pretok *pith__pretok_find(const char *name, uint64_t length) {
    for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
        if (has_name(&families[i], name, length)) {
            return &families[i];
        }
    }
    return NULL;
}

uint64_t pith__cut_space(const uint8_t *p, uint64_t n, bool lines) {
    uint64_t end = 0, last = 0, after_line = 0;
    uint32_t length = 0, class = 0;
    while ((class = pith__class_at(p, n, end, &length)) & PITH__SPACE) {
        last = end;
        end += length;
        after_line = class & PITH__LINE_END ? end : after_line;
    }
    if (lines && after_line > 0) {
        return after_line;
    }
    return end == n || last == 0 ? end : last;
}
