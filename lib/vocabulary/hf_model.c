/* The "model" of tokenizer.json, its tokens and merges, read straight into arrays; and the added tokens. See hf.h. */
#include "vocabulary/hf.h"

enum {
    ID_LIMIT = 1 << 21, /* far above any vocabulary */
    UNCLEAR_LIMIT = 64
};

/* ---- Tokens by id. ---- */

static int32_t grow(pith__hf *hf, uint64_t capacity) {
    PITH_TRY(PITH_GROW_ARRAY(hf->mem, &hf->tokens, capacity, "vocabulary"));
    PITH_TRY(PITH_GROW_ARRAY(hf->mem, &hf->scores, capacity, "vocabulary"));
    PITH_TRY(PITH_GROW_ARRAY(hf->mem, &hf->types, capacity, "vocabulary"));
    PITH_TRY(PITH_GROW_ARRAY(hf->mem, &hf->flags, capacity, "vocabulary"));
    hf->capacity = capacity;
    return PITH_OK;
}

int32_t pith__hf_reach(pith__hf *hf, uint64_t id) {
    if (id >= ID_LIMIT) {
        return pith__fail(PITH_E_FORMAT, "tokenizer.json: id %llu; ids below %d are supported", (unsigned long long)id, ID_LIMIT);
    }
    if (id >= hf->capacity) {
        PITH_TRY(grow(hf, hf->capacity * 2 > id ? hf->capacity * 2 : id + 1024));
    }
    for (; hf->count <= id; hf->count++) {
        hf->tokens[hf->count] = (pith__str){NULL, 0};
        hf->scores[hf->count] = 0;
        hf->types[hf->count] = PITH__TOKEN_UNUSED;
        hf->flags[hf->count] = 0;
    }
    return PITH_OK;
}

int64_t pith__hf_find(const pith__hf *hf, pith__str text) {
    for (uint64_t id = 0; id < hf->count; id++) {
        if (hf->types[id] != PITH__TOKEN_UNUSED && pith__str_equal(hf->tokens[id], text)) {
            return (int64_t)id;
        }
    }
    return -1;
}

static int32_t put_token(pith__hf *hf, pith__jstream *json, int64_t id, pith__str text, double score) {
    if (id < 0) {
        return pith__jstream_fail(json, PITH_E_FORMAT, "the id %lld is negative", (long long)id);
    }
    PITH_TRY(pith__hf_reach(hf, (uint64_t)id));
    if (hf->types[id] != PITH__TOKEN_UNUSED) {
        return pith__jstream_fail(json, PITH_E_FORMAT, "two tokens have id %lld", (long long)id);
    }
    hf->tokens[id] = text;
    hf->scores[id] = score;
    hf->types[id] = PITH__TOKEN_NORMAL;
    return PITH_OK;
}

/* {"token": id, ...} */
static int32_t read_token_ids(pith__hf *hf, pith__jstream *json) {
    pith__str text;
    PITH_TRY(pith__jstream_enter_object(json));
    while (pith__jstream_next_key(json, &text)) {
        int64_t id = 0;
        PITH_TRY(pith__jstream_integer(json, &id));
        PITH_TRY(put_token(hf, json, id, text, 0));
    }
    return json->status;
}

static int32_t end_pair(pith__jstream *json) {
    return pith__jstream_next_element(json) ? pith__jstream_fail(json, PITH_E_FORMAT, "more than two elements, expected two")
                                            : json->status;
}

static int32_t next_of_pair(pith__jstream *json) {
    return pith__jstream_next_element(json) ? PITH_OK
           : json->status                   ? json->status
                                            : pith__jstream_fail(json, PITH_E_FORMAT, "fewer than two elements, expected two");
}

/* [["token", score], ...] */
static int32_t read_token_scores(pith__hf *hf, pith__jstream *json) {
    hf->scored = true;
    PITH_TRY(pith__jstream_enter_array(json));
    for (int64_t id = 0; pith__jstream_next_element(json); id++) {
        pith__str text;
        double score = 0;
        PITH_TRY(pith__jstream_enter_array(json));
        PITH_TRY(next_of_pair(json));
        PITH_TRY(pith__jstream_string(json, &text));
        PITH_TRY(next_of_pair(json));
        PITH_TRY(pith__jstream_double(json, &score));
        PITH_TRY(end_pair(json));
        PITH_TRY(put_token(hf, json, id, text, score));
    }
    return json->status;
}

/* ---- Merges: "left right", or ["left", "right"]. ---- */

/* Files of old releases have merges of tokens with spaces in them: what joins is then what the vocabulary has. There are few, and more
 * would be made to be slow. */
static bool cut_unclear(pith__hf *hf, pith__str merge, pith__str sides[2]) {
    if (++hf->unclear_merges > UNCLEAR_LIMIT) {
        return false;
    }
    for (uint64_t at = 1; at + 1 < merge.len; at++) {
        sides[0] = (pith__str){merge.ptr, at};
        sides[1] = (pith__str){merge.ptr + at + 1, merge.len - at - 1};
        if (merge.ptr[at] == ' ' && pith__hf_find(hf, sides[0]) >= 0 && pith__hf_find(hf, sides[1]) >= 0) {
            return true;
        }
    }
    return false;
}

