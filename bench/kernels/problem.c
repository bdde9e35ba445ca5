/* See problem.h. */
#include "problem.h"
#include "large_pages.h"
#include "quant/quant.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TASK_BYTES = 192 * 1024 /* as lib/ops/matmul.c has it */
};

static void *need(void *memory) {
    if (!memory) {
        fputs("bench_kernels: out of memory\n", stderr);
        exit(1);
    }
    return memory;
}

static void *zeros(size_t n) {
    n = (n + 63) / 64 * 64;
    return memset(need(aligned_alloc(64, n)), 0, n);
}

static float random_unit(void) {
    static uint32_t state = 1;
    state = state * 1664525u + 1013904223u;
    return (float)(int32_t)state * 0x1p-31f;
}

static float *random_row(uint32_t k) {
    float *x = zeros(k * sizeof(float));
    for (uint32_t i = 0; i < k; i++) {
        x[i] = random_unit();
    }
    return x;
}

static void fill_weights(problem *p) {
    uint64_t row_bytes = 0;
    pith__row_bytes(p->dtype, p->k, &row_bytes);
    uint8_t *rows = zeros(row_bytes * 16);
    for (int r = 0; r < 16; r++) {
        float *x = random_row(p->k);
        pith__row_from_float(p->dtype, x, p->k, rows + (size_t)r * row_bytes);
        free(x);
    }
    pith__pack_group(p->dtype, rows, row_bytes, 16, p->k, p->weights);
    for (uint32_t g = 1; g < p->groups; g++) {
        memcpy(p->weights + g * p->group_bytes, p->weights, p->group_bytes);
    }
    free(rows);
}

static void fill_columns(pith__act_kind kind, uint32_t columns, problem *p) {
    pith__acts_size size = pith__acts_bytes(kind, p->k);
    float *f = zeros(size.f * columns + p->k * sizeof(float)), *scale = zeros(size.scale * columns);
    int8_t *q = zeros(size.q * columns);
    int16_t *sum = zeros(size.sum * columns);
    const pith__kernels *ref = pith__kernels_get("ref");
    p->acts = (pith__acts){kind, f, size.f / 4, q, size.q, scale, size.scale / 4, sum, size.sum / 2};
    for (uint32_t c = 0; c < columns; c++) {
        float *x = random_row(p->k);
        if (kind == PITH__ACT_FLOAT) {
            memcpy(f + c * p->acts.f_stride, x, p->k * sizeof *x);
        } else {
            (kind == PITH__ACT_B32 ? ref->quantize_b32 : ref->quantize_b256)(
                x, p->k, q + c * p->acts.q_stride, scale + c * p->acts.scale_stride, sum + c * p->acts.sum_stride);
        }
        free(x);
    }
}

problem problem_make(pith__dtype dtype, uint32_t k, uint32_t columns, size_t bytes) {
    problem p = {.dtype = dtype, .k = k, .group_bytes = pith__group_bytes(dtype, k)};
    p.groups = bytes / p.group_bytes > 2 ? (uint32_t)(bytes / p.group_bytes) : 2;
    p.weights = need(large_pages_take(p.group_bytes * p.groups));
    p.out = zeros((size_t)p.groups * 16 * columns * sizeof(float));
    fill_weights(&p);
    fill_columns(pith__dtype_get(dtype)->acts, columns, &p);
    return p;
}

void problem_free(problem *p) {
    free(p->weights);
    free(p->out);
    free((void *)(uintptr_t)p->acts.f);
    free((void *)(uintptr_t)p->acts.q);
    free((void *)(uintptr_t)p->acts.scale);
    free((void *)(uintptr_t)p->acts.sum);
}

void problem_multiply(const problem *p, const pith__kernels *level, uint32_t groups, uint32_t columns) {
    uint32_t per = (uint32_t)(TASK_BYTES / p->group_bytes) & ~1u;
    per = per > 2 ? per : 2;
    for (uint32_t first = 0; first < groups; first += per) {
        uint32_t some = groups - first < per ? groups - first : per;
        pith__matmul_args a = {p->weights + first * p->group_bytes, p->group_bytes,       some, p->k, &p->acts, 0, columns,
                               p->out + (uint64_t)first * 16,       (uint64_t)groups * 16};
        level->matmul[p->dtype](&a);
    }
}
