/* The table of normalizer steps: see normalize.h. */
#include "tokenizer/normalize/normalize_parts.h"

static pith__normal_fn *const steps[] = {
    [PITH__NORMAL_NFC] = pith__normalize_form,
    [PITH__NORMAL_NFD] = pith__normalize_form,
    [PITH__NORMAL_NFKC] = pith__normalize_form,
    [PITH__NORMAL_NFKD] = pith__normalize_form,
    [PITH__NORMAL_LOWERCASE] = pith__normalize_lowercase,
    [PITH__NORMAL_STRIP_ACCENTS] = pith__normalize_strip_accents,
    [PITH__NORMAL_STRIP] = pith__normalize_strip,
    [PITH__NORMAL_REPLACE] = pith__normalize_replace,
    [PITH__NORMAL_REPLACE_RUNS] = pith__normalize_replace_runs,
    [PITH__NORMAL_REPLACE_SPACES] = pith__normalize_replace_spaces,
    [PITH__NORMAL_PREPEND] = pith__normalize_prepend,
    [PITH__NORMAL_NMT] = pith__normalize_nmt,
    [PITH__NORMAL_BERT] = pith__normalize_bert,
    [PITH__NORMAL_CHARSMAP] = pith__normalize_charsmap,
    [PITH__NORMAL_SENTENCEPIECE] = pith__normalize_sentencepiece,
};

int32_t pith__normalize(const pith__normal_step *step, pith__mem *mem, const uint8_t *text, uint64_t length,
                        uint32_t where, pith__worktext *out, bool *changed) {
    uint32_t kind = (uint32_t)step->kind;
    if (kind >= sizeof(steps) / sizeof(steps[0]) || steps[kind] == NULL) {
        return pith__fail(PITH_E_ARGUMENT, "there is no normalizer step %u", kind);
    }
    return steps[kind](step, mem, text, length, where, out, changed);
}
