/* The key table as the public functions show it, and every key through every setter: at its bounds, past them, with a
 * wrong type, in a wrong scope. Iterates over the table, so that a new key is tested without a line here. */
#include "support/cmocka_all.h"
#include <math.h>
#include <pith/pith.h>
#include <stdbool.h>
#include <string.h>

static const int32_t scopes[] = {PITH_SCOPE_HOST, PITH_SCOPE_MODEL, PITH_SCOPE_ENGINE, PITH_SCOPE_REQUEST};
enum {
    SCOPES = 4
};

static const char *last_error(void) {
    static char text[512];
    assert_int_equal(pith_error_copy(text, sizeof(text), NULL), PITH_OK);
    return text;
}

static pith_options *options_of(int32_t scope) {
    pith_options *options;
    assert_int_equal(pith_options_create(scope, &options), PITH_OK);
    return options;
}

/* Calls `check` for every key with fresh options of its scope. */
static void each_key(void (*check)(pith_options *options, int32_t key)) {
    int32_t key;
    for (int s = 0; s < SCOPES; s++) {
        for (uint32_t i = 0; pith_key_at(scopes[s], i, &key) == PITH_OK; i++) {
            pith_options *options = options_of(scopes[s]);
            check(options, key);
            pith_options_release(options);
        }
    }
}

/* ---- the table ---- */

static void check_words(pith_options *options, int32_t key) {
    (void)options;
    for (int32_t kind = PITH_TEXT_NAME; kind <= PITH_TEXT_RANGE; kind++) {
        assert_non_null(pith_key_text(key, kind));
    }
    assert_null(pith_key_text(key, 0));
    assert_null(pith_key_text(key, PITH_TEXT_RANGE + 1));
    assert_true(strlen(pith_key_text(key, PITH_TEXT_MEANING)) > 10);
    assert_in_range(pith_key_type(key), PITH_TYPE_I64, PITH_TYPE_PAIRS);
}

static void every_key_has_words(void **state) {
    (void)state;
    each_key(check_words);
}

static void keys_are_found_by_name_in_their_scope_only(void **state) {
    (void)state;
    int32_t key, found;
    for (int s = 0; s < SCOPES; s++) {
        int32_t previous = 0;
        for (uint32_t i = 0; pith_key_at(scopes[s], i, &key) == PITH_OK; i++) {
            const char *name = pith_key_text(key, PITH_TEXT_NAME);
            assert_true(key > previous);
            previous = key;
            for (int other = 0; other < SCOPES; other++) {
                int32_t status = pith_key_find(scopes[other], name, PITH_MEASURE, &found);
                assert_int_equal(status, other == s ? PITH_OK : PITH_E_OPTION);
                assert_int_equal(found, other == s ? key : 0);
            }
            assert_int_equal(pith_key_find(scopes[s], name, strlen(name) - 1, &found), PITH_E_OPTION);
        }
        assert_true(previous > 0);
    }
}

static void check_range(pith_options *options, int32_t key) {
    double low = 7, high = 7, normal = 7;
    int32_t type = pith_key_type(key);
    bool number = type == PITH_TYPE_I64 || type == PITH_TYPE_F64;
    (void)options;
    assert_int_equal(pith_key_range(key, &low, &high, &normal), number ? PITH_OK : PITH_E_OPTION);
    assert_true(low <= normal && normal <= high);
    assert_true(number ? low < high : low == 0 && high == 0);
}

static void ranges_hold_their_defaults(void **state) {
    (void)state;
    each_key(check_range);
}

static void unknown_keys_are_refused(void **state) {
    (void)state;
    double a, b, c;
    int32_t key = 5;
    pith_options *options = options_of(PITH_SCOPE_REQUEST);
    assert_int_equal(pith_key_type(99999), PITH_E_OPTION);
    assert_int_equal(pith_key_range(99999, &a, &b, &c), PITH_E_OPTION);
    assert_null(pith_key_text(99999, PITH_TEXT_NAME));
    assert_int_equal(pith_key_at(9, 0, &key), PITH_E_ARGUMENT);
    assert_int_equal(key, 0);
    assert_int_equal(pith_key_find(0, "seed", PITH_MEASURE, &key), PITH_E_ARGUMENT);
    assert_int_equal(pith_options_set_i64(options, 99999, 1), PITH_E_OPTION);
    assert_int_equal(pith_options_clear(options, -1), PITH_E_OPTION);
    pith_options_release(options);
}

