/* Vocabularies as an attacker or a careless converter would write them: refused with a message, or handled; and every
 * failed allocation, of creating and of tokenizing, is a clean error. */
#include "support/failing_alloc.h"
#include "tokenizer_test.h"
#include <math.h>

static void expect_refused(vocab_draft *d, int32_t want, const char *words) {
    pith__mem mem;
    pith__tokenizer *t = NULL;
    pith__mem_init(&mem, NULL, NULL, 0);
    assert_int_equal(pith__tokenizer_create(&mem, &d->spec, &t), want);
    assert_null(t);
    if (strstr(pith__error_text(), words) == NULL) {
        fail_msg("'%s' is not in '%s'", words, pith__error_text());
    }
    assert_int_equal(pith__mem_used(&mem), 0);
}

static void test_counts(void **state) {
    (void)state;
    static vocab_draft d;
    draft_small_bpe(&d);
    uint64_t count = d.spec.count;
    d.spec.count = 0;
    d.spec.bos = d.spec.eos = -1;
    expect_refused(&d, PITH_E_FORMAT, "0 tokens");
    d.spec.count = UINT64_C(1) << 60;
    expect_refused(&d, PITH_E_FORMAT, "tokens, expected");
    d.spec.count = count;
    d.spec.tokens = NULL;
    expect_refused(&d, PITH_E_FORMAT, "tokens");
    d.spec.tokens = d.tokens;
    d.spec.n_merges = UINT64_C(1) << 60;
    expect_refused(&d, PITH_E_FORMAT, "merges");
    d.spec.n_merges = 1;
    d.spec.merges = NULL;
    expect_refused(&d, PITH_E_FORMAT, "merges");
}

static void expect_unknown(const char *kind, const char *pre, const char *words) {
    pith__vocab_spec spec;
    assert_int_equal(pith__vocab_spec_init(&spec, pith__str_of(kind), pith__str_of(pre)), PITH_E_UNSUPPORTED);
    if (strstr(pith__error_text(), words) == NULL) {
        fail_msg("'%s' is not in '%s'", words, pith__error_text());
    }
}

static void test_names(void **state) {
    (void)state;
    expect_unknown("bert-like", "", "'bert-like'");
    expect_unknown("", "", "''");
    expect_unknown("gpt2", "gpt-99", "'gpt-99'");
}

static void test_ids(void **state) {
    (void)state;
    static vocab_draft d;
    draft_small_bpe(&d);
    int64_t *const ids[] = {&d.spec.bos, &d.spec.eos, &d.spec.eot, &d.spec.unk, &d.spec.pad};
    for (size_t i = 0; i < 5; i++) {
        int64_t before = *ids[i];
        *ids[i] = (int64_t)d.spec.count;
        expect_refused(&d, PITH_E_FORMAT, "there are");
        *ids[i] = INT64_MIN;
        expect_refused(&d, PITH_E_FORMAT, "there are");
        *ids[i] = before;
    }
}

static void test_tokens(void **state) {
    (void)state;
    static vocab_draft d;
    static char longest[5000];
    draft_small_bpe(&d);
    memset(longest, 'a', sizeof(longest));
    pith__str before = d.tokens[7];
    d.tokens[7] = (pith__str){longest, sizeof(longest)};
    expect_refused(&d, PITH_E_FORMAT, "token 7 has 5000 bytes");
    d.tokens[7] = (pith__str){longest, UINT64_MAX};
    expect_refused(&d, PITH_E_FORMAT, "token 7");
    d.tokens[7] = (pith__str){NULL, 5};
    expect_refused(&d, PITH_E_ARGUMENT, "token 7");
    d.tokens[7] = before;
    d.types[9] = 7;
    expect_refused(&d, PITH_E_FORMAT, "token 9 has type 7");
    d.types[9] = -1;
    expect_refused(&d, PITH_E_FORMAT, "token 9 has type -1");
}

static void test_merges(void **state) {
    (void)state;
    static const char *const broken[] = {"", "a", "ab", "a ", " a", " ", "  "};
    static const char *const whole[][2] = {{"   ", " "}, {"a b", "a"}, {"  b", " "}};
    static vocab_draft d;
    pith__str sides[2];
    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
        assert_false(pith__merge_cut(pith__str_of(broken[i]), sides));
    }
    for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++) {
        assert_true(pith__merge_cut(pith__str_of(whole[i][0]), sides));
        assert_true(pith__str_is(sides[0], whole[i][1]));
    }
    draft_small_bpe(&d);
    draft_merge(&d, "hello hullo");
    expect_refused(&d, PITH_E_FORMAT, "'hullo', which is not in the vocabulary");
    draft_small_bpe(&d);
    d.merges[2 * d.spec.n_merges] = pith__str_of("a");
    d.merges[2 * d.spec.n_merges++ + 1] = (pith__str){NULL, 5};
    expect_refused(&d, PITH_E_FORMAT, "is not two tokens");
}

