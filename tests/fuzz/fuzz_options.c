/* Fuzz target: options from JSON, for the scope that the first byte names. What is taken must come back as JSON that is
 * taken again and gives the same. */
#include <pith/pith.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static char *json_of(const pith_options *options, uint64_t *size) {
    if (pith_options_get_json(options, NULL, 0, size) != PITH_E_BUFFER) {
        __builtin_trap();
    }
    char *text = malloc(*size);
    if (!text || pith_options_get_json(options, text, *size, size) != PITH_OK) {
        __builtin_trap();
    }
    return text;
}

static void make_the_round_trip(const pith_options *options, int32_t scope) {
    pith_options *again;
    uint64_t first_size, second_size;
    if (pith_options_create(scope, &again) != PITH_OK) {
        __builtin_trap();
    }
    char *first = json_of(options, &first_size);
    if (pith_options_set_json(again, first, first_size) ==
        PITH_OK) { /* U+FFFD for broken bytes may make a text too long */
        char *second = json_of(again, &second_size);
        if (first_size != second_size || memcmp(first, second, first_size) != 0) {
            __builtin_trap();
        }
        free(second);
    }
    free(first);
    pith_options_release(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    if (size == 0) {
        return 0;
    }
    int32_t scope = PITH_SCOPE_HOST + bytes[0] % 4;
    pith_options *options;
    if (pith_options_create(scope, &options) != PITH_OK) {
        __builtin_trap();
    }
    if (pith_options_set_json(options, (const char *)bytes + 1, size - 1) == PITH_OK) {
        make_the_round_trip(options, scope);
    }
    pith_options_release(options);
    return 0;
}
