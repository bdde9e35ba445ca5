#include "tokenizer_test.h"
#include <stdio.h>

void draft_init(vocab_draft *d, const char *model, const char *pre) {
    memset(d, 0, sizeof(*d));
    assert_int_equal(pith__vocab_spec_init(&d->spec, pith__str_of(model), pith__str_of(pre)), PITH_OK);
    d->spec.tokens = d->tokens;
    d->spec.scores = d->scores;
    d->spec.types = d->types;
    d->spec.merges = d->merges;
}

static int32_t draft_str(vocab_draft *d, pith__str text, int32_t type, double score) {
    assert_true(d->spec.count < VOCAB_MAX);
    d->tokens[d->spec.count] = text;
    d->types[d->spec.count] = type;
    d->scores[d->spec.count] = score;
    return (int32_t)d->spec.count++;
}

int32_t draft_token(vocab_draft *d, const char *text, int32_t type, double score) {
    return draft_str(d, pith__str_of(text), type, score);
}

void draft_merge(vocab_draft *d, const char *merge) {
    pith__str whole = pith__str_of(merge);
    assert_true(d->spec.n_merges < VOCAB_MAX);
    cut_merges(&whole, 1, &d->merges[2 * d->spec.n_merges++]);
}

void cut_merges(const pith__str *merges, uint64_t count, pith__str *sides) {
    for (uint64_t i = 0; i < count; i++) {
        assert_true(pith__merge_cut(merges[i], &sides[2 * i]));
    }
}

static pith__str pool_text(vocab_draft *d, const char *bytes, size_t length) {
    assert_true(d->pool_used + length <= sizeof(d->pool));
    char *at = d->pool + d->pool_used;
    memcpy(at, bytes, length);
    d->pool_used += length;
    return (pith__str){at, length};
}

void draft_alphabet(vocab_draft *d) {
    uint32_t next = 0x100;
    for (uint32_t b = 0; b < 256; b++) {
        bool itself = (b >= 0x21 && b <= 0x7E) || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
        uint32_t cp = itself ? b : next++;
        char bytes[2] = {(char)(0xC0 | cp >> 6), (char)(0x80 | (cp & 0x3F))};
        char ascii = (char)cp;
        draft_str(d, cp < 0x80 ? pool_text(d, &ascii, 1) : pool_text(d, bytes, 2), PITH__TOKEN_NORMAL, 0);
    }
}

void draft_byte_tokens(vocab_draft *d) {
    static const char hex[] = "0123456789ABCDEF";
    for (uint32_t b = 0; b < 256; b++) {
        char text[6] = {'<', '0', 'x', hex[b >> 4], hex[b & 15], '>'};
        draft_str(d, pool_text(d, text, 6), PITH__TOKEN_BYTE, 0);
    }
}

pith__tokenizer *draft_create(pith__mem *mem, const vocab_draft *d) {
    pith__tokenizer *t = NULL;
    int32_t status = pith__tokenizer_create(mem, &d->spec, &t);
    if (status != PITH_OK) {
        fail_msg("create: %d %s", status, pith__error_text());
    }
    return t;
}

void draft_small_bpe(vocab_draft *d) {
    static const char *const merges[] = {
        "h e", "l l",  "he ll", "hell o", "\xC4\xA0 w", "o r", "l d", "\xC4\xA0w or", "\xC4\xA0wor ld",
        "< s", "<s >", "i m",   "< |",    "| >",        "im _"};
    static const char *const joined[] = {
        "he", "ll", "hell", "hello", "\xC4\xA0w", "or", "ld", "\xC4\xA0wor", "\xC4\xA0world",
        "<s", NULL, "im",   "<|",    "|>",        "im_"};
    draft_init(d, "gpt2", "gpt-2");
    draft_alphabet(d);
    for (size_t i = 0; i < sizeof(merges) / sizeof(merges[0]); i++) {
        draft_merge(d, merges[i]);
        if (joined[i]) {
            draft_token(d, joined[i], PITH__TOKEN_NORMAL, 0);
        }
    }
    d->spec.bos = draft_token(d, "<s>", PITH__TOKEN_CONTROL, 0); /* also the result of the merge "<s >" */
    draft_token(d, "<|im_start|>", PITH__TOKEN_CONTROL, 0);
    d->spec.eos = draft_token(d, "<|im_end|>", PITH__TOKEN_CONTROL, 0);
    draft_token(d, "USER", PITH__TOKEN_USER, 0);
    draft_token(d, "USERS", PITH__TOKEN_USER, 0);
}

