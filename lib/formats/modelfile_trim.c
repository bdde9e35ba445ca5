/* Letting go of a model file's long arrays once they have been read: a vocabulary's are megabytes, and the tokenizer has its own
 * copy. What stays of a part's bytes is copied to a new place, and everything points there. */
#include "formats/modelfile_parts.h"
#include <string.h>

static bool is_dropped(const pith__kv *kv, uint64_t longest) {
    return kv->type == PITH__VALUE_ARRAY && kv->count > longest;
}

static uint64_t kept_bytes(const pith__modelfile *file, uint32_t index, uint64_t longest) {
    const pith__modelpart *part = &file->parts[index];
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < part->keys.count; i++) {
        bytes += part->kvs[i].key.len + (is_dropped(&part->kvs[i], longest) ? 0 : part->kvs[i].bytes);
    }
    for (uint32_t i = 0; i < file->n_tensors; i++) {
        bytes += file->tensors[i].part == index ? file->tensors[i].name.len : 0;
    }
    return bytes;
}

static uint8_t *copy(uint8_t **end, const void *from, uint64_t length) {
    uint8_t *at = *end;
    if (length > 0) {
        memcpy(at, from, (size_t)length);
    }
    *end += length;
    return at;
}

static void move_kept(pith__modelfile *file, uint32_t index, uint64_t longest, uint8_t *end) {
    pith__modelpart *part = &file->parts[index];
    for (uint32_t i = 0; i < part->keys.count; i++) {
        pith__kv *kv = &part->kvs[i];
        kv->key.ptr = (const char *)copy(&end, kv->key.ptr, kv->key.len);
        if (is_dropped(kv, longest)) {
            kv->data = NULL;
            kv->bytes = 0;
        } else {
            kv->data = copy(&end, kv->data, kv->bytes);
        }
    }
    for (uint32_t i = 0; i < file->n_tensors; i++) {
        pith__str *name = &file->tensors[i].name;
        if (file->tensors[i].part == index) {
            name->ptr = (const char *)copy(&end, name->ptr, name->len);
        }
    }
}

int32_t pith__modelfile_trim(pith__modelfile *file, uint64_t longest) {
    for (uint32_t i = 0; i < file->n_parts; i++) {
        uint8_t *kept = NULL;
        PITH_TRY(PITH_NEW_ARRAY(&file->mem, &kept, kept_bytes(file, i, longest) + 1, "model metadata"));
        move_kept(file, i, longest, kept);
        pith__mem_free(&file->mem, file->parts[i].bytes);
        file->parts[i].bytes = kept;
    }
    return PITH_OK;
}
