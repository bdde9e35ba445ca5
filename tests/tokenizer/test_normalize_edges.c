/* What the normalizers promise beyond their results: broken bytes pass, positions lead back, memory may fail, long
 * texts take no more than their share of time. */
#include "support/failing_alloc.h"
#include "tokenizer/normalize/normalize.h"
#include "tokenizer_test.h"

#define COUNT(array)  (sizeof(array) / sizeof((array)[0]))
#define TEXT(literal) ((pith__str){(literal), sizeof(literal) - 1})

enum {
    BERT_ALL = PITH__BERT_CLEAN | PITH__BERT_CHINESE | PITH__BERT_ACCENTS | PITH__BERT_LOWERCASE
};

static void expect(const pith__normal_step *step, pith__str text, pith__str want) {
    pith__mem mem;
    pith__worktext w = {0};
    bool changed = false;
    pith__mem_init(&mem, NULL, NULL, 0);
    assert_int_equal(pith__normalize(step, &mem, (const uint8_t *)text.ptr, text.len, 0, &w, &changed), PITH_OK);
    assert_int_equal(changed, !pith__str_equal(text, want));
    if (changed) {
        assert_int_equal(w.length, want.len);
        assert_memory_equal(w.text, want.ptr, want.len);
    }
    pith__worktext_free(&mem, &w);
    assert_int_equal(pith__mem_used(&mem), 0);
}

static void expect_kind(pith__normal_kind kind, uint32_t flags, pith__str text, pith__str want) {
    expect(&(pith__normal_step){.kind = kind, .flags = flags}, text, want);
}

/* Broken bytes pass as they are, and marks behind them have nothing to join. */
static void test_broken_in_forms(void **state) {
    (void)state;
    static const char text[] = "e\xCC\x81\xFF\xCC\x81"
                               "a\xC3\xCC\x88\xCC\xE1\x84\x80\xE1\x85\xA1\xE1";
    static const char composed[] = "\xC3\xA9\xFF\xCC\x81"
                                   "a\xC3\xCC\x88\xCC\xEA\xB0\x80\xE1";
    expect_kind(PITH__NORMAL_NFC, 0, TEXT(text), TEXT(composed));
    expect_kind(PITH__NORMAL_NFKC, 0, TEXT(text), TEXT(composed));
    expect_kind(PITH__NORMAL_NFD, 0, TEXT(composed), TEXT(text));
    expect_kind(PITH__NORMAL_NFKD, 0, TEXT(composed), TEXT(text));
    expect_kind(PITH__NORMAL_NFD, 0, TEXT("\xCC\x81\xFF\xCC\xA3"),
                TEXT("\xCC\x81\xFF\xCC\xA3")); /* not reordered across it */
}

static void test_broken_letters(void **state) {
    (void)state;
    expect_kind(PITH__NORMAL_LOWERCASE, 0, TEXT("A\xFF\xC3\x89\xC3"), TEXT("a\xFF\xC3\xA9\xC3"));
    expect_kind(PITH__NORMAL_STRIP_ACCENTS, 0, TEXT("e\xCC\x81\xCC"), TEXT("e\xCC"));
    expect_kind(PITH__NORMAL_NMT, 0, TEXT("\x01\x80\t\xEF\xBF"), TEXT("\x80 \xEF\xBF"));
    expect_kind(PITH__NORMAL_STRIP, PITH__STRIP_LEFT | PITH__STRIP_RIGHT, TEXT(" \xE3\x80 a\xE3\x80\x80"),
                TEXT("\xE3\x80 a"));
}

/* Cleaning takes a broken byte for U+FFFD, which it drops; otherwise it stays and what stands before and behind it does
 * not meet. */
static void test_broken_in_bert(void **state) {
    (void)state;
    static const char marks[] = "\xE3\x80\xAE\xFF\xE3\x80\xAC"; /* U+302E of class 224; U+302C of class 232 is Mn */
    static const char moved[] = "\xF0\x9D\x85\xAD\x80\xF0\x9D\x85\xA5"; /* classes 226 and 216, both kept */
    static const char swapped[] = "\xF0\x9D\x85\xA5\xF0\x9D\x85\xAD";
    expect_kind(PITH__NORMAL_BERT, BERT_ALL, TEXT("A\xFF\xC3\xEF\xBF\xBD"), TEXT("a"));
    expect_kind(PITH__NORMAL_BERT, PITH__BERT_LOWERCASE, TEXT("A\xFF\xC3"), TEXT("a\xFF\xC3"));
    expect_kind(PITH__NORMAL_BERT, PITH__BERT_ACCENTS, TEXT(marks), TEXT("\xE3\x80\xAE\xFF"));
    expect_kind(PITH__NORMAL_BERT, PITH__BERT_ACCENTS, TEXT(moved), TEXT(moved));
    expect_kind(PITH__NORMAL_BERT, PITH__BERT_ACCENTS | PITH__BERT_CLEAN, TEXT(moved), TEXT(swapped));
}

