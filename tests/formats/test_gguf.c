/* Valid GGUF files: what is read is what was written, whatever kind of source it comes from. */
#include "formats/exercise.h"
#include "formats/sample_gguf.h"
#include "support/cmocka_all.h"
#include "support/failing_alloc.h"
#include "support/temp_dir.h"
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

typedef struct opened {
    gguf_writer w;
    pith__mem mem;
    pith__modelfile *file;
} opened;

static void open_writer(opened *o) {
    pith__source *source;
    pith__mem_init(&o->mem, NULL, NULL, 0);
    assert_int_equal(pith__source_from_memory(&o->mem, o->w.bytes, o->w.size, &source), PITH_OK);
    if (pith__modelfile_open(&o->mem, source, 0, &o->file) != PITH_OK) {
        fail_msg("%s", pith__error_text());
    }
    pith__source_release(source); /* the model file retains it */
}

static void close_opened(opened *o) {
    pith__modelfile_release(o->file);
    gguf_free(&o->w);
    assert_int_equal(pith__mem_used(&o->mem), 0);
}

static void open_sample(opened *o, uint32_t version) {
    sample_file(&o->w, version);
    open_writer(o);
}

static void both_versions_open(void **state) {
    (void)state;
    for (uint32_t version = 2; version <= 3; version++) {
        opened o;
        open_sample(&o, version);
        assert_string_equal(pith__modelfile_format(o.file), version == 2 ? "GGUF v2" : "GGUF v3");
        assert_int_equal(pith__modelfile_kv_count(o.file), SAMPLE_KEYS);
        assert_int_equal(pith__modelfile_tensor_count(o.file), SAMPLE_TENSORS);
        assert_null(pith__modelfile_kv_at(o.file, SAMPLE_KEYS));
        assert_null(pith__modelfile_tensor_at(o.file, SAMPLE_TENSORS));
        assert_true(pith__str_is(pith__modelfile_kv_at(o.file, 1)->key, "general.architecture"));
        close_opened(&o);
    }
}

static void scalars_convert_when_they_fit(void **state) {
    (void)state;
    static const struct {
        const char *key;
        int64_t i64;  /* meaningful if as_i64 */
        uint64_t u64; /* if as_u64 */
        double f64;   /* if as_f64 */
        bool as_i64, as_u64, as_f64;
    } cases[] = {
        {"test.u8", 255, 255, 255, true, true, true},
        {"test.i8", -128, 0, -128, true, false, true},
        {"test.u16", 65535, 65535, 65535, true, true, true},
        {"test.i16", -32768, 0, -32768, true, false, true},
        {"test.u32", UINT32_MAX, UINT32_MAX, UINT32_MAX, true, true, true},
        {"test.i32", INT32_MIN, 0, INT32_MIN, true, false, true},
        {"test.u64", 0, UINT64_MAX, 18446744073709551615.0, false, true, true},
        {"test.i64", INT64_MIN, 0, -9223372036854775808.0, true, false, true},
        {"test.f32", 0, 0, 0.1f, false, false, true},
        {"test.f64", 0, 0, 1.0 / 3, false, false, true},
        {"test.true", 0, 0, 0, false, false, false},
        {"general.architecture", 0, 0, 0, false, false, false},
        {"test.small", 0, 0, 0, false, false, false},
    };
    opened o;
    open_sample(&o, 3);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        uint64_t u64;
        int64_t i64;
        double f64;
        bool found = false;
        assert_int_equal(pith__kv_u64(o.file, cases[i].key, &found, &u64), cases[i].as_u64 ? PITH_OK : PITH_E_FORMAT);
        assert_true(found);
        assert_true(u64 == cases[i].u64 || !cases[i].as_u64);
        assert_int_equal(pith__kv_i64(o.file, cases[i].key, NULL, &i64), cases[i].as_i64 ? PITH_OK : PITH_E_FORMAT);
        assert_true(i64 == cases[i].i64 || !cases[i].as_i64);
        assert_int_equal(pith__kv_f64(o.file, cases[i].key, NULL, &f64), cases[i].as_f64 ? PITH_OK : PITH_E_FORMAT);
        assert_true(f64 == cases[i].f64 || !cases[i].as_f64);
    }
    close_opened(&o);
}

