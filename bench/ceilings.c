/* Runs the ceiling kernels on all threads, briefly and a few times, and keeps the best; see ceilings.h. */
#include "ceilings.h"
#include "clock.h"
#include "large_pages.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define TRY_SECONDS 0.02
#define READ_TRIES  8 /* two with each number of streams: which number is best depends on the machine */
#define DOT_TRIES   4 /* these have little to be disturbed by */
#define READ_BYTES  ((uint64_t)512 << 20) /* of all threads together */
#define READ_PIECE  ((uint64_t)16 << 20)  /* read between two looks at the clock */
#define MAX_THREADS 1024

typedef enum workload {
    DOT,
    FMA,
    READ
} workload;

typedef struct worker {
    pthread_t thread;
    pthread_barrier_t *start;
    const ceiling_kernels *kernels;
    workload what;
    uint8_t *bytes; /* READ only */
    uint64_t size, at;
    uint32_t streams;
    double rate;
    volatile uint64_t sink;
} worker;

static uint64_t read_piece(worker *w) {
    uint64_t left = w->size - w->at, size = left < READ_PIECE ? left : READ_PIECE;
    w->sink = w->kernels->read(w->bytes + w->at, size, w->streams);
    w->at = (w->at + size) % w->size;
    return size;
}

static uint64_t do_some(worker *w) {
    switch (w->what) {
    case DOT:
        return w->kernels->dot(100000);
    case FMA:
        return w->kernels->fma(100000);
    default:
        return read_piece(w);
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

/* The sum of all threads' rates. */
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

/* `try` goes on where the last one stopped reading, so that no cache helps. */
static double run_try(const machine *m, workload what, uint32_t threads, worker *workers, uint32_t try) {
    uint64_t share = m->size / threads / 8192 * 8192;
    pthread_barrier_t start;
    pthread_barrier_init(&start, NULL, threads);
    for (uint32_t t = 0; t < threads; t++) {
        uint64_t at = workers[t].at;
        workers[t] = (worker){
            .start = &start, .kernels = m->kernels, .what = what, .bytes = m->bytes + t * share, .size = share};
        workers[t].at = at;
        workers[t].streams = 1u << try % 4;
    }
    double rate = run_threads(workers, threads);
    pthread_barrier_destroy(&start);
    return rate;
}

static double best_rate(const machine *m, workload what, uint32_t threads, uint32_t tries) {
    worker *workers = calloc(threads, sizeof *workers);
    double best = 0;
    for (uint32_t try = 0; workers && try < tries; try++) {
        double rate = run_try(m, what, threads, workers, try);
        best = rate > best ? rate : best;
    }
    free(workers);
    return best;
}

const ceiling_kernels *ceiling_kernels_find(const char *level) {
#if defined(__x86_64__)
    static const ceiling_kernels *const all[] = {&ceilings_avx2, &ceilings_avxvnni, &ceilings_avx512,
                                                 &ceilings_avx512vnni};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (strcmp(all[i]->level, level) == 0) {
            return all[i];
        }
    }
#endif
    (void)level;
    return NULL;
}

bool machine_open(machine *m, const char *level, uint32_t threads) {
    *m = (machine){ceiling_kernels_find(level), threads, NULL, READ_BYTES};
    if (!m->kernels || threads == 0 || threads > MAX_THREADS) {
        return false;
    }
    m->bytes = large_pages_take(READ_BYTES);
    return m->bytes != NULL;
}

void machine_close(machine *m) {
    free(m->bytes);
    m->bytes = NULL;
}

double machine_sample_reading(const machine *m, uint32_t threads) {
    return best_rate(m, READ, threads < m->threads ? threads : m->threads, READ_TRIES);
}

ceilings machine_sample(const machine *m) {
    return (ceilings){
        .read_bytes = machine_sample_reading(m, m->threads),
        .dot_macs = best_rate(m, DOT, m->threads, DOT_TRIES),
        .fma_macs = best_rate(m, FMA, m->threads, DOT_TRIES),
    };
}

ceilings ceilings_mean(ceilings a, ceilings b) {
    return (ceilings){(a.read_bytes + b.read_bytes) / 2, (a.dot_macs + b.dot_macs) / 2, (a.fma_macs + b.fma_macs) / 2};
}

static double larger(double a, double b) {
    return a > b ? a : b;
}

ceilings ceilings_best(ceilings a, ceilings b) {
    return (ceilings){larger(a.read_bytes, b.read_bytes), larger(a.dot_macs, b.dot_macs),
                      larger(a.fma_macs, b.fma_macs)};
}
