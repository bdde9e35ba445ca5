/* Quantized types: what blocks mean (against vectors of the gguf package), packing and its inverse bit for bit, the
 * reference quantizers, sizes and unknown numbers. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernels/layout.h"
#include "kernels/math.h"
#include "quant/quant.h"

#include "vectors.h"

static const pith__dtype all_types[] = {PITH__F32,  PITH__F16,    PITH__BF16,   PITH__Q4_0, PITH__Q4_1, PITH__Q5_0,
                                        PITH__Q5_1, PITH__Q8_0,   PITH__Q2_K,   PITH__Q3_K, PITH__Q4_K, PITH__Q5_K,
                                        PITH__Q6_K, PITH__IQ4_NL, PITH__IQ4_XS, PITH__MXFP4};
enum {
    TYPES = sizeof all_types / sizeof all_types[0]
};

static uint32_t random_state = 1;

static uint32_t random_u32(void) {
    random_state = random_state * 1664525u + 1013904223u;
    return random_state ^ random_state >> 15;
}

/* Roughly normal, variance one. */
static float random_normal(void) {
    float sum = 0;
    for (int i = 0; i < 12; i++) {
        sum += (float)(random_u32() >> 8) * 0x1p-24f;
    }
    return sum - 6.0f;
}

static void random_bytes(uint8_t *at, size_t n) {
    for (size_t i = 0; i < n; i++) {
        at[i] = (uint8_t)(random_u32() >> 9);
    }
}

static void *need(size_t n) {
    void *p = aligned_alloc(64, (n + 63) / 64 * 64 + 64);
    assert_non_null(p);
    return p;
}

static void test_blocks_mean_what_gguf_says(void **state) {
    (void)state;
    float out[VECTOR_ELEMENTS];
    for (size_t v = 0; v < sizeof vectors / sizeof vectors[0]; v++) {
        pith__row_to_float(vectors[v].dtype, vectors[v].bytes, VECTOR_ELEMENTS, out);
        assert_memory_equal(out, vectors[v].values, sizeof out);
    }
}

static void check_pack(pith__dtype dtype, uint32_t rows, uint64_t k) {
    uint64_t row_bytes;
    assert_true(pith__row_bytes(dtype, k, &row_bytes));
    uint64_t group_bytes = pith__group_bytes(dtype, k);
    assert_int_equal(group_bytes % 64, 0);
    uint8_t *source = need(rows * row_bytes), *back = need(rows * row_bytes), *group = need(group_bytes);
    random_bytes(source, rows * row_bytes);
    memset(group, 0xa5, group_bytes + 64);
    memset(back, 0x5a, rows * row_bytes + 64);
    pith__pack_group(dtype, source, row_bytes, rows, k, group);
    pith__unpack_group(dtype, group, rows, k, back, row_bytes);
    assert_memory_equal(source, back, rows * row_bytes);
    assert_int_equal(group[group_bytes], 0xa5);
    assert_int_equal(back[rows * row_bytes], 0x5a);
    free(source);
    free(back);
    free(group);
}

static void test_packing_is_invertible(void **state) {
    (void)state;
    static const uint64_t lengths[] = {32, 64, 96, 160, 256, 512, 768, 2880, 1, 3, 33};
    for (int t = 0; t < TYPES; t++) {
        for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
            if (lengths[i] % pith__dtype_get(all_types[t])->block != 0) {
                continue;
            }
            for (uint32_t rows = 1; rows <= 16; rows++) {
                check_pack(all_types[t], rows, lengths[i]);
            }
        }
    }
}

static void test_rows_of_a_group_read_as_the_source_does(void **state) {
    (void)state;
    enum {
        K = 768
    };
    for (int t = 0; t < TYPES; t++) {
        uint64_t row_bytes;
        assert_true(pith__row_bytes(all_types[t], K, &row_bytes));
        uint8_t *source = need(16 * row_bytes), *group = need(pith__group_bytes(all_types[t], K));
        random_bytes(source, 16 * row_bytes);
        pith__pack_group(all_types[t], source, row_bytes, 16, K, group);
        for (uint32_t lane = 0; lane < 16; lane++) {
            float expected[K], got[K];
            pith__row_to_float(all_types[t], source + lane * row_bytes, K, expected);
            pith__group_row_to_float(all_types[t], group, lane, K, got);
            assert_memory_equal(expected, got, sizeof got);
        }
        free(source);
        free(group);
    }
}

/* Missing rows and the padding of K read as zeros. */
static void test_missing_rows_are_zero(void **state) {
    (void)state;
    enum {
        K = 256
    };
    for (int t = 0; t < TYPES; t++) {
        uint64_t row_bytes;
        assert_true(pith__row_bytes(all_types[t], K, &row_bytes));
        uint8_t *source = need(row_bytes), *group = need(pith__group_bytes(all_types[t], K));
        memset(source, 0x3c, row_bytes);
        pith__pack_group(all_types[t], source, row_bytes, 1, K, group);
        float out[K];
        pith__group_row_to_float(all_types[t], group, 15, K, out);
        for (int i = 0; i < K; i++) {
            assert_true(out[i] == 0);
        }
        free(source);
        free(group);
    }
}

/* Root of the mean squared error on normal numbers, in units of their deviation, that each type may have. */
static double error_allowed(pith__dtype dtype) {
    switch (dtype) {
    case PITH__F32:
        return 0;
    case PITH__F16:
        return 0.0004;
    case PITH__BF16:
        return 0.003;
    case PITH__Q8_0:
        return 0.007;
    case PITH__Q6_K:
        return 0.022;
    case PITH__Q5_K:
    case PITH__Q5_0:
    case PITH__Q5_1:
        return 0.047;
    case PITH__Q3_K:
        return 0.19;
    case PITH__Q2_K:
        return 0.34;
    case PITH__MXFP4:
        return 0.13;
    default: /* four bits */
        return 0.094;
    }
}