/* What is empty has no match and no end. */
static void test_nothing(void **state) {
    (void)state;
    for (pith__normal_kind kind = PITH__NORMAL_NFC; kind <= PITH__NORMAL_BERT; kind++) {
        expect(&(pith__normal_step){.kind = kind, .flags = BERT_ALL, .least = 1, .from = TEXT("a"), .to = TEXT("b")},
               TEXT(""), TEXT(""));
    }
    expect(&(pith__normal_step){.kind = PITH__NORMAL_REPLACE, .to = TEXT("x")}, TEXT("ab"), TEXT("ab"));
    expect(&(pith__normal_step){.kind = PITH__NORMAL_REPLACE_RUNS, .to = TEXT("x")}, TEXT("ab"), TEXT("ab"));
}

static void test_unknown_kind(void **state) {
    (void)state;
    pith__mem mem;
    pith__worktext w = {0};
    bool changed = false;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__normal_step step = {0};
    assert_int_equal(pith__normalize(&step, &mem, (const uint8_t *)"a", 1, 0, &w, &changed), PITH_E_ARGUMENT);
}

/* One character of a result, and what of the source it stands for. */
static void expect_range(const pith__worktext *w, uint64_t begin, uint64_t end, uint64_t source_begin,
                         uint64_t source_end) {
    uint64_t range[2] = {begin, end};
    pith__worktext_map(w, range, 1);
    assert_int_equal(range[0], source_begin);
    assert_int_equal(range[1], source_end);
}

static pith__worktext run_step(pith__mem *mem, const pith__normal_step *step, pith__str text) {
    pith__worktext w = {0};
    bool changed = false;
    assert_int_equal(pith__normalize(step, mem, (const uint8_t *)text.ptr, text.len, 0, &w, &changed), PITH_OK);
    assert_true(changed);
    return w;
}

static void test_positions_in_forms(void **state) {
    (void)state;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    /* a, e with an acute, z: the pair becomes one character of two bytes */
    pith__worktext w = run_step(&mem, &(pith__normal_step){.kind = PITH__NORMAL_NFC}, TEXT("ae\xCC\x81z"));
    expect_range(&w, 0, 1, 0, 1);
    expect_range(&w, 1, 3, 1, 4);
    expect_range(&w, 3, 4, 4, 5);
    pith__worktext_free(&mem, &w);
    /* two wide letters, each of which becomes one byte */
    w = run_step(&mem, &(pith__normal_step){.kind = PITH__NORMAL_NFKC}, TEXT("\xEF\xBC\xA1\xEF\xBC\xA2"));
    expect_range(&w, 0, 1, 0, 3);
    expect_range(&w, 1, 2, 3, 6);
    pith__worktext_free(&mem, &w);
}

static void test_positions_in_bert(void **state) {
    (void)state;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    /* A, a control, E with an acute, an ideograph, b: becomes "ae X b" with X of three bytes */
    pith__worktext w = run_step(&mem, &(pith__normal_step){.kind = PITH__NORMAL_BERT, .flags = BERT_ALL},
                                TEXT("A\x01\xC3\x89\xE4\xB8\xAD"
                                     "b"));
    assert_int_equal(w.length, 8);
    expect_range(&w, 0, 1, 0, 1);
    expect_range(&w, 1, 2, 2, 4);
    expect_range(&w, 3, 6, 4, 7);
    expect_range(&w, 7, 8, 7, 8);
    pith__worktext_free(&mem, &w);
}

static void test_positions_at_ends(void **state) {
    (void)state;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__worktext w = run_step(&mem, &(pith__normal_step){.kind = PITH__NORMAL_STRIP, .flags = 3}, TEXT("  ab\n"));
    expect_range(&w, 0, 1, 2, 3);
    expect_range(&w, 1, 2, 3, 4);
    pith__worktext_free(&mem, &w);
    w = run_step(&mem, &(pith__normal_step){.kind = PITH__NORMAL_PREPEND, .to = TEXT("__")}, TEXT("ab"));
    expect_range(&w, 2, 3, 0, 1);
    expect_range(&w, 0, 3, 0, 1);
    pith__worktext_free(&mem, &w);
}

