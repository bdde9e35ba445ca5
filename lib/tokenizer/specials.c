/* Which tokens are matched whole, and where: control tokens and the unknown one in trusted spans, user-defined ones in all; in the
 * text as it is given, or (PITH__TOKEN_NORMALIZED) in the normalized text, normalized themselves. */
#include "tokenizer/tokenizer_impl.h"

static bool is_special(int32_t type) {
    return type == PITH__TOKEN_CONTROL || type == PITH__TOKEN_UNKNOWN;
}

/* Runs the normalizer over an entry, through `levels` in turn. */
static int32_t normalize_entry(const pith__tokenizer *t, pith__worktext levels[2], pith__str *entry) {
    uint32_t next = 0;
    for (uint32_t i = 0; i < t->pipeline.n_normal && entry->len > 0; i++) {
        bool changed = false;
        pith__worktext *out = &levels[next];
        PITH_TRY(pith__normalize(&t->pipeline.normal[i], t->mem, (const uint8_t *)entry->ptr, entry->len, 0, out, &changed));
        if (changed) {
            *entry = (pith__str){(const char *)out->text, out->length};
            next = 1 - next;
        }
    }
    return PITH_OK;
}

static int32_t add_entry(pith__tokenizer *t, pith__worktext levels[2], uint32_t id, uint8_t flags) {
    bool normalized = (flags & PITH__TOKEN_NORMALIZED) != 0;
    bool special = is_special(t->vocab.types[id]);
    pith__match_entry entry = {pith__vocab_text(&t->vocab, id), (int32_t)id, flags};
    pith__matcher *matchers = normalized ? t->in_normalized : t->in_given;
    if (normalized) {
        PITH_TRY(normalize_entry(t, levels, &entry.text));
    }
    if (!special) {
        PITH_TRY(pith__matcher_add(t->mem, &matchers[0], &entry));
    }
    return pith__matcher_add(t->mem, &matchers[1], &entry);
}

static int32_t add_entries(pith__tokenizer *t, const pith__vocab_spec *spec, pith__worktext levels[2]) {
    for (uint32_t id = 0; id < t->vocab.texts.count; id++) {
        int32_t type = t->vocab.types[id];
        if (is_special(type) || type == PITH__TOKEN_USER) {
            uint8_t flags = spec->flags ? spec->flags[id] : 0;
            if (spec->user_normalized && type == PITH__TOKEN_USER) {
                flags |= PITH__TOKEN_NORMALIZED;
            }
            PITH_TRY(add_entry(t, levels, id, flags));
        }
    }
    return PITH_OK;
}

int32_t pith__specials_create(pith__tokenizer *t, const pith__vocab_spec *spec) {
    pith__worktext levels[2];
    memset(levels, 0, sizeof(levels));
    int32_t status = add_entries(t, spec, levels);
    pith__worktext_free(t->mem, &levels[0]);
    pith__worktext_free(t->mem, &levels[1]);
    for (int trusted = 0; trusted < 2; trusted++) {
        pith__matcher_finish(&t->in_given[trusted]);
        pith__matcher_finish(&t->in_normalized[trusted]);
    }
    return status;
}

void pith__specials_free(pith__tokenizer *t) {
    for (int trusted = 0; trusted < 2; trusted++) {
        pith__matcher_free(t->mem, &t->in_given[trusted]);
        pith__matcher_free(t->mem, &t->in_normalized[trusted]);
    }
}
