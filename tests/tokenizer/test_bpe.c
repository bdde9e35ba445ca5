/* Byte-level BPE: every family of pre-tokenizers against the ids of `tokenizers`, round trips, long runs, missing
 * bytes. */
#include "tokenizer_test.h"
#include "vectors_bpe.h"
#include <stdio.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static pith__tokenizer *vector_tokenizer(pith__mem *mem, const char *pre) {
    static pith__str sides[2 * COUNT(bpe_merges)];
    pith__vocab_spec spec;
    assert_int_equal(pith__vocab_spec_init(&spec, pith__str_of("gpt2"), pith__str_of(pre)), PITH_OK);
    cut_merges(bpe_merges, COUNT(bpe_merges), sides);
    spec.count = COUNT(bpe_tokens);
    spec.tokens = bpe_tokens;
    spec.merges = sides;
    spec.n_merges = COUNT(bpe_merges);
    pith__tokenizer *t = NULL;
    if (pith__tokenizer_create(mem, &spec, &t) != PITH_OK) {
        fail_msg("%s", pith__error_text());
    }
    return t;
}

static void test_families(void **state) {
    (void)state;
    static id_list got;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    for (size_t f = 0; f < COUNT(bpe_families); f++) {
        pith__tokenizer *t = vector_tokenizer(&mem, bpe_families[f].pre);
        const int32_t *want = bpe_families[f].ids;
        for (size_t c = 0; c < COUNT(bpe_cases); c++) {
            char what[64];
            snprintf(what, sizeof(what), "%s, case %zu", bpe_families[f].pre, c);
            run_text(t, &mem, bpe_cases[c].ptr, bpe_cases[c].len, false, &got);
            expect_ids(&got, want + 1, (uint64_t)want[0], what);
            want += want[0] + 1;
        }
        pith__tokenizer_release(t);
    }
    assert_int_equal(pith__mem_used(&mem), 0);
}

/* A text long enough for the memory of words gives what its parts give: words repeat, and so do their tokens and
 * offsets. */
static void test_repeated_words(void **state) {
    (void)state;
    static const char unit[] = "Hello world, it's the quick brown fox  \n";
    static id_list one, all;
    static char text[60 * (sizeof(unit) - 1)];
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__tokenizer *t = vector_tokenizer(&mem, "llama-bpe");
    run_text(t, &mem, unit, sizeof(unit) - 1, false, &one);
    for (size_t i = 0; i < 60; i++) {
        memcpy(text + i * (sizeof(unit) - 1), unit, sizeof(unit) - 1);
    }
    run_text(t, &mem, text, sizeof(text), false, &all);
    assert_int_equal(all.count, one.count * 60);
    for (uint64_t i = 0; i < all.count; i++) {
        assert_int_equal(all.ids[i], one.ids[i % one.count]);
        assert_int_equal(all.offsets[i], one.offsets[i % one.count] + i / one.count * (sizeof(unit) - 1));
    }
    pith__tokenizer_release(t);
}

/* Any bytes at all come back as they were, in families that do not normalize. */
static void test_round_trip(void **state) {
    (void)state;
    static const char *const pres[] = {"gpt-2",  "llama-bpe",      "gpt-4o",       "tekken",
                                       "falcon", "deepseek-coder", "deepseek-llm", "deepseek-v3",
                                       "smollm", "chatglm-bpe",    "default"};
    static id_list got;
    uint32_t seed = 12345;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    for (size_t f = 0; f < COUNT(pres); f++) {
        pith__tokenizer *t = vector_tokenizer(&mem, pres[f]);
        for (int round = 0; round < 400; round++) {
            char text[300], back[300];
            uint64_t length = next_random(&seed) % sizeof(text);
            for (uint64_t i = 0; i < length; i++) {
                uint32_t r = next_random(&seed);
                text[i] = r % 3 ? " \n\t'a1A.\xC3\xA9\xE4\xB8\xAD"[r / 3 % 13] : (char)(r >> 8);
            }
            run_text(t, &mem, text, length, false, &got);
            assert_int_equal(decode_ids(t, got.ids, got.count, false, back, sizeof(back)), length);
            assert_memory_equal(back, text, length);
        }
        pith__tokenizer_release(t);
    }
}

