/* Ids back to bytes, one at a time: see tokenizer.h. Every token's bytes stand ready in the vocabulary, so this is a
 * copy, but for byte tokens and for the one space that a vocabulary puts before a text. */
#include "tokenizer/tokenizer_impl.h"

void pith__decoder_init(pith__decoder *d, const pith__tokenizer *t, bool specials) {
    d->tokenizer = t;
    d->specials = specials;
    d->started = false;
}

uint64_t pith__tokenizer_max_bytes(const pith__tokenizer *t) {
    return t->vocab.longest > 1 ? t->vocab.longest : 1;
}

static bool is_hidden(int32_t type) {
    return type == PITH__TOKEN_CONTROL || type == PITH__TOKEN_UNKNOWN;
}

uint64_t pith__decoder_feed(pith__decoder *d, int32_t id, char *out) {
    const pith__tokenizer *t = d->tokenizer;
    int32_t type = pith__tokenizer_type(t, id);
    if (type == 0 || (is_hidden(type) && !d->specials)) {
        return 0;
    }
    bool first = !d->started;
    if (type == PITH__TOKEN_BYTE) {
        d->started = true;
        out[0] = (char)pith__vocab_byte(&t->vocab, (uint32_t)id);
        return 1;
    }
    pith__str text = pith__vocab_text(&t->vocab, (uint32_t)id);
    d->started = d->started || text.len > 0;
    if (first && t->decode.strip_space && !is_hidden(type) && text.len > 0 && text.ptr[0] == ' ') {
        text.ptr++;
        text.len--;
    }
    if (text.len > 0) {
        memcpy(out, text.ptr, (size_t)text.len);
    }
    return text.len;
}