static double roundtrip_error(pith__dtype dtype, const float *x, uint64_t k) {
    uint64_t row_bytes;
    assert_true(pith__row_bytes(dtype, k, &row_bytes));
    uint8_t *row = need(row_bytes);
    float *back = need(k * sizeof(float));
    pith__row_from_float(dtype, x, k, row);
    pith__row_to_float(dtype, row, k, back);
    double error = 0;
    for (uint64_t i = 0; i < k; i++) {
        error += ((double)x[i] - back[i]) * ((double)x[i] - back[i]);
    }
    free(row);
    free(back);
    return sqrt(error / (double)k);
}

static void test_quantizers_are_close(void **state) {
    (void)state;
    enum {
        K = 8192
    };
    float *x = need(K * sizeof(float));
    for (int i = 0; i < K; i++) {
        x[i] = random_normal();
    }
    for (int t = 0; t < TYPES; t++) {
        double error = roundtrip_error(all_types[t], x, K);
        print_message("%-7s error %.4f\n", pith__dtype_get(all_types[t])->name, error);
        assert_true(error <= error_allowed(all_types[t]));
        assert_true(error >= 0.4 * error_allowed(all_types[t]));
    }
    free(x);
}

static void test_quantizers_keep_zero_and_take_anything(void **state) {
    (void)state;
    static const float nasty[] = {0,      -0.0f,   NAN,       INFINITY, -INFINITY, 3.4e38f, -3.4e38f,
                                  1e-45f, -1e-45f, 1.17e-38f, 65504,    1,         -1,      7e4f};
    float x[512];
    uint8_t row[512 * 4];
    float out[512];
    for (int t = 0; t < TYPES; t++) {
        memset(x, 0, sizeof x);
        pith__row_from_float(all_types[t], x, 512, row);
        pith__row_to_float(all_types[t], row, 512, out);
        for (int i = 0; i < 512; i++) {
            assert_true(out[i] == 0);
        }
        for (int round = 0; round < 50; round++) {
            for (int i = 0; i < 512; i++) {
                x[i] = nasty[random_u32() % (sizeof nasty / sizeof nasty[0])];
            }
            pith__row_from_float(all_types[t], x, 512, row);
            pith__row_to_float(all_types[t], row, 512, out);
        }
    }
}

static void test_sizes(void **state) {
    (void)state;
    uint64_t bytes = 7;
    assert_true(pith__row_bytes(PITH__Q4_K, 512, &bytes));
    assert_int_equal(bytes, 288);
    assert_false(pith__row_bytes(PITH__Q4_K, 128, &bytes));
    assert_false(pith__row_bytes(PITH__Q4_0, 33, &bytes));
    assert_false(pith__row_bytes(PITH__F32, UINT64_MAX / 2, &bytes));
    assert_false(pith__row_bytes(PITH__Q8_0, UINT64_MAX - 31, &bytes));
    assert_true(pith__row_bytes(PITH__Q8_0, 0, &bytes));
    assert_int_equal(bytes, 0);
    for (uint32_t dtype = 0; dtype < 300; dtype++) {
        const pith__dtype_info *info = pith__dtype_get(dtype);
        bool known = false;
        for (int t = 0; t < TYPES; t++) {
            known |= all_types[t] == dtype;
        }
        assert_int_equal(info != NULL, known);
        assert_int_equal(pith__row_bytes(dtype, 256, &bytes), known);
    }
    assert_null(pith__dtype_get(UINT32_MAX));
    assert_int_equal(pith__group_bytes(PITH__Q4_0, 64), 576);
    assert_int_equal(pith__group_bytes(PITH__Q4_0, 32), 576);
    assert_int_equal(pith__group_bytes(PITH__MXFP4, 64), 64 + 512);
    assert_int_equal(pith__group_bytes(PITH__MXFP4, 128), 1088);
    assert_int_equal(pith__group_bytes(PITH__F16, 3), 128);
}

static void test_activation_sizes(void **state) {
    (void)state;
    pith__acts_size f = pith__acts_bytes(PITH__ACT_FLOAT, 65);
    assert_int_equal(f.f, 512);
    assert_int_equal(f.q + f.scale + f.sum, 0);
    pith__acts_size b32 = pith__acts_bytes(PITH__ACT_B32, 32);
    assert_int_equal(b32.q, 64);
    assert_int_equal(b32.scale, 64);
    assert_int_equal(b32.sum, 64);
    pith__acts_size b256 = pith__acts_bytes(PITH__ACT_B256, 257);
    assert_int_equal(b256.q, 512);
    assert_int_equal(b256.scale, 64);
    assert_int_equal(b256.sum, 64);
    assert_int_equal(b256.f, 0);
}

static void test_fifth_bits_transpose(void **state) {
    (void)state;
    for (int bit = 0; bit < 32; bit++) {
        uint32_t packed = pith__layout_qh(1u << bit);
        assert_int_equal(packed, 1u << (bit % 4 * 8 + bit / 4));
        assert_int_equal(pith__layout_qh_inverse(packed), 1u << bit);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks_mean_what_gguf_says),
        cmocka_unit_test(test_packing_is_invertible),
        cmocka_unit_test(test_rows_of_a_group_read_as_the_source_does),
        cmocka_unit_test(test_missing_rows_are_zero),
        cmocka_unit_test(test_quantizers_are_close),
        cmocka_unit_test(test_quantizers_keep_zero_and_take_anything),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_activation_sizes),
        cmocka_unit_test(test_fifth_bits_transpose),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