/* A megabyte of one character, for characters of all kinds: near linear, or this takes minutes. */
static void test_long_runs(void **state) {
    (void)state;
    static const char *const units[] = {" ",    "\n",           "a",   "A",  "1", "'", "!", "\xCC\x81", "\xE4\xB8\xAD",
                                        "\xFF", "\xE2\x80\xA8", " \n", "aA", "'s"};
    static const char *const pres[] = {"gpt-2",  "llama-bpe",    "qwen2",      "gpt-4o",
                                       "falcon", "deepseek-llm", "deepseek-v3"};
    enum {
        LENGTH = 300000
    };
    char *text = malloc(LENGTH);
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    for (size_t f = 0; f < COUNT(pres); f++) {
        pith__tokenizer *t = vector_tokenizer(&mem, pres[f]);
        for (size_t u = 0; u < COUNT(units); u++) {
            uint64_t unit = strlen(units[u]), length = LENGTH / unit * unit;
            for (uint64_t i = 0; i < length; i++) {
                text[i] = units[u][i % unit];
            }
            pith__token_list list = {0};
            pith__span span = {{text, length}, false};
            assert_int_equal(pith__tokenize(t, &mem, &span, 1, 0, &list), PITH_OK);
            assert_true(list.count > 0 && list.count <= length);
            pith__token_list_free(&mem, &list);
        }
        pith__tokenizer_release(t);
    }
    free(text);
    assert_int_equal(pith__mem_used(&mem), 0);
}

static void test_missing_bytes(void **state) {
    (void)state;
    static vocab_draft d;
    static id_list got;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    draft_init(&d, "gpt2", "gpt-2");
    int32_t a = draft_token(&d, "a", PITH__TOKEN_NORMAL, 0), b = draft_token(&d, "b", PITH__TOKEN_NORMAL, 0);
    pith__tokenizer *t = draft_create(&mem, &d);
    run_text(t, &mem, "azb", 3, false, &got);
    EXPECT_IDS(&got, a, b); /* as the official implementation: what has no token and no unknown token is dropped */
    pith__tokenizer_release(t);
    int32_t unk = draft_token(&d, "[UNK]", PITH__TOKEN_UNKNOWN, 0);
    d.spec.unk = unk;
    t = draft_create(&mem, &d);
    run_text(t, &mem, "azb", 3, false, &got);
    EXPECT_IDS(&got, a, unk, b);
    pith__tokenizer_release(t);
    d.spec.eos = unk; /* the token that ends a turn must not come from text, not even as the unknown token */
    d.types[unk] = PITH__TOKEN_CONTROL;
    t = draft_create(&mem, &d);
    run_text(t, &mem, "azb", 3, false, &got);
    EXPECT_IDS(&got, a, b);
    pith__tokenizer_release(t);
}

static void test_ignore_merges(void **state) {
    (void)state;
    static vocab_draft d;
    static id_list got;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    draft_init(&d, "gpt2", "llama-bpe");
    draft_alphabet(&d);
    int32_t word = draft_token(&d, "word", PITH__TOKEN_NORMAL, 0); /* no merge leads to it */
    pith__tokenizer *t = draft_create(&mem, &d);
    run_text(t, &mem, "word", 4, false, &got);
    EXPECT_IDS(&got, word);
    pith__tokenizer_release(t);
    d.spec.rules.whole_words = false;
    t = draft_create(&mem, &d);
    run_text(t, &mem, "word", 4, false, &got);
    EXPECT_IDS(&got, 'w', 'o', 'r', 'd');
    pith__tokenizer_release(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_families),    cmocka_unit_test(test_repeated_words), cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_long_runs),   cmocka_unit_test(test_missing_bytes),  cmocka_unit_test(test_ignore_merges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
