/* See exercise.h. */
#include "formats/exercise.h"
#include <stdlib.h>

enum {
    KEY_ROOM = 256,
    CHUNK = 4096
};

/* Reads every byte that a view names, so that a sanitizer sees it. */
static uint64_t touch(const void *bytes, uint64_t count) {
    const volatile uint8_t *p = bytes;
    uint64_t sum = 0;
    for (uint64_t i = 0; i < count; i++) {
        sum += p[i];
    }
    return sum == UINT64_MAX; /* never: each byte adds at most 255 */
}

static uint64_t as_scalars(const pith__modelfile *file, const char *key) {
    uint64_t u64, good = 0;
    int64_t i64;
    double f64;
    bool truth;
    pith__str str;
    good += pith__kv_u64(file, key, NULL, &u64) == PITH_OK;
    good += pith__kv_i64(file, key, NULL, &i64) == PITH_OK;
    good += pith__kv_f64(file, key, NULL, &f64) == PITH_OK;
    good += pith__kv_bool(file, key, NULL, &truth) == PITH_OK;
    if (pith__kv_str(file, key, NULL, &str) == PITH_OK) {
        good += 1 + touch(str.ptr, str.len);
    }
    return good;
}

static uint64_t as_arrays(const pith__modelfile *file, pith__mem *mem, const char *key) {
    uint64_t count, u64, good = 0;
    double f64;
    pith__str *strings;
    float *floats;
    int32_t *ints;
    if (pith__kv_strings(file, mem, key, &strings, &count) == PITH_OK) {
        good++;
        for (uint64_t i = 0; i < count; i++) {
            good += touch(strings[i].ptr, strings[i].len);
        }
        pith__mem_free(mem, strings);
    }
    if (pith__kv_floats(file, mem, key, &floats, &count) == PITH_OK) {
        good += 1 + touch(floats, count * sizeof(*floats));
        pith__mem_free(mem, floats);
    }
    if (pith__kv_ints(file, mem, key, &ints, &count) == PITH_OK) {
        good += 1 + touch(ints, count * sizeof(*ints));
        pith__mem_free(mem, ints);
    }
    const uint64_t indices[] = {0, 1, 1000, UINT64_MAX};
    for (int i = 0; i < 4; i++) {
        good += pith__kv_array_u64(file, key, indices[i], &u64) == PITH_OK;
        good += pith__kv_array_f64(file, key, indices[i], &f64) == PITH_OK;
    }
    return good;
}

static uint64_t read_tensor(const pith__modelfile *file, const pith__tensor_info *t) {
    static uint8_t chunk[CHUNK];
    uint64_t good = 0;
    for (uint64_t at = 0; at < t->bytes; at += CHUNK) {
        uint64_t size = t->bytes - at < CHUNK ? t->bytes - at : CHUNK;
        good += pith__source_read(pith__modelfile_source(file), t->part, chunk, size, t->offset + at) == PITH_OK;
    }
    return good + touch(t->name.ptr, t->name.len);
}

uint64_t exercise_modelfile(const pith__modelfile *file, pith__mem *mem) {
    uint64_t good = 0;
    for (uint64_t i = 0; i < pith__modelfile_kv_count(file); i++) {
        const pith__kv *kv = pith__modelfile_kv_at(file, i);
        good += touch(kv->key.ptr, kv->key.len) + touch(kv->data, kv->bytes);
        char key[KEY_ROOM];
        if (kv->key.len < KEY_ROOM) {
            memcpy(key, kv->key.ptr, (size_t)kv->key.len);
            key[kv->key.len] = '\0';
            good += as_scalars(file, key) + as_arrays(file, mem, key);
        }
    }
    for (uint64_t i = 0; i < pith__modelfile_tensor_count(file); i++) {
        good += read_tensor(file, pith__modelfile_tensor_at(file, i));
    }
    return good;
}