static int32_t read_merge_text(pith__hf *hf, pith__jstream *json, pith__str sides[2]) {
    pith__str merge;
    PITH_TRY(pith__jstream_string(json, &merge));
    bool cut = pith__merge_cut(merge, sides);
    if (cut && memchr(sides[1].ptr, ' ', (size_t)sides[1].len) != NULL) {
        cut = cut_unclear(hf, merge, sides);
    }
    return cut ? PITH_OK : pith__jstream_fail(json, PITH_E_FORMAT, "the merge '%.*s' is not two tokens", PITH__STR_ARG(merge));
}

static int32_t read_merge(pith__hf *hf, pith__jstream *json, pith__str sides[2]) {
    if (pith__jstream_peek(json) == PITH__JSTREAM_STRING) {
        return read_merge_text(hf, json, sides);
    }
    PITH_TRY(pith__jstream_enter_array(json));
    PITH_TRY(next_of_pair(json));
    PITH_TRY(pith__jstream_string(json, &sides[0]));
    PITH_TRY(next_of_pair(json));
    PITH_TRY(pith__jstream_string(json, &sides[1]));
    return end_pair(json);
}

static int32_t read_merges(pith__hf *hf, pith__jstream *json) {
    PITH_TRY(pith__jstream_enter_array(json));
    while (pith__jstream_next_element(json)) {
        if (hf->n_merges == hf->merges_capacity) {
            uint64_t capacity = hf->merges_capacity * 2 + 1024;
            PITH_TRY(PITH_GROW_ARRAY(hf->mem, &hf->merges, 2 * capacity, "merges"));
            hf->merges_capacity = capacity;
        }
        PITH_TRY(read_merge(hf, json, &hf->merges[2 * hf->n_merges]));
        hf->n_merges++;
    }
    return json->status;
}

/* ---- The model. ---- */

typedef struct model_fields {
    pith__str type, inner_prefix, word_suffix;
    bool fuse_unk, byte_fallback, ignore_merges;
    int64_t word_limit, unk_id;
} model_fields;

static int32_t read_optional(pith__jstream *json, pith__str *out) {
    return pith__jstream_null(json) ? PITH_OK : pith__jstream_string(json, out);
}

static int32_t read_dropout(pith__jstream *json) {
    double dropout = 0;
    if (!pith__jstream_null(json)) {
        PITH_TRY(pith__jstream_double(json, &dropout));
    }
    return dropout == 0 ? PITH_OK : pith__jstream_fail(json, PITH_E_UNSUPPORTED, "dropout makes ids a matter of chance");
}

static int32_t read_field(pith__hf *hf, pith__jstream *json, pith__str key, model_fields *m) {
    if (pith__str_is(key, "vocab")) {
        return pith__jstream_peek(json) == PITH__JSTREAM_ARRAY ? read_token_scores(hf, json) : read_token_ids(hf, json);
    }
    if (pith__str_is(key, "merges")) {
        return read_merges(hf, json);
    }
    if (pith__str_is(key, "dropout")) {
        return read_dropout(json);
    }
    if (pith__str_is(key, "unk_id")) {
        return pith__jstream_null(json) ? PITH_OK : pith__jstream_integer(json, &m->unk_id);
    }
    if (pith__str_is(key, "max_input_chars_per_word")) {
        return pith__jstream_integer(json, &m->word_limit);
    }
    struct {
        const char *key;
        pith__str *text;
        bool *flag;
    } const fields[] = {{"type", &m->type, NULL},
                        {"unk_token", &hf->unk_token, NULL},
                        {"continuing_subword_prefix", &m->inner_prefix, NULL},
                        {"end_of_word_suffix", &m->word_suffix, NULL},
                        {"fuse_unk", NULL, &m->fuse_unk},
                        {"byte_fallback", NULL, &m->byte_fallback},
                        {"ignore_merges", NULL, &m->ignore_merges}};
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        if (pith__str_is(key, fields[i].key)) {
            return fields[i].text ? read_optional(json, fields[i].text) : pith__jstream_bool(json, fields[i].flag);
        }
    }
    return pith__jstream_fail(json, PITH_E_UNSUPPORTED, "the model has '%.*s', which is not known", PITH__STR_ARG(key));
}

/* Files of old releases do not name the model's type. */
static pith__str type_of(const pith__hf *hf, const model_fields *m) {
    return m->type.len > 0 ? m->type : pith__str_of(hf->scored ? "Unigram" : hf->n_merges > 0 ? "BPE" : "WordPiece");
}

