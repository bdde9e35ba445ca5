/* Normalization form C against Python's, that it changes nothing twice, and that long runs of marks cost no more than
 * others. */
#include "tokenizer/normalize/nfc.h"
#include "tokenizer_test.h"
#include "vectors_nfc.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void test_vectors(void **state) {
    (void)state;
    pith__mem mem;
    pith__worktext w = {0}, again = {0};
    pith__mem_init(&mem, NULL, NULL, 0);
    for (size_t i = 0; i < COUNT(nfc_texts); i++) {
        const uint8_t *text = (const uint8_t *)nfc_texts[i].ptr;
        pith__str want = nfc_normalized[i];
        assert_int_equal(pith__nfc(&mem, text, nfc_texts[i].len, &w), PITH_OK);
        assert_int_equal(w.length, want.len);
        assert_memory_equal(w.text, want.ptr, want.len);
        if (!pith__str_equal(want, nfc_texts[i])) {
            assert_true(pith__nfc_needed(text, nfc_texts[i].len));
        }
        assert_int_equal(pith__nfc(&mem, w.text, w.length, &again), PITH_OK);
        assert_int_equal(again.length, w.length);
        assert_memory_equal(again.text, w.text, w.length);
    }
    pith__worktext_free(&mem, &w);
    pith__worktext_free(&mem, &again);
    assert_int_equal(pith__mem_used(&mem), 0);
}

/* Broken bytes pass as they are, also beside marks, which then have nothing to join. */
static void test_broken(void **state) {
    (void)state;
    static const char text[] = "e\xCC\x81\xFF\xCC\x81"
                               "a\xC3\xCC\x88\xCC\xE1\x84\x80\xE1\x85\xA1\xE1";
    static const char want[] = "\xC3\xA9\xFF\xCC\x81"
                               "a\xC3\xCC\x88\xCC\xEA\xB0\x80\xE1";
    pith__mem mem;
    pith__worktext w = {0};
    pith__mem_init(&mem, NULL, NULL, 0);
    assert_int_equal(pith__nfc(&mem, (const uint8_t *)text, sizeof(text) - 1, &w), PITH_OK);
    assert_int_equal(w.length, sizeof(want) - 1);
    assert_memory_equal(w.text, want, sizeof(want) - 1);
    pith__worktext_free(&mem, &w);
}

static void test_positions(void **state) {
    (void)state;
    static const char text[] = "abe\xCC\x81z"; /* a b e+acute z: the pair becomes one character of two bytes at 2 */
    uint64_t positions[] = {0, 1, 2, 3, 4};
    pith__mem mem;
    pith__worktext w = {0};
    pith__mem_init(&mem, NULL, NULL, 0);
    assert_int_equal(pith__nfc(&mem, (const uint8_t *)text, sizeof(text) - 1, &w), PITH_OK);
    assert_int_equal(w.length, 5);
    pith__worktext_map(&w, positions, 5);
    const uint64_t want[] = {0, 1, 2, 2, 5};
    assert_memory_equal(positions, want, sizeof(want));
    pith__worktext_free(&mem, &w);
}

static void test_long_marks(void **state) {
    (void)state;
    enum {
        PAIRS = 200000
    };
    char *text = malloc(PAIRS * 4 + 1);
    pith__mem mem;
    pith__worktext w = {0};
    pith__mem_init(&mem, NULL, NULL, 0);
    text[0] = 'q';
    for (uint64_t i = 0; i < PAIRS; i++) {
        memcpy(text + 1 + 4 * i, "\xCC\x81\xCC\xA3", 4); /* class 230 before class 220: all to be sorted */
    }
    assert_int_equal(pith__nfc(&mem, (const uint8_t *)text, PAIRS * 4 + 1, &w), PITH_OK);
    assert_int_equal(w.length, PAIRS * 4 + 1);
    assert_memory_equal(w.text + 1, "\xCC\xA3\xCC\xA3", 4);
    assert_memory_equal(w.text + w.length - 4, "\xCC\x81\xCC\x81", 4);
    pith__worktext_free(&mem, &w);
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_broken),
        cmocka_unit_test(test_positions),
        cmocka_unit_test(test_long_marks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
