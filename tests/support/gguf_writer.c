/* See gguf_writer.h. Source of the format: the GGUF specification,
 * https://github.com/ggml-org/ggml/blob/master/docs/gguf.md */
#include "support/gguf_writer.h"
#include "quant/quant.h"
#include <stdio.h>
#include <stdlib.h>

enum {
    HEAD_BYTES = 24
};

static void append(gguf_buffer *b, const void *bytes, uint64_t count) {
    if (b->size + count > b->capacity) {
        b->capacity = (b->size + count) * 2;
        b->bytes = realloc(b->bytes, (size_t)b->capacity);
        if (!b->bytes) {
            abort();
        }
    }
    if (bytes) {
        memcpy(b->bytes + b->size, bytes, (size_t)count);
    } else if (count) {
        memset(b->bytes + b->size, 0, (size_t)count);
    }
    b->size += count;
}

static void append_number(gguf_buffer *b, uint64_t value, uint32_t bytes) {
    for (uint32_t i = 0; i < bytes; i++) {
        uint8_t byte = (uint8_t)(value >> (8 * i));
        append(b, &byte, 1);
    }
}

static void append_string(gguf_buffer *b, pith__str text) {
    append_number(b, text.len, 8);
    append(b, text.ptr, text.len);
}

static void mark(gguf_writer *w, gguf_field field, const char *name, uint64_t offset) {
    if (w->n_marks == w->marks_capacity) {
        w->marks_capacity = w->marks_capacity * 2 + 64;
        w->marks = realloc(w->marks, (size_t)w->marks_capacity * sizeof(*w->marks));
        if (!w->marks) {
            abort();
        }
    }
    gguf_mark *m = &w->marks[w->n_marks++];
    m->field = field;
    m->offset = offset;
    snprintf(m->name, sizeof(m->name), "%s", name);
}

void gguf_init(gguf_writer *w, uint32_t version) {
    memset(w, 0, sizeof(*w));
    w->version = version;
    w->alignment = 32;
}

void gguf_free(gguf_writer *w) {
    free(w->kvs.bytes);
    free(w->infos.bytes);
    free(w->data.bytes);
    free(w->marks);
    free(w->bytes);
    memset(w, 0, sizeof(*w));
}

void gguf_set_alignment(gguf_writer *w, uint32_t alignment) {
    w->alignment = alignment;
    gguf_u32(w, "general.alignment", alignment);
}

static void begin_kv(gguf_writer *w, const char *key, pith__value_type type) {
    w->n_kv++;
    mark(w, GGUF_NAME_LENGTH, key, w->kvs.size);
    mark(w, GGUF_NAME, key, w->kvs.size + 8);
    append_string(&w->kvs, pith__str_of(key));
    mark(w, GGUF_VALUE_TYPE, key, w->kvs.size);
    append_number(&w->kvs, (uint64_t)type, 4);
}

static void begin_array(gguf_writer *w, const char *key, pith__value_type element, uint64_t count) {
    begin_kv(w, key, PITH__VALUE_ARRAY);
    mark(w, GGUF_ELEMENT_TYPE, key, w->kvs.size);
    append_number(&w->kvs, (uint64_t)element, 4);
    mark(w, GGUF_COUNT, key, w->kvs.size);
    append_number(&w->kvs, count, 8);
    mark(w, GGUF_VALUE, key, w->kvs.size);
}

static uint32_t value_bytes(pith__value_type type) {
    static const uint8_t bytes[] = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
    return bytes[type];
}

void gguf_value(gguf_writer *w, const char *key, pith__value_type type, const void *bytes) {
    begin_kv(w, key, type);
    mark(w, GGUF_VALUE, key, w->kvs.size);
    append(&w->kvs, bytes, value_bytes(type));
}

void gguf_u8(gguf_writer *w, const char *key, uint8_t value) {
    gguf_value(w, key, PITH__VALUE_U8, &value);
}

void gguf_u16(gguf_writer *w, const char *key, uint16_t value) {
    gguf_value(w, key, PITH__VALUE_U16, &value);
}

void gguf_u32(gguf_writer *w, const char *key, uint32_t value) {
    gguf_value(w, key, PITH__VALUE_U32, &value);
}

void gguf_i32(gguf_writer *w, const char *key, int32_t value) {
    gguf_value(w, key, PITH__VALUE_I32, &value);
}

void gguf_u64(gguf_writer *w, const char *key, uint64_t value) {
    gguf_value(w, key, PITH__VALUE_U64, &value);
}

void gguf_f32(gguf_writer *w, const char *key, float value) {
    gguf_value(w, key, PITH__VALUE_F32, &value);
}

