/* Fuzz target: a text as JSON, in 4 MiB. Walking and skipping must agree on whether it is JSON (but for numbers beyond
 * the range of a double, which skipping does not look at), and what was read must read back as itself. */
#include "formats/json_walk.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check_round_trip(const pith__json *first, pith__mem *mem) {
    pith__json second;
    pith__json_init(&second, mem);
    int32_t status = json_walk((pith__str){first->text, first->size}, mem, &second);
    if (status != PITH_E_MEMORY &&
        (status != PITH_OK || first->size != second.size || memcmp(first->text, second.text, second.size) != 0)) {
        __builtin_trap();
    }
    pith__json_free(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    pith__str text = {(const char *)bytes, size};
    pith__mem mem;
    pith__json out;
    pith__mem_init(&mem, NULL, NULL, UINT64_C(4) << 20);
    pith__json_init(&out, &mem);
    int32_t status = json_walk(text, &mem, &out);
    bool out_of_range = status == PITH_E_FORMAT && strstr(pith__error_text(), "range of a double");
    if (status != PITH_E_MEMORY && !out_of_range && json_pass(text) != status) {
        __builtin_trap();
    }
    if (status == PITH_OK) {
        check_round_trip(&out, &mem);
    }
    pith__json_free(&out);
    if (pith__mem_used(&mem) != 0) {
        __builtin_trap(); /* a leak is a finding */
    }
    return 0;
}
