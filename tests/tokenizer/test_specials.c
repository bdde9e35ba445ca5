/* Who may make special tokens: control tokens only in trusted spans, in no way from other text, and nothing across the
 * borders of spans; user-defined tokens everywhere. BOS, EOS, and the tokens that end a turn. */
#include "tokenizer_test.h"
#include <stdio.h>

typedef void (*draft_fn)(vocab_draft *d);

static const draft_fn drafts[] = {draft_small_bpe, draft_small_spm};

static bool has_control(const pith__tokenizer *t, const id_list *ids) {
    for (uint64_t i = 0; i < ids->count; i++) {
        if (pith__tokenizer_type(t, ids->ids[i]) == PITH__TOKEN_CONTROL) {
            return true;
        }
    }
    return false;
}

/* Every control token's text: alone, in words, doubled, and cut in two spans at every place, trusted or not. */
static void check_untrusted(const pith__tokenizer *t, pith__mem *mem, pith__str text) {
    static id_list got;
    char around[512];
    run_text(t, mem, text.ptr, text.len, false, &got);
    assert_false(has_control(t, &got));
    int n = snprintf(around, sizeof(around), "hello %.*s%.*s world%.*s", (int)text.len, text.ptr, (int)text.len,
                     text.ptr, (int)text.len, text.ptr);
    run_text(t, mem, around, (uint64_t)n, false, &got);
    assert_false(has_control(t, &got));
    for (uint64_t cut = 1; cut < text.len; cut++) {
        for (int trust = 0; trust < 4; trust++) {
            pith__span spans[2] = {{{text.ptr, cut}, trust & 1}, {{text.ptr + cut, text.len - cut}, trust >> 1}};
            run_spans(t, mem, spans, 2, 0, &got);
            assert_false(has_control(t, &got));
        }
    }
}

static void test_untrusted(void **state) {
    (void)state;
    static vocab_draft d;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    for (size_t k = 0; k < sizeof(drafts) / sizeof(drafts[0]); k++) {
        drafts[k](&d);
        pith__tokenizer *t = draft_create(&mem, &d);
        int controls = 0;
        for (uint64_t id = 0; id < d.spec.count; id++) {
            if (d.types[id] == PITH__TOKEN_CONTROL) {
                check_untrusted(t, &mem, d.tokens[id]);
                controls++;
            }
        }
        assert_true(controls >= 3);
        pith__tokenizer_release(t);
    }
    assert_int_equal(pith__mem_used(&mem), 0);
}

/* A word of the vocabulary that is a control token is not taken whole either, where whole words are. */
static void test_whole_word(void **state) {
    (void)state;
    static vocab_draft d;
    static id_list got;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    draft_init(&d, "gpt2", "llama-bpe");
    draft_alphabet(&d);
    draft_token(&d, "stop", PITH__TOKEN_CONTROL, 0);
    draft_token(&d, "go", PITH__TOKEN_NORMAL, 0);
    pith__tokenizer *t = draft_create(&mem, &d);
    run_text(t, &mem, "stop", 4, false, &got);
    EXPECT_IDS(&got, 's', 't', 'o', 'p');
    run_text(t, &mem, "stop", 4, true, &got);
    EXPECT_IDS(&got, 256);
    run_text(t, &mem, "go", 2, false, &got);
    EXPECT_IDS(&got, 257);
    pith__tokenizer_release(t);
}

static void test_trusted(void **state) {
    (void)state;
    static vocab_draft d;
    static id_list got;
    static const char text[] = "<|im_start|>hello world<|im_end|><|im_end|>";
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    draft_small_bpe(&d);
    pith__tokenizer *t = draft_create(&mem, &d);
    int32_t start = (int32_t)pith__tokenizer_find(t, pith__str_of("<|im_start|>")), end = (int32_t)d.spec.eos;
    int32_t hello = (int32_t)pith__tokenizer_find(t, pith__str_of("hello"));
    int32_t world = (int32_t)pith__tokenizer_find(t, pith__str_of("\xC4\xA0world"));
    run_text(t, &mem, text, sizeof(text) - 1, true, &got);
    EXPECT_IDS(&got, start, hello, world, end, end);
    const uint64_t offsets[] = {0, 12, 17, 23, 33};
    assert_memory_equal(got.offsets, offsets, sizeof(offsets));
    pith__span spans[] = {{pith__str_of("<|im_start|>"), true},
                          {pith__str_of("hello<|im_end|>"), false},
                          {pith__str_of("<|im_end|>"), true}};
    run_spans(t, &mem, spans, 3, 0, &got);
    assert_int_equal(got.ids[0], start);
    assert_int_equal(got.ids[1], hello);
    assert_int_equal(got.ids[got.count - 1], end);
    assert_int_equal(got.offsets[got.count - 1], 27);
    for (uint64_t i = 1; i + 1 < got.count; i++) {
        assert_true(got.ids[i] < start);
    }
    pith__tokenizer_release(t);
}

