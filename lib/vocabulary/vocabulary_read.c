/* Files that hold a vocabulary and nothing else: which kind one is, and its bytes. See vocabulary.h.
 * JSON begins with a brace, a tiktoken file with base64, a space and a rank; a SentencePiece model with field 1, a message. */
#include "vocabulary/vocabulary.h"

typedef enum file_kind { NO_VOCABULARY, JSON, TIKTOKEN, SENTENCEPIECE } file_kind;

static bool is_base64(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/' || c == '=';
}

static bool begins_with_rank(pith__str s) {
    uint64_t at = 0;
    while (at < s.len && is_base64(s.ptr[at])) {
        at++;
    }
    return at >= 4 && at % 4 == 0 && s.len - at >= 2 && s.ptr[at] == ' ' && s.ptr[at + 1] >= '0' && s.ptr[at + 1] <= '9';
}

static file_kind kind_of(pith__str s) {
    uint64_t at = s.len >= 3 && memcmp(s.ptr, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    while (at < s.len && (s.ptr[at] == ' ' || s.ptr[at] == '\t' || s.ptr[at] == '\r' || s.ptr[at] == '\n')) {
        at++;
    }
    if (at < s.len && s.ptr[at] == '{') {
        return JSON;
    }
    if (begins_with_rank(s)) {
        return TIKTOKEN;
    }
    return s.len >= 4 && s.ptr[0] == 0x0A && s.ptr[2] == 0x0A ? SENTENCEPIECE : NO_VOCABULARY;
}

bool pith__vocabulary_is_one(pith__str beginning) {
    return kind_of(beginning) != NO_VOCABULARY;
}

static int32_t read_text(pith__mem *mem, pith__str text, pith__str family, pith__tokenizer **out) {
    switch (kind_of(text)) {
    case JSON: return pith__vocabulary_from_json(mem, text, out);
    case TIKTOKEN: return pith__vocabulary_from_tiktoken(mem, text, family, out);
    case SENTENCEPIECE: return pith__vocabulary_from_sentencepiece(mem, text, out);
    case NO_VOCABULARY: break;
    }
    return pith__fail(PITH_E_FORMAT, "not a vocabulary: neither tokenizer.json, a tiktoken file, nor a SentencePiece model");
}

int32_t pith__vocabulary_read(pith__mem *mem, const pith__source *source, pith__str family, pith__tokenizer **out) {
    uint64_t size = pith__source_parts(source) == 1 ? pith__source_size(source, 0) : 0;
    char *bytes = NULL;
    *out = NULL;
    if (size == 0 || size > PITH__VOCABULARY_BYTES) {
        return pith__fail(PITH_E_FORMAT, "%s: %llu bytes in %u parts; a vocabulary is one file of at most %d",
                          pith__source_name(source, 0), (unsigned long long)size, pith__source_parts(source), PITH__VOCABULARY_BYTES);
    }
    PITH_TRY(PITH_NEW_ARRAY(mem, &bytes, size, "vocabulary file"));
    int32_t status = pith__source_read(source, 0, bytes, size, 0);
    status = status ? status : read_text(mem, (pith__str){bytes, size}, family, out);
    pith__mem_free(mem, bytes);
    return status;
}
