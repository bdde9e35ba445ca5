/* Speed of the packed products on one core, by type and level: many columns as multiply-adds a second and as a share of
 * the measured vpdpbusd peak, one column as bytes of weights a second and as a share of the measured reading speed.
 *
 *   bench_kernels [--json] [--level NAME] [--type NAME] [--cols N] [--megabytes N]
 *
 * The matrix has K = 2048 and as many rows as fill the megabytes (128, more than caches hold). */
#include "kernels/kernels.h"
#include "peak.h"
#include "quant/quant.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    K = 2048,
    TASK_BYTES = 192 * 1024 /* as lib/ops/matmul.c has it */
};

typedef struct settings {
    bool json;
    const char *level, *type;
    uint32_t cols;
    size_t bytes;
} settings;

/* A matrix of random weights that repeats one group, and columns. */
typedef struct problem {
    uint8_t *weights;
    uint64_t group_bytes;
    uint32_t groups;
    pith__acts acts;
    float *out;
} problem;

static void *need(size_t n) {
    void *p = aligned_alloc(64, (n + 63) / 64 * 64);
    if (!p) {
        fputs("bench_kernels: out of memory\n", stderr);
        exit(1);
    }
    memset(p, 0, n);
    return p;
}

static float random_unit(void) {
    static uint32_t state = 1;
    state = state * 1664525u + 1013904223u;
    return (float)(int32_t)state * 0x1p-31f;
}

static void fill_weights(pith__dtype dtype, problem *p) {
    uint64_t row_bytes = 0;
    pith__row_bytes(dtype, K, &row_bytes);
    uint8_t *rows = need(row_bytes * 16);
    float x[K];
    for (int r = 0; r < 16; r++) {
        for (int i = 0; i < K; i++) {
            x[i] = random_unit();
        }
        pith__row_from_float(dtype, x, K, rows + (size_t)r * row_bytes);
    }
    for (uint32_t g = 0; g < p->groups; g++) {
        if (g == 0) {
            pith__pack_group(dtype, rows, row_bytes, 16, K, p->weights);
        } else {
            memcpy(p->weights + g * p->group_bytes, p->weights, p->group_bytes);
        }
    }
    free(rows);
}

static void fill_columns(pith__act_kind kind, uint32_t cols, problem *p) {
    pith__acts_size size = pith__acts_bytes(kind, K);
    float *f = need(size.f * cols + K * sizeof(float)), *scale = need(size.scale * cols);
    int8_t *q = need(size.q * cols);
    int16_t *sum = need(size.sum * cols);
    const pith__kernels *ref = pith__kernels_get("ref");
    p->acts = (pith__acts){kind, f, size.f / 4, q, size.q, scale, size.scale / 4, sum, size.sum / 2};
    float x[K];
    for (uint32_t c = 0; c < cols; c++) {
        for (int i = 0; i < K; i++) {
            x[i] = random_unit();
        }
        if (kind == PITH__ACT_FLOAT) {
            memcpy(f + c * p->acts.f_stride, x, sizeof x);
        } else {
            (kind == PITH__ACT_B32 ? ref->quantize_b32 : ref->quantize_b256)(
                x, K, q + c * p->acts.q_stride, scale + c * p->acts.scale_stride, sum + c * p->acts.sum_stride);
        }
    }
}

static problem make_problem(pith__dtype dtype, uint32_t cols, size_t bytes) {
    problem p;
    p.group_bytes = pith__group_bytes(dtype, K);
    p.groups = bytes / p.group_bytes > 2 ? (uint32_t)(bytes / p.group_bytes) : 2;
    p.weights = need(p.group_bytes * p.groups);
    p.out = need((size_t)p.groups * 16 * cols * sizeof(float));
    fill_weights(dtype, &p);
    fill_columns(pith__dtype_get(dtype)->acts, cols, &p);
    return p;
}

static void free_problem(problem *p) {
    free(p->weights);
    free(p->out);
    free((void *)(uintptr_t)p->acts.f);
    free((void *)(uintptr_t)p->acts.q);
    free((void *)(uintptr_t)p->acts.scale);
    free((void *)(uintptr_t)p->acts.sum);
}

/* All of the matrix, in calls of as many groups as the library gives a task. */
static void multiply(const pith__kernels *level, pith__dtype dtype, const problem *p, uint32_t cols) {
    uint32_t per = (uint32_t)(TASK_BYTES / p->group_bytes) & ~1u;
    for (uint32_t first = 0; first < p->groups; first += per) {
        uint32_t groups = p->groups - first < per ? p->groups - first : per;
        pith__matmul_args a = {
            p->weights + first * p->group_bytes, p->group_bytes,          groups, K, &p->acts, 0, cols,
            p->out + (uint64_t)first * 16,       (uint64_t)p->groups * 16};
        level->matmul[dtype](&a);
    }
}