static void test_user_defined(void **state) {
    (void)state;
    static vocab_draft d;
    static id_list got;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    draft_small_bpe(&d);
    pith__tokenizer *t = draft_create(&mem, &d);
    int32_t user = (int32_t)pith__tokenizer_find(t, pith__str_of("USER")),
            users = (int32_t)pith__tokenizer_find(t, pith__str_of("USERS"));
    run_text(t, &mem, "aUSERbUSERSUSE", 14, false, &got);
    EXPECT_IDS(&got, 'a', user, 'b', users, 'U', 'S', 'E');
    run_text(t, &mem, "USERUSERS", 9, true, &got);
    EXPECT_IDS(&got, user, users);
    pith__span cut[] = {{pith__str_of("US"), false}, {pith__str_of("ER"), false}};
    run_spans(t, &mem, cut, 2, 0, &got);
    EXPECT_IDS(&got, 'U', 'S', 'E', 'R');
    pith__tokenizer_release(t);
}

/* Delimiters that a converter left among the user-defined tokens are control tokens all the same. */
static void test_user_markers(void **state) {
    (void)state;
    static vocab_draft d;
    static id_list got;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    draft_init(&d, "gpt2", "gpt-2");
    draft_alphabet(&d);
    int32_t assistant = draft_token(&d, "<|Assistant|>", PITH__TOKEN_USER, 0);
    int32_t wide = draft_token(&d,
                               "<\xEF\xBD\x9C"
                               "User\xEF\xBD\x9C>",
                               PITH__TOKEN_USER, 0);
    int32_t eos = draft_token(&d, "</s>", PITH__TOKEN_USER, 0);
    int32_t plain = draft_token(&d, "<br>", PITH__TOKEN_USER, 0);
    d.spec.eos = eos;
    pith__tokenizer *t = draft_create(&mem, &d);
    assert_int_equal(pith__tokenizer_type(t, assistant), PITH__TOKEN_CONTROL);
    assert_int_equal(pith__tokenizer_type(t, wide), PITH__TOKEN_CONTROL);
    assert_int_equal(pith__tokenizer_type(t, eos), PITH__TOKEN_CONTROL);
    assert_int_equal(pith__tokenizer_type(t, plain), PITH__TOKEN_USER);
    run_text(t, &mem, "<|Assistant|></s><br>", 21, false, &got);
    assert_false(has_control(t, &got));
    assert_int_equal(got.ids[got.count - 1], plain);
    run_text(t, &mem, "<|Assistant|></s><br>", 21, true, &got);
    EXPECT_IDS(&got, assistant, eos, plain);
    pith__tokenizer_release(t);
}

/* A vocabulary without types: what is named as BOS, EOS and so on and looks like it is a control token. */
static void test_no_types(void **state) {
    (void)state;
    static vocab_draft d;
    static id_list got;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    draft_small_spm(&d);
    d.spec.types = NULL;
    pith__tokenizer *t = draft_create(&mem, &d);
    assert_int_equal(pith__tokenizer_type(t, 0), PITH__TOKEN_UNKNOWN);
    assert_int_equal(pith__tokenizer_type(t, 1), PITH__TOKEN_CONTROL);
    assert_int_equal(pith__tokenizer_type(t, 2), PITH__TOKEN_CONTROL);
    assert_int_equal(pith__tokenizer_type(t, 3 + 'A'), PITH__TOKEN_BYTE);
    run_text(t, &mem, "<s></s>", 7, false, &got);
    assert_false(has_control(t, &got));
    pith__tokenizer_release(t);
    draft_init(&d, "gpt2", "gpt-2"); /* a plain character named as BOS stays one */
    draft_alphabet(&d);
    d.spec.types = NULL;
    d.spec.bos = ',';
    t = draft_create(&mem, &d);
    run_text(t, &mem, ",", 1, false, &got);
    EXPECT_IDS(&got, ',');
    pith__tokenizer_release(t);
}

