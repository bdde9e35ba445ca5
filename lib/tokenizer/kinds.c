/* See kinds.h. Sources: the GGUF specification, section Tokenizer; for what each kind does, the sources in models/ and pretok/. */
#include "tokenizer/kinds.h"
#include "tokenizer/pretok/pretok.h"
#include <string.h>

static int32_t init_bytes(pith__vocab_spec *spec, pith__str pre) {
    const pith__pretok *family = pith__pretok_find(pre.ptr, pre.len);
    if (family == NULL) {
        return pith__fail(PITH_E_UNSUPPORTED, "tokenizer: pre-tokenizer '%.*s' is not supported", PITH__STR_ARG(pre));
    }
    spec->rules = (pith__word_rules){
        .kind = PITH__VOCAB_BPE, .writing = PITH__WRITTEN_BYTES, .bytes = true, .whole_words = family->ignore_merges};
    spec->add_bos = family->add_bos;
    if (family->nfc) {
        spec->pipeline.normal[spec->pipeline.n_normal++].kind = PITH__NORMAL_NFC;
    }
    for (uint32_t i = 0; i < PITH__CUT_STAGES && family->stages[i] != NULL; i++) {
        spec->pipeline.cuts[spec->pipeline.n_cuts++].cut = family->stages[i];
    }
    return PITH_OK;
}

static int32_t init_sentencepiece(pith__vocab_spec *spec, pith__str pre) {
    (void)pre;
    spec->rules = (pith__word_rules){
        .kind = PITH__VOCAB_BPE, .writing = PITH__WRITTEN_SPACES, .byte_fallback = true, .fuse_unknown = true};
    spec->add_bos = true;
    spec->user_normalized = true;
    spec->pipeline.normal[spec->pipeline.n_normal++].kind = PITH__NORMAL_SENTENCEPIECE;
    pith__vocab_spec_set_space_prefix(spec, true);
    return PITH_OK;
}

/* Of merges over the whole text, with no words cut and nothing put before it. Source: tokenizer.json of gemma-4-E2B. */
static int32_t init_gemma4(pith__vocab_spec *spec, pith__str pre) {
    static const char escaped_space[] = "\xE2\x96\x81";
    (void)pre;
    spec->rules = (pith__word_rules){
        .kind = PITH__VOCAB_BPE, .writing = PITH__WRITTEN_PLAIN, .byte_fallback = true, .fuse_unknown = true};
    spec->decode.space = pith__str_of(escaped_space);
    spec->add_bos = true;
    spec->pipeline.normal[spec->pipeline.n_normal++] =
        (pith__normal_step){.kind = PITH__NORMAL_REPLACE, .from = pith__str_of(" "), .to = pith__str_of(escaped_space)};
    return PITH_OK;
}

static int32_t init_unigram(pith__vocab_spec *spec, pith__str pre) {
    PITH_TRY(init_sentencepiece(spec, pre));
    spec->rules.kind = PITH__VOCAB_UNIGRAM;
    spec->pipeline.normal[0].flags |= PITH__SENTENCEPIECE_TRIM;
    spec->add_bos = false;
    spec->add_eos = true;
    return PITH_OK;
}

void pith__vocab_spec_set_trim(pith__vocab_spec *spec, bool wanted) {
    for (uint32_t i = 0; i < spec->pipeline.n_normal; i++) {
        pith__normal_step *step = &spec->pipeline.normal[i];
        if (step->kind == PITH__NORMAL_SENTENCEPIECE) {
            step->flags = wanted ? step->flags | PITH__SENTENCEPIECE_TRIM : step->flags & ~(uint32_t)PITH__SENTENCEPIECE_TRIM;
        }
    }
}

static int32_t init_wordpiece(pith__vocab_spec *spec, pith__str pre) {
    (void)pre;
    spec->rules = (pith__word_rules){
        .kind = PITH__VOCAB_WORDPIECE, .word_limit = 100, .word_prefix = pith__str_of("\xE2\x96\x81")};
    spec->decode = (pith__decode_rules){.spaced_words = true, .clean_up = true};
    spec->add_bos = spec->add_eos = true;
    spec->pipeline.normal[spec->pipeline.n_normal++] =
        (pith__normal_step){.kind = PITH__NORMAL_BERT,
                            .flags = PITH__BERT_CLEAN | PITH__BERT_CHINESE | PITH__BERT_ACCENTS | PITH__BERT_LOWERCASE};
    spec->pipeline.cuts[spec->pipeline.n_cuts++] = (pith__cut_step){.cut = pith__cut_bert, .drop = pith__drop_white};
    return PITH_OK;
}

void pith__vocab_spec_set_cased(pith__vocab_spec *spec) {
    for (uint32_t i = 0; i < spec->pipeline.n_normal; i++) {
        spec->pipeline.normal[i].flags &= ~(uint32_t)(PITH__BERT_ACCENTS | PITH__BERT_LOWERCASE);
    }
}

int32_t pith__vocab_spec_init(pith__vocab_spec *spec, pith__str kind, pith__str pre) {
    static const struct {
        const char *name;
        int32_t (*init)(pith__vocab_spec *spec, pith__str pre);
    } kinds[] = {{"gpt2", init_bytes}, {"llama", init_sentencepiece}, {"gemma4", init_gemma4}, {"t5", init_unigram}, {"bert", init_wordpiece}};
    memset(spec, 0, sizeof(*spec));
    spec->bos = spec->eos = spec->eot = spec->unk = spec->pad = -1;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (pith__str_is(kind, kinds[i].name)) {
            return kinds[i].init(spec, pre.len > 0 ? pre : pith__str_of("default"));
        }
    }
    return pith__fail(PITH_E_UNSUPPORTED, "tokenizer: vocabularies of kind '%.*s' are not supported", PITH__STR_ARG(kind));
}

void pith__vocab_spec_set_space_prefix(pith__vocab_spec *spec, bool wanted) {
    spec->decode.strip_space = wanted;
    for (uint32_t i = 0; i < spec->pipeline.n_normal; i++) {
        pith__normal_step *step = &spec->pipeline.normal[i];
        if (step->kind == PITH__NORMAL_SENTENCEPIECE) {
            step->flags = wanted ? step->flags | PITH__SENTENCEPIECE_PREFIX : step->flags & ~(uint32_t)PITH__SENTENCEPIECE_PREFIX;
        }
    }
}

bool pith__merge_cut(pith__str merge, pith__str sides[2]) {
    const char *space = merge.len < 3 ? NULL : memchr(merge.ptr + 1, ' ', (size_t)(merge.len - 1));
    if (space == NULL || space + 1 == merge.ptr + merge.len) {
        return false;
    }
    sides[0] = (pith__str){merge.ptr, (uint64_t)(space - merge.ptr)};
    sides[1] = (pith__str){space + 1, merge.len - sides[0].len - 1};
    return true;
}
