/* Runs the ceiling kernels on all threads and keeps the best of a few rounds; see ceilings.h. */
#include "ceilings.h"
#include "clock.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define TRIES 40 /* many short ones: the best is least disturbed */
#define TRY_SECONDS 0.05
#define READ_BYTES (512u << 20) /* of all threads together */
#define MAX_THREADS 1024

typedef enum workload { DOT, FMA, READ } workload;

typedef struct worker {
    pthread_t thread;
    pthread_barrier_t *start;
    const ceiling_kernels *kernels;
    workload what;
    uint8_t *bytes; /* READ only */
    uint64_t size;
    uint32_t streams;
    double rate;
    volatile uint64_t sink;
} worker;

static uint64_t do_some(worker *w) {
    switch (w->what) {
    case DOT:
        return w->kernels->dot(100000);
    case FMA:
        return w->kernels->fma(100000);
    default:
        w->sink = w->kernels->read(w->bytes, w->size, w->streams);
        return w->size;
    }
}

static void *work(void *user) {
    worker *w = user;
    uint64_t done = 0;
    pthread_barrier_wait(w->start);
    double start = seconds_now(), end = start;
    while (end - start < TRY_SECONDS) {
        done += do_some(w);
        end = seconds_now();
    }
    w->rate = (double)done / (end - start);
    return NULL;
}

/* The sum of all threads' rates; 0 when a thread could not be made. */
static double run_threads(worker *workers, uint32_t threads) {
    uint32_t started = 0;
    double rate = 0;
    for (; started < threads; started++) {
        if (pthread_create(&workers[started].thread, NULL, work, &workers[started]) != 0) {
            abort(); /* the others wait at the barrier: a benchmark may give up here */
        }
    }
    for (uint32_t i = 0; i < threads; i++) {
        pthread_join(workers[i].thread, NULL);
        rate += workers[i].rate;
    }
    return rate;
}

static double best_rate(const ceiling_kernels *kernels, workload what, uint32_t threads, uint8_t *bytes) {
    worker *workers = calloc(threads, sizeof *workers);
    uint64_t share = READ_BYTES / threads / 8192 * 8192;
    double best = 0;
    for (int i = 0; workers && i < TRIES; i++) {
        pthread_barrier_t start;
        pthread_barrier_init(&start, NULL, threads);
        for (uint32_t t = 0; t < threads; t++) {
            workers[t] = (worker){.start = &start, .kernels = kernels, .what = what, .bytes = bytes + t * share, .size = share};
            workers[t].streams = 1u << i % 4; /* which number of streams is best depends on the machine */
        }
        double rate = run_threads(workers, threads);
        best = rate > best ? rate : best;
        pthread_barrier_destroy(&start);
    }
    free(workers);
    return best;
}

static const ceiling_kernels *find(const char *level) {
#if defined(__x86_64__)
    static const ceiling_kernels *const all[] = {&ceilings_avx2, &ceilings_avxvnni, &ceilings_avx512, &ceilings_avx512vnni};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (strcmp(all[i]->level, level) == 0) {
            return all[i];
        }
    }
#endif
    (void)level;
    return NULL;
}

bool ceilings_measure(const char *level, uint32_t threads, ceilings *out) {
    const ceiling_kernels *kernels = find(level);
    if (!kernels || threads == 0 || threads > MAX_THREADS) {
        return false;
    }
    uint8_t *bytes = aligned_alloc(4096, READ_BYTES);
    if (!bytes) {
        return false;
    }
    memset(bytes, 1, READ_BYTES); /* pages of zeros would all be one page */
    out->dot_instruction = kernels->dot_instruction;
    out->read_bytes = best_rate(kernels, READ, threads, bytes);
    out->dot_macs = best_rate(kernels, DOT, threads, bytes);
    out->fma_macs = best_rate(kernels, FMA, threads, bytes);
    free(bytes);
    return true;
}