static void bools_and_strings(void **state) {
    (void)state;
    opened o;
    open_sample(&o, 3);
    bool yes, no, found;
    pith__str text;
    assert_int_equal(pith__kv_bool(o.file, "test.true", NULL, &yes), PITH_OK);
    assert_int_equal(pith__kv_bool(o.file, "test.false", NULL, &no), PITH_OK);
    assert_true(yes && !no);
    assert_int_equal(pith__kv_bool(o.file, "test.u8", NULL, &yes), PITH_E_FORMAT);
    assert_int_equal(pith__kv_str(o.file, "general.architecture", NULL, &text), PITH_OK);
    assert_true(pith__str_is(text, "llama"));
    assert_int_equal(pith__kv_str(o.file, "general.name", NULL, &text), PITH_OK);
    assert_int_equal(text.len, 0);
    assert_int_equal(pith__kv_str(o.file, "tokenizer.ggml.tokens", NULL, &text), PITH_E_FORMAT);
    assert_non_null(strstr(pith__error_text(), "tokenizer.ggml.tokens"));
    assert_non_null(strstr(pith__error_text(), "array of string"));
    assert_int_equal(pith__kv_str(o.file, "absent", &found, &text), PITH_OK);
    assert_false(found);
    assert_int_equal(pith__kv_str(o.file, "absent", NULL, &text), PITH_E_FORMAT);
    assert_non_null(strstr(pith__error_text(), "absent"));
    close_opened(&o);
}

static void arrays_as_a_whole(void **state) {
    (void)state;
    opened o;
    open_sample(&o, 3);
    pith__str *tokens;
    float *floats;
    int32_t *ints;
    uint64_t count;
    assert_int_equal(pith__kv_strings(o.file, &o.mem, "tokenizer.ggml.tokens", &tokens, &count), PITH_OK);
    assert_int_equal(count, SAMPLE_TOKENS);
    for (int i = 0; i < SAMPLE_TOKENS; i++) {
        assert_true(pith__str_equal(tokens[i], sample_tokens[i]));
    }
    pith__mem_free(&o.mem, tokens);
    assert_int_equal(pith__kv_floats(o.file, &o.mem, "tokenizer.ggml.scores", &floats, &count), PITH_OK);
    assert_int_equal(count, SAMPLE_TOKENS);
    assert_memory_equal(floats, sample_scores, sizeof(sample_scores));
    pith__mem_free(&o.mem, floats);
    assert_int_equal(pith__kv_ints(o.file, &o.mem, "tokenizer.ggml.token_type", &ints, &count), PITH_OK);
    assert_memory_equal(ints, sample_types, sizeof(sample_types));
    pith__mem_free(&o.mem, ints);
    assert_int_equal(pith__kv_ints(o.file, &o.mem, "test.bools", &ints, &count), PITH_OK);
    assert_int_equal(count, 3);
    assert_true(ints[0] == 1 && ints[1] == 0 && ints[2] == 1);
    pith__mem_free(&o.mem, ints);
    assert_int_equal(pith__kv_floats(o.file, &o.mem, "test.small", &floats, &count), PITH_OK);
    assert_true(floats[0] == -1.0f && floats[2] == 127.0f);
    pith__mem_free(&o.mem, floats);
    close_opened(&o);
}

static void arrays_of_another_kind_are_refused(void **state) {
    (void)state;
    opened o;
    open_sample(&o, 3);
    pith__str *strings;
    float *floats;
    int32_t *ints;
    uint64_t count;
    assert_int_equal(pith__kv_strings(o.file, &o.mem, "tokenizer.ggml.scores", &strings, &count), PITH_E_FORMAT);
    assert_int_equal(pith__kv_strings(o.file, &o.mem, "general.architecture", &strings, &count), PITH_E_FORMAT);
    assert_int_equal(pith__kv_floats(o.file, &o.mem, "tokenizer.ggml.tokens", &floats, &count), PITH_E_FORMAT);
    assert_int_equal(pith__kv_floats(o.file, &o.mem, "test.bools", &floats, &count), PITH_E_FORMAT);
    assert_int_equal(pith__kv_floats(o.file, &o.mem, "test.f32", &floats, &count), PITH_E_FORMAT);
    assert_int_equal(pith__kv_ints(o.file, &o.mem, "tokenizer.ggml.scores", &ints, &count), PITH_E_FORMAT);
    assert_int_equal(pith__kv_ints(o.file, &o.mem, "test.large", &ints, &count), PITH_E_FORMAT);
    assert_non_null(strstr(pith__error_text(), "element 2"));
    assert_null(ints);
    assert_int_equal(count, 0);
    close_opened(&o);
}

