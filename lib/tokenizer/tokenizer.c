/* A tokenizer's life, and what can be asked of it: see tokenizer.h. Algorithms are found by the name vocabularies give
 * them. */
#include "tokenizer/tokenizer_impl.h"

static const pith__algorithm *const algorithms[] = {&pith__bpe_algorithm, &pith__spm_algorithm};

/* Texts that end a turn in one family or another, as their vocabularies name them. */
static const char *const end_texts[] = {
    "<|eot_id|>",
    "<|eom_id|>",
    "<|end_of_text|>",
    "<|endoftext|>",
    "<|im_end|>",
    "<|end|>",
    "<|return|>",
    "<|call|>",
    "<|end_of_turn|>",
    "<end_of_turn>",
    "<turn|>",
    "<|endofturn|>",
    "<|END_OF_TURN_TOKEN|>",
    "<|EOT|>",
    "<EOT>",
    "_<EOT>",
    "[EOT]",
    "[EOS]",
    "<end_of_utterance>",
    "<\357\275\234end\342\226\201of\342\226\201sentence\357\275\234>",
};

static const pith__algorithm *find_algorithm(pith__str model) {
    for (size_t i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++) {
        if (pith__str_is(model, algorithms[i]->model)) {
            return algorithms[i];
        }
    }
    return NULL;
}

static int32_t check_id(const pith__vocab_spec *spec, const char *name, int64_t id) {
    if (id < -1 || (id >= 0 && (uint64_t)id >= spec->count)) {
        return pith__fail(PITH_E_FORMAT, "vocabulary: %s is token %lld, there are %llu", name, (long long)id,
                          (unsigned long long)spec->count);
    }
    return PITH_OK;
}

static int32_t check_ids(const pith__vocab_spec *spec) {
    PITH_TRY(check_id(spec, "BOS", spec->bos));
    PITH_TRY(check_id(spec, "EOS", spec->eos));
    PITH_TRY(check_id(spec, "EOT", spec->eot));
    PITH_TRY(check_id(spec, "the unknown token", spec->unk));
    return check_id(spec, "padding", spec->pad);
}

static bool is_special(int32_t type) {
    return type == PITH__TOKEN_CONTROL || type == PITH__TOKEN_UNKNOWN;
}

static bool is_user(int32_t type) {
    return type == PITH__TOKEN_USER;
}

static bool is_special_or_user(int32_t type) {
    return is_special(type) || is_user(type);
}

static bool is_none(int32_t type) {
    (void)type;
    return false;
}

static int32_t create_matchers(pith__tokenizer *t) {
    bool inside = t->algorithm->finds_user_tokens;
    PITH_TRY(pith__matcher_create(t->mem, &t->vocab, inside ? is_special : is_special_or_user, &t->in_trusted));
    PITH_TRY(pith__matcher_create(t->mem, &t->vocab, inside ? is_none : is_user, &t->in_plain));
    return pith__matcher_create(t->mem, &t->vocab, inside ? is_user : is_none, &t->in_fragments);
}

static void add_end(pith__tokenizer *t, int64_t id) {
    if (id >= 0 && t->n_eog < PITH__EOG_LIMIT && !pith__tokenizer_is_eog(t, (int32_t)id)) {
        t->eog[t->n_eog++] = (int32_t)id;
    }
}

static int64_t find_control(const pith__tokenizer *t, const char *text) {
    int32_t id = pith__vocab_find(&t->vocab, pith__str_of(text));
    return id >= 0 && t->vocab.types[id] == PITH__TOKEN_CONTROL ? id : -1;
}

static void find_ends(pith__tokenizer *t, const pith__vocab_spec *spec) {
    /* Where messages have channels, <|end|> closes one channel's message and the turn goes on. */
    bool channels = find_control(t, "<|return|>") >= 0 && find_control(t, "<|channel|>") >= 0;
    add_end(t, spec->eos);
    add_end(t, spec->eot);
    for (size_t i = 0; i < sizeof(end_texts) / sizeof(end_texts[0]); i++) {
        if (!(channels && strcmp(end_texts[i], "<|end|>") == 0)) {
            add_end(t, find_control(t, end_texts[i]));
        }
    }
}

