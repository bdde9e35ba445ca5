/* The per-thread error text: fixed size, valid UTF-8, one a thread, and never lost for want of memory. */
#include "base/os.h"
#include "base/status.h"
#include "support/cmocka_all.h"
#include <stdlib.h>
#include <string.h>

static void statuses_have_names(void **state) {
    (void)state;
    assert_string_equal(pith__status_name(PITH_OK), "PITH_OK");
    assert_string_equal(pith__status_name(PITH_E_FORMAT), "PITH_E_FORMAT");
    assert_string_equal(pith__status_name(PITH_E_INTERNAL), "PITH_E_INTERNAL");
    assert_string_equal(pith__status_name(-12345), "PITH_E_UNKNOWN");
    for (int32_t status = PITH_E_INTERNAL; status <= PITH_OK; status++) { /* all numbers in between are taken */
        assert_string_not_equal(pith__status_name(status), "PITH_E_UNKNOWN");
        for (int32_t other = PITH_E_INTERNAL; other < status; other++) {
            assert_string_not_equal(pith__status_name(status), pith__status_name(other));
        }
    }
}

static void fail_returns_status_and_sets_text(void **state) {
    (void)state;
    assert_int_equal(pith__fail(PITH_E_IO, "%s at %d", "disk", 7), PITH_E_IO);
    assert_string_equal(pith__error_text(), "disk at 7");
    assert_int_equal(pith__error_adopt(PITH_E_BUSY, "queue is full"), PITH_E_BUSY);
    assert_string_equal(pith__error_text(), "queue is full");
}

static void the_own_text_may_be_an_argument(void **state) {
    (void)state;
    pith__fail(PITH_E_IO, "inner");
    pith__fail(PITH_E_IO, "outer: %s", pith__error_text());
    assert_string_equal(pith__error_text(), "outer: inner");
    pith__error_adopt(PITH_E_IO, pith__error_text() + 7);
    assert_string_equal(pith__error_text(), "inner");
}

static void long_texts_end_at_a_character(void **state) {
    (void)state;
    char text[PITH__ERROR_CAPACITY * 2];
    for (size_t shift = 0; shift < 3; shift++) {
        memset(text, 'x', shift);
        for (size_t i = shift; i + 3 < sizeof(text); i += 3) {
            memcpy(text + i, "\xe2\x82\xac", 4);
        }
        pith__fail(PITH_E_IO, "%s", text);
        size_t length = strlen(pith__error_text());
        assert_in_range(length, PITH__ERROR_CAPACITY - 4, PITH__ERROR_CAPACITY - 1);
        assert_int_equal((length - shift) % 3, 0);
        assert_memory_equal(pith__error_text(), text, length);
        pith__error_adopt(PITH_E_IO, text);
        assert_int_equal(strlen(pith__error_text()), length);
    }
}

static void texts_are_valid_utf8(void **state) {
    (void)state;
    pith__fail(PITH_E_FORMAT, "key '%s'", "a\xff\nb");
    assert_string_equal(pith__error_text(), "key 'a??b'");
}

typedef struct thread_result {
    char at_start[64], at_end[64];
} thread_result;

static void in_thread(void *arg) {
    thread_result *r = arg;
    strcpy(r->at_start, pith__error_text());
    pith__fail(PITH_E_STATE, "of the thread");
    strcpy(r->at_end, pith__error_text());
}

static void threads_have_their_own(void **state) {
    (void)state;
    pith__fail(PITH_E_IO, "of the main thread");
    for (int i = 0; i < 20; i++) { /* repeated, so that a leak of ended threads shows under the sanitizer */
        pith__thread t;
        thread_result r;
        assert_int_equal(pith__thread_start(&t, "test", in_thread, &r), PITH_OK);
        pith__thread_join(&t);
        assert_string_equal(r.at_start, "");
        assert_string_equal(r.at_end, "of the thread");
    }
    assert_string_equal(pith__error_text(), "of the main thread");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statuses_have_names),
        cmocka_unit_test(fail_returns_status_and_sets_text),
        cmocka_unit_test(the_own_text_may_be_an_argument),
        cmocka_unit_test(long_texts_end_at_a_character),
        cmocka_unit_test(texts_are_valid_utf8),
        cmocka_unit_test(threads_have_their_own),
    };
    return cmocka_run_group_tests_name("status", tests, NULL, NULL);
}