static void arrays_may_be_empty_or_absent(void **state) {
    (void)state;
    opened o;
    open_sample(&o, 3);
    pith__str *strings;
    float *floats;
    uint64_t count;
    assert_int_equal(pith__kv_strings(o.file, &o.mem, "test.no_strings", &strings, &count), PITH_OK);
    assert_int_equal(count, 0);
    assert_non_null(strings);
    pith__mem_free(&o.mem, strings);
    assert_int_equal(pith__kv_strings(o.file, &o.mem, "absent", &strings, &count), PITH_OK);
    assert_null(strings);
    assert_int_equal(pith__kv_floats(o.file, &o.mem, "test.empty", &floats, &count), PITH_OK);
    assert_int_equal(count, 0);
    pith__mem_free(&o.mem, floats);
    close_opened(&o);
}

static void array_elements(void **state) {
    (void)state;
    opened o;
    open_sample(&o, 3);
    uint64_t u64;
    double f64;
    assert_int_equal(pith__kv_array_u64(o.file, "test.large", 2, &u64), PITH_OK);
    assert_true(u64 == UINT64_MAX);
    assert_int_equal(pith__kv_array_u64(o.file, "test.large", 3, &u64), PITH_E_FORMAT);
    assert_non_null(strstr(pith__error_text(), "3 elements"));
    assert_int_equal(pith__kv_array_u64(o.file, "test.large", UINT64_MAX, &u64), PITH_E_FORMAT);
    assert_int_equal(pith__kv_array_u64(o.file, "test.small", 0, &u64), PITH_E_FORMAT); /* -1 */
    assert_int_equal(pith__kv_array_u64(o.file, "test.bools", 2, &u64), PITH_OK);
    assert_int_equal(u64, 1);
    assert_int_equal(pith__kv_array_u64(o.file, "tokenizer.ggml.tokens", 0, &u64), PITH_E_FORMAT);
    assert_int_equal(pith__kv_array_u64(o.file, "test.u8", 0, &u64), PITH_E_FORMAT);
    assert_int_equal(pith__kv_array_u64(o.file, "absent", 0, &u64), PITH_E_FORMAT);
    assert_int_equal(pith__kv_array_f64(o.file, "test.small", 0, &f64), PITH_OK);
    assert_true(f64 == -1.0);
    assert_int_equal(pith__kv_array_f64(o.file, "tokenizer.ggml.scores", 2, &f64), PITH_OK);
    assert_true(f64 == -2.5);
    close_opened(&o);
}

static void tensors_are_where_they_were_put(void **state) {
    (void)state;
    opened o;
    open_sample(&o, 3);
    const pith__tensor_info *t = pith__modelfile_tensor(o.file, "blk.0.attn_q.weight");
    assert_non_null(t);
    assert_int_equal(t->dtype, PITH__Q4_0);
    assert_int_equal(t->n_dims, 2);
    const uint64_t dims[PITH__MAX_DIMS] = {32, 2, 1, 1};
    assert_memory_equal(t->dims, dims, sizeof(dims));
    assert_int_equal(t->bytes, 36);
    assert_int_equal(t->part, 0);
    assert_int_equal(t->offset, gguf_find(&o.w, GGUF_DATA, "blk.0.attn_q.weight"));
    uint8_t bytes[36];
    assert_int_equal(pith__source_read(pith__modelfile_source(o.file), t->part, bytes, t->bytes, t->offset), PITH_OK);
    assert_int_equal(bytes[35], 35 * 5);
    t = pith__modelfile_tensor(o.file, "blk.0.ffn.weight");
    assert_int_equal(t->n_dims, 4);
    assert_int_equal(t->bytes, 24);
    assert_null(pith__modelfile_tensor(o.file, "blk.0.ffn.weigh"));
    assert_null(pith__modelfile_tensor(o.file, ""));
    for (uint64_t i = 0; i < SAMPLE_TENSORS; i++) {
        const pith__tensor_info *at = pith__modelfile_tensor_at(o.file, i);
        assert_int_equal(at->offset % 16, 0);
        char name[65] = {0};
        memcpy(name, at->name.ptr, (size_t)at->name.len);
        assert_ptr_equal(pith__modelfile_tensor(o.file, name), at);
    }
    close_opened(&o);
}

