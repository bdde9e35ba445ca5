/* Reads tokenizer.ggml.* into a vocabulary specification. See vocabulary.h.
 * Source of the keys: the GGUF specification, section Tokenizer. */
#include "arch/vocabulary.h"
#include <string.h>

#define KEY(name) "tokenizer.ggml." name

typedef struct arrays {
    pith__str *tokens, *merges;
    float *scores;
    int32_t *types;
    uint64_t n_tokens, n_merges, n_scores, n_types;
} arrays;

static int32_t read_arrays(pith__mem *mem, const pith__modelfile *file, arrays *a) {
    PITH_TRY(pith__kv_strings(file, mem, KEY("tokens"), &a->tokens, &a->n_tokens));
    PITH_TRY(pith__kv_strings(file, mem, KEY("merges"), &a->merges, &a->n_merges));
    PITH_TRY(pith__kv_floats(file, mem, KEY("scores"), &a->scores, &a->n_scores));
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

static int32_t read_flag(const pith__modelfile *file, const char *key, int8_t *out) {
    bool found = false, value = false;
    PITH_TRY(pith__kv_bool(file, key, &found, &value));
    *out = found ? (int8_t)value : -1;
    return PITH_OK;
}

static int32_t read_spec(const pith__modelfile *file, const arrays *a, pith__vocab_spec *spec) {
    bool found = false;
    PITH_TRY(pith__kv_str(file, KEY("pre"), &found, &spec->pre));
    if (!found) {
        spec->pre = pith__str_of("default");
    }
    spec->count = a->n_tokens;
    spec->tokens = a->tokens;
    spec->scores = a->scores;
    spec->types = a->types;
    spec->merges = a->merges;
    spec->n_merges = a->n_merges;
    PITH_TRY(read_id(file, KEY("bos_token_id"), a->n_tokens, &spec->bos));
    PITH_TRY(read_id(file, KEY("eos_token_id"), a->n_tokens, &spec->eos));
    PITH_TRY(read_id(file, KEY("eot_token_id"), a->n_tokens, &spec->eot));
    PITH_TRY(read_id(file, KEY("unknown_token_id"), a->n_tokens, &spec->unk));
    PITH_TRY(read_id(file, KEY("padding_token_id"), a->n_tokens, &spec->pad));
    PITH_TRY(read_flag(file, KEY("add_bos_token"), &spec->add_bos));
    PITH_TRY(read_flag(file, KEY("add_eos_token"), &spec->add_eos));
    return read_flag(file, KEY("add_space_prefix"), &spec->add_space_prefix);
}

static int32_t create(pith__mem *mem, const pith__modelfile *file, uint64_t rows, arrays *a, pith__vocab_spec *spec,
                      pith__tokenizer **out) {
    PITH_TRY(read_arrays(mem, file, a));
    if (rows != 0 && a->n_tokens > rows) {
        return pith__fail(PITH_E_FORMAT, "the vocabulary has %llu tokens, the embedding only %llu rows",
                          (unsigned long long)a->n_tokens, (unsigned long long)rows);
    }
    PITH_TRY(read_spec(file, a, spec));
    return pith__tokenizer_create(mem, spec, out);
}

int32_t pith__vocabulary_open(pith__mem *mem, const pith__modelfile *file, uint64_t rows, pith__tokenizer **out) {
    bool found = false;
    pith__vocab_spec spec;
    arrays a;
    *out = NULL;
    memset(&spec, 0, sizeof(spec));
    memset(&a, 0, sizeof(a));
    PITH_TRY(pith__kv_str(file, KEY("model"), &found, &spec.model));
    if (!found || pith__str_is(spec.model, "no_vocab") || pith__str_is(spec.model, "none")) {
        return PITH_OK;
    }
    int32_t status = create(mem, file, rows, &a, &spec, out);
    free_arrays(mem, &a);
    return status;
}
