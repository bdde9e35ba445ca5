/* Random vocabularies and random text, from fixed seeds: nothing is read or written out of bounds (the sanitizers
 * look), ids are of the vocabulary, offsets ascend, no control token comes out of plain text. */
#include "tokenizer_test.h"

static const char *const pres[] = {"gpt-2",  "llama-bpe",      "qwen2",        "gpt-4o",      "tekken", "smollm",
                                   "falcon", "deepseek-coder", "deepseek-llm", "deepseek-v3", "qwen35"};
static const char alphabet[] = " ab<|>_\xE2\x96\x81\xC3\xA9\xCC\x81'0\n\xC4\xA0\xFF";

static pith__str random_text(uint32_t *seed, char *out, uint32_t limit) {
    uint32_t length = next_random(seed) % (limit + 1);
    for (uint32_t i = 0; i < length; i++) {
        uint32_t r = next_random(seed);
        out[i] = r % 8 ? alphabet[r / 8 % (sizeof(alphabet) - 1)] : (char)(r >> 16);
    }
    return (pith__str){out, length};
}

static int64_t random_id(uint32_t *seed, uint64_t count) {
    uint32_t r = next_random(seed);
    return r % 3 ? (int64_t)(r % count) : -1;
}

static void random_vocabulary(uint32_t *seed, vocab_draft *d, char (*texts)[8]) {
    bool spm = next_random(seed) % 2;
    draft_init(d, spm ? "llama" : "gpt2", pres[next_random(seed) % (sizeof(pres) / sizeof(pres[0]))]);
    if (next_random(seed) % 4) {
        (spm ? draft_byte_tokens : draft_alphabet)(d);
    }
    uint32_t more = 1 + next_random(seed) % 300;
    for (uint32_t i = 0; i < more; i++) {
        int32_t id = draft_token(d, "", (int32_t)(next_random(seed) % 3 ? 1 : next_random(seed) % 7),
                                 (double)(next_random(seed) % 50));
        d->tokens[id] = random_text(seed, texts[i], 8);
    }
    for (uint32_t i = 0; i < 300; i++) {
        pith__str a = d->tokens[next_random(seed) % d->spec.count], b = d->tokens[next_random(seed) % d->spec.count];
        if (a.len > 0 && b.len > 0) {
            d->merges[2 * d->spec.n_merges] = a;
            d->merges[2 * d->spec.n_merges++ + 1] = b;
        }
    }
    d->spec.bos = random_id(seed, d->spec.count);
    d->spec.eos = random_id(seed, d->spec.count);
    d->spec.unk = random_id(seed, d->spec.count);
    d->spec.pad = random_id(seed, d->spec.count);
    d->spec.types = next_random(seed) % 8 ? d->types : NULL;
    pith__vocab_spec_set_space_prefix(&d->spec, spm && next_random(seed) % 2);
}

static void check_text(const pith__tokenizer *t, pith__mem *mem, uint32_t *seed) {
    static id_list got;
    static char text[4][700], back[IDS_MAX * 8];
    pith__span spans[4];
    uint64_t n = 1 + next_random(seed) % 4, total = 0;
    bool trusted = false;
    for (uint64_t i = 0; i < n; i++) {
        spans[i].text = random_text(seed, text[i], next_random(seed) % 8 ? 20 : sizeof(text[i]));
        spans[i].trusted = next_random(seed) % 4 == 0;
        trusted = trusted || spans[i].trusted;
        total += spans[i].text.len;
    }
    run_spans(t, mem, spans, n, 0, &got);
    for (uint64_t i = 0; i < got.count; i++) {
        assert_true(got.ids[i] >= 0 && (uint64_t)got.ids[i] < pith__tokenizer_count(t));
        assert_true(got.offsets[i] <= got.ends[i] && got.ends[i] <= total);
        assert_true(i == 0 || (got.offsets[i] >= got.offsets[i - 1] && got.ends[i] >= got.ends[i - 1]));
        assert_true(trusted || pith__tokenizer_type(t, got.ids[i]) != PITH__TOKEN_CONTROL);
    }
    uint64_t length = decode_ids(t, got.ids, got.count, next_random(seed) % 2, back, sizeof(back));
    assert_true(pith__utf8_complete(back, length) <= length);
}

static void test_random(void **state) {
    (void)state;
    static vocab_draft d;
    static char texts[300][8];
    uint32_t seed = 20240607, created = 0;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    for (int round = 0; round < 1500; round++) {
        pith__tokenizer *t = NULL;
        random_vocabulary(&seed, &d, texts);
        int32_t status = pith__tokenizer_create(&mem, &d.spec, &t);
        assert_true(status == PITH_OK || status == PITH_E_FORMAT);
        for (int i = 0; t != NULL && i < 20; i++) {
            check_text(t, &mem, &seed);
        }
        created += t != NULL;
        pith__tokenizer_release(t);
    }
    assert_true(created > 700);
    assert_int_equal(pith__mem_used(&mem), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