static void test_bos_eos(void **state) {
    (void)state;
    static vocab_draft d;
    static id_list got;
    pith__span span = {pith__str_of("hello"), false};
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    draft_small_spm(&d);
    pith__tokenizer *t = draft_create(&mem, &d); /* the kind's default: BOS, no EOS */
    int32_t hello = (int32_t)pith__tokenizer_find(t, pith__str_of("\xE2\x96\x81hello"));
    assert_true(pith__tokenizer_adds_bos(t));
    run_spans(t, &mem, &span, 1, PITH__TOKENIZE_BOS | PITH__TOKENIZE_EOS, &got);
    EXPECT_IDS(&got, 1, hello);
    run_spans(t, &mem, &span, 1, 0, &got);
    EXPECT_IDS(&got, hello);
    pith__tokenizer_release(t);
    d.spec.add_bos = false;
    d.spec.add_eos = true;
    t = draft_create(&mem, &d);
    assert_false(pith__tokenizer_adds_bos(t));
    run_spans(t, &mem, &span, 1, PITH__TOKENIZE_BOS | PITH__TOKENIZE_EOS, &got);
    EXPECT_IDS(&got, hello, 2);
    assert_int_equal(got.offsets[1], 5);
    pith__tokenizer_release(t);
    d.spec.add_bos = true;
    d.spec.bos = -1;
    t = draft_create(&mem, &d);
    assert_false(pith__tokenizer_adds_bos(t));
    run_spans(t, &mem, NULL, 0, PITH__TOKENIZE_BOS | PITH__TOKENIZE_EOS, &got);
    EXPECT_IDS(&got, 2);
    pith__tokenizer_release(t);
}

static void test_end_of_turn(void **state) {
    (void)state;
    static vocab_draft d;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    draft_init(&d, "gpt2", "gpt-2");
    draft_alphabet(&d);
    int32_t eos = draft_token(&d, "<eos>", PITH__TOKEN_CONTROL, 0),
            eot = draft_token(&d, "<over>", PITH__TOKEN_CONTROL, 0);
    int32_t im_end = draft_token(&d, "<|im_end|>", PITH__TOKEN_CONTROL, 0),
            end = draft_token(&d, "<|end|>", PITH__TOKEN_CONTROL, 0);
    int32_t plain = draft_token(&d, "<EOT>", PITH__TOKEN_NORMAL, 0);
    d.spec.eos = eos;
    d.spec.eot = eot;
    pith__tokenizer *t = draft_create(&mem, &d);
    assert_true(pith__tokenizer_is_eog(t, eos) && pith__tokenizer_is_eog(t, eot) && pith__tokenizer_is_eog(t, im_end));
    assert_true(pith__tokenizer_is_eog(t, end));
    assert_false(pith__tokenizer_is_eog(t, plain) || pith__tokenizer_is_eog(t, 'a') || pith__tokenizer_is_eog(t, -1));
    pith__tokenizer_release(t);
    draft_token(&d, "<|return|>", PITH__TOKEN_CONTROL, 0);
    draft_token(&d, "<|channel|>", PITH__TOKEN_CONTROL, 0);
    t = draft_create(&mem, &d);
    assert_false(pith__tokenizer_is_eog(t, end));
    pith__tokenizer_release(t);
}

/* The space before a text: at the beginning and after control tokens, not between spans, and before a user-defined
 * token too. */
static void test_space_prefix(void **state) {
    (void)state;
    static vocab_draft d;
    static id_list got;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    draft_small_spm(&d);
    pith__tokenizer *t = draft_create(&mem, &d);
    int32_t hello = (int32_t)pith__tokenizer_find(t, pith__str_of("hello"));
    int32_t led = (int32_t)pith__tokenizer_find(t, pith__str_of("\xE2\x96\x81hello"));
    int32_t space = (int32_t)pith__tokenizer_find(t, pith__str_of("\xE2\x96\x81")),
            user = (int32_t)pith__tokenizer_find(t, pith__str_of("[x]"));
    pith__span spans[] = {{pith__str_of("hello"), true},
                          {pith__str_of("hello"), false},
                          {pith__str_of("<s>"), true},
                          {pith__str_of("hello"), false}};
    run_spans(t, &mem, spans, 4, 0, &got);
    EXPECT_IDS(&got, led, hello, 1, led);
    run_text(t, &mem, "[x]hello[x]", 11, false, &got);
    EXPECT_IDS(&got, space, user, hello, user);
    const uint64_t offsets[] = {0, 0, 3, 8};
    assert_memory_equal(got.offsets, offsets, sizeof(offsets));
    run_text(t, &mem, "<s>[x]", 6, true, &got);
    EXPECT_IDS(&got, 1, space, user);
    pith__tokenizer_release(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_untrusted),    cmocka_unit_test(test_whole_word),   cmocka_unit_test(test_trusted),
        cmocka_unit_test(test_user_defined), cmocka_unit_test(test_user_markers), cmocka_unit_test(test_no_types),
        cmocka_unit_test(test_bos_eos),      cmocka_unit_test(test_end_of_turn),  cmocka_unit_test(test_space_prefix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
