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

/* One span that begins at byte `offset` of the input; *where is where the text that comes next stands. */
static int32_t encode_span(pith__encoder *e, const pith__span *span, uint64_t offset, uint32_t *where) {
    const pith__matcher *matcher = &e->tokenizer->in_given[span->trusted];
    const uint8_t *text = (const uint8_t *)span->text.ptr;
    uint64_t length = span->text.len;
    for (uint64_t at = 0; at < length;) {
        pith__match match = {length, length, -1};
        bool found = pith__matcher_find(matcher, text, length, at, &match);
        if (match.begin > at) {
            PITH_TRY(pith__encoder_fragment(e, text + at, match.begin - at, offset + at, *where, span->trusted));
            *where = 0;
        }
        if (found) {
            PITH_TRY(pith__encoder_whole(e, match.id, offset + match.begin, offset + match.end));
            *where = PITH__AFTER_TOKEN;
        }
        at = match.end;
    }
    return PITH_OK;
}

static int32_t encode_affix(pith__encoder *e, const int32_t *ids, uint32_t count, uint64_t offset) {
    for (uint32_t i = 0; i < count; i++) {
        PITH_TRY(pith__encoder_whole(e, ids[i], offset, offset));
    }
    return PITH_OK;
}

static int32_t encode_all(pith__encoder *e, const pith__span *spans, uint64_t n_spans, uint32_t flags) {
    const pith__tokenizer *t = e->tokenizer;
    uint64_t offset = 0;
    uint32_t where = PITH__AT_START;
    PITH_TRY(encode_affix(e, t->prefix, flags & PITH__TOKENIZE_BOS ? t->n_prefix : 0, 0));
    for (uint64_t i = 0; i < n_spans; i++) {
        PITH_TRY(encode_span(e, &spans[i], offset, &where));
        offset += spans[i].text.len;
    }
    return encode_affix(e, t->suffix, flags & PITH__TOKENIZE_EOS ? t->n_suffix : 0, offset);
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
