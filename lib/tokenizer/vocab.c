/* Building a vocabulary from untrusted arrays: see vocab.h.
 * Everything is checked before memory is taken for it; all texts go into one arena. */
#include "tokenizer/vocab.h"

enum {
    TOKEN_LIMIT = 1 << 26
}; /* entries: far above any vocabulary, far below what ids hold */

static int32_t check_token(const pith__vocab_spec *spec, uint64_t i) {
    pith__str s = spec->tokens[i];
    if (s.len > PITH__TOKEN_TEXT_LIMIT) {
        return pith__fail(PITH_E_FORMAT, "vocabulary: token %llu has %llu bytes, the limit is %d",
                          (unsigned long long)i, (unsigned long long)s.len, PITH__TOKEN_TEXT_LIMIT);
    }
    if (s.ptr == NULL && s.len > 0) {
        return pith__fail(PITH_E_ARGUMENT, "vocabulary: token %llu has no text", (unsigned long long)i);
    }
    int32_t type = spec->types ? spec->types[i] : PITH__TOKEN_NORMAL;
    if (type < 0 || type > PITH__TOKEN_BYTE) {
        return pith__fail(PITH_E_FORMAT, "vocabulary: token %llu has type %d, which is not 1 to 6",
                          (unsigned long long)i, (int)type);
    }
    return PITH_OK;
}

/* Checks every token; *bytes is how long they are together. */
static int32_t check_tokens(const pith__vocab_spec *spec, uint64_t *bytes) {
    if (spec->count == 0 || spec->count > TOKEN_LIMIT || spec->tokens == NULL) {
        return pith__fail(PITH_E_FORMAT, "vocabulary: %llu tokens, expected 1 to %d", (unsigned long long)spec->count,
                          TOKEN_LIMIT);
    }
    *bytes = 0;
    for (uint64_t i = 0; i < spec->count; i++) {
        PITH_TRY(check_token(spec, i));
        *bytes += spec->tokens[i].len;
    }
    if (*bytes > INT32_MAX) {
        return pith__fail(PITH_E_FORMAT, "vocabulary: its tokens have %llu bytes together, the limit is 2 GiB",
                          (unsigned long long)*bytes);
    }
    return PITH_OK;
}

static int hex_digit(char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
}

