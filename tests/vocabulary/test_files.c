/* Files of vocabularies: the ids that the official packages give with them (made with tokenizers 0.23, sentencepiece 0.2 and tiktoken
 * 0.14), every truncation, what is refused by its name, and every allocation failing in turn. */
#include "support/failing_alloc.h"
#include "tokenizer/tokenizer_test.h"
#include "vocabulary/vocabulary.h"
#include <stdio.h>

#define FOLDER "tests/fuzz/corpus/vocabulary/"

enum {
    TEXTS = 3,
    MOST = 24
};

static const char *const texts[TEXTS] = {"hello world", "  it's  LOWER x12", "the cat\nsat <s>"};

static const struct {
    const char *name;
    int32_t ids[TEXTS][MOST]; /* end with -1 */
} files[] = {
    {"byte-level.json", {{53, 55, -1}, {20, 46, 29, 20, 20, 20, 30, -1}, {27, 45, 40, 20, 56, -1}}},
    {"llama.json", {{51, 58, 15, 11, -1}, {23, 23, 23, 40, 34, 23, 23, 0, 23, 0, 35, -1}, {33, 10, 9, 21, 2, 49, 1, -1}}},
    {"unigram.json",
     {{2, 6, 7, 24, 2, 12, 8, 9, 7, 13, -1},
      {2, 20, 3, 19, 4, 2, 0, 2, 0, 18, 17, -1},
      {2, 3, 6, 2, 23, 5, 3, 2, 4, 5, 3, 2, 1, -1}}},
    {"wordpiece.json", {{1, 59, 61, 2, -1}, {1, 47, 3, 20, 56, 0, 2, -1}, {1, 42, 45, 50, 0, 20, 0, 2, -1}}},
    {"bpe.model",
     {{19, 5, 21, 3, 19, 24, 16, 14, -1}, {19, 13, 29, 27, 19, 0, 19, 0, 11, -1}, {9, 18, 4, 0, 27, 4, 19, 0, 27, 0, -1}}},
    {"unigram.model",
     {{3, 7, 8, 28, 3, 12, 9, 10, 8, 18, -1},
      {3, 19, 4, 14, 6, 3, 0, 3, 0, 13, 15, -1},
      {3, 4, 7, 3, 17, 5, 4, 0, 6, 5, 4, 3, 0, 6, 0, -1}}},
    {"ranks.tiktoken",
     {{258, 111, 32, 119, 111, 114, 108, 100, -1},
      {32, 32, 105, 116, 39, 115, 32, 32, 76, 79, 87, 69, 82, 32, 120, 49, 50, -1},
      {116, 256, 32, 99, 97, 116, 10, 115, 97, 116, 32, 60, 115, 62, -1}}},
};

static pith__str read_file(const char *name) {
    char path[256];
    snprintf(path, sizeof(path), FOLDER "%s", name);
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        fail_msg("cannot read %s", path);
    }
    char *bytes = malloc(1 << 16);
    size_t size = fread(bytes, 1, 1 << 16, f);
    fclose(f);
    return (pith__str){bytes, size};
}

static int32_t open_text(pith__mem *mem, pith__str text, pith__tokenizer **out) {
    pith__source *source = NULL;
    *out = NULL;
    PITH_TRY(pith__source_from_memory(mem, text.ptr, text.len, &source));
    int32_t status = pith__vocabulary_read(mem, source, pith__str_of("cl100k_base"), out);
    pith__source_release(source);
    return status;
}

static void they_give_the_official_ids(void **state) {
    (void)state;
    static id_list got;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        pith__tokenizer *t = NULL;
        pith__str text = read_file(files[i].name);
        bool json = strstr(files[i].name, ".json") != NULL; /* what stands around a text belongs to these */
        if (open_text(&mem, text, &t) != PITH_OK) {
            fail_msg("%s: %s", files[i].name, pith__error_text());
        }
        for (int k = 0; k < TEXTS; k++) {
            pith__span span = {pith__str_of(texts[k]), json}; /* the official packages take control tokens out of text for these */
            uint64_t count = 0;
            while (files[i].ids[k][count] >= 0) {
                count++;
            }
            run_spans(t, &mem, &span, 1, json ? PITH__TOKENIZE_BOS | PITH__TOKENIZE_EOS : 0, &got);
            expect_ids(&got, files[i].ids[k], count, files[i].name);
        }
        pith__tokenizer_release(t);
        free((void *)(uintptr_t)text.ptr);
    }
    assert_int_equal(pith__mem_used(&mem), 0);
}

static void every_truncation_is_refused_or_opens(void **state) {
    (void)state;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        pith__str text = read_file(files[i].name);
        bool json = text.ptr[0] == '{';
        for (uint64_t length = 1; length < text.len; length++) {
            pith__tokenizer *t = NULL;
            char *exact = malloc((size_t)length);
            memcpy(exact, text.ptr, (size_t)length);
            int32_t status = open_text(&mem, (pith__str){exact, length}, &t);
            assert_true(status == PITH_E_FORMAT || status == PITH_E_UNSUPPORTED || (status == PITH_OK && !json));
            pith__tokenizer_release(t);
            free(exact);
        }
        free((void *)(uintptr_t)text.ptr);
    }
    assert_int_equal(pith__mem_used(&mem), 0);
}

