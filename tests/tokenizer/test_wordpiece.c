/* WordPiece with and without case, against the ids of `tokenizers`; words too long. */
#include "tokenizer_test.h"
#include "vectors_wordpiece.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static pith__vocab_spec vector_spec(const pith__str *tokens, uint64_t count) {
    pith__vocab_spec spec;
    assert_int_equal(pith__vocab_spec_init(&spec, pith__str_of("bert"), pith__str_of("")), PITH_OK);
    spec.tokens = tokens;
    spec.count = count;
    spec.unk = 1;
    return spec;
}

static void the_official_ids(void **state) {
    (void)state;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__vocab_spec uncased = vector_spec(uncased_tokens, COUNT(uncased_tokens));
    expect_vectors(&mem, &uncased, wordpiece_cases, COUNT(wordpiece_cases), uncased_ids);
    pith__vocab_spec cased = vector_spec(cased_tokens, COUNT(cased_tokens));
    pith__vocab_spec_set_cased(&cased);
    expect_vectors(&mem, &cased, wordpiece_cases, COUNT(wordpiece_cases), cased_ids);
    assert_int_equal(pith__mem_used(&mem), 0);
}

/* A hundred characters are a word, however many bytes; one more is unknown, and so is what has one unknown character.
 */
static void long_words_are_unknown(void **state) {
    (void)state;
    static vocab_draft d;
    static id_list got;
    char text[3 * 101 + 1] = "";
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    draft_init(&d, "bert", "");
    int32_t unknown = draft_token(&d, "[UNK]", PITH__TOKEN_UNKNOWN, 0);
    int32_t first = draft_token(&d, "\xE2\x96\x81\xE2\x82\xAC", PITH__TOKEN_NORMAL, 0); /* the euro sign */
    int32_t later = draft_token(&d, "\xE2\x82\xAC", PITH__TOKEN_NORMAL, 0);
    pith__tokenizer *t = draft_create(&mem, &d);
    for (int i = 0; i < 101; i++) {
        strcat(text, "\xE2\x82\xAC");
    }
    run_text(t, &mem, text, 300, false, &got);
    assert_int_equal(got.count, 100);
    assert_int_equal(got.ids[0], first);
    assert_int_equal(got.ids[99], later);
    run_text(t, &mem, text, 303, false, &got);
    EXPECT_IDS(&got, unknown);
    run_text(t, &mem, "\xE2\x82\xAC\xE2\x82\xACz \xE2\x82\xAC", 11, false, &got);
    EXPECT_IDS(&got, unknown, first);
    pith__tokenizer_release(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_official_ids),
        cmocka_unit_test(long_words_are_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
