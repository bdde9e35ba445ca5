/* Byte offsets: they ascend, and between two of them stands what the token decodes to; also through normalization and
 * escapes. Lists that grow over several calls. */
#include "tokenizer_test.h"
#include "vectors_bpe.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* For vocabularies that do not rewrite the text. */
static void check_slices(const pith__tokenizer *t, const id_list *ids, const char *text, uint64_t length) {
    for (uint64_t i = 0; i < ids->count; i++) {
        uint64_t start = ids->offsets[i], end = ids->ends[i];
        assert_int_equal(end, i + 1 < ids->count ? ids->offsets[i + 1] : length);
        char piece[256];
        uint64_t n = decode_ids(t, &ids->ids[i], 1, false, piece, sizeof(piece));
        assert_int_equal(n, end - start);
        assert_memory_equal(piece, text + start, n);
    }
}

static void test_bpe(void **state) {
    (void)state;
    static id_list got;
    static char all[1 << 14];
    uint64_t length = 0;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    static pith__str sides[2 * COUNT(bpe_merges)];
    pith__vocab_spec spec;
    assert_int_equal(pith__vocab_spec_init(&spec, pith__str_of("gpt2"), pith__str_of("llama-bpe")), PITH_OK);
    cut_merges(bpe_merges, COUNT(bpe_merges), sides);
    spec.count = COUNT(bpe_tokens);
    spec.tokens = bpe_tokens;
    spec.merges = sides;
    spec.n_merges = COUNT(bpe_merges);
    pith__tokenizer *t = NULL;
    assert_int_equal(pith__tokenizer_create(&mem, &spec, &t), PITH_OK);
    for (size_t c = 0; c < COUNT(bpe_cases); c++) {
        run_text(t, &mem, bpe_cases[c].ptr, bpe_cases[c].len, false, &got);
        check_slices(t, &got, bpe_cases[c].ptr, bpe_cases[c].len);
        memcpy(all + length, bpe_cases[c].ptr, bpe_cases[c].len);
        length += bpe_cases[c].len;
    }
    run_text(t, &mem, all, length, false, &got); /* long enough for the memory of words */
    check_slices(t, &got, all, length);
    pith__tokenizer_release(t);
}

static void test_normalized(void **state) {
    (void)state;
    static vocab_draft d;
    static id_list got;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    draft_init(&d, "gpt2", "qwen2");
    draft_alphabet(&d);
    pith__tokenizer *t = draft_create(&mem, &d);
    run_text(t, &mem, "ae\xCC\x81zq", 6, false, &got); /* e and acute, three bytes, become two */
    EXPECT_IDS(&got, 'a', 0xC3, 0xA9, 'z', 'q');
    const uint64_t offsets[] = {0, 1, 1, 4, 5};
    assert_memory_equal(got.offsets, offsets, sizeof(offsets));
    pith__tokenizer_release(t);
}

static void test_spm(void **state) {
    (void)state;
    static vocab_draft d;
    static id_list got;
    static const char text[] = "hello\xE2\x96\x81world hello\xE4\xB8\xAD"; /* U+2581 is a space of three bytes */
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    draft_small_spm(&d);
    pith__tokenizer *t = draft_create(&mem, &d);
    int32_t hello = (int32_t)pith__tokenizer_find(t, pith__str_of("\xE2\x96\x81hello"));
    int32_t world = (int32_t)pith__tokenizer_find(t, pith__str_of("\xE2\x96\x81world"));
    run_text(t, &mem, text, sizeof(text) - 1, false, &got);
    EXPECT_IDS(&got, hello, world, hello, 3 + 0xE4, 3 + 0xB8, 3 + 0xAD);
    const uint64_t offsets[] = {0, 5, 13, 19, 20, 21};
    assert_memory_equal(got.offsets, offsets, sizeof(offsets));
    pith__tokenizer_release(t);
}

static void test_appending(void **state) {
    (void)state;
    static vocab_draft d;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    draft_small_bpe(&d);
    pith__tokenizer *t = draft_create(&mem, &d);
    pith__token_list list = {0};
    pith__span span = {pith__str_of("hello"), false}, bad = {{NULL, 3}, false};
    for (uint64_t round = 1; round <= 100; round++) {
        assert_int_equal(pith__tokenize(t, &mem, &span, 1, 0, &list), PITH_OK);
        assert_int_equal(list.count, round);
        assert_int_equal(list.ids[round - 1], list.ids[0]);
        assert_null(list.offsets);
    }
    assert_int_equal(pith__tokenize(t, &mem, &span, 1, PITH__TOKENIZE_OFFSETS, &list), PITH_E_ARGUMENT);
    assert_int_equal(pith__tokenize(t, &mem, &bad, 1, 0, &list), PITH_E_ARGUMENT);
    assert_int_equal(pith__tokenize(t, &mem, NULL, 1, 0, &list), PITH_E_ARGUMENT);
    bad = (pith__span){{"x", UINT64_C(1) << 40}, false}; /* refused before a byte is read */
    assert_int_equal(pith__tokenize(t, &mem, &bad, 1, 0, &list), PITH_E_ARGUMENT);
    assert_int_equal(list.count, 100);
    pith__token_list_free(&mem, &list);
    pith__tokenizer_release(t);
    assert_int_equal(pith__mem_used(&mem), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bpe),
        cmocka_unit_test(test_normalized),
        cmocka_unit_test(test_spm),
        cmocka_unit_test(test_appending),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
