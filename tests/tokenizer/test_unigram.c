/* SentencePiece unigram with a precompiled character map, against the ids of `sentencepiece`; damaged maps. */
#include "tokenizer_test.h"
#include "vectors_unigram.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static pith__vocab_spec vector_spec(void) {
    pith__vocab_spec spec;
    assert_int_equal(pith__vocab_spec_init(&spec, pith__str_of("t5"), pith__str_of("")), PITH_OK);
    spec.count = COUNT(unigram_tokens);
    spec.tokens = unigram_tokens;
    spec.scores = unigram_scores;
    spec.types = unigram_types;
    spec.unk = 0;
    spec.charsmap = (pith__str){(const char *)unigram_charsmap, sizeof(unigram_charsmap)};
    return spec;
}

static void the_official_ids(void **state) {
    (void)state;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__vocab_spec spec = vector_spec();
    expect_vectors(&mem, &spec, unigram_cases, COUNT(unigram_cases), unigram_ids);
    pith__vocab_spec_set_trim(&spec, false);
    expect_vectors(&mem, &spec, unigram_cases, COUNT(unigram_cases), unigram_ids_untrimmed);
    spec.charsmap = (pith__str){NULL, 0};
    expect_vectors(&mem, &spec, unigram_cases, COUNT(unigram_cases), unigram_ids_unmapped);
    assert_int_equal(pith__mem_used(&mem), 0);
}

/* The map is walked by what stands in it: whatever that is, nothing outside it may be read, and no text take for ever.
 */
static void a_damaged_map_is_refused_or_harmless(void **state) {
    (void)state;
    static uint8_t map[sizeof(unigram_charsmap)];
    static id_list got;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__vocab_spec spec = vector_spec();
    uint32_t refused = 0;
    for (uint64_t i = 0; i < 8 * sizeof(map); i += 3) {
        memcpy(map, unigram_charsmap, sizeof(map));
        map[i / 8] ^= (uint8_t)(1u << i % 8);
        spec.charsmap = (pith__str){(const char *)map, i % 2 ? sizeof(map) : sizeof(map) - i / 8};
        pith__tokenizer *t = NULL;
        int32_t status = pith__tokenizer_create(&mem, &spec, &t);
        assert_true(status == PITH_OK || status == PITH_E_FORMAT);
        refused += status != PITH_OK;
        for (uint64_t c = 0; status == PITH_OK && c < COUNT(unigram_cases); c++) {
            run_text(t, &mem, unigram_cases[c].ptr, unigram_cases[c].len, false, &got);
        }
        pith__tokenizer_release(t);
    }
    assert_true(refused > 0);
    assert_int_equal(pith__mem_used(&mem), 0);
}

static void scores_must_be_numbers_and_there(void **state) {
    (void)state;
    static double scores[COUNT(unigram_scores)];
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__vocab_spec spec = vector_spec();
    pith__tokenizer *t = NULL;
    spec.scores = NULL;
    assert_int_equal(pith__tokenizer_create(&mem, &spec, &t), PITH_E_FORMAT);
    memcpy(scores, unigram_scores, sizeof(scores));
    scores[COUNT(scores) / 2] = strtod("nan", NULL);
    spec.scores = scores;
    assert_int_equal(pith__tokenizer_create(&mem, &spec, &t), PITH_E_FORMAT);
    assert_null(t);
    assert_int_equal(pith__mem_used(&mem), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_official_ids),
        cmocka_unit_test(a_damaged_map_is_refused_or_harmless),
        cmocka_unit_test(scores_must_be_numbers_and_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
