/* Reads tokenizer.ggml.* into a vocabulary specification. See vocabulary.h.
 * Source of the keys: the GGUF specification, section Tokenizer. */
#include "tokenizer/kinds.h"
#include "vocabulary/vocabulary.h"
#include <string.h>

#define KEY(name) "tokenizer.ggml." name

typedef struct arrays {
    pith__str *tokens, *merges; /* merges: two a merge, its sides */
    double *scores;
    int32_t *types;
    uint8_t *flags;
    char *charsmap;
    uint64_t n_tokens, n_merges, n_scores, n_types, n_charsmap;
} arrays;

/* Scores as doubles, which hold any float. */
static int32_t read_scores(pith__mem *mem, const pith__modelfile *file, arrays *a) {
    float *plain = NULL;
    PITH_TRY(pith__kv_floats(file, mem, KEY("scores"), &plain, &a->n_scores));
    int32_t status = plain ? PITH_NEW_ARRAY(mem, &a->scores, a->n_scores, "scores") : PITH_OK;
    for (uint64_t i = 0; status == PITH_OK && i < a->n_scores; i++) {
        a->scores[i] = plain[i];
    }
    pith__mem_free(mem, plain);
    return status;
}

static int32_t read_merges(pith__mem *mem, const pith__modelfile *file, arrays *a) {
    PITH_TRY(pith__kv_strings(file, mem, KEY("merges"), &a->merges, &a->n_merges));
    if (a->n_merges == 0) {
        return PITH_OK;
    }
    PITH_TRY(PITH_GROW_ARRAY(mem, &a->merges, 2 * a->n_merges, "merges"));
    for (uint64_t i = a->n_merges; i-- > 0;) { /* from the end: each is cut into a place behind those not yet cut */
        if (!pith__merge_cut(a->merges[i], &a->merges[2 * i])) {
            return pith__fail(PITH_E_FORMAT, KEY("merges") ": element %llu is not two tokens with a space between",
                              (unsigned long long)i);
        }
    }
    return PITH_OK;
}

/* Written as an array of bytes, signed or not. */
static int32_t read_charsmap(pith__mem *mem, const pith__modelfile *file, arrays *a) {
    int32_t *values = NULL;
    PITH_TRY(pith__kv_ints(file, mem, KEY("precompiled_charsmap"), &values, &a->n_charsmap));
    int32_t status = values ? PITH_NEW_ARRAY(mem, &a->charsmap, a->n_charsmap, "character map") : PITH_OK;
    for (uint64_t i = 0; status == PITH_OK && i < a->n_charsmap; i++) {
        a->charsmap[i] = (char)(uint8_t)values[i];
    }
    pith__mem_free(mem, values);
    return status;
}

/* Files do not say which special tokens take the white space after them along; for one family it is known: "</s>" and
 * "<|...|>" of SentencePiece vocabularies but "<|endoftext|>". Source: tokenizer.json of Phi-3-mini-4k-instruct
 * (added_tokens). */
static int32_t make_flags(pith__mem *mem, const pith__modelfile *file, pith__str kind, arrays *a) {
    bool found = false;
    pith__str family = {NULL, 0};
    PITH_TRY(pith__kv_str(file, "general.architecture", &found, &family));
    if (!pith__str_is(family, "phi3") || !pith__str_is(kind, "llama")) {
        return PITH_OK;
    }
    PITH_TRY(PITH_NEW_ARRAY(mem, &a->flags, a->n_tokens, "vocabulary"));
    for (uint64_t i = 0; i < a->n_tokens; i++) {
        pith__str s = a->tokens[i];
        bool bars = s.len > 4 && memcmp(s.ptr, "<|", 2) == 0 && memcmp(s.ptr + s.len - 2, "|>", 2) == 0;
        bool strips = pith__str_is(s, "</s>") || (bars && !pith__str_is(s, "<|endoftext|>"));
        a->flags[i] = strips ? PITH__TOKEN_RSTRIP : 0;
    }
    return PITH_OK;
}

static int32_t read_arrays(pith__mem *mem, const pith__modelfile *file, arrays *a) {
    PITH_TRY(pith__kv_strings(file, mem, KEY("tokens"), &a->tokens, &a->n_tokens));
    PITH_TRY(read_merges(mem, file, a));
    PITH_TRY(read_scores(mem, file, a));
    PITH_TRY(read_charsmap(mem, file, a));
    PITH_TRY(pith__kv_ints(file, mem, KEY("token_type"), &a->types, &a->n_types));
    if (a->n_scores != 0 && a->n_scores != a->n_tokens) {
        return pith__fail(PITH_E_FORMAT, KEY("scores") " has %llu elements beside %llu tokens",
                          (unsigned long long)a->n_scores, (unsigned long long)a->n_tokens);
    }
    if (a->n_types != 0 && a->n_types != a->n_tokens) {
        return pith__fail(PITH_E_FORMAT, KEY("token_type") " has %llu elements beside %llu tokens",
                          (unsigned long long)a->n_types, (unsigned long long)a->n_tokens);
    }
    return PITH_OK;
}

static void free_arrays(pith__mem *mem, arrays *a) {
    pith__mem_free(mem, a->tokens);
    pith__mem_free(mem, a->merges);
    pith__mem_free(mem, a->scores);
    pith__mem_free(mem, a->types);
    pith__mem_free(mem, a->flags);
    pith__mem_free(mem, a->charsmap);
}

