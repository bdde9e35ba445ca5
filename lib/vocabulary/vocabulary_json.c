/* tokenizer.json of Hugging Face: see hf.h. The model, by far the largest part, is read as it comes; the other parts once all are
 * known. "truncation" and "padding" are about batches, and left to the caller. */
#include "vocabulary/hf.h"
#include "vocabulary/vocabulary.h"

enum {
    ARENA_LIMIT = 256 << 20
};

static int32_t read_parts(pith__hf *hf) {
    struct {
        const char *key;
        pith__str *json;
    } const parts[] = {{"normalizer", &hf->normalizer},
                       {"pre_tokenizer", &hf->pre_tokenizer},
                       {"post_processor", &hf->post_processor},
                       {"decoder", &hf->decoder},
                       {"added_tokens", &hf->added_tokens}};
    pith__str key;
    bool model = false;
    PITH_TRY(pith__jstream_enter_object(&hf->json));
    while (pith__jstream_next_key(&hf->json, &key)) {
        bool known = pith__str_is(key, "version") || pith__str_is(key, "truncation") || pith__str_is(key, "padding");
        if (pith__str_is(key, "model") && !model) {
            model = known = true;
            PITH_TRY(pith__hf_read_model(hf, &hf->json));
        }
        for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
            if (pith__str_is(key, parts[i].key) && !pith__jstream_null(&hf->json)) {
                PITH_TRY(pith__jstream_raw(&hf->json, parts[i].json));
            }
            known = known || pith__str_is(key, parts[i].key);
        }
        if (!known) {
            return pith__jstream_fail(&hf->json, PITH_E_UNSUPPORTED, "'%.*s' is not known here", PITH__STR_ARG(key));
        }
    }
    PITH_TRY(pith__jstream_finish(&hf->json));
    return model ? PITH_OK : pith__fail(PITH_E_FORMAT, "tokenizer.json: there is no \"model\" in it");
}

/* An added token that the model has under another id would get that one in the official implementation. */
static int32_t check_added(const pith__hf *hf, const pith__tokenizer *t) {
    for (uint64_t id = 0; id < hf->count; id++) {
        int32_t type = hf->types[id];
        int64_t found = type == PITH__TOKEN_CONTROL || type == PITH__TOKEN_USER ? pith__tokenizer_find(t, hf->tokens[id]) : (int64_t)id;
        if (found >= 0 && found != (int64_t)id && hf->types[found] != PITH__TOKEN_UNUSED &&
            pith__str_equal(hf->tokens[found], hf->tokens[id])) {
            return pith__fail(PITH_E_FORMAT, "tokenizer.json: the token '%.*s' has the ids %lld and %llu", PITH__STR_ARG(hf->tokens[id]),
                              (long long)found, (unsigned long long)id);
        }
    }
    return PITH_OK;
}

static void find_ends(pith__hf *hf) {
    static const char *const ends[] = {"</s>", "<|endoftext|>", "<|end_of_text|>", "<eos>"};
    pith__vocab_spec *spec = &hf->spec;
    spec->bos = spec->n_prefix == 1 ? spec->prefix[0] : -1;
    spec->eos = spec->n_suffix == 1 ? spec->suffix[0] : -1;
    for (size_t i = 0; spec->eos < 0 && i < sizeof(ends) / sizeof(ends[0]); i++) {
        int64_t id = pith__hf_find(hf, pith__str_of(ends[i]));
        spec->eos = id >= 0 && hf->types[id] == PITH__TOKEN_CONTROL ? id : -1;
    }
}

static int32_t build(pith__hf *hf, pith__tokenizer **out) {
    PITH_TRY(read_parts(hf));
    PITH_TRY(pith__hf_read_added_tokens(hf));
    PITH_TRY(pith__hf_read_normalizer(hf));
    PITH_TRY(pith__hf_read_pre_tokenizer(hf));
    PITH_TRY(pith__hf_read_post_processor(hf));
    PITH_TRY(pith__hf_read_decoder(hf));
    find_ends(hf);
    hf->spec.count = hf->count;
    hf->spec.tokens = hf->tokens;
    hf->spec.scores = hf->scored ? hf->scores : NULL;
    hf->spec.types = hf->types;
    hf->spec.flags = hf->flags;
    hf->spec.merges = hf->merges;
    hf->spec.n_merges = hf->n_merges;
    PITH_TRY(pith__tokenizer_create(hf->mem, &hf->spec, out));
    int32_t status = check_added(hf, *out);
    if (status != PITH_OK) {
        pith__tokenizer_release(*out);
        *out = NULL;
    }
    return status;
}

int32_t pith__vocabulary_from_json(pith__mem *mem, pith__str text, pith__tokenizer **out) {
    pith__hf hf;
    *out = NULL;
    memset(&hf, 0, sizeof(hf));
    hf.mem = mem;
    hf.spec.bos = hf.spec.eos = hf.spec.eot = hf.spec.unk = hf.spec.pad = -1;
    pith__json_arena_init(&hf.arena, mem, ARENA_LIMIT);
    pith__jstream_open(&hf.json, text, "tokenizer.json", &hf.arena);
    int32_t status = build(&hf, out);
    pith__mem_free(mem, hf.tokens);
    pith__mem_free(mem, hf.scores);
    pith__mem_free(mem, hf.types);
    pith__mem_free(mem, hf.flags);
    pith__mem_free(mem, hf.merges);
    pith__json_arena_free(&hf.arena);
    return status;
}
