/* The opened model file: which reader it goes to, its memory and budget, and lookups by name. Typed values are in
 * kv_values.c.
 *
 * Invariant: everything but the struct itself is taken through file->mem, whose limit is the budget and whose hook is
 * the host's memory, so that no reader can forget the budget. Must not know: any format beyond its first bytes. */
#include "formats/modelfile_parts.h"
#include <string.h>

/* file->mem takes from the host's memory. */
static void *take_from_host(void *user, void *ptr, uint64_t old_size, uint64_t new_size, uint64_t alignment) {
    pith__mem *host = user;
    (void)old_size;
    if (new_size == 0) {
        pith__mem_free(host, ptr);
        return NULL;
    }
    void *out = ptr;
    int32_t status = ptr ? pith__mem_resize(host, &out, 1, new_size, "model metadata")
                         : pith__mem_alloc(host, &out, 1, new_size, alignment, "model metadata");
    return status == PITH_OK ? out : NULL;
}

static int32_t read_any(pith__modelfile *file) {
    uint8_t magic[4];
    if (pith__source_parts(file->source) == 0 || pith__source_size(file->source, 0) < sizeof(magic)) {
        return pith__fail(PITH_E_FORMAT, "%s: too short for a model file", pith__source_name(file->source, 0));
    }
    PITH_TRY(pith__source_read(file->source, 0, magic, sizeof(magic), 0));
    if (memcmp(magic, "GGUF", sizeof(magic)) == 0) {
        return pith__gguf_read(file);
    }
    return pith__fail(PITH_E_FORMAT,
                      "%s: not a GGUF file: it begins with bytes %02x %02x %02x %02x, expected 47 47 55 46",
                      pith__source_name(file->source, 0), magic[0], magic[1], magic[2], magic[3]);
}

int32_t pith__modelfile_open(pith__mem *mem, pith__source *source, uint64_t budget, pith__modelfile **out) {
    *out = NULL;
    pith__modelfile *file = NULL;
    PITH_TRY(PITH_NEW(mem, &file, "model file"));
    file->host = mem;
    pith__mem_init(&file->mem, take_from_host, mem, budget);
    pith__source_retain(source);
    file->source = source;
    int32_t status = read_any(file);
    if (status != PITH_OK) {
        pith__modelfile_release(file);
        return status;
    }
    *out = file;
    return PITH_OK;
}

void pith__modelfile_clear(pith__modelfile *file) {
    for (uint32_t i = 0; i < file->n_parts; i++) {
        pith__modelpart *part = &file->parts[i];
        pith__mem_free(&file->mem, part->bytes);
        pith__mem_free(&file->mem, part->kvs);
        pith__mem_free(&file->mem, part->keys.order);
    }
    pith__mem_free(&file->mem, file->parts);
    pith__mem_free(&file->mem, file->tensors);
    pith__mem_free(&file->mem, file->tensor_names.order);
    file->parts = NULL;
    file->tensors = NULL;
    file->tensor_names = (pith__names){0};
    file->n_parts = file->n_tensors = 0;
}

void pith__modelfile_release(pith__modelfile *file) {
    if (!file) {
        return;
    }
    pith__modelfile_clear(file);
    pith__source_release(file->source);
    pith__mem_free(file->host, file);
}

int32_t pith__modelfile_index_keys(pith__modelfile *file, pith__modelpart *part, uint32_t n_kv) {
    PITH_TRY(pith__names_build(&file->mem, part->kvs, sizeof(*part->kvs), n_kv, &part->keys));
    int64_t twice = pith__names_duplicate(&part->keys);
    if (twice < 0) {
        return PITH_OK;
    }
    return pith__fail(PITH_E_FORMAT, "%s: key '%.*s' stands there twice",
                      pith__source_name(file->source, (uint32_t)(part - file->parts)),
                      PITH__STR_ARG(part->kvs[twice].key));
}

int32_t pith__modelfile_index_tensors(pith__modelfile *file) {
    PITH_TRY(
        pith__names_build(&file->mem, file->tensors, sizeof(*file->tensors), file->n_tensors, &file->tensor_names));
    int64_t twice = pith__names_duplicate(&file->tensor_names);
    if (twice < 0) {
        return PITH_OK;
    }
    const pith__tensor_info *tensor = &file->tensors[twice];
    return pith__fail(PITH_E_FORMAT, "%s: tensor '%.*s' stands there twice",
                      pith__source_name(file->source, tensor->part), PITH__STR_ARG(tensor->name));
}

static int compare_places(const void *items, uint32_t a, uint32_t b) {
    const pith__tensor_info *x = (const pith__tensor_info *)items + a, *y = (const pith__tensor_info *)items + b;
    if (x->part != y->part) {
        return x->part < y->part ? -1 : 1;
    }
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

int32_t pith__modelfile_check_overlaps(pith__modelfile *file) {
    uint32_t *order = NULL;
    PITH_TRY(PITH_NEW_ARRAY(&file->mem, &order, file->n_tensors, "tensor order"));
    pith__order_sort(order, file->n_tensors, compare_places, file->tensors);
    const pith__tensor_info *before = NULL, *tensor = NULL;
    bool overlap = false;
    for (uint32_t i = 1; i < file->n_tensors && !overlap; i++) {
        before = &file->tensors[order[i - 1]];
        tensor = &file->tensors[order[i]];
        overlap = before->part == tensor->part && tensor->offset - before->offset < before->bytes;
    }
    pith__mem_free(&file->mem, order);
    if (!overlap) {
        return PITH_OK;
    }
    return pith__fail(PITH_E_FORMAT, "%s: tensor '%.*s' at offset %llu lies within tensor '%.*s' (%llu bytes at %llu)",
                      pith__source_name(file->source, tensor->part), PITH__STR_ARG(tensor->name),
                      (unsigned long long)tensor->offset, PITH__STR_ARG(before->name),
                      (unsigned long long)before->bytes, (unsigned long long)before->offset);
}

const pith__kv *pith__modelpart_kv(const pith__modelpart *part, const char *key) {
    int64_t index = pith__names_find(&part->keys, pith__str_of(key));
    return index >= 0 ? &part->kvs[index] : NULL;
}

const char *pith__modelfile_format(const pith__modelfile *file) {
    return file->format;
}

pith__source *pith__modelfile_source(const pith__modelfile *file) {
    return file->source;
}

uint64_t pith__modelfile_kv_count(const pith__modelfile *file) {
    return file->parts[0].keys.count;
}

const pith__kv *pith__modelfile_kv_at(const pith__modelfile *file, uint64_t index) {
    return index < file->parts[0].keys.count ? &file->parts[0].kvs[index] : NULL;
}

const pith__kv *pith__modelfile_kv(const pith__modelfile *file, const char *key) {
    return pith__modelpart_kv(&file->parts[0], key);
}

uint64_t pith__modelfile_tensor_count(const pith__modelfile *file) {
    return file->n_tensors;
}

const pith__tensor_info *pith__modelfile_tensor_at(const pith__modelfile *file, uint64_t index) {
    return index < file->n_tensors ? &file->tensors[index] : NULL;
}

const pith__tensor_info *pith__modelfile_tensor(const pith__modelfile *file, const char *name) {
    int64_t index = pith__names_find(&file->tensor_names, pith__str_of(name));
    return index >= 0 ? &file->tensors[index] : NULL;
}