static void tensors_may_stand_in_any_order(void **state) {
    (void)state;
    opened o;
    sample_file(&o.w, 3);
    uint64_t a = gguf_find(&o.w, GGUF_OFFSET, "blk.0.ffn.weight"),
             b = gguf_find(&o.w, GGUF_OFFSET, "output_norm.weight");
    uint8_t swap[8];
    memcpy(swap, o.w.bytes + a, 8);
    memcpy(o.w.bytes + a, o.w.bytes + b, 8);
    memcpy(o.w.bytes + b, swap, 8);
    o.w.size += 12; /* the F16 tensor is the larger one and now the last */
    o.w.bytes = realloc(o.w.bytes, (size_t)o.w.size);
    memset(o.w.bytes + o.w.size - 12, 0, 12);
    open_writer(&o);
    assert_true(pith__modelfile_tensor(o.file, "blk.0.ffn.weight")->offset >
                pith__modelfile_tensor(o.file, "output_norm.weight")->offset);
    close_opened(&o);
}

static void files_without_keys_or_tensors_open(void **state) {
    (void)state;
    opened o;
    gguf_init(&o.w, 3);
    gguf_finish(&o.w);
    open_writer(&o);
    assert_int_equal(pith__modelfile_kv_count(o.file), 0);
    assert_int_equal(pith__modelfile_tensor_count(o.file), 0);
    assert_null(pith__modelfile_kv(o.file, "general.architecture"));
    close_opened(&o);
    gguf_init(&o.w, 3);
    gguf_str(&o.w, "general.architecture", "x"); /* vocabulary files end right after the keys, without padding */
    gguf_finish(&o.w);
    open_writer(&o);
    assert_int_equal(pith__modelfile_kv_count(o.file), 1);
    close_opened(&o);
}

static void every_alignment_opens(void **state) {
    (void)state;
    for (uint32_t alignment = 8; alignment <= 1 << 20; alignment *= 2) {
        opened o;
        gguf_init(&o.w, 3);
        gguf_set_alignment(&o.w, alignment);
        sample_tensors(&o.w);
        gguf_finish(&o.w);
        open_writer(&o);
        assert_int_equal(pith__modelfile_tensor(o.file, "output_norm.weight")->offset % alignment, 0);
        close_opened(&o);
    }
}

static int32_t read_at(void *user, void *out, uint64_t size, uint64_t offset) {
    const gguf_writer *w = user;
    memcpy(out, w->bytes + offset, (size_t)size);
    return PITH_OK;
}

static int32_t read_badly(void *user, void *out, uint64_t size, uint64_t offset) {
    return size > 4 ? PITH_E_CANCELED : read_at(user, out, size, offset);
}

static void check_source(pith__mem *mem, pith__source *source) {
    pith__modelfile *file;
    if (pith__modelfile_open(mem, source, 0, &file) != PITH_OK) {
        fail_msg("%s", pith__error_text());
    }
    pith__source_release(source);
    assert_true(exercise_modelfile(file, mem) > 50);
    pith__modelfile_release(file);
    assert_int_equal(pith__mem_used(mem), 0);
}

static void every_kind_of_source(void **state) {
    (void)state;
    gguf_writer w;
    sample_file(&w, 3);
    temp_dir dir;
    temp_dir_make(&dir);
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__source *source;
    assert_true(gguf_save(&w, temp_dir_file(&dir, "plain.gguf")));
    assert_int_equal(pith__source_from_path(&mem, temp_dir_file(&dir, "plain.gguf"), &source), PITH_OK);
    check_source(&mem, source);

    uint8_t *within =
        calloc(1, (size_t)w.size + 200); /* the model as a piece of a larger file, as in an Android package */
    memset(within, 'x', 100);
    memcpy(within + 100, w.bytes, (size_t)w.size);
    memset(within + 100 + w.size, 'y', 100);
    int fd = open(temp_dir_write(&dir, "package", within, (size_t)w.size + 200), O_RDONLY);
    free(within);
    assert_int_equal(pith__source_from_fd(&mem, fd, 100, w.size, &source), PITH_OK);
    check_source(&mem, source);
    close(fd);

    assert_int_equal(pith__source_from_reader(&mem, read_at, &w, w.size, &source), PITH_OK);
    check_source(&mem, source);
    temp_dir_remove(&dir);
    gguf_free(&w);
}

