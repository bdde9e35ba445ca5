/* Models of several files: found by name or given as parts, and only taken when the parts belong together. */
#include "formats/exercise.h"
#include "formats/sample_gguf.h"
#include "support/cmocka_all.h"
#include "support/failing_alloc.h"
#include "support/temp_dir.h"
#include <stdio.h>
#include <unistd.h>

enum {
    PARTS = 3,
    TENSORS = 5
}; /* the sample's four lie in part 0, one in part 1, none in part 2 */

/* What the split keys of each part say; tests change a number. */
typedef struct split_keys {
    uint32_t count[PARTS], no[PARTS], tensors[PARTS];
} split_keys;

static const split_keys right_keys = {{3, 3, 3}, {0, 1, 2}, {TENSORS, TENSORS, TENSORS}};

static void add_keys(gguf_writer *w, const split_keys *keys, int part) {
    gguf_u16(w, "split.no", (uint16_t)keys->no[part]);
    gguf_u16(w, "split.count", (uint16_t)keys->count[part]);
    gguf_i32(w, "split.tensors.count", (int32_t)keys->tensors[part]);
}

static void build_parts(gguf_writer w[PARTS], const split_keys *keys) {
    static const float row[4] = {5, 6, 7, 8};
    sample_keys(&w[0], 3);
    add_keys(&w[0], keys, 0);
    sample_tensors(&w[0]);
    gguf_init(&w[1], 3);
    add_keys(&w[1], keys, 1);
    gguf_tensor(&w[1], "blk.1.norm", PITH__F32, 1, (uint64_t[]){4}, row, sizeof(row));
    gguf_init(&w[2], 3);
    add_keys(&w[2], keys, 2);
    for (int i = 0; i < PARTS; i++) {
        gguf_finish(&w[i]);
    }
}

static void free_parts(gguf_writer w[PARTS]) {
    for (int i = 0; i < PARTS; i++) {
        gguf_free(&w[i]);
    }
}

static int32_t source_of(pith__mem *mem, const gguf_writer w[PARTS], const int *order, int count, pith__source **out) {
    *out = NULL;
    PITH_TRY(pith__source_from_memory(mem, w[order[0]].bytes, w[order[0]].size, out));
    for (int i = 1; i < count; i++) {
        pith__source *more;
        int32_t status = pith__source_from_memory(mem, w[order[i]].bytes, w[order[i]].size, &more);
        if (status == PITH_OK) {
            status = pith__source_add_part(*out, more);
            if (status != PITH_OK) {
                pith__source_release(more);
            }
        }
        if (status != PITH_OK) {
            pith__source_release(*out);
            return status;
        }
    }
    return PITH_OK;
}

static void check_model(const pith__modelfile *file, pith__mem *mem) {
    assert_int_equal(pith__modelfile_tensor_count(file), TENSORS);
    assert_int_equal(pith__modelfile_kv_count(file), SAMPLE_KEYS + 3);
    const pith__tensor_info *t = pith__modelfile_tensor(file, "blk.1.norm");
    assert_non_null(t);
    assert_int_equal(t->part, 1);
    float row[4];
    assert_int_equal(pith__source_read(pith__modelfile_source(file), t->part, row, t->bytes, t->offset), PITH_OK);
    assert_true(row[0] == 5 && row[3] == 8);
    assert_int_equal(pith__modelfile_tensor(file, "token_embd.weight")->part, 0);
    assert_true(exercise_modelfile(file, mem) > 50);
}

static void parts_in_memory(void **state) {
    (void)state;
    gguf_writer w[PARTS];
    build_parts(w, &right_keys);
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__source *source;
    pith__modelfile *file;
    assert_int_equal(source_of(&mem, w, (int[]){0, 1, 2}, 3, &source), PITH_OK);
    if (pith__modelfile_open(&mem, source, 0, &file) != PITH_OK) {
        fail_msg("%s", pith__error_text());
    }
    pith__source_release(source);
    check_model(file, &mem);
    pith__modelfile_release(file);
    assert_int_equal(pith__mem_used(&mem), 0);
    free_parts(w);
}

static void save_parts(const temp_dir *dir, const gguf_writer w[PARTS]) {
    for (int i = 0; i < PARTS; i++) {
        char name[64];
        snprintf(name, sizeof(name), "tiny-%05d-of-%05d.gguf", i + 1, PARTS);
        assert_true(gguf_save(&w[i], temp_dir_file(dir, name)));
    }
}

