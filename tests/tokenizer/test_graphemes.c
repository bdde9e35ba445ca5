/* Grapheme clusters against the `regex` package, on texts and by a checksum on texts that hold every code point; broken
 * bytes; and what single code points are. */
#include "tokenizer/unicode/graphemes.h"
#include "tokenizer/unicode/unicode.h"
#include "tokenizer/unicode/utf8.h"
#include "tokenizer_test.h"
#include "vectors_graphemes.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum {
    BLOCK = 256
};

/* Writes the length of each cluster, 255 for longer ones; returns how many. */
static uint64_t cluster_lengths(const uint8_t *text, uint64_t length, uint8_t *lengths) {
    uint64_t count = 0;
    for (uint64_t at = 0; at < length; count++) {
        uint64_t next = pith__grapheme_next(text + at, length - at);
        assert_in_range(next, 1, length - at);
        lengths[count] = next < 255 ? (uint8_t)next : 255;
        at += next;
    }
    return count;
}

static void test_vectors(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(grapheme_vectors); i++) {
        uint8_t lengths[64];
        pith__str text = grapheme_vectors[i].text, want = grapheme_vectors[i].lengths;
        uint64_t count = cluster_lengths((const uint8_t *)text.ptr, text.len, lengths);
        if (!pith__str_equal((pith__str){(const char *)lengths, count}, want)) {
            fail_msg("the clusters of text %u differ", (unsigned)i);
        }
    }
}

static uint64_t checksum_block(const uint32_t *cps, uint32_t count, uint64_t value) {
    uint8_t text[BLOCK * 9], lengths[BLOCK * 9];
    uint64_t length = 0;
    for (uint32_t i = 0; i < 2 * count; i++) {
        length += pith__utf8_put(cps[i % count], text + length);
        if (i < count) {
            text[length++] = 'a';
        }
    }
    uint64_t n = cluster_lengths(text, length, lengths);
    for (uint64_t i = 0; i < n; i++) {
        value = (value ^ lengths[i]) * 0x100000001B3u;
    }
    return value;
}

static void test_every_code_point(void **state) {
    (void)state;
    uint64_t value = 0xCBF29CE484222325u;
    uint32_t cps[BLOCK], count = 0;
    for (uint32_t cp = 0; cp < 0x110000; cp++) {
        if (cp < 0xD800 || cp >= 0xE000) {
            cps[count++] = cp;
        }
        if (count == BLOCK || cp == 0x10FFFF) {
            value = checksum_block(cps, count, value);
            count = 0;
        }
    }
    assert_true(value == grapheme_checksum);
}

static void test_broken(void **state) {
    (void)state;
    static const uint8_t text[] = "\xFF\xCC\x81"
                                  "e\xCC\x81\xE2\x80\r\n";
    static const uint8_t want[] = {1, 2, 3, 1, 1, 2};
    uint8_t lengths[16];
    assert_int_equal(cluster_lengths(text, sizeof(text) - 1, lengths), sizeof(want));
    assert_memory_equal(lengths, want, sizeof(want));
}

static void test_traits(void **state) {
    (void)state;
    assert_true(pith__unicode_is_white(0x3000) && pith__unicode_is_white('\v') && !pith__unicode_is_white(0x200B));
    assert_true(pith__unicode_is_punctuation('$') && pith__unicode_is_punctuation(0x3001) &&
                !pith__unicode_is_punctuation(0x20AC));
    assert_true(pith__unicode_is_word('_') && pith__unicode_is_word(0x4E2D) && pith__unicode_is_word(0x301));
    assert_true(pith__unicode_is_word(0x200D) && !pith__unicode_is_word(0xB2) && !pith__unicode_is_word(0x200B));
    assert_true(pith__unicode_is_control(0) && pith__unicode_is_control(0xAD) && !pith__unicode_is_control('\n'));
    assert_true(pith__unicode_is_numeric(0xBD) && pith__unicode_is_numeric(0x2167) &&
                !pith__unicode_is_numeric(0x4E00));
    assert_int_equal(pith__unicode_traits(PITH__UTF8_BROKEN), 0);
}

static void test_lower(void **state) {
    (void)state;
    uint32_t out[3];
    assert_int_equal(pith__unicode_lower(0x130, out), 2);
    assert_int_equal(out[0], 'i');
    assert_int_equal(out[1], 0x307);
    assert_int_equal(pith__unicode_lower(0x1E9E, out), 1);
    assert_int_equal(out[0], 0xDF);
    assert_int_equal(pith__unicode_lower(PITH__UTF8_BROKEN, out), 1);
    assert_int_equal(out[0], PITH__UTF8_BROKEN);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors), cmocka_unit_test(test_every_code_point),
        cmocka_unit_test(test_broken),  cmocka_unit_test(test_traits),
        cmocka_unit_test(test_lower),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