void draft_small_spm(vocab_draft *d) {
    static const char *const words[] = {"\xE2\x96\x81",
                                        "e",
                                        "l",
                                        "o",
                                        "h",
                                        "w",
                                        "r",
                                        "d",
                                        "<",
                                        ">",
                                        "s",
                                        "|",
                                        "he",
                                        "ll",
                                        "hell",
                                        "hello",
                                        "\xE2\x96\x81hello",
                                        "\xE2\x96\x81w",
                                        "or",
                                        "\xE2\x96\x81wor",
                                        "ld",
                                        "\xE2\x96\x81world",
                                        "\xE2\x96\x81\xE2\x96\x81",
                                        "\xE2\x96\x81\xE2\x96\x81\xE2\x96\x81\xE2\x96\x81",
                                        "<s",
                                        "|>"};
    draft_init(d, "llama", "");
    d->spec.unk = draft_token(d, "<unk>", PITH__TOKEN_UNKNOWN, 0);
    d->spec.bos = draft_token(d, "<s>", PITH__TOKEN_CONTROL, 0);
    d->spec.eos = draft_token(d, "</s>", PITH__TOKEN_CONTROL, 0);
    draft_byte_tokens(d);
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        draft_token(d, words[i], PITH__TOKEN_NORMAL, -(double)i);
    }
    draft_token(d, "[x]", PITH__TOKEN_USER, 0);
    draft_token(d, "<|im_end|>", PITH__TOKEN_CONTROL, 0);
}

void run_spans(const pith__tokenizer *t, pith__mem *mem, const pith__span *spans, uint64_t n, uint32_t flags,
               id_list *out) {
    pith__token_list list = {0};
    int32_t status = pith__tokenize(t, mem, spans, n, flags | PITH__TOKENIZE_OFFSETS, &list);
    if (status != PITH_OK) {
        fail_msg("tokenize: %d %s", status, pith__error_text());
    }
    assert_true(list.count <= IDS_MAX);
    out->count = list.count;
    if (list.count > 0) {
        memcpy(out->ids, list.ids, list.count * sizeof(*list.ids));
    }
    for (uint64_t i = 0; i < list.count; i++) {
        out->offsets[i] = list.offsets[2 * i];
        out->ends[i] = list.offsets[2 * i + 1];
    }
    pith__token_list_free(mem, &list);
}

void run_text(const pith__tokenizer *t, pith__mem *mem, const char *text, uint64_t length, bool trusted, id_list *out) {
    pith__span span = {{text, length}, trusted};
    run_spans(t, mem, &span, 1, 0, out);
}

void expect_ids(const id_list *got, const int32_t *ids, uint64_t count, const char *what) {
    bool same = got->count == count && (count == 0 || memcmp(got->ids, ids, count * sizeof(*ids)) == 0);
    if (same) {
        return;
    }
    print_error("%s: got", what);
    for (uint64_t i = 0; i < got->count; i++) {
        print_error(" %d", (int)got->ids[i]);
    }
    print_error("\nwanted");
    for (uint64_t i = 0; i < count; i++) {
        print_error(" %d", (int)ids[i]);
    }
    fail_msg("other ids");
}

uint64_t decode_ids(const pith__tokenizer *t, const int32_t *ids, uint64_t count, bool specials, char *out,
                    uint64_t capacity) {
    pith__decoder decoder;
    char *piece = malloc(pith__tokenizer_max_bytes(t));
    uint64_t length = 0;
    pith__decoder_init(&decoder, t, specials);
    for (uint64_t i = 0; i < count; i++) {
        uint64_t n = pith__decoder_feed(&decoder, ids[i], piece);
        assert_true(n <= pith__tokenizer_max_bytes(t) && length + n <= capacity);
        memcpy(out + length, piece, n);
        length += n;
    }
    free(piece);
    return length;
}

uint32_t next_random(uint32_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

void expect_vectors(pith__mem *mem, const pith__vocab_spec *spec, const pith__str *cases, uint64_t count,
                    const int32_t *ids) {
    static id_list got;
    pith__tokenizer *t = NULL;
    assert_int_equal(pith__tokenizer_create(mem, spec, &t), PITH_OK);
    for (uint64_t c = 0; c < count; c++) {
        char what[32];
        snprintf(what, sizeof(what), "case %u", (unsigned)c);
        run_text(t, mem, cases[c].ptr, cases[c].len, false, &got);
        expect_ids(&got, ids + 1, (uint64_t)ids[0], what);
        ids += ids[0] + 1;
    }
    pith__tokenizer_release(t);
}