static void siblings_are_found_by_name(void **state) {
    (void)state;
    gguf_writer w[PARTS];
    temp_dir dir;
    temp_dir_make(&dir);
    build_parts(w, &right_keys);
    save_parts(&dir, w);
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__source *source;
    pith__modelfile *file, *again;
    assert_int_equal(pith__source_from_path(&mem, temp_dir_file(&dir, "tiny-00001-of-00003.gguf"), &source), PITH_OK);
    assert_int_equal(pith__modelfile_open(&mem, source, 0, &file), PITH_OK);
    assert_int_equal(pith__source_parts(source), 1); /* the caller's stays as it was */
    assert_int_equal(pith__modelfile_open(&mem, source, 0, &again), PITH_OK);
    check_model(file, &mem);
    check_model(again, &mem);
    pith__modelfile_release(file);
    pith__modelfile_release(again);

    unlink(temp_dir_file(&dir, "tiny-00002-of-00003.gguf"));
    assert_int_equal(pith__modelfile_open(&mem, source, 0, &file), PITH_E_IO);
    assert_non_null(strstr(pith__error_text(), "tiny-00002-of-00003.gguf"));
    pith__source_release(source);

    assert_int_equal(pith__source_from_path(&mem, temp_dir_file(&dir, "tiny-00003-of-00003.gguf"), &source), PITH_OK);
    assert_int_equal(pith__modelfile_open(&mem, source, 0, &file), PITH_E_ARGUMENT);
    assert_non_null(strstr(pith__error_text(), "part 3 of 3: open the first"));
    pith__source_release(source);
    assert_int_equal(pith__mem_used(&mem), 0);
    temp_dir_remove(&dir);
    free_parts(w);
}

static void a_renamed_first_part_finds_no_siblings(void **state) {
    (void)state;
    gguf_writer w[PARTS];
    temp_dir dir;
    temp_dir_make(&dir);
    build_parts(w, &right_keys);
    assert_true(gguf_save(&w[0], temp_dir_file(&dir, "model.gguf")));
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__source *source;
    pith__modelfile *file;
    assert_int_equal(pith__source_from_path(&mem, temp_dir_file(&dir, "model.gguf"), &source), PITH_OK);
    assert_int_equal(pith__modelfile_open(&mem, source, 0, &file), PITH_E_ARGUMENT);
    pith__source_release(source);
    temp_dir_remove(&dir);
    free_parts(w);
}

static void check_refused(const gguf_writer w[PARTS], const int *order, int count, int32_t expected,
                          const char *words) {
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__source *source;
    pith__modelfile *file;
    assert_int_equal(source_of(&mem, w, order, count, &source), PITH_OK);
    int32_t status = pith__modelfile_open(&mem, source, 0, &file);
    if (status != expected || !strstr(pith__error_text(), words)) {
        fail_msg("%s (%s), expected %s with '%s'", pith__status_name(status), pith__error_text(),
                 pith__status_name(expected), words);
    }
    pith__source_release(source);
    assert_int_equal(pith__mem_used(&mem), 0);
}

static void wrong_sets_of_parts(void **state) {
    (void)state;
    gguf_writer w[PARTS];
    build_parts(w, &right_keys);
    check_refused(w, (int[]){0, 2, 1}, 3, PITH_E_FORMAT, "'split.no' is 2, expected 1");
    check_refused(w, (int[]){0, 1, 1}, 3, PITH_E_FORMAT, "");
    check_refused(w, (int[]){0, 1}, 2, PITH_E_ARGUMENT, "has 3 parts, the source 2");
    check_refused(w, (int[]){0, 1, 2, 2}, 4, PITH_E_ARGUMENT, "has 3 parts, the source 4");
    check_refused(w, (int[]){1, 0, 2}, 3, PITH_E_ARGUMENT, "part 2 of 3");
    check_refused(w, (int[]){0}, 1, PITH_E_ARGUMENT, "in 3 parts");
    free_parts(w);
}