#define MODEL "\"model\":{\"type\":\"WordPiece\",\"vocab\":{\"a\":0,\"[UNK]\":1},\"unk_token\":\"[UNK]\"}"

static void what_is_not_followed_is_refused_by_name(void **state) {
    (void)state;
    static const struct {
        const char *json;
        int32_t status;
        const char *words;
    } cases[] = {
        {"{" MODEL "}", PITH_OK, ""},
        {"{" MODEL ",\"surprise\":1}", PITH_E_UNSUPPORTED, "'surprise'"},
        {"{" MODEL ",\"normalizer\":{\"type\":\"Rot13\"}}", PITH_E_UNSUPPORTED, "'Rot13'"},
        {"{" MODEL ",\"normalizer\":{\"type\":\"NFC\",\"level\":2}}", PITH_E_UNSUPPORTED, "'level'"},
        {"{" MODEL ",\"normalizer\":{\"type\":\"Replace\",\"pattern\":{\"Regex\":\"(a+)+\"},\"content\":\"\"}}", PITH_E_UNSUPPORTED,
         "'(a+)+'"},
        {"{" MODEL ",\"pre_tokenizer\":{\"type\":\"UnicodeScripts\"}}", PITH_E_UNSUPPORTED, "'UnicodeScripts'"},
        {"{" MODEL ",\"pre_tokenizer\":{\"type\":\"Split\",\"pattern\":{\"Regex\":\"x|y\"},\"behavior\":\"Isolated\",\"invert\":false}}",
         PITH_E_UNSUPPORTED, "'x|y'"},
        {"{" MODEL ",\"post_processor\":{\"type\":\"Upside\"}}", PITH_E_UNSUPPORTED, "'Upside'"},
        {"{" MODEL ",\"decoder\":{\"type\":\"CTC\"}}", PITH_E_UNSUPPORTED, "'CTC'"},
        {"{" MODEL ",\"added_tokens\":[{\"id\":0,\"content\":\"b\"}]}", PITH_E_FORMAT, "'b' and also 'a'"},
        {"{" MODEL ",\"added_tokens\":[{\"id\":5000000,\"content\":\"b\"}]}", PITH_E_FORMAT, "5000000"},
        {"{" MODEL ",\"added_tokens\":[{\"id\":7,\"content\":\"a\"}]}", PITH_E_FORMAT, "'a'"},
        {"{\"model\":{\"type\":\"WordLevel\",\"vocab\":{\"a\":0}}}", PITH_E_UNSUPPORTED, "'WordLevel'"},
        {"{\"model\":{\"type\":\"BPE\",\"dropout\":0.1,\"vocab\":{},\"merges\":[]}}", PITH_E_UNSUPPORTED, "dropout"},
        {"{\"model\":{\"type\":\"WordPiece\",\"vocab\":{\"a\":0,\"b\":0}}}", PITH_E_FORMAT, "two tokens have id 0"},
        {"{\"model\":{\"type\":\"WordPiece\",\"vocab\":{\"a\":-1}}}", PITH_E_FORMAT, "negative"},
        {"{}", PITH_E_FORMAT, "no \"model\""},
        {"YQ== 1\nYg==  2\n", PITH_E_FORMAT, "line 2"},
        {"YQ== 1\nYg== 1\n", PITH_E_FORMAT, "two tokens have rank 1"},
        {"YQ== 1\nY!== 2\n", PITH_E_FORMAT, "line 2"},
        {"nothing of the kind", PITH_E_FORMAT, "not a vocabulary"},
    };
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        pith__tokenizer *t = NULL;
        int32_t status = open_text(&mem, pith__str_of(cases[i].json), &t);
        if (status != cases[i].status || (status != PITH_OK && strstr(pith__error_text(), cases[i].words) == NULL)) {
            fail_msg("%s: %d %s", cases[i].json, (int)status, pith__error_text());
        }
        pith__tokenizer_release(t);
    }
    assert_int_equal(pith__mem_used(&mem), 0);
}

static void a_tiktoken_file_needs_its_family(void **state) {
    (void)state;
    pith__mem mem;
    pith__tokenizer *t = NULL;
    pith__mem_init(&mem, NULL, NULL, 0);
    assert_int_equal(pith__vocabulary_from_tiktoken(&mem, pith__str_of("YQ== 0\n"), pith__str_of(""), &t), PITH_E_ARGUMENT);
    assert_non_null(strstr(pith__error_text(), "vocabulary_family"));
    assert_int_equal(pith__vocabulary_from_tiktoken(&mem, pith__str_of("YQ== 0\n"), pith__str_of("x"), &t), PITH_E_UNSUPPORTED);
    assert_non_null(strstr(pith__error_text(), "o200k_base"));
}

static int32_t open_it(pith__mem *mem, void *arg) {
    pith__tokenizer *t = NULL;
    int32_t status = open_text(mem, *(const pith__str *)arg, &t);
    pith__tokenizer_release(t);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        pith__str text = read_file(files[i].name);
        assert_true(failing_alloc_each(open_it, &text) > 5);
        free((void *)(uintptr_t)text.ptr);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_give_the_official_ids),
        cmocka_unit_test(every_truncation_is_refused_or_opens),
        cmocka_unit_test(what_is_not_followed_is_refused_by_name),
        cmocka_unit_test(a_tiktoken_file_needs_its_family),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
