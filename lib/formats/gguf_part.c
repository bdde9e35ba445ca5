/* One GGUF file, versions 2 and 3, little-endian: head, metadata, tensor infos. Source: the GGUF specification,
 * https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 *
 * The metadata is walked twice with the same code. The first walk checks everything while the cursor loads the bytes,
 * and takes no memory but theirs: a count that the file claims is believed only after that many things were seen. The
 * second, over bytes that are now known and no longer move, fills the arrays. Must not know: what keys mean, but for
 * general.alignment. */
#include "formats/gguf_part.h"
#include "base/checked.h"
#include "formats/cursor.h"
#include "quant/quant.h"

enum {
    HEAD_BYTES = 24,       /* magic, version, number of tensors, number of keys */
    MIN_KV_BYTES = 14,     /* a key of one byte and a value of one byte */
    MIN_TENSOR_BYTES = 33, /* a name of one byte and one dimension */
    MAX_KEY_LENGTH = 65535,
    MAX_TENSOR_NAME = 64,
    DEFAULT_ALIGNMENT = 32,
    MIN_ALIGNMENT = 8,
    MAX_ALIGNMENT = 1 << 20
};

typedef struct gguf_head {
    uint32_t version, n_tensors, n_kv;
} gguf_head;

static int32_t check_version(const pith__cursor *c, uint32_t version) {
    if (version == 2 || version == 3) {
        return PITH_OK;
    }
    if ((version & 0xffff) == 0 && version != 0) {
        return pith__cursor_fail(c, PITH_E_UNSUPPORTED, 4, "the file is big-endian, expected little-endian");
    }
    return pith__cursor_fail(c, version == 0 ? PITH_E_FORMAT : PITH_E_UNSUPPORTED, 4,
                             "GGUF version %u, expected 2 or 3", version);
}

/* Reads one of the head's counts; each thing takes at least `min_bytes` of what follows. */
static int32_t read_count(pith__cursor *c, const char *what, uint32_t limit, uint64_t min_bytes, uint32_t *out) {
    uint64_t count;
    PITH_TRY(pith__cursor_u64(c, what, &count));
    uint64_t room = (c->size - HEAD_BYTES) / min_bytes;
    if (count > room || count > limit) {
        return pith__cursor_fail(c, PITH_E_FORMAT, c->at - 8, "%s is %llu, expected at most %llu", what,
                                 (unsigned long long)count, (unsigned long long)(room < limit ? room : limit));
    }
    *out = (uint32_t)count;
    return PITH_OK;
}

static int32_t read_head(pith__cursor *c, gguf_head *head) {
    c->subject = NULL;
    PITH_TRY(pith__cursor_need(c, HEAD_BYTES, "the head"));
    if (memcmp(c->bytes, "GGUF", 4) != 0) {
        return pith__cursor_fail(c, PITH_E_FORMAT, 0, "not a GGUF file");
    }
    c->at = 4;
    PITH_TRY(pith__cursor_u32(c, "the version", &head->version));
    PITH_TRY(check_version(c, head->version));
    PITH_TRY(read_count(c, "the number of tensors", PITH__MAX_TENSORS, MIN_TENSOR_BYTES, &head->n_tensors));
    return read_count(c, "the number of keys", PITH__MAX_KEYS, MIN_KV_BYTES, &head->n_kv);
}

/* Reads the name that begins a key or a tensor, and makes it the subject of messages. */
static int32_t read_name(pith__cursor *c, const char *subject, uint64_t limit) {
    uint64_t length;
    c->subject = NULL;
    PITH_TRY(pith__cursor_u64(c, "the length of a name", &length));
    if (length == 0 || length > limit) {
        return pith__cursor_fail(c, PITH_E_FORMAT, c->at - 8, "the name of a %s has %llu bytes, expected 1 to %llu",
                                 subject, (unsigned long long)length, (unsigned long long)limit);
    }
    PITH_TRY(pith__cursor_skip(c, length, "a name"));
    c->subject = subject;
    c->name_at = c->at - length;
    c->name_length = length;
    return PITH_OK;
}