/* The token for what no piece covers: the one the spec names, or else the first of that type; never one that ends or
 * begins a text. */
static int64_t find_unknown(const pith__tokenizer *t, const pith__vocab_spec *spec) {
    if (spec->unk >= 0) {
        return t->vocab.types[spec->unk] != PITH__TOKEN_CONTROL ? spec->unk : -1;
    }
    for (uint32_t id = 0; id < t->vocab.texts.count; id++) {
        if (t->vocab.types[id] == PITH__TOKEN_UNKNOWN) {
            return id;
        }
    }
    return -1;
}

static int32_t build(pith__tokenizer *t, const pith__vocab_spec *spec) {
    PITH_TRY(pith__vocab_create(t->mem, spec, t->algorithm->unescape, &t->vocab));
    PITH_TRY(create_matchers(t));
    t->bos = spec->bos;
    t->eos = spec->eos;
    t->unk = find_unknown(t, spec);
    find_ends(t, spec);
    PITH_TRY(t->algorithm->create(t, spec));
    t->add_bos = spec->add_bos < 0 ? t->add_bos : spec->add_bos != 0;
    t->add_eos = spec->add_eos < 0 ? t->add_eos : spec->add_eos != 0;
    t->add_space_prefix = spec->add_space_prefix < 0 ? t->add_space_prefix : spec->add_space_prefix != 0;
    return PITH_OK;
}

int32_t pith__tokenizer_create(pith__mem *mem, const pith__vocab_spec *spec, pith__tokenizer **out) {
    *out = NULL;
    const pith__algorithm *algorithm = find_algorithm(spec->model);
    if (algorithm == NULL) {
        return pith__fail(PITH_E_UNSUPPORTED, "tokenizer: vocabularies of kind '%.*s' are not supported",
                          PITH__STR_ARG(spec->model));
    }
    PITH_TRY(check_ids(spec));
    pith__tokenizer *t = NULL;
    PITH_TRY(PITH_NEW(mem, &t, "tokenizer"));
    t->mem = mem;
    t->algorithm = algorithm;
    int32_t status = build(t, spec);
    if (status != PITH_OK) {
        pith__tokenizer_release(t);
        return status;
    }
    *out = t;
    return PITH_OK;
}

void pith__tokenizer_release(pith__tokenizer *t) {
    if (t == NULL) {
        return;
    }
    if (t->model != NULL) {
        t->algorithm->destroy(t);
    }
    pith__matcher_free(t->mem, &t->in_fragments);
    pith__matcher_free(t->mem, &t->in_plain);
    pith__matcher_free(t->mem, &t->in_trusted);
    pith__vocab_free(t->mem, &t->vocab);
    pith__mem_free(t->mem, t);
}

uint64_t pith__tokenizer_count(const pith__tokenizer *t) {
    return t->vocab.texts.count;
}

int64_t pith__tokenizer_bos(const pith__tokenizer *t) {
    return t->bos;
}

int64_t pith__tokenizer_eos(const pith__tokenizer *t) {
    return t->eos;
}

bool pith__tokenizer_adds_bos(const pith__tokenizer *t) {
    return t->add_bos && t->bos >= 0;
}

bool pith__tokenizer_is_eog(const pith__tokenizer *t, int32_t id) {
    for (uint32_t i = 0; i < t->n_eog; i++) {
        if (t->eog[i] == id) {
            return true;
        }
    }
    return false;
}

int32_t pith__tokenizer_type(const pith__tokenizer *t, int32_t id) {
    return id >= 0 && (uint32_t)id < t->vocab.texts.count ? t->vocab.types[id] : 0;
}

int64_t pith__tokenizer_find(const pith__tokenizer *t, pith__str text) {
    return pith__vocab_find(&t->vocab, text);
}