/* ---- setters ---- */

/* Each setter with a value that its own type would take. */
static int32_t set_as(pith_options *options, int32_t key, int32_t type) {
    static const int64_t one = 1;
    switch (type) {
    case PITH_TYPE_I64:
        return pith_options_set_i64(options, key, 1);
    case PITH_TYPE_F64:
        return pith_options_set_f64(options, key, 1);
    case PITH_TYPE_STR:
        return pith_options_set_str(options, key, key == PITH_KEY_KV_TYPE ? "f32" : "mean", PITH_MEASURE);
    case PITH_TYPE_STRS:
        return pith_options_add_str(options, key, "x", 1);
    case PITH_TYPE_I64S:
        return pith_options_set_i64s(options, key, &one, 1);
    default:
        return pith_options_add_pair(options, key, 1, 1);
    }
}

static void check_types(pith_options *options, int32_t key) {
    for (int32_t type = PITH_TYPE_I64; type <= PITH_TYPE_PAIRS; type++) {
        assert_int_equal(set_as(options, key, type), type == pith_key_type(key) ? PITH_OK : PITH_E_OPTION);
        if (type != pith_key_type(key)) {
            assert_non_null(strstr(last_error(), pith_key_text(key, PITH_TEXT_NAME)));
        }
    }
    assert_int_equal(pith_options_clear(options, key), PITH_OK);
}

static void keys_take_their_own_type_only(void **state) {
    (void)state;
    each_key(check_types);
}

static void check_scope(pith_options *options, int32_t key) {
    (void)options;
    for (int s = 0; s < SCOPES; s++) {
        pith_options *other = options_of(scopes[s]);
        int32_t found;
        bool own = pith_key_find(scopes[s], pith_key_text(key, PITH_TEXT_NAME), PITH_MEASURE, &found) == PITH_OK;
        assert_int_equal(set_as(other, key, pith_key_type(key)), own ? PITH_OK : PITH_E_OPTION);
        pith_options_release(other);
    }
}

static void keys_take_their_own_scope_only(void **state) {
    (void)state;
    each_key(check_scope);
}

static void check_bounds(pith_options *options, int32_t key) {
    double low, high, normal;
    if (pith_key_range(key, &low, &high, &normal) != PITH_OK) {
        return;
    }
    if (pith_key_type(key) == PITH_TYPE_F64) {
        assert_int_equal(pith_options_set_f64(options, key, low), PITH_OK);
        assert_int_equal(pith_options_set_f64(options, key, high), PITH_OK);
        assert_int_equal(pith_options_set_f64(options, key, nextafter(low, -HUGE_VAL)), PITH_E_OPTION);
        assert_int_equal(pith_options_set_f64(options, key, nextafter(high, HUGE_VAL)), PITH_E_OPTION);
        assert_int_equal(pith_options_set_f64(options, key, NAN), PITH_E_OPTION);
        assert_non_null(strstr(last_error(), pith_key_text(key, PITH_TEXT_RANGE)));
        return;
    }
    int64_t lowest = low <= -0x1p63 ? INT64_MIN : (int64_t)low, highest = high >= 0x1p63 ? INT64_MAX : (int64_t)high;
    assert_int_equal(pith_options_set_i64(options, key, lowest), PITH_OK);
    assert_int_equal(pith_options_set_i64(options, key, highest), PITH_OK);
    if (lowest > INT64_MIN) {
        assert_int_equal(pith_options_set_i64(options, key, lowest - 1), PITH_E_OPTION);
        assert_non_null(strstr(last_error(), pith_key_text(key, PITH_TEXT_RANGE)));
    }
    if (highest < INT64_MAX) {
        assert_int_equal(pith_options_set_i64(options, key, highest + 1), PITH_E_OPTION);
    }
}

static void numbers_are_held_to_their_range(void **state) {
    (void)state;
    each_key(check_bounds);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_has_words),
        cmocka_unit_test(keys_are_found_by_name_in_their_scope_only),
        cmocka_unit_test(ranges_hold_their_defaults),
        cmocka_unit_test(unknown_keys_are_refused),
        cmocka_unit_test(keys_take_their_own_type_only),
        cmocka_unit_test(keys_take_their_own_scope_only),
        cmocka_unit_test(numbers_are_held_to_their_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
