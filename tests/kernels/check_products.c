/* Packed products of every type, at every level, against ref: group and column counts with every tail, K that ends
 * inside panels and cells, hostile scales, the extremes of the integer sums; and their speed. */
#include "check.h"

enum {
    COLS_MAX = 19,
    GROUPS_MAX = 5
};

/* Columns quantized (or copied) for one kind of weights. */
typedef struct columns {
    pith__acts acts;
    int8_t *q;
    float *scale, *f;
    int16_t *sum;
} columns;

typedef enum flavor {
    TAME,
    HOSTILE,
    EXTREME
} flavor;

static void quantize(pith__act_kind kind, const float *x, uint32_t k, columns *c, uint32_t col) {
    int8_t *q = c->q + col * c->acts.q_stride;
    float *scale = c->scale + col * c->acts.scale_stride;
    int16_t *sum = c->sum + col * c->acts.sum_stride;
    if (kind == PITH__ACT_B32) {
        check_ref()->quantize_b32(x, k, q, scale, sum);
    } else {
        check_ref()->quantize_b256(x, k, q, scale, sum);
    }
}

static void make_column(pith__act_kind kind, uint32_t k, flavor how, columns *c, uint32_t col) {
    float *x = check_alloc(k * sizeof(float));
    for (uint32_t i = 0; i < k; i++) {
        x[i] = how == EXTREME ? (col % 2 ? -1.0f : 1.0f) : check_normal();
        if (how == HOSTILE && check_random() % 300 == 0) {
            x[i] = check_any_float();
        }
    }
    if (kind == PITH__ACT_FLOAT) {
        memcpy(c->f + col * c->acts.f_stride, x, k * sizeof(float));
    } else {
        quantize(kind, x, k, c, col);
    }
    check_free(x);
}

static columns make_columns(pith__act_kind kind, uint32_t k, uint32_t cols, flavor how) {
    pith__acts_size size = pith__acts_bytes(kind, k);
    columns c = {.q = check_alloc(size.q * cols),
                 .scale = check_alloc(size.scale * cols),
                 .f = check_alloc(size.f * cols),
                 .sum = check_alloc(size.sum * cols)};
    memset(c.f, 0, size.f * cols);
    c.acts = (pith__acts){kind, c.f, size.f / 4, c.q, size.q, c.scale, size.scale / 4, c.sum, size.sum / 2};
    for (uint32_t col = 0; col < cols; col++) {
        make_column(kind, k, how, &c, col);
        if (how == HOSTILE && kind != PITH__ACT_FLOAT) {
            c.scale[col * c.acts.scale_stride] = check_any_float();
        }
    }
    return c;
}

static void free_columns(columns *c) {
    check_free(c->q);
    check_free(c->scale);
    check_free(c->f);
    check_free(c->sum);
}

static uint8_t *make_weights(pith__dtype dtype, uint32_t k, uint32_t groups, flavor how) {
    uint64_t row_bytes;
    assert_true(pith__row_bytes(dtype, k, &row_bytes));
    uint64_t group_bytes = pith__group_bytes(dtype, k);
    uint8_t *rows = check_alloc(row_bytes * 16);
    uint8_t *weights = check_alloc(group_bytes * groups);
    for (uint32_t g = 0; g < groups; g++) {
        if (how == EXTREME) {
            static const uint8_t bytes[] = {0xff, 0x00, 0x80, 0x7f, 0x88};
            check_fill_extreme(dtype, rows, 16, k, bytes[g % sizeof bytes]);
        } else {
            check_fill_rows(dtype, rows, 16, k, how == HOSTILE);
        }
        pith__pack_group(dtype, rows, row_bytes, g == groups - 1 ? 13 : 16, k, weights + g * group_bytes);
    }
    check_free(rows);
    return weights;
}

/* One call of a level for columns [first, first + cols), compared with what ref made of all of them. */
static void compare(const pith__kernels *level, pith__dtype dtype, pith__matmul_args a, const float *expected,
                    uint64_t stride) {
    uint64_t padded = stride + 16;
    float *out = check_alloc(padded * a.cols * sizeof(float));
    memset(out, 0xa5, padded * a.cols * sizeof(float));
    a.out = out;
    a.out_stride = padded;
    level->matmul[dtype](&a);
    for (uint32_t c = 0; c < a.cols; c++) {
        check_floats(expected + (a.first_col + c) * stride, out + c * padded, stride, level->name,
                     pith__dtype_get(dtype)->name);
        for (uint32_t i = 0; i < 16; i++) {
            uint32_t bits;
            memcpy(&bits, out + c * padded + stride + i, sizeof bits);
            assert_int_equal(bits, 0xa5a5a5a5);
        }
    }
    check_free(out);
}

