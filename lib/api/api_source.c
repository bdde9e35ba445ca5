/* Sources: a host's reference around base/source. */
#include "api/args.h"
#include "api/default_host.h"
#include "api/source_object.h"

/* A source object without bytes yet. */
static int32_t create_empty(pith_host *host, pith_source **out) {
    PITH_TRY(pith__host_or_default(host, &host));
    PITH_TRY(PITH_NEW(&host->mem, out, "source"));
    pith__host_retain(host);
    (*out)->host = host;
    return PITH_OK;
}

/* Hands the finished source to the caller, or frees it when `status` is a failure. */
static int32_t deliver(int32_t status, pith_source *source, pith_source **out) {
    if (status != PITH_OK) {
        pith_source_release(source);
        return status;
    }
    *out = source;
    return PITH_OK;
}

/* `path` with a closing zero, in memory of the caller (pith__mem_free). */
static int32_t copy_path(pith__mem *mem, pith__str path, char **out) {
    if (path.len == 0 || memchr(path.ptr, 0, (size_t)path.len)) {
        return pith__fail(PITH_E_ARGUMENT, "the path is empty or holds a zero byte");
    }
    PITH_TRY(PITH_NEW_ARRAY(mem, out, path.len + 1, "path"));
    memcpy(*out, path.ptr, (size_t)path.len);
    return PITH_OK;
}

static int32_t open_path(pith_source *source, pith__str path) {
    pith__mem *mem = &source->host->mem;
    char *text;
    PITH_TRY(copy_path(mem, path, &text));
    int32_t status = pith__source_from_path(mem, text, &source->inner);
    pith__mem_free(mem, text);
    return status;
}

int32_t pith_source_from_path(pith_host *host, const char *path, uint64_t path_length, pith_source **out) {
    PITH_OUT(out, NULL);
    PITH_REQUIRE(path);
    pith__str text;
    pith_source *source;
    PITH_TRY(pith__arg_text(__func__, "path", path, path_length, &text));
    PITH_TRY(create_empty(host, &source));
    return deliver(open_path(source, text), source, out);
}

int32_t pith_source_from_fd(pith_host *host, int32_t fd, uint64_t offset, uint64_t length, pith_source **out) {
    PITH_OUT(out, NULL);
    if (fd < 0) {
        return pith__fail(PITH_E_ARGUMENT, "%s: %d is not a descriptor", __func__, fd);
    }
    pith_source *source;
    PITH_TRY(create_empty(host, &source));
    return deliver(pith__source_from_fd(&source->host->mem, fd, offset, length, &source->inner), source, out);
}

int32_t pith_source_from_memory(pith_host *host, const void *bytes, uint64_t length, pith_source **out) {
    PITH_OUT(out, NULL);
    PITH_REQUIRE(bytes);
    PITH_TRY(pith__arg_array(__func__, "bytes", bytes, length, 1));
    pith_source *source;
    PITH_TRY(create_empty(host, &source));
    return deliver(pith__source_from_memory(&source->host->mem, bytes, length, &source->inner), source, out);
}

int32_t pith_source_from_reader(pith_host *host, pith_read_fn read, void *user, uint64_t length, pith_source **out) {
    PITH_OUT(out, NULL);
    PITH_REQUIRE(read);
    pith_source *source;
    PITH_TRY(create_empty(host, &source));
    return deliver(pith__source_from_reader(&source->host->mem, read, user, length, &source->inner), source, out);
}

int32_t pith__source_check(const char *function, const pith_source *source, const pith_host *host) {
    if (!source->inner) {
        return pith__fail(PITH_E_ARGUMENT, "%s: this source became a part of another and is empty", function);
    }
    if (source->host != host) {
        return pith__fail(PITH_E_ARGUMENT, "%s: the source was made with another host", function);
    }
    return PITH_OK;
}

int32_t pith_source_add_part(pith_source *source, pith_source *part) {
    PITH_REQUIRE(source);
    PITH_REQUIRE(part);
    PITH_TRY(pith__source_check(__func__, source, source->host));
    PITH_TRY(pith__source_check(__func__, part, source->host));
    PITH_TRY(pith__source_add_part(source->inner, part->inner));
    part->inner = NULL;
    return PITH_OK;
}

void pith_source_release(pith_source *source) {
    if (!source) {
        return;
    }
    pith_host *host = source->host;
    pith__source_release(source->inner);
    pith__mem_free(&host->mem, source);
    pith__host_release(host);
}
