/* Sources of every kind against the same bytes: ranges, parts, siblings, failures, sharing among threads. */
#include "base/os.h"
#include "base/source.h"
#include "support/cmocka_all.h"
#include "support/failing_alloc.h"
#include "support/temp_dir.h"
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    SIZE = 5000
};

typedef struct fixture {
    temp_dir dir;
    pith__mem mem;
    uint8_t bytes[SIZE];
    int32_t reader_status; /* what the host's reader returns */
} fixture;

static int set_up(void **state) {
    static fixture f;
    temp_dir_make(&f.dir);
    f.reader_status = PITH_OK;
    pith__mem_init(&f.mem, NULL, NULL, 0);
    for (int i = 0; i < SIZE; i++) {
        f.bytes[i] = (uint8_t)(i * 7 + i / 256);
    }
    *state = &f;
    return 0;
}

static int tear_down(void **state) {
    fixture *f = *state;
    temp_dir_remove(&f->dir);
    return pith__mem_used(&f->mem) != 0; /* every test gave back what it took */
}

/* Reads in bounds give the bytes; reads out of bounds give PITH_E_FORMAT and touch nothing. */
static void check_reads(const pith__source *s, uint32_t part, const uint8_t *bytes, uint64_t size) {
    static const uint64_t ranges[][2] = {{0, 0}, {0, 1}, {0, SIZE}, {17, 300}, {SIZE - 1, 1}, {SIZE, 0}, {100, 900}};
    uint8_t out[SIZE];
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
        uint64_t offset = ranges[i][0] < size ? ranges[i][0] : size;
        uint64_t count = ranges[i][1] < size - offset ? ranges[i][1] : size - offset;
        assert_int_equal(pith__source_read(s, part, out, count, offset), PITH_OK);
        assert_memory_equal(out, bytes + offset, count);
    }
    memset(out, 0x55, sizeof(out));
    const uint64_t outside[][2] = {{size, 1},       {size + 1, 0},   {0, size + 1},           {1, size},
                                   {UINT64_MAX, 1}, {1, UINT64_MAX}, {UINT64_MAX, UINT64_MAX}};
    for (size_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++) {
        assert_int_equal(pith__source_read(s, part, out, outside[i][1], outside[i][0]), PITH_E_FORMAT);
        assert_int_equal(out[0], 0x55);
    }
}

static void from_memory(void **state) {
    fixture *f = *state;
    pith__source *s;
    assert_int_equal(pith__source_from_memory(&f->mem, f->bytes, SIZE, &s), PITH_OK);
    assert_int_equal(pith__source_parts(s), 1);
    assert_int_equal(pith__source_size(s, 0), SIZE);
    assert_string_equal(pith__source_name(s, 0), "<memory>");
    check_reads(s, 0, f->bytes, SIZE);
    assert_int_equal(pith__source_size(s, 1), 0);
    uint8_t byte;
    assert_int_equal(pith__source_read(s, 1, &byte, 1, 0), PITH_E_FORMAT);
    pith__source_release(s);
    assert_int_equal(pith__source_from_memory(&f->mem, NULL, 0, &s), PITH_OK);
    pith__source_release(s);
    assert_int_equal(pith__source_from_memory(&f->mem, NULL, 1, &s), PITH_E_ARGUMENT);
    assert_null(s);
}

static void from_path(void **state) {
    fixture *f = *state;
    const char *path = temp_dir_write(&f->dir, "file", f->bytes, SIZE);
    pith__source *s;
    assert_int_equal(pith__source_from_path(&f->mem, path, &s), PITH_OK);
    assert_string_equal(pith__source_name(s, 0), path);
    check_reads(s, 0, f->bytes, SIZE);
    pith__source_release(s);
}

static void bad_paths(void **state) {
    fixture *f = *state;
    pith__source *s;
    assert_int_equal(pith__source_from_path(&f->mem, NULL, &s), PITH_E_ARGUMENT);
    assert_int_equal(pith__source_from_path(&f->mem, "", &s), PITH_E_ARGUMENT);
    assert_int_equal(pith__source_from_path(&f->mem, temp_dir_file(&f->dir, "absent"), &s), PITH_E_IO);
    assert_non_null(strstr(pith__error_text(), "absent"));
    assert_non_null(strstr(pith__error_text(), "no such file"));
    assert_int_equal(pith__source_from_path(&f->mem, f->dir.path, &s), PITH_E_IO);
    assert_non_null(strstr(pith__error_text(), "directory"));
    const char *pipe_path = temp_dir_file(&f->dir, "pipe");
    assert_int_equal(mkfifo(pipe_path, 0600), 0);
    assert_int_equal(pith__source_from_path(&f->mem, pipe_path, &s), PITH_E_IO); /* and does not wait for a writer */
    assert_non_null(strstr(pith__error_text(), "not a regular file"));
    assert_null(s);
}

