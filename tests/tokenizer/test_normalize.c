/* Every normalizer step against the official package: on texts with results, and by a checksum on texts that hold every
 * code point. */
#include "tokenizer/normalize/normalize.h"
#include "tokenizer/unicode/utf8.h"
#include "tokenizer_test.h"
#include "vectors_normalize.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Runs a step; the result is `w`'s or the text itself. */
static pith__str normalized(pith__mem *mem, const pith__normal_step *step, pith__str text, pith__worktext *w) {
    bool changed = false;
    assert_int_equal(pith__normalize(step, mem, (const uint8_t *)text.ptr, text.len, PITH__AT_START, w, &changed),
                     PITH_OK);
    if (!changed) {
        return text;
    }
    assert_int_equal(w->source, text.len);
    return (pith__str){(const char *)w->text, w->length};
}

static void test_vectors(void **state) {
    (void)state;
    pith__mem mem;
    pith__worktext w = {0};
    pith__mem_init(&mem, NULL, NULL, 0);
    for (size_t i = 0; i < COUNT(normal_vectors); i++) {
        pith__str want = normal_vectors[i].want;
        pith__str got = normalized(&mem, &normal_steps[normal_vectors[i].step].step, normal_vectors[i].text, &w);
        if (!pith__str_equal(got, want)) {
            fail_msg("vector %u of step %u differs", (unsigned)i, (unsigned)normal_vectors[i].step);
        }
    }
    pith__worktext_free(&mem, &w);
    assert_int_equal(pith__mem_used(&mem), 0);
}

/* What a form has made, it leaves alone, and says so. */
static void test_forms_are_stable(void **state) {
    (void)state;
    pith__mem mem;
    pith__worktext w = {0};
    pith__mem_init(&mem, NULL, NULL, 0);
    for (size_t i = 0; i < COUNT(normal_vectors); i++) {
        const pith__normal_step *step = &normal_steps[normal_vectors[i].step].step;
        if (step->kind <= PITH__NORMAL_NFKD) {
            assert_ptr_equal(normalized(&mem, step, normal_vectors[i].want, &w).ptr, normal_vectors[i].want.ptr);
        }
    }
    pith__worktext_free(&mem, &w);
}

static uint64_t checksum(pith__str data, uint64_t value) {
    for (uint64_t i = 0; i < data.len; i++) {
        value = (value ^ (uint8_t)data.ptr[i]) * 0x100000001B3u;
    }
    return value;
}

/* The text of the generator's block: its code points with an "a" after each, then without. */
static pith__str block_text(const uint32_t *cps, uint32_t count, char *text) {
    uint8_t *at = (uint8_t *)text;
    for (uint32_t i = 0; i < count; i++) {
        at += pith__utf8_put(cps[i], at);
        *at++ = 'a';
    }
    for (uint32_t i = 0; i < count; i++) {
        at += pith__utf8_put(cps[i], at);
    }
    return (pith__str){text, (uint64_t)((char *)at - text)};
}

static uint64_t checksum_of_all(pith__mem *mem, const pith__normal_step *step, pith__worktext *w) {
    enum {
        BLOCK = 256
    };
    uint64_t value = 0xCBF29CE484222325u;
    uint32_t cps[BLOCK], count = 0;
    for (uint32_t cp = 0; cp < 0x110000; cp++) {
        if (cp < 0xD800 || cp >= 0xE000) {
            cps[count++] = cp;
        }
        if (count == BLOCK || cp == 0x10FFFF) {
            char text[BLOCK * 9];
            value = checksum(normalized(mem, step, block_text(cps, count, text), w), value);
            count = 0;
        }
    }
    return value;
}

static void test_every_code_point(void **state) {
    (void)state;
    pith__mem mem;
    pith__worktext w = {0};
    pith__mem_init(&mem, NULL, NULL, 0);
    for (size_t i = 0; i < COUNT(normal_steps); i++) {
        if (checksum_of_all(&mem, &normal_steps[i].step, &w) != normal_steps[i].checksum) {
            fail_msg("the checksum of step %u differs", (unsigned)i);
        }
    }
    pith__worktext_free(&mem, &w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_forms_are_stable),
        cmocka_unit_test(test_every_code_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