static void a_failing_reader_is_passed_on(void **state) {
    (void)state;
    gguf_writer w;
    sample_file(&w, 3);
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__source *source;
    pith__modelfile *file;
    assert_int_equal(pith__source_from_reader(&mem, read_badly, &w, w.size, &source), PITH_OK);
    assert_int_equal(pith__modelfile_open(&mem, source, 0, &file), PITH_E_CANCELED);
    assert_null(file);
    pith__source_release(source);
    assert_int_equal(pith__mem_used(&mem), 0);
    gguf_free(&w);
}

static int32_t open_and_use(pith__mem *mem, void *arg) {
    const gguf_writer *w = arg;
    pith__source *source;
    pith__modelfile *file = NULL;
    pith__str *strings = NULL;
    float *floats = NULL;
    int32_t *ints = NULL;
    uint64_t count;
    PITH_TRY(pith__source_from_memory(mem, w->bytes, w->size, &source));
    int32_t status = pith__modelfile_open(mem, source, 0, &file);
    pith__source_release(source);
    PITH_TRY_OUT(status);
    PITH_TRY_OUT(pith__kv_strings(file, mem, "tokenizer.ggml.tokens", &strings, &count));
    PITH_TRY_OUT(pith__kv_floats(file, mem, "tokenizer.ggml.scores", &floats, &count));
    PITH_TRY_OUT(pith__kv_ints(file, mem, "tokenizer.ggml.token_type", &ints, &count));
out:
    pith__mem_free(mem, strings);
    pith__mem_free(mem, floats);
    pith__mem_free(mem, ints);
    pith__modelfile_release(file);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    gguf_writer w;
    sample_file(&w, 3);
    assert_true(failing_alloc_each(open_and_use, &w) >= 12);
    gguf_free(&w);
}

static void the_budget_holds(void **state) {
    (void)state;
    gguf_writer w;
    sample_file(&w, 3);
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__source *source;
    assert_int_equal(pith__source_from_memory(&mem, w.bytes, w.size, &source), PITH_OK);
    uint64_t before = pith__mem_used(&mem), budget = 1;
    for (;; budget += 97) {
        pith__modelfile *file;
        int32_t status = pith__modelfile_open(&mem, source, budget, &file);
        if (status == PITH_OK) {
            pith__modelfile_release(file);
            break;
        }
        assert_int_equal(status, PITH_E_MEMORY);
        assert_int_equal(pith__mem_used(&mem), before);
    }
    assert_in_range(budget, w.size, 3 * w.size + 4096);
    assert_in_range(pith__mem_peak(&mem), before,
                    before + budget + 1024); /* headers of the two allocators and the struct */
    pith__source_release(source);
    gguf_free(&w);
}

/* A vocabulary of today's size: opened in a moment, in little more memory than its bytes. */
static void a_large_vocabulary_is_cheap(void **state) {
    (void)state;
    enum {
        TOKENS = 150000
    };
    pith__str *tokens = calloc(TOKENS, sizeof(*tokens));
    char *texts = calloc(TOKENS, 16);
    for (int i = 0; i < TOKENS; i++) {
        tokens[i] = (pith__str){texts + 16 * i, (uint64_t)snprintf(texts + 16 * i, 16, "token%d", i)};
    }
    opened o;
    gguf_init(&o.w, 3);
    gguf_strings(&o.w, "tokenizer.ggml.tokens", tokens, TOKENS);
    gguf_strings(&o.w, "tokenizer.ggml.merges", tokens, TOKENS);
    gguf_finish(&o.w);
    clock_t start = clock();
    open_writer(&o);
    double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    assert_true(pith__mem_used(&o.mem) < o.w.size + 4096);
    assert_true(pith__mem_peak(&o.mem) < o.w.size * 3 / 2 + 65536);
    assert_true(seconds < 0.5); /* about 0.005 without sanitizers on an idle machine */
    pith__str *read;
    uint64_t count;
    assert_int_equal(pith__kv_strings(o.file, &o.mem, "tokenizer.ggml.merges", &read, &count), PITH_OK);
    assert_int_equal(count, TOKENS);
    for (int i = 0; i < TOKENS; i++) {
        assert_true(pith__str_equal(read[i], tokens[i]));
    }
    pith__mem_free(&o.mem, read);
    close_opened(&o);
    free(tokens);
    free(texts);
}

/* ---- real files, when there are some ---- */

