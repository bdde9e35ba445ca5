/* Stop strings against a search that looks at the whole stream again after every byte, whatever the chunks. */
#include "sampling_test.h"

static pith__stopper *new_stopper(pith__mem *mem, const char *const *texts, uint64_t count) {
    pith__str strings[8];
    pith__stopper *s = NULL;
    assert_true(count <= 8);
    for (uint64_t i = 0; i < count; i++) {
        strings[i] = pith__str_of(texts[i]);
    }
    assert_int_equal(pith__stopper_create(mem, strings, count, &s), PITH_OK);
    return s;
}

static bool ends_with(const char *text, uint64_t len, const char *tail, uint64_t tail_len) {
    return len >= tail_len && memcmp(text + len - tail_len, tail, tail_len) == 0;
}

/* The longest stop string that text[0..len) ends with, 0 if none. */
static uint64_t naive_match(const char *text, uint64_t len, const char *const *stops, uint64_t count) {
    uint64_t longest = 0;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t n = strlen(stops[i]);
        if (n > longest && ends_with(text, len, stops[i], n)) {
            longest = n;
        }
    }
    return longest;
}

/* The longest proper prefix of a stop string that text[0..len) ends with. */
static uint64_t naive_held(const char *text, uint64_t len, const char *const *stops, uint64_t count) {
    uint64_t longest = 0;
    for (uint64_t i = 0; i < count; i++) {
        for (uint64_t n = 1; n < strlen(stops[i]); n++) {
            if (n > longest && ends_with(text, len, stops[i], n)) {
                longest = n;
            }
        }
    }
    return longest;
}

/* Feeds `text` in chunks of `chunk` bytes and checks every answer. Returns whether a stop string was found. */
static bool check_chunks(pith__stopper *s, const char *text, uint64_t chunk, const char *const *stops, uint64_t count) {
    uint64_t len = strlen(text), shown = 0;
    pith__stopper_reset(s);
    for (uint64_t at = 0; at < len;) {
        uint64_t n = len - at < chunk ? len - at : chunk, consumed = 0, keep = 0;
        uint64_t stop_at = 0, stop_len = 0;
        for (uint64_t end = at + 1; end <= at + n && !stop_len; end++) {
            stop_len = naive_match(text, end, stops, count);
            stop_at = end;
        }
        bool found = pith__stopper_feed(s, text + at, n, &consumed, &keep);
        assert_int_equal(found, stop_len > 0);
        assert_true(keep >= shown); /* nothing that was shown is taken back */
        shown = keep;
        if (found) {
            assert_int_equal(at + consumed, stop_at);
            assert_int_equal(keep, stop_at - stop_len);
            return true;
        }
        at += n;
        assert_int_equal(consumed, n);
        assert_int_equal(keep, at - naive_held(text, at, stops, count));
    }
    return false;
}

static bool check_text(const char *text, const char *const *stops, uint64_t count) {
    pith__mem mem;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__stopper *s = new_stopper(&mem, stops, count);
    bool found = false;
    for (uint64_t chunk = 1; chunk <= strlen(text); chunk++) {
        found = check_chunks(s, text, chunk, stops, count);
    }
    pith__stopper_release(s);
    assert_int_equal(pith__mem_used(&mem), 0);
    return found;
}

static void test_every_boundary(void **state) {
    (void)state;
    assert_true(check_text("Hello\n\nUser: hi", (const char *[]){"\n\nUser:"}, 1));
    assert_true(check_text("a\n\n\nUser: hi", (const char *[]){"\n\nUser:", "\n\n\n\n"}, 2));
    assert_true(check_text("f\xc3\xa9\xe2\x82\xac!", (const char *[]){"\xe2\x82\xac"}, 1));
    assert_false(check_text("never here </s", (const char *[]){"</s>"}, 1));
}

static void test_overlapping_strings(void **state) {
    (void)state;
    const char *const classic[] = {"he", "she", "his", "hers"};
    assert_true(check_text("ushers", classic, 4)); /* she, not he: the longest of those that end together */
    assert_true(check_text("ahishers", classic, 4));
    assert_true(check_text("aaab", (const char *[]){"aab", "aaaa"}, 2));
    assert_true(check_text("xabcabd", (const char *[]){"abcabcd", "cabd"}, 2)); /* found through failure links */
    assert_true(check_text("abcd", (const char *[]){"abcde", "bc"}, 2));        /* one inside another that never ends */
    assert_true(check_text("dup", (const char *[]){"up", "up"}, 2));
}

static void test_random_texts(void **state) {
    uint64_t random = 5;
    uint32_t found = 0;
    (void)state;
    for (int round = 0; round < 400; round++) {
        char stops[3][8], text[25];
        const char *list[3];
        for (int i = 0; i < 3; i++) {
            uint32_t n = 1 + test_random(&random) % 7;
            for (uint32_t j = 0; j < n; j++) {
                stops[i][j] = (char)('a' + test_random(&random) % 2);
            }
            stops[i][n] = 0;
            list[i] = stops[i];
        }
        for (int j = 0; j < 24; j++) {
            text[j] = (char)('a' + test_random(&random) % 2);
        }
        text[24] = 0;
        found += check_text(text, list, 3);
    }
    assert_true(found > 100);
}

static void test_goes_on_behind_a_match(void **state) {
    pith__mem mem;
    uint64_t consumed, keep;
    (void)state;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__stopper *s = new_stopper(&mem, (const char *[]){"aa"}, 1);
    assert_true(pith__stopper_feed(s, "aaaa", 4, &consumed, &keep));
    assert_true(consumed == 2 && keep == 0);
    assert_true(pith__stopper_feed(s, "aa", 2, &consumed, &keep));
    assert_true(consumed == 2 && keep == 2);
    assert_false(pith__stopper_feed(s, NULL, 0, &consumed, &keep));
    assert_true(consumed == 0 && keep == 4);
    pith__stopper_release(s);
}

static void test_no_strings_and_empty_strings(void **state) {
    pith__mem mem;
    uint64_t consumed, keep;
    (void)state;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__stopper *s = new_stopper(&mem, NULL, 0);
    assert_false(pith__stopper_feed(s, "text", 4, &consumed, &keep));
    assert_true(consumed == 4 && keep == 4);
    pith__stopper_release(s);
    const pith__str with_empty[2] = {{"stop", 4}, {"", 0}};
    assert_int_equal(pith__stopper_create(&mem, with_empty, 2, &s), PITH_E_ARGUMENT);
    assert_null(s);
    const pith__str endless[2] = {{"x", UINT64_MAX}, {"x", 1}}; /* refused by its length, before a byte is read */
    assert_int_equal(pith__stopper_create(&mem, endless, 2, &s), PITH_E_ARGUMENT);
    pith__stopper_release(NULL);
    assert_int_equal(pith__mem_used(&mem), 0);
}

static int32_t create_and_release(pith__mem *mem, void *arg) {
    const pith__str strings[2] = {{"stop", 4}, {"halt", 4}};
    pith__stopper *s;
    (void)arg;
    int32_t status = pith__stopper_create(mem, strings, 2, &s);
    assert_int_equal(s == NULL, status != PITH_OK);
    pith__stopper_release(s);
    return status;
}

static void test_each_failed_allocation(void **state) {
    (void)state;
    assert_true(failing_alloc_each(create_and_release, NULL) > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_boundary),
        cmocka_unit_test(test_overlapping_strings),
        cmocka_unit_test(test_random_texts),
        cmocka_unit_test(test_goes_on_behind_a_match),
        cmocka_unit_test(test_no_strings_and_empty_strings),
        cmocka_unit_test(test_each_failed_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
