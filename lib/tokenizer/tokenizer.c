/* A tokenizer's life, and what can be asked of it: see tokenizer.h. */
#include "tokenizer/tokenizer_impl.h"

static const pith__algorithm *const algorithms[] = {[PITH__VOCAB_BPE] = &pith__bpe_algorithm,
                                                  [PITH__VOCAB_UNIGRAM] = &pith__unigram_algorithm,
                                                  [PITH__VOCAB_WORDPIECE] = &pith__wordpiece_algorithm};

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

/* ---- What the tokenizer keeps of the spec's description. ---- */

/* Copies a string to the end of those kept; with `out` NULL only counts. */
static void keep_string(pith__str *s, char *out, uint64_t *used) {
    if (out != NULL && s->len > 0) {
        memcpy(out + *used, s->ptr, (size_t)s->len);
        s->ptr = out + *used;
    }
    *used += s->len;
}

static void keep_strings(pith__tokenizer *t, char *out, uint64_t *used) {
    *used = 0;
    for (uint32_t i = 0; i < t->pipeline.n_normal; i++) {
        keep_string(&t->pipeline.normal[i].from, out, used);
        keep_string(&t->pipeline.normal[i].to, out, used);
    }
    for (uint32_t i = 0; i < t->pipeline.n_cuts; i++) {
        keep_string(&t->pipeline.cuts[i].literal, out, used);
    }
    keep_string(&t->pipeline.prefixer.text, out, used);
    keep_string(&t->rules.word_prefix, out, used);
    keep_string(&t->rules.inner_prefix, out, used);
    keep_string(&t->rules.word_suffix, out, used);
    keep_string(&t->decode.space, out, used);
}

static int32_t keep_description(pith__tokenizer *t, const pith__vocab_spec *spec) {
    uint64_t bytes = 0;
    t->rules = spec->rules;
    t->pipeline = spec->pipeline;
    t->decode = spec->decode;
    if (t->rules.word_prefix.len > PITH__AFFIX_BYTES || t->rules.inner_prefix.len > PITH__AFFIX_BYTES ||
        t->rules.word_suffix.len > PITH__AFFIX_BYTES) {
        return pith__fail(PITH_E_UNSUPPORTED, "tokenizer: what words are marked with is longer than %d bytes", PITH__AFFIX_BYTES);
    }
    keep_strings(t, NULL, &bytes);
    PITH_TRY(PITH_NEW_ARRAY(t->mem, &t->strings, bytes + 1, "tokenizer"));
    keep_strings(t, t->strings, &bytes);
    if (spec->charsmap.len > 0) {
        PITH_TRY(pith__charsmap_open(t->mem, spec->charsmap, &t->charsmap));
    }
    for (uint32_t i = 0; i < t->pipeline.n_normal; i++) {
        t->pipeline.normal[i].map = spec->charsmap.len > 0 ? &t->charsmap : NULL;
    }
    return PITH_OK;
}

static int32_t keep_affix(const pith__vocab_spec *spec, const int32_t *ids, uint32_t count, int64_t plain, int32_t *out,
                          uint32_t *out_count) {
    for (uint32_t i = 0; i < count; i++) {
        PITH_TRY(check_id(spec, "one put around a text", ids[i] < 0 ? INT32_MAX : ids[i]));
        out[i] = ids[i];
    }
    *out_count = count;
    if (count == 0 && plain >= 0) {
        out[0] = (int32_t)plain;
        *out_count = 1;
    }
    return PITH_OK;
}

/* ---- What ends a turn, and what is unknown. ---- */

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

/* ---- Life. ---- */

static int32_t build(pith__tokenizer *t, const pith__vocab_spec *spec) {
    PITH_TRY(keep_description(t, spec));
    PITH_TRY(pith__vocab_create(t->mem, spec, &t->vocab));
    PITH_TRY(pith__specials_create(t, spec));
    t->bos = spec->bos;
    t->eos = spec->eos;
    t->unk = find_unknown(t, spec);
    PITH_TRY(keep_affix(spec, spec->prefix, spec->n_prefix, spec->add_bos ? spec->bos : -1, t->prefix, &t->n_prefix));
    PITH_TRY(keep_affix(spec, spec->suffix, spec->n_suffix, spec->add_eos ? spec->eos : -1, t->suffix, &t->n_suffix));
    find_ends(t, spec);
    return t->algorithm->create(t, spec);
}

int32_t pith__tokenizer_create(pith__mem *mem, const pith__vocab_spec *spec, pith__tokenizer **out) {
    *out = NULL;
    if (spec->rules.kind >= sizeof(algorithms) / sizeof(algorithms[0]) || algorithms[spec->rules.kind] == NULL) {
        return pith__fail(PITH_E_UNSUPPORTED, "tokenizer: vocabularies of kind %d are not supported", (int)spec->rules.kind);
    }
    PITH_TRY(check_ids(spec));
    pith__tokenizer *t = NULL;
    PITH_TRY(PITH_NEW(mem, &t, "tokenizer"));
    t->mem = mem;
    t->algorithm = algorithms[spec->rules.kind];
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
    pith__specials_free(t);
    pith__vocab_free(t->mem, &t->vocab);
    pith__charsmap_free(t->mem, &t->charsmap);
    pith__mem_free(t->mem, t->strings);
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
    return t->n_prefix > 0;
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
