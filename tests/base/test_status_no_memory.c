/* Error texts when the C library has no memory at all: this program wraps malloc, and the first failure of a thread
 * finds none. */
#include "base/os.h"
#include "base/status.h"
#include "support/cmocka_all.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static _Thread_local bool out_of_memory;

void *__real_malloc(size_t size);
void *__real_realloc(void *ptr, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_realloc(void *ptr, size_t size);

void *__wrap_malloc(size_t size) {
    return out_of_memory ? NULL : __real_malloc(size);
}

void *__wrap_realloc(void *ptr, size_t size) {
    return out_of_memory ? NULL : __real_realloc(ptr, size);
}

static void in_thread(void *arg) {
    char(*texts)[64] = arg;
    out_of_memory = true;
    pith__fail(PITH_E_MEMORY, "no one can keep this");
    strcpy(texts[0], pith__error_text());
    pith__fail(PITH_E_IO, "nor this");
    strcpy(texts[1], pith__error_text());
    out_of_memory = false;
    pith__fail(PITH_E_IO, "but this");
    strcpy(texts[2], pith__error_text());
    out_of_memory = true; /* the buffer is there now: no more memory is wanted */
    pith__fail(PITH_E_IO, "and this");
    strcpy(texts[3], pith__error_text());
    out_of_memory = false;
}

static void the_name_stands_for_the_text(void **state) {
    (void)state;
    char texts[4][64];
    pith__thread t;
    assert_int_equal(pith__thread_start(&t, "test", in_thread, texts), PITH_OK);
    pith__thread_join(&t);
    assert_string_equal(texts[0], "PITH_E_MEMORY");
    assert_string_equal(texts[1], "PITH_E_IO");
    assert_string_equal(texts[2], "but this");
    assert_string_equal(texts[3], "and this");
}

/* The thread ends with a static name in its slot, which must not be freed. */
static void ends_without_text(void *arg) {
    (void)arg;
    out_of_memory = true;
    pith__fail(PITH_E_MEMORY, "lost");
    out_of_memory = false;
}

static void names_are_not_freed(void **state) {
    (void)state;
    pith__thread t;
    assert_int_equal(pith__thread_start(&t, "test", ends_without_text, NULL), PITH_OK);
    pith__thread_join(&t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_name_stands_for_the_text),
        cmocka_unit_test(names_are_not_freed),
    };
    return cmocka_run_group_tests_name("status_no_memory", tests, NULL, NULL);
}
