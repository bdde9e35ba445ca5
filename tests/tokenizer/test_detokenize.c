/* The streaming decoder: leading space, control tokens, byte tokens, ids from outside. Finding tokens by their entry.
 */
#include "tokenizer_test.h"

static void expect_text(const pith__tokenizer *t, const int32_t *ids, uint64_t count, bool specials, const char *want) {
    char out[256];
    uint64_t n = decode_ids(t, ids, count, specials, out, sizeof(out) - 1);
    out[n] = 0;
    assert_string_equal(out, want);
}

#define EXPECT_TEXT(t, specials, want, ...)                                                                            \
    expect_text((t), (const int32_t[]){__VA_ARGS__}, sizeof((const int32_t[]){__VA_ARGS__}) / sizeof(int32_t),         \
                (specials), (want))

static void test_spm(void **state) {
    (void)state;
    static vocab_draft d;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    draft_small_spm(&d);
    pith__tokenizer *t = draft_create(&mem, &d);
    int32_t hello = (int32_t)pith__tokenizer_find(t, pith__str_of("\xE2\x96\x81hello"));
    int32_t space = (int32_t)pith__tokenizer_find(t, pith__str_of("\xE2\x96\x81"));
    int32_t spaces = (int32_t)pith__tokenizer_find(t, pith__str_of("\xE2\x96\x81\xE2\x96\x81"));
    int32_t user = (int32_t)pith__tokenizer_find(t, pith__str_of("[x]"));
    EXPECT_TEXT(t, false, "hello hello", hello, hello);
    EXPECT_TEXT(t, false, "hello", 1, hello, 2);
    EXPECT_TEXT(t, true, "<s> hello</s>", 1, hello, 2);
    EXPECT_TEXT(t, true, "hello<unk>", hello, 0);
    EXPECT_TEXT(t, false, " hello", space, hello);
    EXPECT_TEXT(t, false, "  hello", spaces, hello);
    EXPECT_TEXT(t, false, "\xE4\xB8\xAD hello", 3 + 0xE4, 3 + 0xB8, 3 + 0xAD, hello);
    EXPECT_TEXT(t, false, "[x] hello", space, user, hello);
    EXPECT_TEXT(t, false, "hello", -1, (int32_t)d.spec.count, INT32_MAX, hello, INT32_MIN);
    pith__tokenizer_release(t);
    pith__vocab_spec_set_space_prefix(&d.spec, false);
    t = draft_create(&mem, &d);
    EXPECT_TEXT(t, false, " hello", hello);
    pith__tokenizer_release(t);
}

static void test_bpe(void **state) {
    (void)state;
    static vocab_draft d;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    draft_small_bpe(&d);
    int32_t odd = draft_token(&d, "\xE4\xB8\xAD", PITH__TOKEN_NORMAL, 0); /* outside the alphabet: stands for itself */
    int32_t unused = draft_token(&d, "[PAD7]", PITH__TOKEN_UNUSED, 0),
            empty = draft_token(&d, "", PITH__TOKEN_NORMAL, 0);
    int32_t byte = draft_token(&d, "<0x7e>", PITH__TOKEN_BYTE, 0);
    pith__tokenizer *t = draft_create(&mem, &d);
    int32_t world = (int32_t)pith__tokenizer_find(t, pith__str_of("\xC4\xA0world"));
    EXPECT_TEXT(t, false, " world", world);
    EXPECT_TEXT(t, false, "\xE4\xB8\xAD[PAD7]~", odd, unused, empty, byte);
    EXPECT_TEXT(t, true, "<|im_end|>USER", (int32_t)d.spec.eos, (int32_t)pith__tokenizer_find(t, pith__str_of("USER")));
    EXPECT_TEXT(t, false, "", (int32_t)d.spec.eos);
    pith__tokenizer_release(t);
}

static void test_find(void **state) {
    (void)state;
    static vocab_draft d;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    for (int k = 0; k < 2; k++) {
        (k ? draft_small_spm : draft_small_bpe)(&d);
        pith__tokenizer *t = draft_create(&mem, &d);
        assert_int_equal(pith__tokenizer_count(t), d.spec.count);
        for (uint64_t id = 0; id < d.spec.count; id++) {
            assert_int_equal(pith__tokenizer_find(t, d.tokens[id]), id);
        }
        assert_int_equal(pith__tokenizer_find(t, pith__str_of("nothing of the kind")), -1);
        assert_int_equal(pith__tokenizer_find(t, pith__str_of("")), -1);
        assert_int_equal(pith__tokenizer_find(t, pith__str_of(" world")), -1); /* an entry is written with its escape */
        assert_int_equal(pith__tokenizer_bos(t), d.spec.bos);
        assert_int_equal(pith__tokenizer_eos(t), d.spec.eos);
        assert_int_equal(pith__tokenizer_type(t, -1), 0);
        pith__tokenizer_release(t);
    }
    pith__tokenizer_release(NULL);
    assert_int_equal(pith__mem_used(&mem), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_spm), cmocka_unit_test(test_bpe),
                                       cmocka_unit_test(test_find)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
