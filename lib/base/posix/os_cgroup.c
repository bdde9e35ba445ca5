/* How many processors this process may use: its affinity mask, then the smallest CPU quota among its control group and
 * that group's ancestors. Version 2 has "cpu.max" ("<quota|max> <period>"), version 1 "cpu.cfs_quota_us" (-1: none) and
 * "cpu.cfs_period_us". Sources: the kernel's admin-guide/cgroup-v2.rst and scheduler/sched-bwc.rst.
 *
 * Invariant: anything unreadable or unexpected means "no quota", never a failure. Must not know: pools. */
#include "base/posix/os_cgroup.h"
#include "base/format.h"
#include "base/os.h"
#include "base/str.h"
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#define NO_QUOTA UINT32_MAX

/* Files in /proc and /sys have no size: read until the end or the capacity. Returns the length; the text is closed with
 * a zero. */
static size_t read_text(const char *path, char *out, size_t capacity) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t length = 0;
    if (fd >= 0) {
        ssize_t got;
        while (length + 1 < capacity && (got = read(fd, out + length, capacity - 1 - length)) > 0) {
            length += (size_t)got;
        }
        close(fd);
    }
    out[length] = '\0';
    return length;
}

/* Parses digits at *p and the blanks after them; false if there are none. */
static bool read_number(const char **p, uint64_t *out) {
    const char *start = *p;
    *out = 0;
    for (; **p >= '0' && **p <= '9' && *out < UINT64_MAX / 16; (*p)++) {
        *out = *out * 10 + (uint64_t)(**p - '0');
    }
    bool any = *p != start;
    while (**p == ' ' || **p == '\n') {
        (*p)++;
    }
    return any;
}

static uint32_t cpus_of(uint64_t quota, uint64_t period) {
    if (quota == 0 || period == 0) {
        return NO_QUOTA;
    }
    uint64_t cpus = quota / period + (quota % period != 0);
    return cpus < NO_QUOTA ? (uint32_t)cpus : NO_QUOTA;
}

static uint32_t quota_v2(const char *folder) {
    char path[4200], text[64];
    pith__format(path, sizeof(path), "%s/cpu.max", folder);
    read_text(path, text, sizeof(text));
    const char *p = text;
    uint64_t quota, period;
    return read_number(&p, &quota) && read_number(&p, &period) ? cpus_of(quota, period) : NO_QUOTA;
}

static uint32_t quota_v1(const char *folder) {
    char path[4200], text[64];
    uint64_t quota, period;
    pith__format(path, sizeof(path), "%s/cpu.cfs_quota_us", folder);
    read_text(path, text, sizeof(text));
    const char *p = text;
    if (!read_number(&p, &quota)) {
        return NO_QUOTA;
    }
    pith__format(path, sizeof(path), "%s/cpu.cfs_period_us", folder);
    read_text(path, text, sizeof(text));
    p = text;
    return read_number(&p, &period) ? cpus_of(quota, period) : NO_QUOTA;
}

/* The smallest quota of root/group, root/parent-of-group, ..., root. Inside a container `group` may be the host's name
 * for it, which does not exist here; the walk then ends at the root, which is the container's own. */
static uint32_t smallest_quota(const char *root, pith__str group, uint32_t (*quota_of)(const char *folder)) {
    uint32_t smallest = NO_QUOTA;
    for (;;) {
        char folder[4096];
        pith__format(folder, sizeof(folder), "%s%.*s", root, (int)group.len, group.ptr);
        uint32_t quota = quota_of(folder);
        smallest = quota < smallest ? quota : smallest;
        if (group.len == 0) {
            return smallest;
        }
        while (group.len > 0 && group.ptr[--group.len] != '/') {
        }
    }
}

/* Whether the comma-separated `list` holds "cpu". */
static bool lists_cpu(pith__str list) {
    for (uint64_t i = 0; i + 3 <= list.len; i++) {
        bool starts = i == 0 || list.ptr[i - 1] == ',';
        bool ends = i + 3 == list.len || list.ptr[i + 3] == ',';
        if (starts && ends && memcmp(list.ptr + i, "cpu", 3) == 0) {
            return true;
        }
    }
    return false;
}

/* One line "number:controllers:/group"; version 2's has no controllers. */
static uint32_t quota_of_line(pith__str line, const char *mount) {
    const char *end = line.ptr + line.len;
    const char *list = memchr(line.ptr, ':', (size_t)line.len);
    const char *group = list ? memchr(list + 1, ':', (size_t)(end - list - 1)) : NULL;
    if (!group) {
        return NO_QUOTA;
    }
    pith__str controllers = {list + 1, (uint64_t)(group - list - 1)};
    pith__str path = {group + 1, (uint64_t)(end - group - 1)};
    if (controllers.len == 0) {
        return smallest_quota(mount, path, quota_v2);
    }
    if (!lists_cpu(controllers)) {
        return NO_QUOTA;
    }
    char root[256];
    pith__format(root, sizeof(root), "%s/%.*s", mount, (int)controllers.len, controllers.ptr);
    return smallest_quota(root, path, quota_v1);
}

uint32_t pith__cgroup_cpus(const char *membership, const char *mount) {
    char text[8192];
    size_t length = read_text(membership, text, sizeof(text));
    uint32_t smallest = NO_QUOTA;
    for (size_t start = 0; start < length;) {
        const char *newline = memchr(text + start, '\n', length - start);
        size_t end = newline ? (size_t)(newline - text) : length;
        pith__str line = {text + start, end - start};
        uint32_t quota = quota_of_line(line, mount);
        smallest = quota < smallest ? quota : smallest;
        start = end + 1;
    }
    return smallest;
}

static uint32_t affinity_cpus(void) {
#if defined(__linux__)
    cpu_set_t sets[16]; /* 16384 processors: the kernel refuses a mask smaller than its own */
    if (sched_getaffinity(0, sizeof(sets), sets) == 0) {
        int count = CPU_COUNT_S(sizeof(sets), sets);
        if (count > 0) {
            return (uint32_t)count;
        }
    }
#endif
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (uint32_t)online : 1;
}

uint32_t pith__cpu_count(void) {
    uint32_t cpus = affinity_cpus();
    uint32_t quota = pith__cgroup_cpus("/proc/self/cgroup", "/sys/fs/cgroup");
    return quota < cpus ? quota : cpus;
}