static int open_real(const char *path) {
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__source *source;
    pith__modelfile *file;
    assert_int_equal(pith__source_from_path(&mem, path, &source), PITH_OK);
    if (pith__modelfile_open(&mem, source, 0, &file) != PITH_OK) {
        fail_msg("%s", pith__error_text());
    }
    pith__str architecture;
    assert_int_equal(pith__kv_str(file, "general.architecture", NULL, &architecture), PITH_OK);
    assert_true(architecture.len > 0);
    assert_true(exercise_modelfile(file, &mem) > 10);
    pith__modelfile_release(file);
    pith__source_release(source);
    assert_int_equal(pith__mem_used(&mem), 0);
    return 1;
}

static int open_folder(const char *data, const char *name) {
    char folder[600], path[900];
    snprintf(folder, sizeof(folder), "%s/%s", data, name);
    DIR *d = opendir(folder);
    const struct dirent *entry;
    int count = 0;
    while (d && (entry = readdir(d))) {
        size_t length = strlen(entry->d_name);
        if (length > 5 && strcmp(entry->d_name + length - 5, ".gguf") == 0) {
            snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
            count += open_real(path);
        }
    }
    if (d) {
        closedir(d);
    }
    return count;
}

static void real_files_open(void **state) {
    (void)state;
    const char *data = getenv("PITH_TEST_DATA");
    if (!data) {
        print_message("skipped: PITH_TEST_DATA is not set\n");
        skip();
    }
    int count = open_folder(data, "models/stories260K") + open_folder(data, "models/misc") +
                open_folder(data, "tokenizers/gguf");
    assert_true(count > 0);
}

static void long_arrays_can_be_let_go(void **state) {
    (void)state;
    opened o;
    int32_t *ints;
    uint64_t count, before;
    bool found;
    pith__str text;
    static const int32_t many[40] = {1, 2, 3};
    gguf_init(&o.w, 3);
    gguf_str(&o.w, "a.text", "stays");
    gguf_array(&o.w, "many", PITH__VALUE_I32, many, 40);
    gguf_array(&o.w, "few", PITH__VALUE_I32, many, 16);
    gguf_tensor(&o.w, "weight", PITH__F32, 1, (uint64_t[]){4}, NULL, 0);
    gguf_finish(&o.w);
    open_writer(&o);
    before = pith__mem_used(&o.mem);
    assert_int_equal(pith__modelfile_trim(o.file, 16), PITH_OK);
    assert_int_equal(pith__modelfile_trim(o.file, 16), PITH_OK); /* again: nothing more to let go */
    assert_true(pith__mem_used(&o.mem) < before);
    assert_int_equal(pith__kv_str(o.file, "a.text", &found, &text), PITH_OK);
    assert_true(pith__str_is(text, "stays"));
    assert_int_equal(pith__modelfile_kv(o.file, "many")->count, 40);
    assert_int_equal(pith__kv_ints(o.file, &o.mem, "many", &ints, &count), PITH_E_STATE);
    assert_non_null(strstr(pith__error_text(), "'many'"));
    assert_int_equal(pith__kv_array_u64(o.file, "many", 0, &count), PITH_E_STATE);
    assert_int_equal(pith__kv_ints(o.file, &o.mem, "few", &ints, &count), PITH_OK);
    assert_int_equal(count, 16);
    assert_memory_equal(ints, many, 16 * sizeof(*ints));
    pith__mem_free(&o.mem, ints);
    assert_true(pith__str_is(pith__modelfile_tensor(o.file, "weight")->name, "weight"));
    close_opened(&o);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_versions_open),
        cmocka_unit_test(scalars_convert_when_they_fit),
        cmocka_unit_test(bools_and_strings),
        cmocka_unit_test(arrays_as_a_whole),
        cmocka_unit_test(arrays_of_another_kind_are_refused),
        cmocka_unit_test(arrays_may_be_empty_or_absent),
        cmocka_unit_test(array_elements),
        cmocka_unit_test(tensors_are_where_they_were_put),
        cmocka_unit_test(tensors_may_stand_in_any_order),
        cmocka_unit_test(files_without_keys_or_tensors_open),
        cmocka_unit_test(every_alignment_opens),
        cmocka_unit_test(every_kind_of_source),
        cmocka_unit_test(a_failing_reader_is_passed_on),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(the_budget_holds),
        cmocka_unit_test(a_large_vocabulary_is_cheap),
        cmocka_unit_test(long_arrays_can_be_let_go),
        cmocka_unit_test(real_files_open),
    };
    return cmocka_run_group_tests_name("gguf", tests, NULL, NULL);
}
