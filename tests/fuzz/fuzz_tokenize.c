/* Fuzz target: text through pipelines. The first bytes choose a vocabulary, steps of its normalizer, cuts and a prefix; the rest is
 * text, cut into spans at each byte 0x1E, every second one trusted. Ids must be of the vocabulary, ranges must lie within the text and
 * ascend, no control token may come out of a span that is not trusted, and what a byte-level vocabulary did not rewrite must
 * come back byte for byte. */
#include "tokenizer/pretok/pretok.h"
#include "tokenizer/tokenizer_test.h"

enum {
    HEAD = 8,
    SPANS = 16
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static const pith__cut_fn cuts[] = {
    pith__cut_gpt2,         pith__cut_llama3,      pith__cut_qwen2,        pith__cut_qwen35,      pith__cut_gpt4o,
    pith__cut_tekken,       pith__cut_numbers,     pith__cut_newlines,     pith__cut_space_letters, pith__cut_space_punct,
    pith__cut_space_cased,  pith__cut_space_marks, pith__cut_trailing_space, pith__cut_cjk,       pith__cut_cjk_kana,
    pith__cut_deepseek3,    pith__cut_ascii_punct, pith__cut_escaped_digits, pith__cut_digit_triples, pith__cut_number_triples,
};

static void require(bool holds) {
    if (!holds) {
        __builtin_trap();
    }
}

/* True if the pipeline leaves every byte as it is. */
static bool choose_pipeline(const uint8_t *head, pith__vocab_spec *spec) {
    pith__pipeline *p = &spec->pipeline;
    uint32_t kinds = PITH__NORMAL_BERT;
    p->n_normal = p->n_cuts = 0;
    for (int i = 1; i < 4; i++) {
        uint32_t kind = head[i] % (2 * kinds);
        if (kind >= 1 && kind <= kinds) {
            p->normal[p->n_normal++] = (pith__normal_step){.kind = (pith__normal_kind)kind,
                                                           .flags = head[i] >> 4,
                                                           .least = 1 + head[i] % 3,
                                                           .from = pith__str_of(head[i] & 1 ? " " : "ab"),
                                                           .to = pith__str_of(head[i] & 2 ? "" : "\xE2\x96\x81")};
        }
    }
    for (int i = 4; i < 6; i++) {
        uint32_t cut = head[i] % (sizeof(cuts) / sizeof(cuts[0]) + 2);
        if (cut < sizeof(cuts) / sizeof(cuts[0])) {
            p->cuts[p->n_cuts++].cut = cuts[cut];
        } else if (cut == sizeof(cuts) / sizeof(cuts[0])) {
            p->cuts[p->n_cuts++] = (pith__cut_step){.literal = pith__str_of(" "), .at_literal = (pith__at_literal)(head[i] % 5)};
        }
    }
    p->prefixer = (pith__prefixer){.when = (pith__prefix_when)(head[6] % 3),
                                   .after = p->n_cuts > 0 ? (head[6] >> 2) % p->n_cuts : 0,
                                   .text = pith__str_of(" "),
                                   .unless_there = head[6] & 64};
    bool drops = p->n_cuts > 0 && (p->cuts[0].literal.len > 0 || p->cuts[p->n_cuts - 1].literal.len > 0);
    return p->n_normal == 0 && p->prefixer.when == PITH__PREFIX_NEVER && !drops;
}

static uint64_t make_spans(const uint8_t *text, size_t size, pith__span *spans) {
    uint64_t n = 0;
    for (size_t at = 0; at < size && n < SPANS; n++) {
        const uint8_t *end = n + 1 < SPANS ? memchr(text + at, 0x1E, size - at) : NULL;
        size_t stop = end ? (size_t)(end - text) : size;
        spans[n] = (pith__span){{(const char *)text + at, stop - at}, n % 2 == 1};
        at = stop + (end != NULL);
    }
    return n;
}

static void check_list(const pith__tokenizer *t, const pith__token_list *list, uint64_t total, bool trusted) {
    for (uint64_t i = 0; i < list->count; i++) {
        uint64_t begin = list->offsets[2 * i], end = list->offsets[2 * i + 1];
        require(pith__tokenizer_type(t, list->ids[i]) != 0);
        require(begin <= end && end <= total && (i == 0 || begin >= list->offsets[2 * i - 2]));
        require(trusted || pith__tokenizer_type(t, list->ids[i]) != PITH__TOKEN_CONTROL);
    }
}

static void check_round_trip(const pith__tokenizer *t, const pith__token_list *list, pith__str text) {
    pith__decoder decoder;
    char piece[64];
    uint64_t at = 0;
    require(pith__tokenizer_max_bytes(t) <= sizeof(piece));
    pith__decoder_init(&decoder, t, true);
    for (uint64_t i = 0; i < list->count; i++) {
        uint64_t n = pith__decoder_feed(&decoder, list->ids[i], piece);
        require(n <= text.len - at && memcmp(piece, text.ptr + at, n) == 0);
        at += n;
    }
    require(at == text.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static vocab_draft d;
    pith__mem mem;
    pith__span spans[SPANS];
    pith__token_list list = {0};
    uint64_t total = 0;
    if (size < HEAD) {
        return 0;
    }
    pith__mem_init(&mem, NULL, NULL, 0);
    bool byte_level = bytes[0] & 1;
    (byte_level ? draft_small_bpe : draft_small_spm)(&d);
    d.spec.rules.whole_words = bytes[0] & 2;
    bool same = choose_pipeline(bytes, &d.spec);
    pith__tokenizer *t = draft_create(&mem, &d);
    uint64_t n = make_spans(bytes + HEAD, size - HEAD, spans);
    for (uint64_t i = 0; i < n; i++) {
        total += spans[i].text.len;
    }
    require(pith__tokenize(t, &mem, spans, n, PITH__TOKENIZE_OFFSETS | PITH__TOKENIZE_BOS, &list) == PITH_OK);
    check_list(t, &list, total, n > 1 || pith__tokenizer_adds_bos(t));
    if (byte_level && same && n == 1) {
        check_round_trip(t, &list, spans[0].text);
    }
    pith__token_list_free(&mem, &list);
    pith__tokenizer_release(t);
    require(pith__mem_used(&mem) == 0);
    return 0;
}