/* The best time of several rounds, a third of a second at least. */
static double best_time(const pith__kernels *level, pith__dtype dtype, const problem *p, uint32_t cols) {
    double best = 1e30, begin = bench_seconds();
    do {
        double start = bench_seconds();
        multiply(level, dtype, p, cols);
        double took = bench_seconds() - start;
        best = took < best ? took : best;
    } while (bench_seconds() - begin < 0.33);
    return best;
}

typedef struct result {
    double macs, bytes, ref_macs;
} result;

static result measure(const pith__kernels *level, pith__dtype dtype, const problem *p, uint32_t cols, double ref_macs) {
    result r;
    double many = best_time(level, dtype, p, cols);
    r.macs = 16.0 * p->groups * K * cols / many;
    double one = best_time(level, dtype, p, 1);
    r.bytes = (double)p->group_bytes * p->groups / one;
    r.ref_macs = ref_macs;
    return r;
}

static void print_result(const settings *s, const char *type, const char *level, const result *r, double peak,
                         double read) {
    double share = peak > 0 ? r->macs / peak : 0;
    if (s->json) {
        printf("{\"type\": \"%s\", \"level\": \"%s\", \"cols\": %u, \"gmacs\": %.2f, \"peak_share\": %.3f, "
               "\"one_column_gbs\": %.2f, "
               "\"read_share\": %.3f, \"times_ref\": %.1f}\n",
               type, level, s->cols, r->macs * 1e-9, share, r->bytes * 1e-9, r->bytes / read, r->macs / r->ref_macs);
    } else {
        printf("%-7s %-11s %7.1f GMAC/s  %.2f of peak  %6.1f GB/s  %.2f of reading  x%.0f\n", type, level,
               r->macs * 1e-9, share, r->bytes * 1e-9, r->bytes / read, r->macs / r->ref_macs);
    }
    fflush(stdout);
}

static double ref_speed(pith__dtype dtype, const problem *p) {
    const pith__kernels *ref = pith__kernels_get("ref");
    pith__matmul_args a = {p->weights, p->group_bytes, 2, K, &p->acts, 0, 4, p->out, 32};
    double start = bench_seconds();
    ref->matmul[dtype](&a);
    return 32.0 * K * 4 / (bench_seconds() - start);
}

static void bench_type(const settings *s, pith__dtype dtype, double peak, double read) {
    const char *name = pith__dtype_get(dtype)->name;
    if (s->type && strcmp(s->type, name) != 0) {
        return;
    }
    problem p = make_problem(dtype, s->cols < 4 ? 4 : s->cols, s->bytes);
    double ref = ref_speed(dtype, &p);
    const char *level;
    for (uint32_t i = 1; (level = pith__kernels_level(i)) != NULL; i++) {
        if (!s->level || strcmp(s->level, level) == 0) {
            result r = measure(pith__kernels_get(level), dtype, &p, s->cols, ref);
            print_result(s, name, level, &r, peak, read);
        }
    }
    free_problem(&p);
}

static double reading_speed(size_t bytes) {
    void *memory = need(bytes);
    double read = peak_read_bytes(memory, bytes);
    free(memory);
    return read;
}

static bool parse(int argc, char **argv, settings *s) {
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (strcmp(argv[i], "--json") == 0) {
            s->json = true;
            continue;
        }
        if (!value) {
            return false;
        }
        if (strcmp(argv[i], "--level") == 0) {
            s->level = value;
        } else if (strcmp(argv[i], "--type") == 0) {
            s->type = value;
        } else if (strcmp(argv[i], "--cols") == 0) {
            s->cols = (uint32_t)strtoul(value, NULL, 10);
        } else if (strcmp(argv[i], "--megabytes") == 0) {
            s->bytes = (size_t)strtoul(value, NULL, 10) << 20;
        } else {
            return false;
        }
        i++;
    }
    return s->cols > 0 && s->bytes > 0;
}

int main(int argc, char **argv) {
    settings s = {false, NULL, NULL, 512, (size_t)128 << 20};
    if (!parse(argc, argv, &s)) {
        fputs("usage: bench_kernels [--json] [--level NAME] [--type NAME] [--cols N] [--megabytes N]\n", stderr);
        return 2;
    }
    double peak = peak_int8_macs(), read = reading_speed(s.bytes);
    if (s.json) {
        printf("{\"peak_int8_gmacs\": %.1f, \"read_gbs\": %.2f}\n", peak * 1e-9, read * 1e-9);
    } else {
        printf("one core: vpdpbusd %.1f GMAC/s, reading %.1f GB/s; %u columns, K %d\n", peak * 1e-9, read * 1e-9,
               s.cols, K);
    }
    for (uint32_t dtype = 0; dtype < PITH__DTYPE_LIMIT; dtype++) {
        if (pith__dtype_get(dtype)) {
            bench_type(&s, (pith__dtype)dtype, peak, read);
        }
    }
    return 0;
}