void gguf_bool(gguf_writer *w, const char *key, bool value) {
    uint8_t byte = value;
    gguf_value(w, key, PITH__VALUE_BOOL, &byte);
}

void gguf_str(gguf_writer *w, const char *key, const char *text) {
    begin_kv(w, key, PITH__VALUE_STRING);
    mark(w, GGUF_VALUE, key, w->kvs.size);
    append_string(&w->kvs, pith__str_of(text));
}

void gguf_array(gguf_writer *w, const char *key, pith__value_type element, const void *elements, uint64_t count) {
    begin_array(w, key, element, count);
    append(&w->kvs, elements, count * value_bytes(element));
}

void gguf_strings(gguf_writer *w, const char *key, const pith__str *texts, uint64_t count) {
    begin_array(w, key, PITH__VALUE_STRING, count);
    for (uint64_t i = 0; i < count; i++) {
        append_string(&w->kvs, texts[i]);
    }
}

static void pad_data(gguf_writer *w) {
    append(&w->data, NULL, (w->alignment - w->data.size % w->alignment) % w->alignment);
}

void gguf_tensor(gguf_writer *w, const char *name, uint32_t dtype, uint32_t n_dims, const uint64_t *dims,
                 const void *data, uint64_t bytes) {
    if (!data) {
        if (!pith__row_bytes(dtype, dims[0], &bytes)) {
            abort();
        }
        for (uint32_t i = 1; i < n_dims; i++) {
            bytes *= dims[i];
        }
    }
    w->n_tensors++;
    mark(w, GGUF_NAME_LENGTH, name, w->infos.size);
    mark(w, GGUF_NAME, name, w->infos.size + 8);
    append_string(&w->infos, pith__str_of(name));
    mark(w, GGUF_DIM_COUNT, name, w->infos.size);
    append_number(&w->infos, n_dims, 4);
    mark(w, GGUF_DIMS, name, w->infos.size);
    for (uint32_t i = 0; i < n_dims; i++) {
        append_number(&w->infos, dims[i], 8);
    }
    mark(w, GGUF_TYPE, name, w->infos.size);
    append_number(&w->infos, dtype, 4);
    pad_data(w);
    mark(w, GGUF_OFFSET, name, w->infos.size);
    append_number(&w->infos, w->data.size, 8);
    mark(w, GGUF_DATA, name, w->data.size);
    append(&w->data, data, bytes);
}

/* Moves the marks from their sections to the file. Names of keys and tensors are never the same in a test. */
static void move_marks(gguf_writer *w, uint64_t data_start) {
    bool tensor = false;
    for (uint64_t i = 0; i < w->n_marks; i++) {
        gguf_mark *m = &w->marks[i];
        if (m->field == GGUF_NAME_LENGTH) { /* opens the marks of one key or tensor: a tensor's third mark tells */
            tensor = i + 2 < w->n_marks && w->marks[i + 2].field == GGUF_DIM_COUNT;
        }
        m->offset += m->field == GGUF_DATA ? data_start : tensor ? HEAD_BYTES + w->kvs.size : HEAD_BYTES;
    }
    mark(w, GGUF_MAGIC, "", 0);
    mark(w, GGUF_VERSION, "", 4);
    mark(w, GGUF_TENSOR_COUNT, "", 8);
    mark(w, GGUF_KEY_COUNT, "", 16);
    mark(w, GGUF_DATA, "", data_start);
}

void gguf_finish(gguf_writer *w) {
    gguf_buffer file = {0};
    append(&file, "GGUF", 4);
    append_number(&file, w->version, 4);
    append_number(&file, w->n_tensors, 8);
    append_number(&file, w->n_kv, 8);
    append(&file, w->kvs.bytes, w->kvs.size);
    append(&file, w->infos.bytes, w->infos.size);
    if (w->n_tensors > 0) {
        append(&file, NULL, (w->alignment - file.size % w->alignment) % w->alignment);
    }
    move_marks(w, file.size);
    append(&file, w->data.bytes, w->data.size);
    w->bytes = file.bytes;
    w->size = file.size;
}

bool gguf_save(const gguf_writer *w, const char *path) {
    FILE *f = fopen(path, "wb");
    if (!f) {
        return false;
    }
    bool written = fwrite(w->bytes, 1, (size_t)w->size, f) == w->size;
    return fclose(f) == 0 && written;
}

uint64_t gguf_find(const gguf_writer *w, gguf_field field, const char *name) {
    for (uint64_t i = 0; i < w->n_marks; i++) {
        if (w->marks[i].field == field && strcmp(w->marks[i].name, name) == 0) {
            return w->marks[i].offset;
        }
    }
    fprintf(stderr, "gguf_find: no field %d of '%s'\n", (int)field, name);
    abort();
}