static void from_descriptor(void **state) {
    fixture *f = *state;
    int fd = open(temp_dir_write(&f->dir, "file", f->bytes, SIZE), O_RDONLY);
    assert_true(fd >= 0);
    assert_int_equal(lseek(fd, 123, SEEK_SET), 123);
    pith__source *whole, *piece, *bad;
    assert_int_equal(pith__source_from_fd(&f->mem, fd, 0, 0, &whole), PITH_OK);
    assert_int_equal(pith__source_from_fd(&f->mem, fd, 1000, 2000, &piece), PITH_OK);
    assert_int_equal(pith__source_from_fd(&f->mem, fd, SIZE + 1, 0, &bad), PITH_E_ARGUMENT);
    assert_int_equal(pith__source_from_fd(&f->mem, fd, 1, SIZE, &bad), PITH_E_ARGUMENT);
    assert_int_equal(pith__source_from_fd(&f->mem, fd, UINT64_MAX, 2, &bad), PITH_E_ARGUMENT);
    check_reads(whole, 0, f->bytes, SIZE);
    check_reads(piece, 0, f->bytes + 1000, 2000);
    assert_int_equal(lseek(fd, 0, SEEK_CUR), 123); /* the host's position stays */
    close(fd);
    check_reads(whole, 0, f->bytes, SIZE); /* its descriptor is another */
    assert_int_equal(pith__source_from_fd(&f->mem, fd, 0, 0, &bad), PITH_E_IO);
    assert_int_equal(pith__source_from_fd(&f->mem, -1, 0, 0, &bad), PITH_E_IO);
    assert_int_equal(pith__source_from_fd(&f->mem, INT64_C(1) << 40, 0, 0, &bad), PITH_E_IO);
    pith__source_release(whole);
    pith__source_release(piece);
}

static void descriptors_are_closed(void **state) {
    fixture *f = *state;
    const char *path = temp_dir_write(&f->dir, "file", f->bytes, SIZE);
    int before = dup(0);
    close(before);
    for (int i = 0; i < 50; i++) {
        pith__source *s;
        assert_int_equal(pith__source_from_path(&f->mem, path, &s), PITH_OK);
        pith__source_release(s);
        assert_int_equal(pith__source_from_path(&f->mem, f->dir.path, &s), PITH_E_IO);
        assert_int_equal(pith__source_from_fd(&f->mem, 0, UINT64_MAX, 0, &s) == PITH_OK, 0);
    }
    int after = dup(0);
    close(after);
    assert_int_equal(after, before);
}

static void a_file_that_shrank_is_an_error(void **state) {
    fixture *f = *state;
    const char *path = temp_dir_write(&f->dir, "file", f->bytes, SIZE);
    pith__source *s;
    uint8_t out[SIZE];
    assert_int_equal(pith__source_from_path(&f->mem, path, &s), PITH_OK);
    assert_int_equal(truncate(path, 100), 0);
    assert_int_equal(pith__source_read(s, 0, out, 100, 0), PITH_OK);
    assert_int_equal(pith__source_read(s, 0, out, 101, 0), PITH_E_IO);
    assert_non_null(strstr(pith__error_text(), "ends at 100"));
    pith__source_release(s);
}

static int32_t read_bytes(void *user, void *out, uint64_t size, uint64_t offset) {
    const fixture *f = user;
    memcpy(out, f->bytes + offset, (size_t)size);
    return f->reader_status;
}

static void from_reader(void **state) {
    fixture *f = *state;
    pith__source *s;
    uint8_t out[8];
    assert_int_equal(pith__source_from_reader(&f->mem, NULL, f, SIZE, &s), PITH_E_ARGUMENT);
    assert_int_equal(pith__source_from_reader(&f->mem, read_bytes, f, SIZE, &s), PITH_OK);
    check_reads(s, 0, f->bytes, SIZE);
    f->reader_status = PITH_E_CANCELED;
    assert_int_equal(pith__source_read(s, 0, out, 8, 4990), PITH_E_CANCELED);
    assert_non_null(strstr(pith__error_text(), "reader"));
    static const int32_t not_ours[] = {1, 5, -1000, INT32_MIN, INT32_MAX};
    for (int i = 0; i < 5; i++) {
        f->reader_status = not_ours[i];
        assert_int_equal(pith__source_read(s, 0, out, 1, 4998), PITH_E_IO);
    }
    pith__source_release(s);
}

static void parts_are_moved(void **state) {
    fixture *f = *state;
    pith__source *s, *more, *shared;
    assert_int_equal(pith__source_from_memory(&f->mem, f->bytes, 1000, &s), PITH_OK);
    assert_int_equal(pith__source_from_path(&f->mem, temp_dir_write(&f->dir, "file", f->bytes, SIZE), &more), PITH_OK);
    assert_int_equal(pith__source_from_memory(&f->mem, f->bytes + 9, 90, &shared), PITH_OK);
    assert_int_equal(pith__source_add_part(s, s), PITH_E_ARGUMENT);
    pith__source_retain(shared);
    assert_int_equal(pith__source_add_part(s, shared), PITH_E_STATE);
    pith__source_release(shared);
    assert_int_equal(pith__source_add_part(more, shared), PITH_OK);
    assert_int_equal(pith__source_add_part(s, more), PITH_OK);
    assert_int_equal(pith__source_parts(s), 3);
    check_reads(s, 0, f->bytes, 1000);
    check_reads(s, 1, f->bytes, SIZE);
    check_reads(s, 2, f->bytes + 9, 90);
    pith__source_release(s);
}

