/* Every text is read from a block of its own size and in a memory that must be empty again. */
#include "formats/json_checks.h"
#include "formats/json_walk.h"
#include "support/cmocka_all.h"
#include <stdlib.h>

const char json_sample[] =
    " {\"version\" : \"1.0\", \"model\":{\"vocab\": {\"\\u0120a\":0,\"\xc3\xa9\\n\":1 },\n"
    "\"merges\":[[\"a\",\"b\\\\\"],[\"\\ud83d\\ude00\",\"\"]], \"unk\":null,\t\"score\": -1.5e-3,"
    "\"deep\":[{},[],[[[{\"x\":[true,false]}]]]]},\r\n\"n\":[0,-0,1E+2,12345678901]} ";
const char json_sample_compact[] =
    "{\"version\":\"1.0\",\"model\":{\"vocab\":{\"\xc4\xa0\x61\":0,\"\xc3\xa9\\n\":1},"
    "\"merges\":[[\"a\",\"b\\\\\"],[\"\xf0\x9f\x98\x80\",\"\"]],\"unk\":null,\"score\":-0.0015,"
    "\"deep\":[{},[],[[[{\"x\":[true,false]}]]]]},\"n\":[0,-0,100,12345678901]}";

static uint64_t random_state = 88172645463325252u;

uint64_t random_bits(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

pith__str exact_copy(pith__str text) {
    char *copy = malloc(text.len ? (size_t)text.len : 1);
    memcpy(copy, text.ptr, (size_t)text.len);
    return (pith__str){copy, text.len};
}

void free_copy(pith__str copy) {
    free((void *)(uintptr_t)copy.ptr);
}

int32_t checked_walk(pith__str text, char **compact) {
    pith__str copy = exact_copy(text);
    pith__mem mem;
    pith__json out;
    pith__mem_init(&mem, NULL, NULL, 0);
    pith__json_init(&out, &mem);
    pith__fail(PITH_E_INTERNAL, "no text was set");
    int32_t status = json_walk(copy, &mem, &out);
    *compact = NULL;
    if (status == PITH_OK) {
        *compact = calloc(1, (size_t)out.size + 1);
        memcpy(*compact, out.text, (size_t)out.size);
    } else {
        assert_string_not_equal(pith__error_text(), "no text was set");
    }
    pith__json_free(&out);
    assert_int_equal(pith__mem_used(&mem), 0);
    free_copy(copy);
    return status;
}

int32_t checked_pass(pith__str text) {
    pith__str copy = exact_copy(text);
    pith__fail(PITH_E_INTERNAL, "no text was set");
    int32_t status = json_pass(copy);
    if (status != PITH_OK) {
        assert_string_not_equal(pith__error_text(), "no text was set");
    }
    free_copy(copy);
    return status;
}
