/* The lock, condition and thread of base/os.h on POSIX systems. */
#ifndef PITH_BASE_POSIX_OS_TYPES_H
#define PITH_BASE_POSIX_OS_TYPES_H

#include <pthread.h>
#include <stdint.h>

typedef struct pith__mutex {
    pthread_mutex_t m;
} pith__mutex;

typedef struct pith__cond {
    pthread_cond_t c;
} pith__cond;

typedef struct pith__thread {
    pthread_t id;
    uint64_t generation; /* of the process that started it: see pith__fork_generation */
    void (*body)(void *arg);
    void *arg;
    char name[16];
} pith__thread;

#endif