/* Steps that take memory of several kinds, on a text in which each finds something. */
static int32_t run_all(pith__mem *mem, void *arg) {
    static const char from[] = "0123456789012345678901234567890123456789";
    const pith__normal_step steps[] = {
        {.kind = PITH__NORMAL_NFC},
        {.kind = PITH__NORMAL_NFKD},
        {.kind = PITH__NORMAL_LOWERCASE},
        {.kind = PITH__NORMAL_NMT},
        {.kind = PITH__NORMAL_BERT, .flags = BERT_ALL},
        {.kind = PITH__NORMAL_STRIP, .flags = 3},
        {.kind = PITH__NORMAL_PREPEND, .to = TEXT("_")},
        {.kind = PITH__NORMAL_REPLACE, .from = TEXT(from), .to = TEXT("x")},
        {.kind = PITH__NORMAL_REPLACE_SPACES, .least = 1, .to = TEXT("_")},
    };
    const pith__str *text = arg;
    int32_t status = PITH_OK;
    for (size_t i = 0; i < COUNT(steps) && status == PITH_OK; i++) {
        pith__worktext w = {0};
        bool changed = false;
        status = pith__normalize(&steps[i], mem, (const uint8_t *)text->ptr, text->len, 0, &w, &changed);
        assert_true(changed || status != PITH_OK);
        pith__worktext_free(mem, &w);
    }
    return status;
}

static void test_failing_allocations(void **state) {
    (void)state;
    static char text[4096];
    static const char piece[] = " \tE\xCC\x81\xCC\xA3\xC3\x89\xE4\xB8\xAD\xF0\x9D\x85\xAD\xF0\x9D\x85\xA5 "
                                "0123456789012345678901234567890123456789\n";
    pith__str s = {text, 0};
    while (s.len + sizeof(piece) <= sizeof(text)) {
        memcpy(text + s.len, piece, sizeof(piece) - 1);
        s.len += sizeof(piece) - 1;
    }
    assert_true(failing_alloc_each(run_all, &s) > 20);
}

/* `count` repeats of a text. */
static pith__str repeated(pith__str piece, uint64_t count) {
    char *text = malloc((size_t)(piece.len * count));
    for (uint64_t i = 0; i < count; i++) {
        memcpy(text + i * piece.len, piece.ptr, (size_t)piece.len);
    }
    return (pith__str){text, piece.len * count};
}

/* Were any of these quadratic, the test would take minutes and more. */
static void test_long_runs(void **state) {
    (void)state;
    const pith__str pieces[] = {
        TEXT("\xCC\x81\xCC\xA3"),                 /* marks of class 230 before 220: all are to be sorted */
        TEXT("\xF0\x9D\x85\xAD\xF0\x9D\x85\xA5"), /* the same, kept by BERT */
        TEXT("\xE1\x85\xA1"),                     /* vowels that could join a consonant */
        TEXT(" "),
        TEXT("\xE3\x80\x80"),
        TEXT("a"),
        TEXT("\x01"),
        TEXT("\xFF"),
    };
    pith__str almost = repeated(TEXT("a"), 5001);
    ((char *)(uintptr_t)almost.ptr)[5000] = 'b';
    for (size_t i = 0; i < COUNT(pieces); i++) {
        pith__str text = repeated(pieces[i], (1u << 20) / pieces[i].len);
        for (pith__normal_kind kind = PITH__NORMAL_NFC; kind <= PITH__NORMAL_BERT; kind++) {
            pith__str from = kind == PITH__NORMAL_REPLACE ? almost : TEXT("a");
            pith__normal_step step = {
                .kind = kind, .flags = BERT_ALL, .least = UINT32_MAX, .from = from, .to = TEXT("b")};
            pith__mem mem;
            pith__worktext w = {0};
            bool changed = false;
            pith__mem_init(&mem, NULL, NULL, 0);
            assert_int_equal(pith__normalize(&step, &mem, (const uint8_t *)text.ptr, text.len, 0, &w, &changed),
                             PITH_OK);
            pith__worktext_free(&mem, &w);
        }
        free((char *)(uintptr_t)text.ptr);
    }
    free((char *)(uintptr_t)almost.ptr);
}

/* A million marks come out sorted, and each class in the order it came. */
static void test_long_marks(void **state) {
    (void)state;
    enum {
        PAIRS = 250000
    };
    pith__str text = repeated(TEXT("\xCC\x81\xCC\xA3"), PAIRS);
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__worktext w = run_step(&mem, &(pith__normal_step){.kind = PITH__NORMAL_NFD}, text);
    assert_int_equal(w.length, text.len);
    for (uint64_t i = 0; i < PAIRS; i++) {
        assert_memory_equal(w.text + 2 * i, "\xCC\xA3", 2);
        assert_memory_equal(w.text + 2 * (PAIRS + i), "\xCC\x81", 2);
    }
    pith__worktext_free(&mem, &w);
    free((char *)(uintptr_t)text.ptr);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_broken_in_forms),     cmocka_unit_test(test_broken_letters),
        cmocka_unit_test(test_broken_in_bert),      cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_unknown_kind),        cmocka_unit_test(test_positions_in_forms),
        cmocka_unit_test(test_positions_in_bert),   cmocka_unit_test(test_positions_at_ends),
        cmocka_unit_test(test_failing_allocations), cmocka_unit_test(test_long_runs),
        cmocka_unit_test(test_long_marks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
