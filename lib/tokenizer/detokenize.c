/* Ids back to bytes, one at a time: see tokenizer.h. Every token's bytes stand ready in the vocabulary, so this is mostly a copy, but
 * for byte tokens, for the spaces that some vocabularies put between words, and for the one that others put before a text.
 * Source of the rules for spaces: the decoders of https://github.com/huggingface/tokenizers. */
#include "tokenizer/tokenizer_impl.h"

void pith__decoder_init(pith__decoder *d, const pith__tokenizer *t, bool specials) {
    d->tokenizer = t;
    d->specials = specials;
    d->started = d->pending = false;
}

uint64_t pith__tokenizer_max_bytes(const pith__tokenizer *t) {
    return t->vocab.longest + 1; /* and a space before it */
}

static bool is_hidden(int32_t type) {
    return type == PITH__TOKEN_CONTROL || type == PITH__TOKEN_UNKNOWN;
}

static bool takes(pith__str *text, pith__str prefix) {
    bool has = prefix.len > 0 && text->len >= prefix.len && memcmp(text->ptr, prefix.ptr, (size_t)prefix.len) == 0;
    if (has) {
        text->ptr += prefix.len;
        text->len -= prefix.len;
    }
    return has;
}

static bool takes_end(pith__str *text, pith__str suffix) {
    bool has = suffix.len > 0 && text->len >= suffix.len &&
               memcmp(text->ptr + text->len - suffix.len, suffix.ptr, (size_t)suffix.len) == 0;
    text->len -= has ? suffix.len : 0;
    return has;
}

/* Punctuation, and ends of English contractions, that stand against the word before. */
static bool stands_against(pith__str text) {
    static const char *const all[] = {".", "?", "!", ",", "n't", "'m", "'s", "'ve", "'re"};
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        pith__str rest = text;
        if (takes(&rest, pith__str_of(all[i]))) {
            return true;
        }
    }
    return false;
}

/* Whether a space comes before this token; takes what marks it out of *text. */
static bool spaced(pith__decoder *d, pith__str *text) {
    const pith__tokenizer *t = d->tokenizer;
    if (t->rules.word_suffix.len > 0) { /* the space after a word waits for the next */
        bool space = d->pending;
        d->pending = takes_end(text, t->rules.word_suffix);
        return space;
    }
    bool first = takes(text, t->rules.word_prefix);
    bool goes_on = t->rules.word_prefix.len > 0 ? !first : d->started && takes(text, t->rules.inner_prefix);
    return d->started && !goes_on && !(t->decode.clean_up && stands_against(*text));
}

/* Copies, with a space for everything that stands for one. */
static uint64_t copy_spaces(pith__str text, pith__str space, char *out) {
    uint64_t n = 0;
    while (text.len > 0) {
        if (space.len > 0 && takes(&text, space)) {
            out[n++] = ' ';
        } else {
            out[n++] = *text.ptr++;
            text.len--;
        }
    }
    return n;
}

static uint64_t copy_text(pith__decoder *d, pith__str text, bool plain, char *out) {
    const pith__decode_rules *rules = &d->tokenizer->decode;
    bool first = !d->started;
    uint64_t n = 0;
    if (rules->spaced_words && spaced(d, &text)) {
        out[n++] = ' ';
    }
    d->started = d->started || text.len > 0;
    if (rules->space.len > 0) {
        n += copy_spaces(text, rules->space, out + n);
    } else if (text.len > 0) {
        memcpy(out + n, text.ptr, (size_t)text.len);
        n += text.len;
    }
    if (first && rules->strip_space && plain && n > 0 && out[0] == ' ') {
        memmove(out, out + 1, (size_t)--n);
    }
    return n;
}

uint64_t pith__decoder_feed(pith__decoder *d, int32_t id, char *out) {
    const pith__tokenizer *t = d->tokenizer;
    int32_t type = pith__tokenizer_type(t, id);
    if (type == 0 || (is_hidden(type) && !d->specials)) {
        return 0;
    }
    if (type == PITH__TOKEN_BYTE) {
        d->started = true;
        out[0] = (char)pith__vocab_byte(&t->vocab, (uint32_t)id);
        return 1;
    }
    return copy_text(d, pith__vocab_text(&t->vocab, (uint32_t)id), !is_hidden(type), out);
}
