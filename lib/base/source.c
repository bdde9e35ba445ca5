/* A source is a growing list of parts; each part is one of four kinds, told apart in read_part() and close_part() and
 * nowhere else.
 *
 * Invariant: a part's length is fixed when it is added, and every read is checked against it here, so that the four
 * kinds below never see a range outside. Must not know: what the bytes mean. */
#include "base/source.h"
#include "base/checked.h"
#include "base/format.h"
#include "base/os.h"
#include "base/str.h"

enum {
    MAX_PARTS = 65535
};

typedef enum part_kind {
    PART_PATH,
    PART_FD,
    PART_MEMORY,
    PART_READER
} part_kind;

typedef struct source_part {
    part_kind kind;
    pith__mem *mem;  /* of `path` */
    char *path;      /* PATH only: the file's name */
    pith__file file; /* PATH, FD */
    uint64_t start;  /* FD: where in the file the part starts */
    uint64_t length;
    const uint8_t *bytes; /* MEMORY */
    pith__read_hook read; /* READER */
    void *user;
} source_part;

struct pith__source {
    pith__mem *mem;
    _Atomic uint32_t references;
    uint32_t count;
    source_part *parts;
};

static void close_part(source_part *part) {
    if (part->kind == PART_PATH || part->kind == PART_FD) {
        pith__file_close(&part->file);
    }
    pith__mem_free(part->mem, part->path);
}

static int32_t append_part(pith__source *source, const source_part *part) {
    if (source->count >= MAX_PARTS) {
        return pith__fail(PITH_E_ARGUMENT, "a source takes at most %d parts", MAX_PARTS);
    }
    PITH_TRY(PITH_GROW_ARRAY(source->mem, &source->parts, (uint64_t)source->count + 1, "source"));
    source->parts[source->count++] = *part;
    return PITH_OK;
}

/* Makes a source of one part. The part is the source's on success, and closed on failure. */
static int32_t create(pith__mem *mem, source_part *part, pith__source **out) {
    pith__source *source = NULL;
    int32_t status = PITH_NEW(mem, &source, "source");
    if (status == PITH_OK) {
        source->mem = mem;
        atomic_init(&source->references, 1);
        status = append_part(source, part);
    }
    if (status != PITH_OK) {
        close_part(part);
        pith__mem_free(mem, source);
        return status;
    }
    *out = source;
    return PITH_OK;
}

/* Opens `path`, which the part owns from here on, also on failure. */
static int32_t open_path(pith__mem *mem, char *path, source_part *part) {
    *part = (source_part){.kind = PART_PATH, .mem = mem, .path = path, .file = {-1, path}};
    int32_t status = pith__file_open(&part->file, path);
    if (status == PITH_OK) {
        status = pith__file_size(&part->file, &part->length);
    }
    if (status != PITH_OK) {
        close_part(part);
    }
    return status;
}

int32_t pith__source_from_path(pith__mem *mem, const char *path, pith__source **out) {
    *out = NULL;
    if (!path || path[0] == '\0') {
        return pith__fail(PITH_E_ARGUMENT, "the path is empty");
    }
    size_t length = strlen(path) + 1;
    char *copy = NULL;
    PITH_TRY(PITH_NEW_ARRAY(mem, &copy, length, "path"));
    memcpy(copy, path, length);
    source_part part;
    PITH_TRY(open_path(mem, copy, &part));
    return create(mem, &part, out);
}

/* Sets the part's range, [start, start + length) of the file; length 0 means to its end. */
static int32_t set_range(source_part *part, uint64_t offset, uint64_t length) {
    uint64_t size;
    PITH_TRY(pith__file_size(&part->file, &size));
    if (offset > size || length > size - offset) {
        return pith__fail(PITH_E_ARGUMENT, "descriptor: offset %llu and length %llu lie outside the file of %llu bytes",
                          (unsigned long long)offset, (unsigned long long)length, (unsigned long long)size);
    }
    part->start = offset;
    part->length = length ? length : size - offset;
    return PITH_OK;
}

int32_t pith__source_from_fd(pith__mem *mem, int64_t fd, uint64_t offset, uint64_t length, pith__source **out) {
    *out = NULL;
    source_part part = {.kind = PART_FD, .mem = mem};
    PITH_TRY(pith__file_adopt(&part.file, fd));
    int32_t status = set_range(&part, offset, length);
    if (status != PITH_OK) {
        close_part(&part);
        return status;
    }
    return create(mem, &part, out);
}

int32_t pith__source_from_memory(pith__mem *mem, const void *bytes, uint64_t length, pith__source **out) {
    *out = NULL;
    if ((!bytes && length > 0) || length > SIZE_MAX) {
        return pith__fail(PITH_E_ARGUMENT, "memory source: %llu bytes at NULL, or more than can be addressed",
                          (unsigned long long)length);
    }
    source_part part = {.kind = PART_MEMORY, .mem = mem, .bytes = bytes, .length = length};
    return create(mem, &part, out);
}

int32_t pith__source_from_reader(pith__mem *mem, pith__read_hook read, void *user, uint64_t length,
                                 pith__source **out) {
    *out = NULL;
    if (!read) {
        return pith__fail(PITH_E_ARGUMENT, "reader source: the read function is NULL");
    }
    source_part part = {.kind = PART_READER, .mem = mem, .read = read, .user = user, .length = length};
    return create(mem, &part, out);
}

