/* Argument checks and copies shared by the exported functions. Knows no object of the library. */
#include "api/args.h"
#include "base/format.h"
#include "formats/json_writer.h"
#include <stddef.h>

int32_t pith__arg_text(const char *function, const char *name, const char *text, uint64_t length, pith__str *out) {
    *out = (pith__str){"", 0};
    if (!text && length != 0) {
        return pith__fail(PITH_E_ARGUMENT, "%s: %s is NULL", function, name);
    }
    if (!text) {
        return PITH_OK;
    }
    if (length == PITH_MEASURE) {
        length = strlen(text);
    }
    PITH_TRY(pith__arg_array(function, name, text, length, 1));
    *out = (pith__str){text, length};
    return PITH_OK;
}

int32_t pith__arg_array(const char *function, const char *name, const void *array, uint64_t count, uint64_t size) {
    if (!array && count != 0) {
        return pith__fail(PITH_E_ARGUMENT, "%s: %s is NULL, with a count of %llu", function, name,
                          (unsigned long long)count);
    }
    if (count > PTRDIFF_MAX / size) {
        return pith__fail(PITH_E_ARGUMENT, "%s: %s cannot have %llu elements", function, name,
                          (unsigned long long)count);
    }
    return PITH_OK;
}

int32_t pith__arg_buffer(const char *function, const void *buffer, uint64_t capacity) {
    if (!buffer && capacity != 0) {
        return pith__fail(PITH_E_ARGUMENT,
                          "%s: buffer is NULL, with a capacity of %llu; give NULL and 0 to ask for the size", function,
                          (unsigned long long)capacity);
    }
    return PITH_OK;
}

int32_t pith__copy_out(const char *function, const void *bytes, uint64_t length, void *buffer, uint64_t capacity,
                       uint64_t *size) {
    *size = length;
    if (length > capacity) {
        return pith__fail(PITH_E_BUFFER, "%s: %llu bytes are needed, the buffer has %llu", function,
                          (unsigned long long)length, (unsigned long long)capacity);
    }
    if (length > 0) {
        memcpy(buffer, bytes, (size_t)length);
    }
    return PITH_OK;
}

int32_t pith__json_copy_out(const char *function, pith__json *json, char *buffer, uint64_t capacity, uint64_t *size) {
    int32_t status = pith__json_finish(json);
    if (status == PITH_OK) {
        status = pith__copy_out(function, json->text, json->size, buffer, capacity, size);
    }
    pith__json_free(json);
    return status;
}

int32_t pith__copy_error(const char *text, char *buffer, uint64_t capacity, uint64_t *size) {
    if (size) {
        *size = 0;
    }
    if (!buffer || capacity == 0) {
        return PITH_E_ARGUMENT; /* without a text of its own: that would wipe out the one asked for */
    }
    size_t length = strlen(text);
    if (length >= capacity) {
        length = pith__utf8_cut(text, (size_t)capacity - 1);
    }
    memcpy(buffer, text, length);
    buffer[length] = 0;
    if (size) {
        *size = length;
    }
    return PITH_OK;
}

int32_t pith__unknown_field(const char *function, int32_t field, const char *allowed) {
    return pith__fail(PITH_E_ARGUMENT, "%s: there is no field %d here; fields are %s", function, field, allowed);
}