static int32_t set_rules(pith__hf *hf, const model_fields *m) {
    pith__word_rules *rules = &hf->spec.rules;
    pith__str type = type_of(hf, m);
    rules->inner_prefix = m->inner_prefix;
    rules->byte_fallback = m->byte_fallback;
    if (pith__str_is(type, "BPE")) {
        rules->kind = PITH__VOCAB_BPE;
        rules->fuse_unknown = m->fuse_unk;
        rules->whole_words = m->ignore_merges;
        rules->word_suffix = m->word_suffix;
        return PITH_OK;
    }
    if (pith__str_is(type, "WordPiece")) {
        rules->kind = PITH__VOCAB_WORDPIECE;
        rules->word_limit = (uint32_t)(m->word_limit < 1 ? 1 : m->word_limit > INT32_MAX ? INT32_MAX : m->word_limit);
        return PITH_OK;
    }
    if (pith__str_is(type, "Unigram")) {
        rules->kind = PITH__VOCAB_UNIGRAM;
        rules->wide_scores = rules->fuse_unknown = true;
        hf->spec.unk = m->unk_id >= 0 && (uint64_t)m->unk_id < hf->count ? m->unk_id : -1;
        return PITH_OK;
    }
    return pith__hf_unsupported("the model", type);
}

/* Byte tokens look like what they stand for: vocab.c leaves others of this type as they are. */
static void mark_bytes(pith__hf *hf) {
    for (uint64_t id = 0; id < hf->count; id++) {
        pith__str s = hf->tokens[id];
        if (s.len == 6 && memcmp(s.ptr, "<0x", 3) == 0 && hf->types[id] == PITH__TOKEN_NORMAL) {
            hf->types[id] = PITH__TOKEN_BYTE;
        }
    }
}

int32_t pith__hf_read_model(pith__hf *hf, pith__jstream *json) {
    model_fields m = {.inner_prefix = pith__str_of(""), .word_suffix = pith__str_of(""), .word_limit = 100, .unk_id = -1};
    pith__str key;
    m.type = pith__str_of("");
    PITH_TRY(pith__jstream_enter_object(json));
    while (pith__jstream_next_key(json, &key)) {
        PITH_TRY(read_field(hf, json, key, &m));
    }
    PITH_TRY(json->status);
    PITH_TRY(set_rules(hf, &m));
    if (m.byte_fallback) {
        mark_bytes(hf);
    }
    if (hf->unk_token.len > 0) {
        hf->spec.unk = pith__hf_find(hf, hf->unk_token);
    }
    return PITH_OK;
}

/* ---- Added tokens. ---- */

static int32_t read_flags(pith__hf *hf, const pith__hf_object *object, uint8_t *flags) {
    static const struct {
        const char *key;
        uint8_t flag;
    } all[] = {{"lstrip", PITH__TOKEN_LSTRIP},
               {"rstrip", PITH__TOKEN_RSTRIP},
               {"single_word", PITH__TOKEN_WORD},
               {"normalized", PITH__TOKEN_NORMALIZED}};
    *flags = 0;
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        bool set = false;
        PITH_TRY(pith__hf_bool(hf, object, all[i].key, false, &set));
        *flags |= set ? all[i].flag : 0;
    }
    return PITH_OK;
}

static int32_t read_added_token(pith__hf *hf, const pith__hf_object *object) {
    static const char *const known[] = {"id", "content", "special", "lstrip", "rstrip", "single_word", "normalized", NULL};
    int64_t id = -1;
    pith__str content;
    bool special = false;
    uint8_t flags = 0;
    PITH_TRY(pith__hf_object_check(hf, object, known));
    PITH_TRY(pith__hf_integer(hf, object, "id", -1, &id));
    PITH_TRY(pith__hf_str(hf, object, "content", "", &content));
    PITH_TRY(pith__hf_bool(hf, object, "special", false, &special));
    PITH_TRY(read_flags(hf, object, &flags));
    if (id < 0 || content.len == 0) {
        return pith__fail(PITH_E_FORMAT, "tokenizer.json: the added token '%.*s' has the id %lld", PITH__STR_ARG(content), (long long)id);
    }
    PITH_TRY(pith__hf_reach(hf, (uint64_t)id));
    if (hf->types[id] != PITH__TOKEN_UNUSED && !pith__str_equal(hf->tokens[id], content)) {
        return pith__fail(PITH_E_FORMAT, "tokenizer.json: id %lld is the added token '%.*s' and also '%.*s'", (long long)id,
                          PITH__STR_ARG(content), PITH__STR_ARG(hf->tokens[id]));
    }
    hf->tokens[id] = content;
    if (hf->types[id] == PITH__TOKEN_BYTE) {
        return PITH_OK; /* stays what a byte falls back to, and is not made of its name */
    }
    hf->types[id] = special ? PITH__TOKEN_CONTROL : PITH__TOKEN_USER;
    hf->flags[id] = flags;
    return PITH_OK;
}

int32_t pith__hf_read_added_tokens(pith__hf *hf) {
    if (hf->added_tokens.len > 0) {
        PITH_TRY(pith__hf_objects(hf, hf->added_tokens, read_added_token));
    }
    if (hf->unk_token.len > 0 && hf->spec.unk < 0) {
        hf->spec.unk = pith__hf_find(hf, hf->unk_token);
    }
    return PITH_OK;
}