/* "<0x0A>" is the byte 10; -1 for any other text. */
static int byte_of(pith__str s) {
    if (s.len != 6 || memcmp(s.ptr, "<0x", 3) != 0 || s.ptr[5] != '>') {
        return -1;
    }
    int high = hex_digit(s.ptr[3]), low = hex_digit(s.ptr[4]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

static bool looks_like_marker(pith__str s) {
    if (s.len < 3) {
        return false;
    }
    char first = s.ptr[0], last = s.ptr[s.len - 1];
    return (first == '<' && last == '>') || (first == '[' && last == ']');
}

static bool named_by_spec(const pith__vocab_spec *spec, uint64_t id) {
    int64_t i = (int64_t)id;
    return i == spec->bos || i == spec->eos || i == spec->eot || i == spec->unk || i == spec->pad;
}

/* The unknown token, and nothing else besides: what text becomes that no piece covers, so not to be kept from text. */
static bool only_unknown(const pith__vocab_spec *spec, uint64_t id) {
    int64_t i = (int64_t)id;
    return i == spec->unk && i != spec->bos && i != spec->eos && i != spec->eot && i != spec->pad;
}

/* "<|user|>" and the like, also with the full-width bars that DeepSeek uses. */
static bool looks_like_turn(pith__str s) {
    static const char wide_open[] = "<\xEF\xBD\x9C", wide_close[] = "\xEF\xBD\x9C>";
    if (s.len >= 5 && memcmp(s.ptr, "<|", 2) == 0 && memcmp(s.ptr + s.len - 2, "|>", 2) == 0) {
        return true;
    }
    return s.len >= 9 && memcmp(s.ptr, wide_open, 4) == 0 && memcmp(s.ptr + s.len - 4, wide_close, 4) == 0;
}

/* The type the library goes by. Converters leave delimiters of turns among the user-defined tokens, and old files carry
 * no types: such a token would be made from any text, so what plays a control token's part is one. */
static int32_t effective_type(const pith__vocab_spec *spec, uint64_t id) {
    pith__str s = spec->tokens[id];
    int32_t type = spec->types ? spec->types[id] : 0;
    if (type == 0) {
        bool marker = named_by_spec(spec, id) && looks_like_marker(s);
        type = marker ? PITH__TOKEN_CONTROL : byte_of(s) >= 0 ? PITH__TOKEN_BYTE : PITH__TOKEN_NORMAL;
    }
    if ((type == PITH__TOKEN_CONTROL || type == PITH__TOKEN_USER) && only_unknown(spec, id)) {
        type = PITH__TOKEN_UNKNOWN;
    }
    if (type == PITH__TOKEN_USER && (named_by_spec(spec, id) || looks_like_turn(s))) {
        type = PITH__TOKEN_CONTROL;
    }
    if (type == PITH__TOKEN_BYTE && byte_of(s) < 0) {
        type = PITH__TOKEN_NORMAL;
    }
    return type;
}

bool pith__vocab_is_piece(const pith__vocab *v, uint32_t id) {
    return v->types[id] == PITH__TOKEN_NORMAL && (v->stray[id / 8] >> (id % 8) & 1) == 0;
}

/* Puts the text of token `id` at the end of the arena. */
static void add_text(const pith__vocab_spec *spec, pith__vocab *v, uint32_t id) {
    pith__str s = spec->tokens[id];
    int32_t type = effective_type(spec, id);
    uint8_t *out = v->texts.bytes + v->texts.starts[id];
    uint64_t length = s.len;
    bool done = false;
    if (s.len > 0 && (type == PITH__TOKEN_NORMAL || type == PITH__TOKEN_USER)) {
        done = pith__unescape(v->writing, type, s, out, &length);
    }
    if (!done) {
        length = s.len;
        if (length > 0) {
            memcpy(out, s.ptr, (size_t)length);
        }
        v->stray[id / 8] |= (uint8_t)(1u << (id % 8));
    }
    v->types[id] = (uint8_t)type;
    v->texts.starts[id + 1] = v->texts.starts[id] + (uint32_t)length;
    v->longest = length > v->longest ? length : v->longest;
}

uint8_t pith__vocab_byte(const pith__vocab *v, uint32_t id) {
    return (uint8_t)byte_of(pith__vocab_text(v, id));
}

static int32_t build_tables(pith__mem *mem, pith__vocab *v) {
    uint32_t pieces = 0;
    for (uint32_t id = 0; id < v->texts.count; id++) {
        pieces += pith__vocab_is_piece(v, id);
    }
    PITH_TRY(pith__text_table_create(mem, &v->pieces, &v->texts, pieces));
    PITH_TRY(pith__text_table_create(mem, &v->others, &v->texts, v->texts.count - pieces));
    for (uint32_t id = 0; id < v->texts.count; id++) {
        bool duplicate = false;
        PITH_TRY(pith__text_table_add(pith__vocab_is_piece(v, id) ? &v->pieces : &v->others, id, &duplicate));
        v->stray[id / 8] |= (uint8_t)(duplicate << (id % 8));
    }
    return PITH_OK;
}

static int32_t build(pith__mem *mem, const pith__vocab_spec *spec, uint64_t bytes, pith__vocab *v) {
    v->texts.count = (uint32_t)spec->count;
    PITH_TRY(PITH_NEW_ARRAY(mem, &v->texts.bytes, bytes, "vocabulary"));
    PITH_TRY(PITH_NEW_ARRAY(mem, &v->texts.starts, spec->count + 1, "vocabulary"));
    PITH_TRY(PITH_NEW_ARRAY(mem, &v->types, spec->count, "vocabulary"));
    PITH_TRY(PITH_NEW_ARRAY(mem, &v->stray, spec->count / 8 + 1, "vocabulary"));
    for (uint32_t id = 0; id < v->texts.count; id++) {
        add_text(spec, v, id);
    }
    PITH_TRY(PITH_GROW_ARRAY(mem, &v->texts.bytes, (uint64_t)v->texts.starts[spec->count] + 1, "vocabulary"));
    return build_tables(mem, v);
}

int32_t pith__vocab_create(pith__mem *mem, const pith__vocab_spec *spec, pith__vocab *v) {
    uint64_t bytes = 0;
    memset(v, 0, sizeof(*v));
    v->writing = spec->rules.writing;
    PITH_TRY(check_tokens(spec, &bytes));
    int32_t status = build(mem, spec, bytes, v);
    if (status != PITH_OK) {
        pith__vocab_free(mem, v);
    }
    return status;
}

void pith__vocab_free(pith__mem *mem, pith__vocab *v) {
    pith__text_table_free(mem, &v->pieces);
    pith__text_table_free(mem, &v->others);
    pith__mem_free(mem, v->texts.bytes);
    pith__mem_free(mem, v->texts.starts);
    pith__mem_free(mem, v->types);
    pith__mem_free(mem, v->stray);
    memset(v, 0, sizeof(*v));
}

int32_t pith__vocab_piece(const pith__vocab *v, const uint8_t *bytes, uint64_t length) {
    return pith__text_table_find(&v->pieces, bytes, length);
}

int32_t pith__vocab_find(const pith__vocab *v, pith__str entry) {
    uint8_t bytes[PITH__TOKEN_TEXT_LIMIT];
    uint64_t length = 0;
    if (entry.len == 0 || entry.len > PITH__TOKEN_TEXT_LIMIT) {
        return -1;
    }
    int32_t id = -1;
    if (pith__unescape(v->writing, PITH__TOKEN_NORMAL, entry, bytes, &length)) {
        id = pith__vocab_piece(v, bytes, length);
    }
    if (id < 0) {
        id = pith__text_table_find(&v->others, (const uint8_t *)entry.ptr, entry.len);
    }
    if (id < 0 && pith__unescape(v->writing, PITH__TOKEN_USER, entry, bytes, &length)) {
        id = pith__text_table_find(&v->others, bytes, length);
    }
    return id;
}
