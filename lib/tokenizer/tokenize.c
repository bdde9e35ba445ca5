/* From spans of text to a list of ids: cuts each span at the tokens that are matched whole, gives the plain text
 * between them to the algorithm, and puts BOS and EOS around.
 *
 * Invariant: no token reaches across the border of two spans; control tokens are matched in trusted spans only. */
#include "base/checked.h"
#include "tokenizer/tokenizer_impl.h"

enum {
    TEXT_LIMIT = INT32_MAX
}; /* bytes of a call: positions in a text fit 32 bits, also when a space is put before it */

static int32_t check_spans(const pith__span *spans, uint64_t n_spans, const pith__token_list *list, bool want_offsets) {
    if (n_spans > 0 && spans == NULL) {
        return pith__fail(PITH_E_ARGUMENT, "tokenize: no spans given");
    }
    if (list->count > 0 && (list->offsets != NULL) != want_offsets) {
        return pith__fail(PITH_E_ARGUMENT, "tokenize: the list was begun %s offsets",
                          list->offsets ? "with" : "without");
    }
    uint64_t total = 0;
    for (uint64_t i = 0; i < n_spans; i++) {
        if (spans[i].text.ptr == NULL && spans[i].text.len > 0) {
            return pith__fail(PITH_E_ARGUMENT, "tokenize: span %llu has no text", (unsigned long long)i);
        }
        if (!pith__add_u64(total, spans[i].text.len, &total) || total > TEXT_LIMIT) {
            return pith__fail(PITH_E_ARGUMENT, "tokenize: the text is longer than 2 GiB");
        }
    }
    return PITH_OK;
}

/* One span that begins at byte `offset` of the input. *leading: the input begins here, or a control token came right
 * before. */
static int32_t encode_span(pith__encoder *e, const pith__span *span, uint64_t offset, bool *leading) {
    const pith__matcher *matcher = span->trusted ? &e->tokenizer->in_trusted : &e->tokenizer->in_plain;
    const uint8_t *text = (const uint8_t *)span->text.ptr;
    uint64_t length = span->text.len;
    while (length > 0) {
        uint64_t plain = length;
        uint32_t matched = 0;
        int32_t id = -1;
        bool found = pith__matcher_find(matcher, text, length, &plain, &matched, &id);
        if (plain > 0) {
            PITH_TRY(pith__encoder_fragment(e, text, plain, offset, *leading));
            *leading = false;
        }
        if (found) {
            PITH_TRY(pith__encoder_whole(e, id, offset + plain));
            *leading = true;
        }
        text += plain + matched;
        offset += plain + matched;
        length -= plain + matched;
    }
    return PITH_OK;
}

static int32_t encode_all(pith__encoder *e, const pith__span *spans, uint64_t n_spans, uint32_t flags) {
    const pith__tokenizer *t = e->tokenizer;
    uint64_t offset = 0;
    bool leading = true;
    if ((flags & PITH__TOKENIZE_BOS) && pith__tokenizer_adds_bos(t)) {
        PITH_TRY(pith__encoder_whole(e, (int32_t)t->bos, 0));
    }
    for (uint64_t i = 0; i < n_spans; i++) {
        PITH_TRY(encode_span(e, &spans[i], offset, &leading));
        offset += spans[i].text.len;
    }
    if ((flags & PITH__TOKENIZE_EOS) && t->add_eos && t->eos >= 0) {
        PITH_TRY(pith__encoder_whole(e, (int32_t)t->eos, offset));
    }
    return PITH_OK;
}

int32_t pith__tokenize(const pith__tokenizer *t, pith__mem *mem, const pith__span *spans, uint64_t n_spans,
                       uint32_t flags, pith__token_list *list) {
    bool want_offsets = (flags & PITH__TOKENIZE_OFFSETS) != 0;
    uint64_t before = list->count;
    PITH_TRY(check_spans(spans, n_spans, list, want_offsets));
    pith__encoder e;
    pith__encoder_init(&e, t, mem, list, want_offsets);
    int32_t status = encode_all(&e, spans, n_spans, flags);
    pith__encoder_free(&e);
    if (status != PITH_OK) {
        list->count = before;
    }
    return status;
}

void pith__token_list_free(pith__mem *mem, pith__token_list *list) {
    pith__mem_free(mem, list->ids);
    pith__mem_free(mem, list->offsets);
    memset(list, 0, sizeof(*list));
}