static void test_scores(void **state) {
    (void)state;
    static vocab_draft d;
    draft_small_spm(&d);
    d.scores[20] = (double)NAN;
    expect_refused(&d, PITH_E_FORMAT, "score of token 20");
    d.spec.scores = NULL;
    expect_refused(&d, PITH_E_FORMAT, "neither merges nor scores");
    draft_small_spm(&d);
    d.types[100] = PITH__TOKEN_UNUSED; /* a byte token less, and no unknown token */
    d.types[0] = PITH__TOKEN_UNUSED;
    d.spec.unk = -1;
    expect_refused(&d, PITH_E_FORMAT, "neither an unknown token");
    draft_small_spm(&d);
    d.scores[d.spec.count - 5] = INFINITY; /* no harm */
    d.scores[d.spec.count - 6] = -INFINITY;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__tokenizer_release(draft_create(&mem, &d));
}

/* Duplicates keep the lowest id; empty tokens are never made; a zero byte is a byte like others; a merge twice counts
 * once. */
static void test_handled(void **state) {
    (void)state;
    static vocab_draft d;
    static id_list got;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    draft_small_bpe(&d);
    int32_t hello = -1;
    for (uint64_t i = 0; i < d.spec.count; i++) {
        hello = pith__str_is(d.tokens[i], "hello") ? (int32_t)i : hello;
    }
    draft_token(&d, "hello", PITH__TOKEN_NORMAL, 0);
    draft_token(&d, "hello", PITH__TOKEN_CONTROL, 0);
    draft_token(&d, "", PITH__TOKEN_NORMAL, 0);
    draft_token(&d, "", PITH__TOKEN_CONTROL, 0);
    draft_token(&d, "", PITH__TOKEN_USER, 0);
    draft_token(&d, "USER", PITH__TOKEN_USER, 0);
    int32_t zero = draft_token(&d, "", PITH__TOKEN_USER, 0);
    d.tokens[zero] = (pith__str){"a\0b", 3};
    draft_merge(&d, "h e");
    pith__tokenizer *t = draft_create(&mem, &d);
    run_text(t, &mem, "hello", 5, false, &got);
    EXPECT_IDS(&got, hello);
    run_text(t, &mem, "a\0b\0", 4, false, &got);
    EXPECT_IDS(&got, zero, 0);
    run_text(t, &mem, "USER", 4, false, &got);
    EXPECT_IDS(&got, (int32_t)pith__tokenizer_find(t, pith__str_of("USER")));
    assert_true(got.ids[0] < zero - 1);
    pith__tokenizer_release(t);
    assert_int_equal(pith__mem_used(&mem), 0);
}

/* A merge whose sides or result are special tokens is dropped: "<s" and ">" never become "<s>". */
static void test_merge_to_control(void **state) {
    (void)state;
    static vocab_draft d;
    static id_list got;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    draft_init(&d, "gpt2", "gpt-2");
    draft_alphabet(&d);
    int32_t ab = draft_token(&d, "ab", PITH__TOKEN_CONTROL, 0);
    int32_t abc = draft_token(&d, "abc", PITH__TOKEN_NORMAL, 0);
    draft_merge(&d, "a b");
    draft_merge(&d, "ab c");
    pith__tokenizer *t = draft_create(&mem, &d);
    run_text(t, &mem, "abc", 3, false, &got);
    EXPECT_IDS(&got, 'a', 'b', 'c');
    run_text(t, &mem, "abc", 3, true, &got);
    EXPECT_IDS(&got, ab, 'c');
    assert_true(abc > 0);
    pith__tokenizer_release(t);
}

static int32_t create_and_tokenize(pith__mem *mem, void *arg) {
    static const char text[] = "hello world USER <|im_end|> e\xCC\x81 h\xE2\x96\x81 "
                               "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx ";
    static char many[1500];
    const vocab_draft *d = arg;
    pith__tokenizer *t = NULL;
    pith__token_list list = {0};
    for (size_t i = 0; i < sizeof(many); i++) {
        many[i] = text[i % (sizeof(text) - 1)];
    }
    PITH_TRY(pith__tokenizer_create(mem, &d->spec, &t));
    pith__span spans[] = {{{text, sizeof(text) - 1}, true}, {{many, sizeof(many)}, false}};
    int32_t status =
        pith__tokenize(t, mem, spans, 2, PITH__TOKENIZE_BOS | PITH__TOKENIZE_EOS | PITH__TOKENIZE_OFFSETS, &list);
    if (status != PITH_OK) {
        assert_int_equal(list.count, 0);
    }
    pith__token_list_free(mem, &list);
    pith__tokenizer_release(t);
    return status;
}

static void test_failed_allocations(void **state) {
    (void)state;
    static vocab_draft d;
    draft_small_bpe(&d);
    d.spec.pipeline.normal[d.spec.pipeline.n_normal++].kind = PITH__NORMAL_NFC;
    assert_true(failing_alloc_each(create_and_tokenize, &d) > 15);
    draft_small_spm(&d);
    assert_true(failing_alloc_each(create_and_tokenize, &d) > 12);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_ids),
        cmocka_unit_test(test_tokens),
        cmocka_unit_test(test_merges),
        cmocka_unit_test(test_scores),
        cmocka_unit_test(test_handled),
        cmocka_unit_test(test_merge_to_control),
        cmocka_unit_test(test_failed_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
