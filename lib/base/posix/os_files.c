/* Files of base/os.h on POSIX: opened read-only and close-on-exec, read by position, so that threads share them freely.
 *
 * Invariant: only regular files are let in (opening a pipe must not block, a directory cannot be read), and the file
 * position of a descriptor that the host lent is never moved. Must not know: formats. */
#define _FILE_OFFSET_BITS 64
#include "base/os.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK_BYTES (UINT64_C(64) << 20) /* of one pread: Linux cuts longer ones at 2 GiB, others refuse them */

/* strerror follows the locale, so the common causes have their words here. */
static const char *cause_of(int e) {
    switch (e) {
    case ENOENT:
        return "no such file";
    case EACCES:
    case EPERM:
        return "permission denied";
    case EISDIR:
        return "it is a directory";
    case ENOTDIR:
        return "a part of the path is not a directory";
    case EMFILE:
    case ENFILE:
        return "too many open files";
    case ENAMETOOLONG:
        return "the name is too long";
    case ELOOP:
        return "too many symbolic links";
    case EBADF:
        return "not an open descriptor";
    case EIO:
        return "input/output error";
    case ENOMEM:
        return "out of memory";
    default:
        return "system error";
    }
}

static int32_t fail_file(const pith__file *f, const char *verb, int e) {
    return pith__fail(PITH_E_IO, "%s: cannot %s: %s (%d)", f->name, verb, cause_of(e), e);
}

/* Closes the descriptor again when it is not a regular file. */
static int32_t check_regular(pith__file *f) {
    struct stat info;
    if (fstat((int)f->handle, &info) != 0) {
        int e = errno;
        pith__file_close(f);
        return fail_file(f, "inspect", e);
    }
    if (!S_ISREG(info.st_mode)) {
        pith__file_close(f);
        return pith__fail(PITH_E_IO, "%s: cannot open: %s", f->name,
                          S_ISDIR(info.st_mode) ? "it is a directory" : "it is not a regular file");
    }
    return PITH_OK;
}

int32_t pith__file_open(pith__file *f, const char *path) {
    int fd;
    do { /* O_NONBLOCK: a pipe without a writer must not hold the caller; regular files do not care */
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    } while (fd < 0 && errno == EINTR);
    f->handle = fd;
    f->name = path;
    return fd < 0 ? fail_file(f, "open", errno) : check_regular(f);
}

int32_t pith__file_adopt(pith__file *f, int64_t fd) {
    f->handle = fd >= 0 && fd <= INT32_MAX ? fcntl((int)fd, F_DUPFD_CLOEXEC, 0) : -1;
    f->name = "<descriptor>";
    if (f->handle < 0) {
        return fd >= 0 && fd <= INT32_MAX ? fail_file(f, "duplicate", errno) : fail_file(f, "duplicate", EBADF);
    }
    return check_regular(f);
}

int32_t pith__file_size(const pith__file *f, uint64_t *size) {
    struct stat info;
    *size = 0;
    if (fstat((int)f->handle, &info) != 0) {
        return fail_file(f, "inspect", errno);
    }
    *size = (uint64_t)info.st_size;
    return PITH_OK;
}

int32_t pith__file_read(const pith__file *f, void *out, uint64_t size, uint64_t offset) {
    char *to = out;
    while (size > 0) {
        if (offset > INT64_MAX) {
            return fail_file(f, "read", EINVAL);
        }
        ssize_t got = pread((int)f->handle, to, (size_t)(size < CHUNK_BYTES ? size : CHUNK_BYTES), (off_t)offset);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return fail_file(f, "read", errno);
        }
        if (got == 0) {
            return pith__fail(PITH_E_IO, "%s: the file ends at %llu, where %llu more bytes were expected", f->name,
                              (unsigned long long)offset, (unsigned long long)size);
        }
        to += got;
        offset += (uint64_t)got;
        size -= (uint64_t)got;
    }
    return PITH_OK;
}

void pith__file_close(pith__file *f) {
    if (f->handle >= 0) {
        close((int)f->handle);
    }
    f->handle = -1;
}
