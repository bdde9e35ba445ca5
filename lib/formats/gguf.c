/* A GGUF model of one file or several: reads each part, finds the siblings of a split model, and checks that the parts
 * belong together. The keys split.count, split.no and split.tensors.count are what llama.cpp's gguf-split writes.
 *
 * Invariant: the caller's source is not changed; siblings are opened into a source of the model file's own.
 * Must not know: what is in a part (gguf_part.c). */
#include "base/format.h"
#include "formats/gguf_part.h"

/* An integer of that part's metadata, or `otherwise` when the key is absent. */
static int32_t part_u64(const pith__modelpart *part, const char *key, uint64_t otherwise, uint64_t *out) {
    const pith__kv *kv = pith__modelpart_kv(part, key);
    *out = otherwise;
    return kv ? pith__value_u64(kv, out) : PITH_OK;
}

/* Reads parts until file->n_parts is `count`. */
static int32_t read_parts(pith__modelfile *file, uint32_t count) {
    while (file->n_parts < count) {
        uint32_t version;
        PITH_TRY(PITH_GROW_ARRAY(&file->mem, &file->parts, (uint64_t)file->n_parts + 1, "model parts"));
        file->parts[file->n_parts] = (pith__modelpart){0};
        file->n_parts++;
        PITH_TRY(pith__gguf_read_part(file, file->n_parts - 1, &version));
        if (file->n_parts == 1) {
            pith__format(file->format, sizeof(file->format), "GGUF v%u", version);
        }
    }
    return PITH_OK;
}

static int32_t check_number(const pith__modelfile *file, uint32_t part, const char *key, uint64_t expected) {
    uint64_t found;
    PITH_TRY(part_u64(&file->parts[part], key, UINT64_MAX, &found));
    if (found == expected) {
        return PITH_OK;
    }
    const char *name = pith__source_name(file->source, part);
    if (!pith__modelpart_kv(&file->parts[part], key)) {
        return pith__fail(PITH_E_FORMAT, "%s: key '%s' is missing in part %u of a split model", name, key, part + 1);
    }
    return pith__fail(PITH_E_FORMAT, "%s: key '%s' is %llu, expected %llu", name, key, (unsigned long long)found,
                      (unsigned long long)expected);
}

/* All parts are there: each must know its number and the same totals. */
static int32_t check_split(const pith__modelfile *file) {
    for (uint32_t i = 0; i < file->n_parts; i++) {
        PITH_TRY(check_number(file, i, "split.count", file->n_parts));
        PITH_TRY(check_number(file, i, "split.no", i));
    }
    for (uint32_t i = 0; i < file->n_parts; i++) { /* last: a wrong sum may only mean that a part is a wrong one */
        PITH_TRY(check_number(file, i, "split.tensors.count", file->n_tensors));
    }
    return PITH_OK;
}

/* In place of a source that is only the first file comes one with all of them. */
static int32_t open_siblings(pith__modelfile *file, uint32_t count) {
    pith__source *whole;
    PITH_TRY(pith__source_open_split(file->source, count, &whole));
    pith__modelfile_clear(file);
    pith__source_release(file->source);
    file->source = whole;
    return read_parts(file, 1);
}

/* Reads the parts after the first. */
static int32_t read_rest(pith__modelfile *file) {
    uint64_t count, number;
    PITH_TRY(part_u64(&file->parts[0], "split.count", 0, &count));
    PITH_TRY(part_u64(&file->parts[0], "split.no", 0, &number));
    uint32_t given = pith__source_parts(file->source);
    if (count <= 1 && given == 1) { /* a merged model says 0 */
        return PITH_OK;
    }
    if (number != 0) {
        return pith__fail(PITH_E_ARGUMENT, "%s: this is part %llu of %llu: open the first part",
                          pith__source_name(file->source, 0), (unsigned long long)number + 1,
                          (unsigned long long)count);
    }
    if (given == 1 && count <= UINT16_MAX) {
        PITH_TRY(open_siblings(file, (uint32_t)count));
    } else if (given != count) {
        return pith__fail(PITH_E_ARGUMENT, "%s: the model has %llu parts, the source %u",
                          pith__source_name(file->source, 0), (unsigned long long)(count ? count : 1), given);
    }
    PITH_TRY(read_parts(file, (uint32_t)count));
    return check_split(file);
}

int32_t pith__gguf_read(pith__modelfile *file) {
    PITH_TRY(read_parts(file, 1));
    PITH_TRY(read_rest(file));
    PITH_TRY(pith__modelfile_index_tensors(file));
    return pith__modelfile_check_overlaps(file);
}