static pith__str name_of(const pith__cursor *c) {
    return (pith__str){(const char *)c->bytes + c->name_at, c->name_length};
}

/* ---- metadata ---- */

static int32_t skip_string(pith__cursor *c) {
    uint64_t length;
    PITH_TRY(pith__cursor_u64(c, "the length of a string", &length));
    if (length > pith__cursor_left(c)) {
        return pith__cursor_fail(c, PITH_E_FORMAT, c->at - 8, "a string of %llu bytes, but the file ends after %llu",
                                 (unsigned long long)length, (unsigned long long)pith__cursor_left(c));
    }
    return pith__cursor_skip(c, length, "a string");
}

static int32_t skip_bools(pith__cursor *c, uint64_t count) {
    PITH_TRY(pith__cursor_need(c, count, "the value"));
    for (uint64_t i = 0; i < count; i++) {
        if (c->bytes[c->at + i] > 1) {
            return pith__cursor_fail(c, PITH_E_FORMAT, c->at + i, "a bool is %u, expected 0 or 1", c->bytes[c->at + i]);
        }
    }
    c->at += count;
    return PITH_OK;
}

/* `count` values of one type that is no array, one after the other. */
static int32_t skip_values(pith__cursor *c, uint32_t type, uint64_t count) {
    if (type == PITH__VALUE_BOOL) {
        return skip_bools(c, count);
    }
    if (type != PITH__VALUE_STRING) {
        return pith__cursor_skip(c, count * pith__value_size(type), "the value");
    }
    for (uint64_t i = 0; i < count; i++) {
        PITH_TRY(skip_string(c));
    }
    return PITH_OK;
}

static int32_t check_value_type(const pith__cursor *c, uint32_t type, const char *what) {
    if (type == PITH__VALUE_STRING || type == PITH__VALUE_ARRAY || pith__value_size(type) != 0) {
        return PITH_OK;
    }
    return pith__cursor_fail(c, PITH_E_FORMAT, c->at - 4, "%s type is %u, expected 0 to 12", what, type);
}

/* Reads the head of an array. An element takes at least its size, a string at least its length word. */
static int32_t read_array_head(pith__cursor *c, uint32_t *element, uint64_t *count) {
    PITH_TRY(pith__cursor_u32(c, "the element type", element));
    PITH_TRY(check_value_type(c, *element, "the element"));
    if (*element == PITH__VALUE_ARRAY) {
        return pith__cursor_fail(c, PITH_E_UNSUPPORTED, c->at - 4, "an array of arrays, expected plain elements");
    }
    PITH_TRY(pith__cursor_u64(c, "the number of elements", count));
    uint64_t least = *element == PITH__VALUE_STRING ? 8 : pith__value_size(*element);
    if (*count > pith__cursor_left(c) / least) {
        return pith__cursor_fail(
            c, PITH_E_FORMAT, c->at - 8, "an array of %llu elements (%s), but the file ends after %llu bytes",
            (unsigned long long)*count, pith__value_name(*element), (unsigned long long)pith__cursor_left(c));
    }
    return PITH_OK;
}

/* Reads one key and its value. The pointers in *out are good until the cursor's buffer grows. */
static int32_t read_kv(pith__cursor *c, pith__kv *out) {
    uint32_t type, element;
    uint64_t count = 1;
    PITH_TRY(read_name(c, "key", MAX_KEY_LENGTH));
    PITH_TRY(pith__cursor_u32(c, "the value type", &type));
    PITH_TRY(check_value_type(c, type, "the value"));
    element = type;
    if (type == PITH__VALUE_ARRAY) {
        PITH_TRY(read_array_head(c, &element, &count));
    }
    uint64_t start = c->at;
    PITH_TRY(skip_values(c, element, count));
    *out = (pith__kv){name_of(c), (pith__value_type)type, (pith__value_type)element,
                      count,      c->bytes + start,       c->at - start};
    return PITH_OK;
}

/* ---- tensors ---- */