static int32_t read_id(const pith__modelfile *file, const char *key, uint64_t tokens, int64_t *out) {
    bool found = false;
    uint64_t id = 0;
    PITH_TRY(pith__kv_u64(file, key, &found, &id));
    *out = -1;
    if (!found || id == UINT32_MAX) {
        return PITH_OK;
    }
    if (id >= tokens) {
        return pith__fail(PITH_E_FORMAT, "%s is %llu; the vocabulary has %llu tokens", key, (unsigned long long)id,
                          (unsigned long long)tokens);
    }
    *out = (int64_t)id;
    return PITH_OK;
}

static int32_t read_flag(const pith__modelfile *file, const char *key, bool otherwise, bool *out) {
    bool found = false;
    PITH_TRY(pith__kv_bool(file, key, &found, out));
    *out = found ? *out : otherwise;
    return PITH_OK;
}

static int32_t read_flags(const pith__modelfile *file, pith__vocab_spec *spec) {
    bool prefix = false;
    PITH_TRY(read_flag(file, KEY("add_bos_token"), spec->add_bos, &spec->add_bos));
    PITH_TRY(read_flag(file, KEY("add_eos_token"), spec->add_eos, &spec->add_eos));
    PITH_TRY(read_flag(file, KEY("add_space_prefix"), spec->decode.strip_space, &prefix));
    pith__vocab_spec_set_space_prefix(spec, prefix);
    bool trim = false;
    PITH_TRY(read_flag(file, KEY("remove_extra_whitespaces"), spec->rules.kind == PITH__VOCAB_UNIGRAM, &trim));
    pith__vocab_spec_set_trim(spec, trim);
    return PITH_OK;
}

/* Files seldom say whether a WordPiece vocabulary knows capitals; its pieces do. */
static bool has_capitals(const arrays *a) {
    for (uint64_t i = 0; i < a->n_tokens; i++) {
        pith__str s = a->tokens[i];
        bool special = a->types && a->types[i] != PITH__TOKEN_NORMAL;
        bool marker = s.len > 0 && s.ptr[0] == '['; /* "[CLS]", "[unused1]" */
        for (uint64_t j = 0; !special && !marker && j < s.len; j++) {
            if (s.ptr[j] >= 'A' && s.ptr[j] <= 'Z') {
                return true;
            }
        }
    }
    return false;
}

static int32_t read_wordpiece(const pith__modelfile *file, const arrays *a, pith__vocab_spec *spec) {
    bool lowercase = false;
    PITH_TRY(read_flag(file, KEY("normalizer.lowercase"), !has_capitals(a), &lowercase));
    if (!lowercase) {
        pith__vocab_spec_set_cased(spec);
    }
    int64_t cls = -1, sep = -1;
    PITH_TRY(read_id(file, KEY("cls_token_id"), a->n_tokens, &cls));
    PITH_TRY(read_id(file, KEY("seperator_token_id"), a->n_tokens, &sep)); /* so spelled */
    spec->bos = spec->bos < 0 ? cls : spec->bos;
    spec->eos = spec->eos < 0 ? sep : spec->eos;
    return PITH_OK;
}

static int32_t read_spec(const pith__modelfile *file, pith__str kind, const arrays *a, pith__vocab_spec *spec) {
    bool found = false;
    pith__str pre = {NULL, 0};
    PITH_TRY(pith__kv_str(file, KEY("pre"), &found, &pre));
    PITH_TRY(pith__vocab_spec_init(spec, kind, pre));
    spec->count = a->n_tokens;
    spec->tokens = a->tokens;
    spec->scores = a->scores;
    spec->types = a->types;
    spec->flags = a->flags;
    spec->charsmap = (pith__str){a->charsmap, a->n_charsmap};
    spec->merges = a->merges;
    spec->n_merges =
        a->scores && spec->rules.writing == PITH__WRITTEN_SPACES ? 0 : a->n_merges; /* scores say it all there */
    PITH_TRY(read_id(file, KEY("bos_token_id"), a->n_tokens, &spec->bos));
    PITH_TRY(read_id(file, KEY("eos_token_id"), a->n_tokens, &spec->eos));
    PITH_TRY(read_id(file, KEY("eot_token_id"), a->n_tokens, &spec->eot));
    PITH_TRY(read_id(file, KEY("unknown_token_id"), a->n_tokens, &spec->unk));
    PITH_TRY(read_id(file, KEY("padding_token_id"), a->n_tokens, &spec->pad));
    if (spec->rules.kind == PITH__VOCAB_WORDPIECE) {
        PITH_TRY(read_wordpiece(file, a, spec));
    }
    return read_flags(file, spec);
}

static int32_t create(pith__mem *mem, const pith__modelfile *file, uint64_t rows, pith__str kind, arrays *a,
                      pith__tokenizer **out) {
    pith__vocab_spec spec;
    PITH_TRY(read_arrays(mem, file, a));
    PITH_TRY(make_flags(mem, file, kind, a));
    if (rows != 0 && a->n_tokens > rows) {
        return pith__fail(PITH_E_FORMAT, "the vocabulary has %llu tokens, the embedding only %llu rows",
                          (unsigned long long)a->n_tokens, (unsigned long long)rows);
    }
    PITH_TRY(read_spec(file, kind, a, &spec));
    return pith__tokenizer_create(mem, &spec, out);
}

int32_t pith__vocabulary_from_gguf(pith__mem *mem, const pith__modelfile *file, uint64_t rows, pith__tokenizer **out) {
    bool found = false;
    pith__str kind;
    arrays a;
    *out = NULL;
    memset(&a, 0, sizeof(a));
    PITH_TRY(pith__kv_str(file, KEY("model"), &found, &kind));
    if (!found || pith__str_is(kind, "no_vocab") || pith__str_is(kind, "none")) {
        return PITH_OK;
    }
    int32_t status = create(mem, file, rows, kind, &a, out);
    free_arrays(mem, &a);
    return status;
}
