/* SentencePiece BPE against the ids and texts of `sentencepiece`, and what those vectors do not reach. */
#include "tokenizer_test.h"
#include "vectors_spm.h"
#include <stdio.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static pith__vocab_spec vector_spec(void) {
    pith__vocab_spec spec;
    assert_int_equal(pith__vocab_spec_init(&spec, pith__str_of("llama"), pith__str_of("")), PITH_OK);
    spec.count = COUNT(spm_tokens);
    spec.tokens = spm_tokens;
    spec.scores = spm_scores;
    spec.types = spm_types;
    spec.bos = 1;
    spec.eos = 2;
    spec.unk = 0;
    return spec;
}

static void check_vectors(pith__mem *mem, const pith__vocab_spec *spec, const int32_t *want, bool decode) {
    static id_list got;
    pith__tokenizer *t = NULL;
    assert_int_equal(pith__tokenizer_create(mem, spec, &t), PITH_OK);
    for (size_t c = 0; c < COUNT(spm_cases); c++) {
        char what[32], text[2048];
        snprintf(what, sizeof(what), "case %zu", c);
        run_text(t, mem, spm_cases[c].ptr, spm_cases[c].len, false, &got);
        expect_ids(&got, want + 1, (uint64_t)want[0], what);
        want += want[0] + 1;
        if (decode) {
            assert_int_equal(decode_ids(t, got.ids, got.count, false, text, sizeof(text)), spm_decoded[c].len);
            assert_memory_equal(text, spm_decoded[c].ptr, spm_decoded[c].len);
        }
    }
    pith__tokenizer_release(t);
}

static void test_vectors(void **state) {
    (void)state;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__vocab_spec spec = vector_spec();
    check_vectors(&mem, &spec, spm_ids, true);
    pith__vocab_spec_set_space_prefix(&spec, false);
    check_vectors(&mem, &spec, spm_ids_no_prefix, false);
    assert_int_equal(pith__mem_used(&mem), 0);
}

static void test_no_byte_tokens(void **state) {
    (void)state;
    static pith__str tokens[COUNT(spm_tokens)];
    static double scores[COUNT(spm_tokens)];
    static int32_t types[COUNT(spm_tokens)];
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__vocab_spec spec = vector_spec();
    spec.count = 0;
    for (size_t i = 0; i < COUNT(spm_tokens); i++) {
        if (spm_types[i] != PITH__TOKEN_BYTE) {
            tokens[spec.count] = spm_tokens[i];
            scores[spec.count] = spm_scores[i];
            types[spec.count++] = spm_types[i];
        }
    }
    spec.tokens = tokens;
    spec.scores = scores;
    spec.types = types;
    check_vectors(&mem, &spec, spm_ids_no_bytes, false);
    spec.unk = -1; /* found by its type */
    check_vectors(&mem, &spec, spm_ids_no_bytes, false);
}

static void test_long_runs(void **state) {
    (void)state;
    static const char *const units[] = {" ", "a", "\n", "\xE4\xB8\xAD", "\xE2\x96\x81", "\xFF", "the ", "    x"};
    enum {
        LENGTH = 1000000
    };
    char *text = malloc(LENGTH), *back = malloc(LENGTH + 64);
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__vocab_spec spec = vector_spec();
    pith__tokenizer *t = NULL;
    assert_int_equal(pith__tokenizer_create(&mem, &spec, &t), PITH_OK);
    for (size_t u = 0; u < COUNT(units); u++) {
        uint64_t unit = strlen(units[u]), length = LENGTH / unit * unit;
        for (uint64_t i = 0; i < length; i++) {
            text[i] = units[u][i % unit];
        }
        pith__token_list list = {0};
        pith__span span = {{text, length}, false};
        assert_int_equal(pith__tokenize(t, &mem, &span, 1, 0, &list), PITH_OK);
        uint64_t decoded = decode_ids(t, list.ids, list.count, false, back, LENGTH + 64);
        if (u != 4) { /* U+2581 comes back as a space */
            assert_int_equal(decoded, length);
            assert_memory_equal(back, text, length);
        }
        pith__token_list_free(&mem, &list);
    }
    pith__tokenizer_release(t);
    free(text);
    free(back);
}

/* Equal scores: the leftmost pair first. Of three a's, the first two join. */
static void test_ties(void **state) {
    (void)state;
    static vocab_draft d;
    static id_list got;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    draft_small_spm(&d);
    int32_t a = draft_token(&d, "a", PITH__TOKEN_NORMAL, 0), aa = draft_token(&d, "aa", PITH__TOKEN_NORMAL, 0);
    int32_t ab = draft_token(&d, "ab", PITH__TOKEN_NORMAL, 0), b = draft_token(&d, "b", PITH__TOKEN_NORMAL, -0.0f);
    pith__vocab_spec_set_space_prefix(&d.spec, false);
    pith__tokenizer *t = draft_create(&mem, &d);
    run_text(t, &mem, "aaa", 3, false, &got);
    EXPECT_IDS(&got, aa, a);
    run_text(t, &mem, "aab", 3, false, &got);
    EXPECT_IDS(&got, aa, b);
    d.scores[ab] = 1;
    pith__tokenizer_release(t);
    t = draft_create(&mem, &d);
    run_text(t, &mem, "aab", 3, false, &got);
    EXPECT_IDS(&got, a, ab);
    pith__tokenizer_release(t);
}

/* "<0x41>" in a text is six characters, not a byte. */
static void test_byte_token_text(void **state) {
    (void)state;
    static vocab_draft d;
    static id_list got;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    draft_small_spm(&d);
    pith__tokenizer *t = draft_create(&mem, &d);
    run_text(t, &mem, "<0x41>", 6, true, &got);
    for (uint64_t i = 0; i < got.count; i++) {
        assert_true(got.ids[i] != 3 + 0x41);
    }
    pith__tokenizer_release(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors), cmocka_unit_test(test_no_byte_tokens),  cmocka_unit_test(test_long_runs),
        cmocka_unit_test(test_ties),    cmocka_unit_test(test_byte_token_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
