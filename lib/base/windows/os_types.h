/* The lock, condition and thread of base/os.h on Windows. The structs hold one pointer each, as SRWLOCK and
 * CONDITION_VARIABLE are documented to; windows.h itself stays in os_windows.c, which checks the sizes. */
#ifndef PITH_BASE_WINDOWS_OS_TYPES_H
#define PITH_BASE_WINDOWS_OS_TYPES_H

#include <stdint.h>

typedef struct pith__mutex {
    void *srw_lock;
} pith__mutex;

typedef struct pith__cond {
    void *variable;
} pith__cond;

typedef struct pith__thread {
    void *handle;
    void (*body)(void *arg);
    void *arg;
    char name[16];
} pith__thread;

#endif
