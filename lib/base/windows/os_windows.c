/* base/os.h on Windows (7 and later): slim locks, condition variables, fiber-local storage for the thread's value (its
 * callback runs when a thread ends, which plain thread-local storage has not), positioned reads with OVERLAPPED
 * offsets.
 *
 * Invariant: as base/os.h. There is no fork here: its generation never changes. Must not know: models, pools. */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include "base/os.h"
#include <io.h>
#include <process.h>
#include <stdatomic.h>
#include <string.h>

#define NS_PER_S    UINT64_C(1000000000)
#define NS_PER_MS   UINT64_C(1000000)
#define STACK_BYTES (1u << 20)
#define CHUNK_BYTES (UINT64_C(64) << 20) /* of one ReadFile, which takes 32 bits */
enum {
    MAX_PATH_UNITS = 4096
};

_Static_assert(sizeof(SRWLOCK) == sizeof(pith__mutex), "a slim lock is one pointer");
_Static_assert(sizeof(CONDITION_VARIABLE) == sizeof(pith__cond), "a condition variable is one pointer");

static SRWLOCK *lock_of(pith__mutex *m) {
    return (SRWLOCK *)(void *)m;
}

static CONDITION_VARIABLE *variable_of(pith__cond *c) {
    return (CONDITION_VARIABLE *)(void *)c;
}

int32_t pith__mutex_init(pith__mutex *m) {
    InitializeSRWLock(lock_of(m));
    return PITH_OK;
}

void pith__mutex_destroy(pith__mutex *m) {
    (void)m;
}

void pith__mutex_lock(pith__mutex *m) {
    AcquireSRWLockExclusive(lock_of(m));
}

void pith__mutex_unlock(pith__mutex *m) {
    ReleaseSRWLockExclusive(lock_of(m));
}

int32_t pith__cond_init(pith__cond *c) {
    InitializeConditionVariable(variable_of(c));
    return PITH_OK;
}

void pith__cond_destroy(pith__cond *c) {
    (void)c;
}

void pith__cond_signal(pith__cond *c) {
    WakeConditionVariable(variable_of(c));
}

void pith__cond_broadcast(pith__cond *c) {
    WakeAllConditionVariable(variable_of(c));
}

void pith__cond_wait(pith__cond *c, pith__mutex *m) {
    SleepConditionVariableSRW(variable_of(c), lock_of(m), INFINITE, 0);
}

bool pith__cond_wait_until(pith__cond *c, pith__mutex *m, uint64_t deadline_ns) {
    if (deadline_ns == UINT64_MAX) {
        pith__cond_wait(c, m);
        return true;
    }
    uint64_t now = pith__clock_ns();
    uint64_t ms = deadline_ns > now ? (deadline_ns - now + NS_PER_MS - 1) / NS_PER_MS : 0;
    DWORD wait = ms < INFINITE - 1 ? (DWORD)ms : INFINITE - 1;
    return SleepConditionVariableSRW(variable_of(c), lock_of(m), wait, 0) || pith__clock_ns() < deadline_ns;
}

static unsigned __stdcall thread_main(void *arg) {
    pith__thread *t = arg;
    t->body(t->arg);
    return 0;
}

int32_t pith__thread_start(pith__thread *t, const char *name, void (*body)(void *arg), void *arg) {
    size_t length = strlen(name);
    length = length < sizeof(t->name) - 1 ? length : sizeof(t->name) - 1;
    memcpy(t->name, name, length);
    t->name[length] = '\0';
    t->body = body;
    t->arg = arg;
    t->handle = (void *)_beginthreadex(NULL, STACK_BYTES, thread_main, t, STACK_SIZE_PARAM_IS_A_RESERVATION, NULL);
    return t->handle ? PITH_OK : pith__fail(PITH_E_SYSTEM, "cannot start a thread");
}

void pith__thread_join(pith__thread *t) {
    WaitForSingleObject(t->handle, INFINITE);
    CloseHandle(t->handle);
}

void pith__thread_yield(void) {
    SwitchToThread();
}

void pith__advise_large_pages(void *memory, uint64_t size) {
    (void)memory; /* large pages need a privilege there */
    (void)size;
}

pith__hwcaps pith__hwcaps_get(void) {
    return (pith__hwcaps){0, 0};
}

static INIT_ONCE value_once = INIT_ONCE_STATIC_INIT;
static _Atomic DWORD value_index = FLS_OUT_OF_INDEXES;
static void (*_Atomic value_destroy)(void *value);

static void WINAPI destroy_value(void *value) {
    if (value) {
        void (*destroy)(void *) = atomic_load(&value_destroy);
        destroy(value);
    }
}

static BOOL CALLBACK make_value_index(INIT_ONCE *once, void *unused, void **also_unused) {
    (void)once;
    (void)unused;
    (void)also_unused;
    atomic_store(&value_index, FlsAlloc(destroy_value));
    return TRUE;
}

void *pith__thread_value(void) {
    DWORD index = atomic_load(&value_index);
    if (index == FLS_OUT_OF_INDEXES) {
        return NULL;
    }
    DWORD error = GetLastError(); /* FlsGetValue clears it, and it is the host's */
    void *value = FlsGetValue(index);
    SetLastError(error);
    return value;
}