static void wrong_keys(void **state) {
    (void)state;
    static const struct {
        split_keys keys;
        const char *words;
    } cases[] = {
        {{{3, 4, 3}, {0, 1, 2}, {5, 5, 5}}, "'split.count' is 4, expected 3"},
        {{{3, 3, 0}, {0, 1, 2}, {5, 5, 5}}, "'split.count' is 0, expected 3"},
        {{{3, 3, 3}, {0, 1, 1}, {5, 5, 5}}, "'split.no' is 1, expected 2"},
        {{{3, 3, 3}, {0, 0, 2}, {5, 5, 5}}, "'split.no' is 0, expected 1"},
        {{{3, 3, 3}, {0, 1, 2}, {4, 4, 4}}, "'split.tensors.count' is 4, expected 5"},
        {{{3, 3, 3}, {0, 1, 2}, {5, 5, 6}}, "'split.tensors.count' is 6, expected 5"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        gguf_writer w[PARTS];
        build_parts(w, &cases[i].keys);
        check_refused(w, (int[]){0, 1, 2}, 3, PITH_E_FORMAT, cases[i].words);
        free_parts(w);
    }
}

static void a_whole_model_as_a_part(void **state) {
    (void)state;
    gguf_writer w[PARTS];
    build_parts(w, &right_keys);
    gguf_free(&w[1]);
    sample_file(&w[1], 3);
    check_refused(w, (int[]){1, 1}, 2, PITH_E_ARGUMENT, "has 1 parts, the source 2");
    check_refused(w, (int[]){0, 1, 2}, 3, PITH_E_FORMAT, "'split.count' is missing in part 2");
    free_parts(w);
}

static void a_tensor_in_two_parts(void **state) {
    (void)state;
    gguf_writer w[PARTS];
    split_keys keys = right_keys;
    keys.tensors[0] = keys.tensors[1] = keys.tensors[2] = 6;
    build_parts(w, &keys);
    gguf_free(&w[2]);
    gguf_init(&w[2], 3);
    add_keys(&w[2], &keys, 2);
    gguf_tensor(&w[2], "token_embd.weight", PITH__F32, 1, (uint64_t[]){4}, NULL, 0);
    gguf_finish(&w[2]);
    check_refused(w, (int[]){0, 1, 2}, 3, PITH_E_FORMAT, "'token_embd.weight' stands there twice");
    free_parts(w);
}

static void damage_in_a_later_part(void **state) {
    (void)state;
    gguf_writer w[PARTS];
    build_parts(w, &right_keys);
    uint64_t whole = w[1].size;
    for (w[1].size = 0; w[1].size < whole; w[1].size++) {
        check_refused(w, (int[]){0, 1, 2}, 3, PITH_E_FORMAT, "");
    }
    free_parts(w);
}

static void merged_models_are_one_part(void **state) {
    (void)state;
    for (uint16_t count = 0; count <= 1; count++) { /* a merge leaves 0; a split into one file says 1 */
        gguf_writer w;
        sample_keys(&w, 3);
        gguf_u16(&w, "split.count", count);
        gguf_u16(&w, "split.no", 0);
        sample_tensors(&w);
        gguf_finish(&w);
        pith__mem mem;
        pith__mem_init(&mem, NULL, NULL, 0);
        pith__source *source;
        pith__modelfile *file;
        assert_int_equal(pith__source_from_memory(&mem, w.bytes, w.size, &source), PITH_OK);
        assert_int_equal(pith__modelfile_open(&mem, source, 0, &file), PITH_OK);
        assert_int_equal(pith__modelfile_tensor_count(file), SAMPLE_TENSORS);
        pith__modelfile_release(file);
        pith__source_release(source);
        gguf_free(&w);
    }
}

static int32_t open_by_path(pith__mem *mem, void *arg) {
    pith__source *source;
    pith__modelfile *file;
    PITH_TRY(pith__source_from_path(mem, arg, &source));
    int32_t status = pith__modelfile_open(mem, source, 0, &file);
    pith__source_release(source);
    pith__modelfile_release(file);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    gguf_writer w[PARTS];
    temp_dir dir;
    temp_dir_make(&dir);
    build_parts(w, &right_keys);
    save_parts(&dir, w);
    char path[600];
    snprintf(path, sizeof(path), "%s", temp_dir_file(&dir, "tiny-00001-of-00003.gguf"));
    assert_true(failing_alloc_each(open_by_path, path) >= 25);
    temp_dir_remove(&dir);
    free_parts(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_in_memory),
        cmocka_unit_test(siblings_are_found_by_name),
        cmocka_unit_test(a_renamed_first_part_finds_no_siblings),
        cmocka_unit_test(wrong_sets_of_parts),
        cmocka_unit_test(wrong_keys),
        cmocka_unit_test(a_whole_model_as_a_part),
        cmocka_unit_test(a_tensor_in_two_parts),
        cmocka_unit_test(damage_in_a_later_part),
        cmocka_unit_test(merged_models_are_one_part),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("gguf_split", tests, NULL, NULL);
}