int32_t pith__source_add_part(pith__source *source, pith__source *more) {
    if (source == more) {
        return pith__fail(PITH_E_ARGUMENT, "a source cannot be added to itself");
    }
    if (atomic_load(&more->references) != 1) {
        return pith__fail(PITH_E_STATE, "%s: a source in use elsewhere cannot become a part",
                          pith__source_name(more, 0));
    }
    uint64_t total = (uint64_t)source->count + more->count;
    if (total > MAX_PARTS) {
        return pith__fail(PITH_E_ARGUMENT, "a source takes at most %d parts", MAX_PARTS);
    }
    PITH_TRY(PITH_GROW_ARRAY(source->mem, &source->parts, total, "source"));
    memcpy(source->parts + source->count, more->parts, more->count * sizeof(*more->parts));
    source->count = (uint32_t)total;
    more->count = 0;
    pith__source_release(more);
    return PITH_OK;
}

enum {
    SPLIT_SUFFIX = 20 /* "-00001-of-00003.gguf" */
};

/* The path of part 0 without its split suffix; false when it does not end in the suffix of the first of `count`. */
static bool split_stem(const char *path, uint32_t count, size_t *stem) {
    char suffix[48];
    pith__format(suffix, sizeof(suffix), "-00001-of-%05u.gguf", count);
    size_t length = strlen(path);
    if (strlen(suffix) != SPLIT_SUFFIX || length < SPLIT_SUFFIX) {
        return false;
    }
    *stem = length - SPLIT_SUFFIX;
    return memcmp(path + *stem, suffix, SPLIT_SUFFIX) == 0;
}

static int32_t add_sibling(pith__source *source, const char *first, size_t stem, uint32_t number, uint32_t count) {
    char *path = NULL;
    PITH_TRY(PITH_NEW_ARRAY(source->mem, &path, stem + SPLIT_SUFFIX + 1, "path"));
    memcpy(path, first, stem);
    pith__format(path + stem, SPLIT_SUFFIX + 1, "-%05u-of-%05u.gguf", number, count);
    source_part part;
    PITH_TRY(open_path(source->mem, path, &part));
    int32_t status = append_part(source, &part);
    if (status != PITH_OK) {
        close_part(&part);
    }
    return status;
}

int32_t pith__source_open_split(const pith__source *first, uint32_t count, pith__source **out) {
    *out = NULL;
    const char *path = first->count == 1 ? first->parts[0].path : NULL;
    size_t stem;
    if (!path || !split_stem(path, count, &stem)) {
        return pith__fail(PITH_E_ARGUMENT,
                          "%s: the other files of this model in %u parts cannot be found by its name: add them",
                          pith__source_name(first, 0), count);
    }
    pith__source *source = NULL;
    PITH_TRY(pith__source_from_path(first->mem, path, &source));
    for (uint32_t number = 2; number <= count; number++) {
        int32_t status = add_sibling(source, path, stem, number, count);
        if (status != PITH_OK) {
            pith__source_release(source);
            return status;
        }
    }
    *out = source;
    return PITH_OK;
}

uint32_t pith__source_parts(const pith__source *source) {
    return source->count;
}

uint64_t pith__source_size(const pith__source *source, uint32_t part) {
    return part < source->count ? source->parts[part].length : 0;
}

const char *pith__source_name(const pith__source *source, uint32_t part) {
    if (part >= source->count) {
        return "<no such part>";
    }
    switch (source->parts[part].kind) {
    case PART_PATH:
        return source->parts[part].path;
    case PART_FD:
        return "<descriptor>";
    case PART_MEMORY:
        return "<memory>";
    default:
        return "<reader>";
    }
}

static int32_t read_hooked(const source_part *part, void *out, uint64_t size, uint64_t offset) {
    int32_t status = part->read(part->user, out, size, offset);
    if (status == PITH_OK) {
        return PITH_OK;
    }
    bool known = status < 0 && status >= PITH_E_INTERNAL;
    return pith__fail(known ? status : PITH_E_IO, "<reader>: the host's reader failed (%d) for %llu bytes at %llu",
                      status, (unsigned long long)size, (unsigned long long)offset);
}

static int32_t read_part(const source_part *part, void *out, uint64_t size, uint64_t offset) {
    switch (part->kind) {
    case PART_MEMORY:
        memcpy(out, part->bytes + offset, (size_t)size);
        return PITH_OK;
    case PART_READER:
        return read_hooked(part, out, size, offset);
    default:
        return pith__file_read(&part->file, out, size, part->start + offset);
    }
}

int32_t pith__source_read(const pith__source *source, uint32_t part, void *out, uint64_t size, uint64_t offset) {
    uint64_t length = pith__source_size(source, part);
    if (offset > length || size > length - offset) {
        return pith__fail(PITH_E_FORMAT, "%s: %llu bytes at %llu lie outside its %llu bytes",
                          pith__source_name(source, part), (unsigned long long)size, (unsigned long long)offset,
                          (unsigned long long)length);
    }
    return size ? read_part(&source->parts[part], out, size, offset) : PITH_OK;
}

void pith__source_retain(pith__source *source) {
    atomic_fetch_add_explicit(&source->references, 1, memory_order_relaxed);
}

void pith__source_release(pith__source *source) {
    if (!source || atomic_fetch_sub_explicit(&source->references, 1, memory_order_acq_rel) != 1) {
        return;
    }
    for (uint32_t i = 0; i < source->count; i++) {
        close_part(&source->parts[i]);
    }
    pith__mem_free(source->mem, source->parts);
    pith__mem_free(source->mem, source);
}
