/* How far a product is from the real numbers: each type against the dequantized weights times the unrounded activations
 * in double, within the bound of NUMERICS.md; and the float types against double. */
#include "check.h"

enum {
    K = 1024,
    ROWS = 16,
    COLS = 3
};

/* Over one row: the product, the error that rounding each activation by half a step may cause at most, the error's
 * variance when the roundings are even and independent, and the magnitudes of all terms. */
typedef struct row_sums {
    double product, rounding, variance, terms;
} row_sums;

static row_sums sums_of(const float *w, const float *x, const float *scale, uint32_t block) {
    row_sums r = {0, 0, 0, 0};
    for (uint32_t i = 0; i < K; i++) {
        double step = scale ? scale[i / block] * fabs((double)w[i]) : 0;
        r.product += (double)w[i] * x[i];
        r.rounding += 0.501 * step;
        r.variance += step * step / 12;
        r.terms += fabs((double)w[i] * x[i]);
    }
    return r;
}

static void check_quantized_type(pith__dtype dtype) {
    const pith__dtype_info *info = pith__dtype_get(dtype);
    uint64_t row_bytes, group_bytes = pith__group_bytes(dtype, K);
    assert_true(pith__row_bytes(dtype, K, &row_bytes));
    uint8_t *rows = check_alloc(row_bytes * ROWS), *group = check_alloc(group_bytes);
    pith__acts_size size = pith__acts_bytes(info->acts, K);
    int8_t *q = check_alloc(size.q);
    float *scale = check_alloc(size.scale), *x = check_alloc(K * sizeof(float)), *w = check_alloc(K * sizeof(float));
    int16_t *sum = check_alloc(size.sum);
    check_normals(w, K);
    for (int r = 0; r < ROWS; r++) {
        check_normals(w, K);
        pith__row_from_float(dtype, w, K, rows + (uint64_t)r * row_bytes);
    }
    pith__pack_group(dtype, rows, row_bytes, ROWS, K, group);
    pith__acts acts = {info->acts, NULL, 0, q, size.q, scale, size.scale / 4, sum, size.sum / 2};
    uint32_t block = info->acts == PITH__ACT_B32 ? 32 : 256;
    double worst = 0;
    for (int c = 0; c < COLS; c++) {
        float out[16];
        check_normals(x, K);
        (block == 32 ? check_ref()->quantize_b32 : check_ref()->quantize_b256)(x, K, q, scale, sum);
        pith__matmul_args a = {group, group_bytes, 1, K, &acts, 0, 1, out, 16};
        check_ref()->matmul[dtype](&a);
        for (int r = 0; r < ROWS; r++) {
            pith__row_to_float(dtype, rows + (uint64_t)r * row_bytes, K, w);
            row_sums b = sums_of(w, x, scale, block);
            double error = fabs(out[r] - b.product), float_steps = 32 * (K / block + 2) * 0x1p-24 * b.terms;
            assert_true(error <= b.rounding + float_steps);
            double deviations = (error - float_steps) / sqrt(b.variance);
            worst = deviations > worst ? deviations : worst;
        }
    }
    print_message("%-7s worst error %.1f deviations\n", info->name, worst);
    assert_true(worst > 0.5 && worst <= 5);
    check_free(rows);
    check_free(group);
    check_free(q);
    check_free(scale);
    check_free(x);
    check_free(w);
    check_free(sum);
}

static void check_float_type(pith__dtype dtype) {
    uint64_t row_bytes, group_bytes = pith__group_bytes(dtype, K);
    assert_true(pith__row_bytes(dtype, K, &row_bytes));
    uint8_t *rows = check_alloc(row_bytes * ROWS), *group = check_alloc(group_bytes);
    float *x = check_alloc(K * sizeof(float)), *w = check_alloc(K * sizeof(float));
    check_fill_rows(dtype, rows, ROWS, K, false);
    pith__pack_group(dtype, rows, row_bytes, ROWS, K, group);
    check_normals(x, K);
    pith__acts acts = {PITH__ACT_FLOAT, x, K, NULL, 0, NULL, 0, NULL, 0};
    float out[16];
    pith__matmul_args a = {group, group_bytes, 1, K, &acts, 0, 1, out, 16};
    check_ref()->matmul[dtype](&a);
    for (int r = 0; r < ROWS; r++) {
        pith__row_to_float(dtype, rows + (uint64_t)r * row_bytes, K, w);
        row_sums b = sums_of(w, x, NULL, 1);
        assert_true(fabs(out[r] - b.product) <= K * 0x1p-24 * b.terms);
    }
    check_free(rows);
    check_free(group);
    check_free(x);
    check_free(w);
}

static void test_products_are_within_their_bounds(void **state) {
    (void)state;
    for (size_t t = 0; t < check_types_count; t++) {
        if (pith__dtype_get(check_types[t])->quantized) {
            check_quantized_type(check_types[t]);
        } else {
            check_float_type(check_types[t]);
        }
    }
}

int check_run_errors(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_products_are_within_their_bounds)};
    return cmocka_run_group_tests_name("errors", tests, NULL, NULL);
}
