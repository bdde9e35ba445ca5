/* Fuzz target: files of vocabularies, tokenizer.json, SentencePiece models and tiktoken files, as their beginning says; and with what
 * opens, a text is tokenized and must come back as ids of the vocabulary. */
#include "base/status.h"
#include "vocabulary/vocabulary.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void require(bool holds) {
    if (!holds) {
        __builtin_trap();
    }
}

static void use(const pith__tokenizer *t, pith__mem *mem) {
    static const char text[] = "Hello w\xC3\xB6rld,  it's 12345 \xE4\xBD\xA0\xE5\xA5\xBD\n<s> [CLS] \xFF\xE2\x96\x81 \xEF\xAC\x81 e\xCC\x81";
    pith__span spans[2] = {{{text, sizeof(text) - 1}, false}, {{text, sizeof(text) - 1}, true}};
    pith__token_list list = {0};
    int32_t status = pith__tokenize(t, mem, spans, 2, PITH__TOKENIZE_OFFSETS | PITH__TOKENIZE_BOS | PITH__TOKENIZE_EOS, &list);
    require(status == PITH_OK || status == PITH_E_ARGUMENT); /* normalizers may make a text too long */
    for (uint64_t i = 0; i < list.count; i++) {
        require(pith__tokenizer_type(t, list.ids[i]) != 0);
        require(list.offsets[2 * i] <= list.offsets[2 * i + 1] && list.offsets[2 * i + 1] <= 2 * (sizeof(text) - 1));
    }
    pith__token_list_free(mem, &list);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    pith__mem mem;
    pith__source *source = NULL;
    pith__tokenizer *t = NULL;
    pith__mem_init(&mem, NULL, NULL, 1 << 28);
    if (size == 0 || pith__source_from_memory(&mem, bytes, size, &source) != PITH_OK) {
        return 0;
    }
    if (pith__vocabulary_read(&mem, source, pith__str_of("cl100k_base"), &t) == PITH_OK) {
        use(t, &mem);
    }
    pith__tokenizer_release(t);
    pith__source_release(source);
    require(pith__mem_used(&mem) == 0);
    return 0;
}