static void split_files_are_found(void **state) {
    fixture *f = *state;
    temp_dir_write(&f->dir, "m-00002-of-00003.gguf", "second", 6);
    temp_dir_write(&f->dir, "m-00003-of-00003.gguf", "third", 5);
    const char *path = temp_dir_write(&f->dir, "m-00001-of-00003.gguf", "first", 5);
    pith__source *first, *whole;
    assert_int_equal(pith__source_from_path(&f->mem, path, &first), PITH_OK);
    assert_int_equal(pith__source_open_split(first, 2, &whole), PITH_E_ARGUMENT);
    assert_int_equal(pith__source_open_split(first, 3, &whole), PITH_OK);
    assert_int_equal(pith__source_parts(first), 1);
    assert_int_equal(pith__source_parts(whole), 3);
    check_reads(whole, 0, (const uint8_t *)"first", 5);
    check_reads(whole, 1, (const uint8_t *)"second", 6);
    check_reads(whole, 2, (const uint8_t *)"third", 5);
    assert_non_null(strstr(pith__source_name(whole, 2), "m-00003-of-00003.gguf"));
    assert_int_equal(pith__source_open_split(whole, 3, &(pith__source *){NULL}), PITH_E_ARGUMENT);
    pith__source_release(whole);
    unlink(temp_dir_file(&f->dir, "m-00002-of-00003.gguf"));
    assert_int_equal(pith__source_open_split(first, 3, &whole), PITH_E_IO);
    assert_non_null(strstr(pith__error_text(), "m-00002-of-00003.gguf"));
    pith__source_release(first);
    assert_int_equal(pith__source_from_memory(&f->mem, f->bytes, 9, &first), PITH_OK);
    assert_int_equal(pith__source_open_split(first, 3, &whole), PITH_E_ARGUMENT);
    pith__source_release(first);
}

static int32_t use_everything(pith__mem *mem, void *arg) {
    fixture *f = arg;
    int32_t status;
    pith__source *s = NULL, *more = NULL, *whole = NULL;
    PITH_TRY_OUT(pith__source_from_path(mem, temp_dir_file(&f->dir, "m-00001-of-00002.gguf"), &s));
    PITH_TRY_OUT(pith__source_open_split(s, 2, &whole));
    PITH_TRY_OUT(pith__source_from_reader(mem, read_bytes, f, SIZE, &more));
    PITH_TRY_OUT(pith__source_add_part(s, more));
    more = NULL;
out:
    pith__source_release(s);
    pith__source_release(more);
    pith__source_release(whole);
    return status;
}

static void every_allocation_may_fail(void **state) {
    fixture *f = *state;
    temp_dir_write(&f->dir, "m-00001-of-00002.gguf", "first", 5);
    temp_dir_write(&f->dir, "m-00002-of-00002.gguf", "second", 6);
    assert_true(failing_alloc_each(use_everything, f) >= 9);
}

static void read_much(void *arg) {
    pith__source *s = arg;
    uint8_t out[64];
    for (uint64_t i = 0; i < 2000; i++) {
        pith__source_retain(s);
        if (pith__source_read(s, 0, out, sizeof(out), i) != PITH_OK || out[0] != (uint8_t)(i * 7 + i / 256)) {
            return; /* keeps its reference, which the test sees */
        }
        pith__source_release(s);
    }
}

static void threads_share_a_source(void **state) {
    fixture *f = *state;
    pith__source *s;
    assert_int_equal(pith__source_from_path(&f->mem, temp_dir_write(&f->dir, "file", f->bytes, SIZE), &s), PITH_OK);
    pith__thread threads[4];
    for (int i = 0; i < 4; i++) {
        assert_int_equal(pith__thread_start(&threads[i], "reader", read_much, s), PITH_OK);
    }
    for (int i = 0; i < 4; i++) {
        pith__thread_join(&threads[i]);
    }
    pith__source_release(s);
    assert_int_equal(pith__mem_used(&f->mem), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(from_memory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(from_path, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bad_paths, set_up, tear_down),
        cmocka_unit_test_setup_teardown(from_descriptor, set_up, tear_down),
        cmocka_unit_test_setup_teardown(descriptors_are_closed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_that_shrank_is_an_error, set_up, tear_down),
        cmocka_unit_test_setup_teardown(from_reader, set_up, tear_down),
        cmocka_unit_test_setup_teardown(parts_are_moved, set_up, tear_down),
        cmocka_unit_test_setup_teardown(split_files_are_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_allocation_may_fail, set_up, tear_down),
        cmocka_unit_test_setup_teardown(threads_share_a_source, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("source", tests, NULL, NULL);
}
