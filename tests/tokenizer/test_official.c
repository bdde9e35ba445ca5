/* Real vocabularies, where the environment variable PITH_TEST_DATA names a folder with
 * tokenizers/gguf/ggml-vocab-*.gguf and, beside each, .inp (texts separated by a line __ggml_vocab_test__) and .out
 * (the ids of each, a line). Skipped, saying so, without it. */
#include "vocabulary/vocabulary.h"
#include "tokenizer_test.h"
#include <stdio.h>

static const char separator[] = "\n__ggml_vocab_test__\n";

static char *read_file(const char *path, uint64_t *length) {
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        return NULL;
    }
    fseek(f, 0, SEEK_END);
    long size = ftell(f);
    rewind(f);
    char *bytes = malloc((size_t)size + 1);
    *length = fread(bytes, 1, (size_t)size, f);
    bytes[*length] = 0;
    fclose(f);
    return bytes;
}

static pith__tokenizer *open_vocabulary(pith__mem *mem, const char *path) {
    pith__source *source = NULL;
    pith__modelfile *file = NULL;
    pith__tokenizer *t = NULL;
    if (pith__source_from_path(mem, path, &source) != PITH_OK ||
        pith__modelfile_open(mem, source, 0, &file) != PITH_OK || pith__vocabulary_from_gguf(mem, file, 0, &t) != PITH_OK) {
        fail_msg("%s: %s", path, pith__error_text());
    }
    pith__modelfile_release(file);
    pith__source_release(source);
    return t;
}

/* Reads the ids of one line; returns where the next begins. */
static const char *read_ids(const char *line, id_list *ids) {
    ids->count = 0;
    while (*line != '\n' && *line != 0) {
        char *end = NULL;
        long id = strtol(line, &end, 10);
        if (end == line) {
            line++;
            continue;
        }
        ids->ids[ids->count++] = (int32_t)id;
        line = end;
    }
    return *line ? line + 1 : line;
}

static int check_cases(const pith__tokenizer *t, pith__mem *mem, const char *name, const char *inputs,
                       const char *outputs) {
    static id_list want, got;
    int cases = 0;
    for (const char *at = inputs; at != NULL; cases++) {
        const char *end = strstr(at, separator);
        uint64_t length = end ? (uint64_t)(end - at) : strlen(at);
        outputs = read_ids(outputs, &want);
        run_text(t, mem, at, length, false, &got);
        char what[64];
        snprintf(what, sizeof(what), "%s, case %d", name, cases);
        expect_ids(&got, want.ids, want.count, what);
        at = end ? end + sizeof(separator) - 1 : NULL;
    }
    return cases;
}

static void check_vocabulary(const char *folder, const char *name) {
    char path[4][1024];
    static const char *const suffix[] = {"", ".inp", ".out"};
    uint64_t length = 0;
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    for (int i = 0; i < 3; i++) {
        snprintf(path[i], sizeof(path[i]), "%s/tokenizers/gguf/ggml-vocab-%s.gguf%s", folder, name, suffix[i]);
    }
    char *inputs = read_file(path[1], &length), *outputs = read_file(path[2], &length);
    if (inputs == NULL || outputs == NULL) {
        fail_msg("cannot read %s and %s", path[1], path[2]);
    }
    pith__tokenizer *t = open_vocabulary(&mem, path[0]);
    assert_int_equal(check_cases(t, &mem, name, inputs, outputs), 47);
    pith__tokenizer_release(t);
    free(inputs);
    free(outputs);
    assert_int_equal(pith__mem_used(&mem), 0);
}

static void test_vocabularies(void **state) {
    (void)state;
    static const char *const names[] = {"gpt-2",  "llama-spm", "phi-3", "deepseek-coder",
                                        "falcon", "llama-bpe", "qwen2", "bert-bge"};
    const char *folder = getenv("PITH_TEST_DATA");
    if (folder == NULL) {
        print_message("PITH_TEST_DATA is not set: real vocabularies are not tested\n");
        skip();
    }
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        check_vocabulary(folder, names[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_vocabularies)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