bool pith__thread_value_set(void *value, void (*destroy)(void *value)) {
    atomic_store(&value_destroy, destroy);
    InitOnceExecuteOnce(&value_once, make_value_index, NULL, NULL);
    DWORD index = atomic_load(&value_index);
    return index != FLS_OUT_OF_INDEXES && FlsSetValue(index, value);
}

uint64_t pith__clock_ns(void) {
    LARGE_INTEGER ticks, frequency;
    QueryPerformanceCounter(&ticks);
    QueryPerformanceFrequency(&frequency);
    uint64_t t = (uint64_t)ticks.QuadPart, f = (uint64_t)frequency.QuadPart;
    return t / f * NS_PER_S + t % f * NS_PER_S / f;
}

/* The processors of this process's group; in several groups (over 64 processors) the mask reads as 0. */
uint32_t pith__cpu_count(void) {
    DWORD_PTR mine, all;
    uint32_t count = 0;
    if (GetProcessAffinityMask(GetCurrentProcess(), &mine, &all)) {
        for (; mine != 0; mine &= mine - 1) {
            count++;
        }
    }
    if (count == 0) {
        count = GetActiveProcessorCount(ALL_PROCESSOR_GROUPS);
    }
    return count ? count : 1;
}

uint64_t pith__fork_generation(void) {
    return 0;
}

/* ---- files ---- */

static HANDLE handle_of(const pith__file *f) {
    return (HANDLE)(intptr_t)f->handle;
}

static const char *cause_of(DWORD e) {
    switch (e) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
        return "no such file";
    case ERROR_ACCESS_DENIED:
        return "permission denied, or it is a directory";
    case ERROR_SHARING_VIOLATION:
        return "another program holds it";
    case ERROR_TOO_MANY_OPEN_FILES:
        return "too many open files";
    case ERROR_HANDLE_EOF:
        return "the file ends before";
    case ERROR_INVALID_HANDLE:
        return "not an open descriptor";
    default:
        return "system error";
    }
}

static int32_t fail_file(const pith__file *f, const char *verb, DWORD e) {
    return pith__fail(PITH_E_IO, "%s: cannot %s: %s (%lu)", f->name, verb, cause_of(e), (unsigned long)e);
}

/* Closes the handle again when it is not a file on a disk. */
static int32_t check_regular(pith__file *f) {
    if (GetFileType(handle_of(f)) == FILE_TYPE_DISK) {
        return PITH_OK;
    }
    pith__file_close(f);
    return pith__fail(PITH_E_IO, "%s: cannot open: it is not a regular file", f->name);
}

int32_t pith__file_open(pith__file *f, const char *path) {
    wchar_t wide[MAX_PATH_UNITS];
    f->handle = -1;
    f->name = path;
    if (MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, wide, MAX_PATH_UNITS) == 0) {
        return pith__fail(PITH_E_IO, "%s: cannot open: the path is too long or not UTF-8", path);
    }
    HANDLE handle = CreateFileW(wide, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_DELETE, NULL, OPEN_EXISTING,
                                FILE_ATTRIBUTE_NORMAL, NULL);
    if (handle == INVALID_HANDLE_VALUE) {
        return fail_file(f, "open", GetLastError());
    }
    f->handle = (int64_t)(intptr_t)handle;
    return check_regular(f);
}

/* `fd` is a descriptor of the C library. A handle that the host opened for overlapped use must not have other reads
 * under way. */
int32_t pith__file_adopt(pith__file *f, int64_t fd) {
    f->handle = -1;
    f->name = "<descriptor>";
    HANDLE theirs = fd >= 0 && fd <= INT32_MAX ? (HANDLE)_get_osfhandle((int)fd) : INVALID_HANDLE_VALUE;
    HANDLE own, process = GetCurrentProcess();
    if (theirs == INVALID_HANDLE_VALUE) {
        return fail_file(f, "duplicate", ERROR_INVALID_HANDLE);
    }
    if (!DuplicateHandle(process, theirs, process, &own, 0, FALSE, DUPLICATE_SAME_ACCESS)) {
        return fail_file(f, "duplicate", GetLastError());
    }
    f->handle = (int64_t)(intptr_t)own;
    return check_regular(f);
}

int32_t pith__file_size(const pith__file *f, uint64_t *size) {
    LARGE_INTEGER bytes;
    *size = 0;
    if (!GetFileSizeEx(handle_of(f), &bytes)) {
        return fail_file(f, "inspect", GetLastError());
    }
    *size = (uint64_t)bytes.QuadPart;
    return PITH_OK;
}

int32_t pith__file_read(const pith__file *f, void *out, uint64_t size, uint64_t offset) {
    char *to = out;
    while (size > 0) {
        OVERLAPPED at = {0};
        at.Offset = (DWORD)offset;
        at.OffsetHigh = (DWORD)(offset >> 32);
        DWORD got = 0;
        if (!ReadFile(handle_of(f), to, (DWORD)(size < CHUNK_BYTES ? size : CHUNK_BYTES), &got, &at)) {
            return fail_file(f, "read", GetLastError());
        }
        if (got == 0) {
            return fail_file(f, "read", ERROR_HANDLE_EOF);
        }
        to += got;
        offset += got;
        size -= got;
    }
    return PITH_OK;
}

void pith__file_close(pith__file *f) {
    if (f->handle != -1) {
        CloseHandle(handle_of(f));
    }
    f->handle = -1;
}