static int32_t read_dims(pith__cursor *c, pith__tensor_info *t) {
    PITH_TRY(pith__cursor_u32(c, "the number of dimensions", &t->n_dims));
    if (t->n_dims < 1 || t->n_dims > PITH__MAX_DIMS) {
        return pith__cursor_fail(c, PITH_E_FORMAT, c->at - 4, "%u dimensions, expected 1 to %d", t->n_dims,
                                 PITH__MAX_DIMS);
    }
    for (uint32_t i = 0; i < PITH__MAX_DIMS; i++) {
        t->dims[i] = 1;
        if (i < t->n_dims) {
            PITH_TRY(pith__cursor_u64(c, "a dimension", &t->dims[i]));
        }
        if (t->dims[i] < 1 || t->dims[i] > INT64_MAX) {
            return pith__cursor_fail(c, PITH_E_FORMAT, c->at - 8, "dimension %u is %llu, expected 1 to 2^63-1", i,
                                     (unsigned long long)t->dims[i]);
        }
    }
    return PITH_OK;
}

static int32_t read_dtype(pith__cursor *c, pith__tensor_info *t) {
    uint32_t type;
    PITH_TRY(pith__cursor_u32(c, "the tensor type", &type));
    if (!pith__dtype_get(type)) {
        return pith__cursor_fail(c, type < PITH__DTYPE_LIMIT ? PITH_E_UNSUPPORTED : PITH_E_FORMAT, c->at - 4,
                                 "tensor type %u is not one this version knows", type);
    }
    t->dtype = (pith__dtype)type;
    return PITH_OK;
}

/* The bytes of the whole tensor, from its type and dimensions. */
static int32_t size_tensor(const pith__cursor *c, pith__tensor_info *t) {
    const pith__dtype_info *info = pith__dtype_get(t->dtype);
    if (t->dims[0] % info->block != 0) {
        return pith__cursor_fail(c, PITH_E_FORMAT, c->at, "rows of %llu elements, expected a multiple of %u (%s)",
                                 (unsigned long long)t->dims[0], info->block, info->name);
    }
    bool fits = pith__row_bytes(t->dtype, t->dims[0], &t->bytes);
    for (uint32_t i = 1; i < t->n_dims && fits; i++) {
        fits = pith__mul_u64(t->bytes, t->dims[i], &t->bytes);
    }
    if (!fits || t->bytes > c->size) {
        return pith__cursor_fail(c, PITH_E_FORMAT, c->at,
                                 "the dimensions %llu x %llu x %llu x %llu (%s) are more than the file",
                                 (unsigned long long)t->dims[0], (unsigned long long)t->dims[1],
                                 (unsigned long long)t->dims[2], (unsigned long long)t->dims[3], info->name);
    }
    return PITH_OK;
}

/* Reads one tensor info; the offset is still the file's own, from the start of the data. */
static int32_t read_tensor(pith__cursor *c, pith__tensor_info *out) {
    PITH_TRY(read_name(c, "tensor", MAX_TENSOR_NAME));
    out->part = c->part;
    PITH_TRY(read_dims(c, out));
    PITH_TRY(read_dtype(c, out));
    PITH_TRY(size_tensor(c, out));
    PITH_TRY(pith__cursor_u64(c, "the offset", &out->offset));
    out->name = name_of(c);
    return PITH_OK;
}

/* ---- the whole part ---- */

/* Walks from the head to the end of the tensor infos. With kvs and tensors NULL it only checks, and loads the bytes. */
static int32_t walk(pith__cursor *c, gguf_head *head, pith__kv *kvs, pith__tensor_info *tensors) {
    c->at = 0;
    PITH_TRY(read_head(c, head));
    for (uint32_t i = 0; i < head->n_kv; i++) {
        pith__kv unused;
        PITH_TRY(read_kv(c, kvs ? &kvs[i] : &unused));
    }
    for (uint32_t i = 0; i < head->n_tensors; i++) {
        pith__tensor_info unused;
        PITH_TRY(read_tensor(c, tensors ? &tensors[i] : &unused));
    }
    return PITH_OK;
}

