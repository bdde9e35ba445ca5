/* Float products through OpenBLAS beside the library's own kernels: every type, one panel and many, rows that fill no
 * group, columns that fill no chunk. The memory of the panel is as long as is promised, so that a sanitizer sees the
 * first float beyond it. */
#include "ops/panel.h"
#include "ops/blas.h"
#include "quant/quant.h"
#include "support/cmocka_all.h"
#include <stdlib.h>
#include <string.h>

enum {
    COLUMNS = 5
};

/* Eighths from -1 to 7/8: exact in every type, and so are their sums of products in any order. */
static float number(uint32_t i) {
    return (float)((int)(i * 2654435761u >> 28) - 8) / 8.0f;
}

static void *take(uint64_t bytes) {
    void *memory = aligned_alloc(64, (size_t)(bytes + 63) / 64 * 64);
    assert_non_null(memory);
    return memory;
}

static void make_matrix(pith__matrix *m, pith__dtype type, uint32_t rows, uint32_t cols) {
    pith__matrix_shape(m, type, rows, cols, false);
    m->blas = true;
    m->data = take(pith__matrix_bytes(m));
    float *row = take(cols * sizeof(float));
    uint8_t *source = take(m->row_bytes * rows);
    for (uint32_t r = 0; r < rows; r++) {
        for (uint32_t k = 0; k < cols; k++) {
            row[k] = number(r * cols + k);
        }
        pith__row_from_float(type, row, cols, source + m->row_bytes * r);
    }
    pith__matrix_store(m, 0, rows, source);
    free(row);
    free(source);
}

static pith__kernels no_products(void) {
    pith__kernels kernels = *pith__kernels_get(NULL);
    memset((void *)kernels.matmul, 0, sizeof(kernels.matmul)); /* whoever calls one crashes */
    return kernels;
}

/* The product with OpenBLAS allowed for `blas_columns` columns and more. */
static void multiply(const pith__matrix *m, const pith__kernels *kernels, uint32_t blas_columns, uint32_t threads,
                     const float *x, pith__rows out) {
    pith__mem mem;
    uint8_t bad[COLUMNS] = {0};
    pith__ops ops = {.kernels = kernels, .bad = bad, .blas_columns = blas_columns};
    const pith__actbuf acts = {.f = {.kind = PITH__ACT_FLOAT, .f = x, .f_stride = m->cols}};
    const pith__product product = {m, out};
    pith__mem_init(&mem, NULL, NULL, 0);
    assert_int_equal(pith__pool_create(&mem, threads, NULL, NULL, &ops.pool), PITH_OK);
    ops.panel = take(pith__panel_floats(m->cols) * sizeof(float));
    pith__op_products(&ops, &product, 1, &acts, COLUMNS);
    pith__pool_release(ops.pool);
    free(ops.panel);
}

static void check(pith__dtype type, uint32_t rows, uint32_t cols, uint32_t threads) {
    pith__matrix m;
    uint64_t stride = (uint64_t)rows + 16 + 16;
    float *x = take((uint64_t)COLUMNS * cols * sizeof(float));
    pith__rows own = {take(COLUMNS * stride * sizeof(float)), stride};
    pith__rows blas = {take(COLUMNS * stride * sizeof(float)), stride};
    const pith__kernels none = no_products();
    make_matrix(&m, type, rows, cols);
    for (uint32_t i = 0; i < COLUMNS * cols; i++) {
        x[i] = number(i + 77);
    }
    multiply(&m, pith__kernels_get(NULL), COLUMNS + 1, threads, x, own);
    multiply(&m, &none, COLUMNS, threads, x, blas);
    for (uint32_t c = 0; c < COLUMNS; c++) {
        for (uint32_t r = 0; r < rows; r++) {
            float a = own.data[c * stride + r], b = blas.data[c * stride + r];
            if (a != b) {
                fail_msg("type %d, %u x %u, row %u, column %u: %g, by OpenBLAS %g", (int)type, rows, cols, r, c,
                         (double)a, (double)b);
            }
        }
    }
    free(m.data);
    free(x);
    free(own.data);
    free(blas.data);
}

static void openblas_agrees(void **state) {
    static const uint32_t shapes[][2] = {
        {1, 7},      {48, 128},  {200, 131}, /* a last group of 8 rows, a last chunk of 3 elements */
        {523, 4096},                         /* three panels */
        {150, 16400},                        /* rows so long that panels have the fewest groups */
    };
    static const pith__dtype types[] = {PITH__F32, PITH__F16, PITH__BF16};
    (void)state;
    if (!pith__blas_available()) {
        skip();
    }
    for (uint32_t s = 0; s < sizeof(shapes) / sizeof(shapes[0]); s++) {
        for (uint32_t t = 0; t < 3; t++) {
            check(types[t], shapes[s][0], shapes[s][1], 1 + (s + t) % 2);
        }
    }
}

/* The longest row of a model decides how much is taken; panels of its shorter rows have more lines but must fit too. */
static void shorter_rows_need_no_more(void **state) {
    (void)state;
    for (uint64_t k = 1; k < 70000; k++) {
        assert_true(pith__panel_floats(k) <= pith__panel_floats(k + 1));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(openblas_agrees),
        cmocka_unit_test(shorter_rows_need_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