static void check_shape(pith__dtype dtype, uint32_t k, uint32_t groups, flavor how) {
    const pith__dtype_info *info = pith__dtype_get(dtype);
    columns x = make_columns(info->acts, k, COLS_MAX, how);
    uint8_t *weights = make_weights(dtype, k, groups, how);
    uint64_t stride = groups * 16;
    float *expected = check_alloc(stride * COLS_MAX * sizeof(float));
    pith__matmul_args a = {weights, pith__group_bytes(dtype, k), groups, k, &x.acts, 0, COLS_MAX, expected, stride};
    check_ref()->matmul[dtype](&a);
    const pith__kernels *level;
    for (uint32_t i = 0; (level = check_level(i)) != NULL; i++) {
        for (a.cols = 1; a.cols <= 17; a.cols++) {
            a.first_col = a.cols % 3;
            compare(level, dtype, a, expected, stride);
        }
    }
    free_columns(&x);
    check_free(weights);
    check_free(expected);
}

static void check_type(pith__dtype dtype, flavor how) {
    static const uint32_t lengths[] = {1, 7, 31, 32, 33, 64, 96, 100, 160, 256, 288, 320, 512, 768, 1056};
    uint32_t groups = 1;
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        if (lengths[i] % pith__dtype_get(dtype)->block == 0) {
            check_shape(dtype, lengths[i], groups, how);
            groups = groups % GROUPS_MAX + 1;
        }
    }
}

static void check_all(flavor how) {
    for (size_t t = 0; t < check_types_count; t++) {
        check_type(check_types[t], how);
    }
}

static void test_products(void **state) {
    (void)state;
    check_all(TAME);
}

static void test_products_of_hostile_weights(void **state) {
    (void)state;
    check_all(HOSTILE);
}

static void test_products_at_the_extremes(void **state) {
    (void)state;
    check_all(EXTREME);
}

/* A column's result must not depend on the others, nor a group's: ref itself, one at a time. */
static void test_ref_columns_and_groups_are_independent(void **state) {
    (void)state;
    enum {
        K = 512,
        GROUPS = 3,
        COLS = 4,
        STRIDE = GROUPS * 16
    };
    for (size_t t = 0; t < check_types_count; t++) {
        pith__dtype dtype = check_types[t];
        columns x = make_columns(pith__dtype_get(dtype)->acts, K, COLS, TAME);
        uint8_t *weights = make_weights(dtype, K, GROUPS, TAME);
        float together[STRIDE * COLS], alone[16];
        uint64_t group_bytes = pith__group_bytes(dtype, K);
        pith__matmul_args a = {weights, group_bytes, GROUPS, K, &x.acts, 0, COLS, together, STRIDE};
        check_ref()->matmul[dtype](&a);
        for (uint32_t g = 0; g < GROUPS; g++) {
            for (uint32_t c = 0; c < COLS; c++) {
                pith__matmul_args one = {weights + g * group_bytes, group_bytes, 1, K, &x.acts, c, 1, alone, 16};
                check_ref()->matmul[dtype](&one);
                check_floats(together + c * STRIDE + g * 16, alone, 16, "ref", pith__dtype_get(dtype)->name);
            }
        }
        free_columns(&x);
        check_free(weights);
    }
}

static double time_product(const pith__kernels *level, pith__dtype dtype, const pith__matmul_args *a) {
    double start = check_seconds(), took;
    uint32_t rounds = 0;
    do {
        level->matmul[dtype](a);
        rounds++;
        took = check_seconds() - start;
    } while (took < 0.002);
    return took / rounds;
}

static void test_speed_is_told(void **state) {
    (void)state;
    enum {
        K = 1024,
        GROUPS = 2,
        COLS = 12
    };
    for (size_t t = 0; t < check_types_count; t++) {
        pith__dtype dtype = check_types[t];
        columns x = make_columns(pith__dtype_get(dtype)->acts, K, COLS, TAME);
        uint8_t *weights = make_weights(dtype, K, GROUPS, TAME);
        float out[GROUPS * 16 * COLS];
        pith__matmul_args a = {weights, pith__group_bytes(dtype, K), GROUPS, K, &x.acts, 0, COLS, out, GROUPS * 16};
        double ref = time_product(check_ref(), dtype, &a);
        print_message("%-7s ref %8.0f ns", pith__dtype_get(dtype)->name, ref * 1e9);
        const pith__kernels *level;
        for (uint32_t i = 0; (level = check_level(i)) != NULL; i++) {
            print_message("   %s x%.0f", level->name, ref / time_product(level, dtype, &a));
        }
        print_message("\n");
        free_columns(&x);
        check_free(weights);
    }
}

int check_run_products(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_products),
        cmocka_unit_test(test_products_of_hostile_weights),
        cmocka_unit_test(test_products_at_the_extremes),
        cmocka_unit_test(test_ref_columns_and_groups_are_independent),
        cmocka_unit_test(test_speed_is_told),
    };
    return cmocka_run_group_tests_name("products", tests, NULL, NULL);
}
