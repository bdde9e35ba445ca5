/* Processor quotas of Linux control groups, apart from the rest so that tests can point it at a tree of their own. */
#ifndef PITH_BASE_POSIX_OS_CGROUP_H
#define PITH_BASE_POSIX_OS_CGROUP_H

#include <stdint.h>

/* Processors that the quota of this process allows, rounded up; UINT32_MAX when there is none. `membership` is the file
 * that names the process's groups ("/proc/self/cgroup"), `mount` where the group trees are ("/sys/fs/cgroup"). */
uint32_t pith__cgroup_cpus(const char *membership, const char *mount);

#endif
