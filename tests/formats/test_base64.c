/* Base64: the vectors of RFC 4648, every byte in every place, every other character refused, no byte past the capacity.
 */
#include "formats/base64.h"
#include "support/cmocka_all.h"
#include <stdlib.h>

/* Encodes by the book: six bits a character. */
static uint64_t encode(const uint8_t *bytes, uint64_t size, char *out) {
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint64_t n = 0;
    for (uint64_t bit = 0; bit < 8 * size; bit += 6) {
        uint32_t two = (uint32_t)bytes[bit / 8] << 8 | (bit / 8 + 1 < size ? bytes[bit / 8 + 1] : 0);
        out[n++] = alphabet[two >> (10 - bit % 8) & 63];
    }
    while (n % 4 != 0) {
        out[n++] = '=';
    }
    return n;
}

/* Decodes from and to blocks of their own size, so that a sanitizer sees any excess. */
static bool decode(pith__str text, uint64_t capacity, uint8_t *out, uint64_t *size) {
    char *from = malloc(text.len ? (size_t)text.len : 1);
    uint8_t *to = malloc(capacity ? (size_t)capacity : 1);
    memcpy(from, text.ptr, (size_t)text.len);
    bool good = pith__base64_decode((pith__str){from, text.len}, to, capacity, size);
    if (good) {
        assert_true(*size <= capacity);
        memcpy(out, to, (size_t)*size);
    }
    free(from);
    free(to);
    return good;
}

static void the_standards_vectors(void **state) {
    (void)state;
    static const char *const vectors[][2] = {{"", ""},
                                             {"Zg==", "f"},
                                             {"Zm8=", "fo"},
                                             {"Zm9v", "foo"},
                                             {"Zm9vYg==", "foob"},
                                             {"Zm9vYmE=", "fooba"},
                                             {"Zm9vYmFy", "foobar"}};
    for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        uint8_t out[16];
        uint64_t size;
        pith__str text = pith__str_of(vectors[i][0]);
        assert_true(decode(text, pith__base64_room(text.len), out, &size));
        assert_int_equal(size, strlen(vectors[i][1]));
        assert_memory_equal(out, vectors[i][1], size);
    }
}

static void every_length_comes_back(void **state) {
    (void)state;
    for (uint64_t size = 0; size < 300; size++) {
        uint8_t bytes[300], out[300];
        char text[404];
        for (uint64_t i = 0; i < size; i++) {
            bytes[i] = (uint8_t)(i * 167 + size * 59);
        }
        uint64_t length = encode(bytes, size, text), got;
        assert_true(decode((pith__str){text, length}, size, out, &got)); /* the exact room is enough */
        assert_int_equal(got, size);
        assert_memory_equal(out, bytes, size);
        if (size > 0) {
            assert_false(decode((pith__str){text, length}, size - 1, out, &got));
        }
        for (uint64_t cut = 1; cut < 4 && cut <= length; cut++) {
            assert_false(decode((pith__str){text, length - cut}, size, out, &got));
        }
    }
}

/* Of all two-character starts that "==" can follow, those are taken that an encoder writes: the other bits are 0. */
static void one_byte_has_one_spelling(void **state) {
    (void)state;
    int taken = 0;
    for (uint32_t pair = 0; pair < 65536; pair++) {
        char text[4] = {(char)(pair >> 8), (char)pair, '=', '='}, again[4];
        uint8_t out[3];
        uint64_t size;
        if (decode((pith__str){text, 4}, 3, out, &size)) {
            assert_int_equal(size, 1);
            assert_int_equal(encode(out, 1, again), 4);
            assert_memory_equal(text, again, 4);
            taken++;
        }
    }
    assert_int_equal(taken, 256);
}

static void any_other_character_is_refused(void **state) {
    (void)state;
    for (int at = 0; at < 8; at++) {
        int taken = 0;
        for (int c = 0; c < 256; c++) {
            char text[8];
            uint8_t out[6];
            uint64_t size;
            memcpy(text, "AAAAAAAA", 8);
            text[at] = (char)c;
            taken += decode((pith__str){text, 8}, 6, out, &size);
        }
        assert_int_equal(taken, at == 7 ? 65 : 64); /* padding only where it belongs */
    }
    static const char *const wrong[] = {"=",  "==",   "===",  "====",     "A===",   "=AAA",  "A=AA", "AA=A", "Zg=",
                                        "Zg", "Zh==", "Zm9=", "Zg==Zg==", "Zg==\n", "Zm 8=", "Zm-_", "Z"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        uint8_t out[8];
        uint64_t size;
        if (decode(pith__str_of(wrong[i]), sizeof(out), out, &size)) {
            fail_msg("'%s' is taken", wrong[i]);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_standards_vectors),
        cmocka_unit_test(every_length_comes_back),
        cmocka_unit_test(one_byte_has_one_spelling),
        cmocka_unit_test(any_other_character_is_refused),
    };
    return cmocka_run_group_tests_name("base64", tests, NULL, NULL);
}