static int32_t read_alignment(pith__cursor *c, const pith__modelpart *part, uint64_t *out) {
    *out = DEFAULT_ALIGNMENT;
    const pith__kv *kv = pith__modelpart_kv(part, "general.alignment");
    if (!kv) {
        return PITH_OK;
    }
    PITH_TRY(pith__value_u64(kv, out));
    if (*out < MIN_ALIGNMENT || *out > MAX_ALIGNMENT || (*out & (*out - 1)) != 0) {
        c->subject = NULL;
        return pith__cursor_fail(c, PITH_E_FORMAT, (uint64_t)(kv->data - c->bytes),
                                 "general.alignment is %llu, expected a power of two from %d to %d",
                                 (unsigned long long)*out, MIN_ALIGNMENT, MAX_ALIGNMENT);
    }
    return PITH_OK;
}

/* Turns the offsets into offsets from the start of the part, and checks that the data lies in it. */
static int32_t place_tensors(pith__cursor *c, const pith__modelpart *part, pith__tensor_info *tensors) {
    uint64_t alignment;
    PITH_TRY(read_alignment(c, part, &alignment));
    uint64_t start = pith__round_up(c->at, alignment);
    for (uint32_t i = 0; i < part->n_tensors; i++) {
        pith__tensor_info *t = &tensors[i];
        c->subject = "tensor";
        c->name_at = (uint64_t)((const uint8_t *)t->name.ptr - c->bytes);
        c->name_length = t->name.len;
        uint64_t offset = t->offset;
        if (offset % alignment != 0) {
            return pith__cursor_fail(c, PITH_E_FORMAT, offset,
                                     "the data's offset is not a multiple of the alignment %llu",
                                     (unsigned long long)alignment);
        }
        if (!pith__add_u64(start, offset, &t->offset) || t->offset > c->size || t->bytes > c->size - t->offset) {
            return pith__cursor_fail(
                c, PITH_E_FORMAT, offset, "%llu bytes of data, but the file has %llu after the metadata",
                (unsigned long long)t->bytes, (unsigned long long)(c->size > start ? c->size - start : 0));
        }
    }
    return PITH_OK;
}

/* Takes the arrays for what the first walk counted, and fills them. */
static int32_t fill_part(pith__modelfile *file, pith__cursor *c, gguf_head *head) {
    pith__modelpart *part = &file->parts[c->part];
    uint32_t first = file->n_tensors;
    PITH_TRY(PITH_GROW_ARRAY(&file->mem, &c->bytes, c->at, "model metadata"));
    c->have = c->at;
    part->bytes = c->bytes;
    PITH_TRY(PITH_NEW_ARRAY(&file->mem, &part->kvs, head->n_kv, "model metadata"));
    if (head->n_tensors > PITH__MAX_TENSORS - first) {
        return pith__fail(PITH_E_FORMAT, "%s: all parts together have more than %d tensors",
                          pith__source_name(file->source, c->part), PITH__MAX_TENSORS);
    }
    PITH_TRY(PITH_GROW_ARRAY(&file->mem, &file->tensors, (uint64_t)first + head->n_tensors, "tensor list"));
    PITH_TRY(walk(c, head, part->kvs, file->tensors + first));
    file->n_tensors += head->n_tensors;
    part->n_tensors = head->n_tensors;
    PITH_TRY(pith__modelfile_index_keys(file, part, head->n_kv));
    return place_tensors(c, part, file->tensors + first);
}

int32_t pith__gguf_read_part(pith__modelfile *file, uint32_t index, uint32_t *version) {
    pith__cursor c;
    gguf_head head = {0, 0, 0};
    pith__cursor_init(&c, &file->mem, file->source, index);
    int32_t status = walk(&c, &head, NULL, NULL);
    if (status == PITH_OK) {
        status = fill_part(file, &c, &head);
    }
    if (!file->parts[index].bytes) {
        pith__cursor_free(&c);
    }
    *version = head.version;
    return status;
}
