/* Writes GGUF files for tests, in memory: keys and tensors are added in any order, gguf_finish() lays the file out, and
 * gguf_find() tells where each field of it stands, so that tests can damage exactly that field. Runs out of memory by
 * abort(): it is for tests.
 *
 *     gguf_writer w;
 *     gguf_init(&w, 3);
 *     gguf_str(&w, "general.architecture", "llama");
 *     gguf_u32(&w, "llama.block_count", 2);
 *     gguf_tensor(&w, "token_embd.weight", PITH__F32, 2, (uint64_t[]){8, 32}, NULL, 0);   // zeros
 *     gguf_finish(&w);                                                                     // w.bytes, w.size
 *     gguf_free(&w); */
#ifndef PITH_TESTS_SUPPORT_GGUF_WRITER_H
#define PITH_TESTS_SUPPORT_GGUF_WRITER_H

#include "base/str.h"
#include "formats/modelfile.h"
#include <stdbool.h>
#include <stdint.h>

typedef struct gguf_buffer {
    uint8_t *bytes;
    uint64_t size, capacity;
} gguf_buffer;

/* Where in the file a field begins. */
typedef enum gguf_field {
    GGUF_MAGIC,
    GGUF_VERSION,
    GGUF_TENSOR_COUNT,
    GGUF_KEY_COUNT, /* of the head; their name is "" */
    GGUF_NAME_LENGTH,
    GGUF_NAME, /* of a key or tensor */
    GGUF_VALUE_TYPE,
    GGUF_ELEMENT_TYPE,
    GGUF_COUNT,
    GGUF_VALUE, /* of a key; the value of a string begins with its length */
    GGUF_DIM_COUNT,
    GGUF_DIMS,
    GGUF_TYPE,
    GGUF_OFFSET, /* of a tensor */
    GGUF_DATA    /* of a tensor; of the whole data section with name "" */
} gguf_field;

typedef struct gguf_mark {
    gguf_field field;
    char name[80];
    uint64_t offset;
} gguf_mark;

typedef struct gguf_writer {
    uint32_t version;
    uint64_t alignment;
    uint64_t n_kv, n_tensors;
    gguf_buffer kvs, infos, data; /* sections; marks are relative to theirs until gguf_finish */
    gguf_mark *marks;
    uint64_t n_marks, marks_capacity;
    uint8_t *bytes; /* the file, after gguf_finish */
    uint64_t size;
} gguf_writer;

void gguf_init(gguf_writer *w, uint32_t version);
void gguf_free(gguf_writer *w);

/* Writes general.alignment too; before the first tensor. Without it the alignment is 32, and no key says so. */
void gguf_set_alignment(gguf_writer *w, uint32_t alignment);

/* A value of a fixed size, as its bytes (of a little-endian machine). */
void gguf_value(gguf_writer *w, const char *key, pith__value_type type, const void *bytes);
void gguf_u8(gguf_writer *w, const char *key, uint8_t value);
void gguf_u16(gguf_writer *w, const char *key, uint16_t value);
void gguf_u32(gguf_writer *w, const char *key, uint32_t value);
void gguf_i32(gguf_writer *w, const char *key, int32_t value);
void gguf_u64(gguf_writer *w, const char *key, uint64_t value);
void gguf_f32(gguf_writer *w, const char *key, float value);
void gguf_bool(gguf_writer *w, const char *key, bool value);
void gguf_str(gguf_writer *w, const char *key, const char *text);
void gguf_array(gguf_writer *w, const char *key, pith__value_type element, const void *elements, uint64_t count);
void gguf_strings(gguf_writer *w, const char *key, const pith__str *texts, uint64_t count);

/* `data` has the bytes of the whole tensor in its file form, `bytes` of them; NULL: zeros, and bytes is worked out from
 * the type. */
void gguf_tensor(gguf_writer *w, const char *name, uint32_t dtype, uint32_t n_dims, const uint64_t *dims,
                 const void *data, uint64_t bytes);

void gguf_finish(gguf_writer *w);
/* False when the file could not be written. */
bool gguf_save(const gguf_writer *w, const char *path);

/* The offset of a field in the finished file; aborts when there is no such field. */
uint64_t gguf_find(const gguf_writer *w, gguf_field field, const char *name);

#endif
