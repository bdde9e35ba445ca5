/* Activation quantization, norms, RoPE, conversions and the other operations on vectors, at every level against ref:
 * all tails, unaligned starts, and values that are zero, denormal, huge, infinite or NaN. */
#include "check.h"

#include "kernels/math.h"

enum {
    LENGTHS = 80
};

/* 0, 1, ... 66, then some longer ones. */
static uint32_t length_at(uint32_t i) {
    return i < 67 ? i : (i - 66) * 73 + i % 3;
}

typedef enum content {
    NORMAL,
    ANY
} content;

/* n floats that start `shift` floats after an aligned address, in a guarded buffer that ends with them. */
static float *fill(uint32_t n, uint32_t shift, content how) {
    float *base = check_alloc((n + shift) * sizeof(float));
    for (uint32_t i = 0; i < n + shift; i++) {
        base[i] = how == ANY ? check_any_float() : check_normal();
    }
    return base;
}

static float *copy(const float *from, uint32_t n) {
    float *to = check_alloc(n * sizeof(float));
    if (n) {
        memcpy(to, from, n * sizeof(float));
    }
    return to;
}

typedef void (*vector_check)(const pith__kernels *level, uint32_t n, uint32_t shift, content how);

static void run(vector_check check) {
    const pith__kernels *level;
    for (uint32_t i = 0; (level = check_level(i)) != NULL; i++) {
        for (uint32_t l = 0; l < LENGTHS; l++) {
            check(level, length_at(l), l % 4, NORMAL);
            check(level, length_at(l), (l + 1) % 4, ANY);
        }
    }
}

static void check_quantized(const pith__kernels *level, const float *x, uint32_t k, pith__act_kind kind) {
    pith__acts_size size = pith__acts_bytes(kind, k);
    uint32_t scales = (uint32_t)(kind == PITH__ACT_B32 ? size.q / 32 : size.q / 256);
    uint32_t sums = kind == PITH__ACT_B32 ? scales : scales * 16;
    int8_t *q[2];
    float *scale[2];
    int16_t *sum[2];
    bool finite[2];
    for (int i = 0; i < 2; i++) {
        const pith__kernels *at = i ? level : check_ref();
        q[i] = check_alloc(size.q);
        scale[i] = check_alloc(scales * sizeof(float));
        sum[i] = check_alloc(sums * sizeof(int16_t));
        finite[i] = (kind == PITH__ACT_B32 ? at->quantize_b32 : at->quantize_b256)(x, k, q[i], scale[i], sum[i]);
    }
    assert_int_equal(finite[0], finite[1]);
    check_bytes(q[0], q[1], size.q, level->name, "quantize: q");
    check_floats(scale[0], scale[1], scales, level->name, "quantize: scale");
    check_bytes(sum[0], sum[1], sums * sizeof(int16_t), level->name, "quantize: sum");
    for (int i = 0; i < 2; i++) {
        check_free(q[i]);
        check_free(scale[i]);
        check_free(sum[i]);
    }
}

static void check_quantize(const pith__kernels *level, uint32_t n, uint32_t shift, content how) {
    float *x = fill(n, shift, how);
    check_quantized(level, x + shift, n, PITH__ACT_B32);
    check_quantized(level, x + shift, n, PITH__ACT_B256);
    check_free(x);
}

static void check_rms_norm(const pith__kernels *level, uint32_t n, uint32_t shift, content how) {
    if (n == 0) {
        return;
    }
    float *x = fill(n, shift, how), *w = fill(n, shift, how), *a = check_alloc(n * sizeof(float)),
          *b = check_alloc(n * sizeof(float));
    for (int weighted = 0; weighted < 2; weighted++) {
        check_ref()->rms_norm(x + shift, weighted ? w + shift : NULL, n, 1e-5f, a);
        level->rms_norm(x + shift, weighted ? w + shift : NULL, n, 1e-5f, b);
        check_floats(a, b, n, level->name, "rms_norm");
    }
    check_free(x);
    check_free(w);
    check_free(a);
    check_free(b);
}

static void check_in_place(const pith__kernels *level, uint32_t n, uint32_t shift, content how) {
    float *x = fill(n, shift, how), *y = fill(n, shift, how);
    float *a = copy(x + shift, n), *b = copy(x + shift, n);
    check_ref()->add(a, y + shift, n);
    level->add(b, y + shift, n);
    check_floats(a, b, n, level->name, "add");
    check_ref()->scale(a, 0.37f, n);
    level->scale(b, 0.37f, n);
    check_floats(a, b, n, level->name, "scale");
    check_free(x);
    check_free(y);
    check_free(a);
    check_free(b);
}

static void check_silu_mul(const pith__kernels *level, uint32_t n, uint32_t shift, content how) {
    float *gate = fill(n, shift, how), *up = fill(n, shift, how);
    float *a = check_alloc(n * sizeof(float)), *b = copy(gate + shift, n);
    check_ref()->silu_mul(gate + shift, up + shift, n, a);
    level->silu_mul(b, up + shift, n, b);
    check_floats(a, b, n, level->name, "silu_mul");
    check_free(gate);
    check_free(up);
    check_free(a);
    check_free(b);
}

static void check_rope(const pith__kernels *level, uint32_t n, uint32_t shift, content how) {
    n &= ~1u;
    float *x = fill(n, shift, how), *cs = fill(n, shift, how);
    float *a = copy(x + shift, n), *b = copy(x + shift, n);
    check_ref()->rope_normal(a, cs + shift, n);
    level->rope_normal(b, cs + shift, n);
    check_floats(a, b, n, level->name, "rope_normal");
    check_ref()->rope_neox(a, cs + shift, n);
    level->rope_neox(b, cs + shift, n);
    check_floats(a, b, n, level->name, "rope_neox");
    check_free(x);
    check_free(cs);
    check_free(a);
    check_free(b);
}

static void check_exp_sum_and_max(const pith__kernels *level, uint32_t n, uint32_t shift, content how) {
    float *x = fill(n, shift, how);
    float *a = copy(x + shift, n), *b = copy(x + shift, n);
    float max[2] = {check_ref()->max(x + shift, n), level->max(x + shift, n)};
    check_floats(&max[0], &max[1], 1, level->name, "max");
    assert_true(max[0] == max[0]);
    float sum[2] = {check_ref()->exp_sum(a, n, max[0]), level->exp_sum(b, n, max[0])};
    check_floats(a, b, n, level->name, "exp_sum: elements");
    check_floats(&sum[0], &sum[1], 1, level->name, "exp_sum");
    check_free(x);
    check_free(a);
    check_free(b);
}

static void check_conversions(const pith__kernels *level, uint32_t n, uint32_t shift, content how) {
    float *x = fill(n, shift, how), *a = check_alloc(n * sizeof(float)), *b = check_alloc(n * sizeof(float));
    uint16_t *h = check_alloc(n * sizeof(uint16_t)), *g = check_alloc(n * sizeof(uint16_t));
    check_ref()->f32_to_f16(x + shift, n, h);
    level->f32_to_f16(x + shift, n, g);
    check_bytes(h, g, n * sizeof *h, level->name, "f32_to_f16");
    check_random_bytes(h, n * sizeof *h);
    check_ref()->f16_to_f32(h, n, a);
    level->f16_to_f32(h, n, b);
    check_bytes(a, b, n * sizeof *a, level->name, "f16_to_f32");
    check_ref()->bf16_to_f32(h, n, a);
    level->bf16_to_f32(h, n, b);
    check_bytes(a, b, n * sizeof *a, level->name, "bf16_to_f32");
    check_free(x);
    check_free(a);
    check_free(b);
    check_free(h);
    check_free(g);
}

static void test_quantize(void **state) {
    (void)state;
    run(check_quantize);
}

static void test_rms_norm(void **state) {
    (void)state;
    run(check_rms_norm);
}

static void test_add_and_scale(void **state) {
    (void)state;
    run(check_in_place);
}

static void test_silu_mul(void **state) {
    (void)state;
    run(check_silu_mul);
}

static void test_rope(void **state) {
    (void)state;
    run(check_rope);
}

static void test_exp_sum_and_max(void **state) {
    (void)state;
    run(check_exp_sum_and_max);
}

static void test_conversions(void **state) {
    (void)state;
    run(check_conversions);
}

/* All 65536 halves, and floats of every exponent with the bits that decide rounding, on every level. */
static void test_all_halves(void **state) {
    (void)state;
    enum {
        N = 65536
    };
    uint16_t *h = check_alloc(N * sizeof *h), *back = check_alloc(N * sizeof *h), *ref = check_alloc(N * sizeof *h);
    float *x = check_alloc(N * sizeof *x), *y = check_alloc(N * sizeof *y);
    for (uint32_t i = 0; i < N; i++) {
        h[i] = (uint16_t)i;
        x[i] = pith__f16_to_f32((uint16_t)i);
        uint32_t bits = i << 16 | (check_random() & 0xffff);
        bits = i % 2 ? bits : (bits & 0xffffe000) | (i % 4 ? 0x1000 : 0x1001);
        memcpy(y + i, &bits, sizeof bits);
    }
    const pith__kernels *level;
    for (uint32_t l = 0; (level = check_level(l)) != NULL; l++) {
        float *out = check_alloc(N * sizeof *out);
        level->f16_to_f32(h, N, out);
        check_bytes(x, out, N * sizeof *x, level->name, "all halves");
        check_ref()->f32_to_f16(y, N, ref);
        level->f32_to_f16(y, N, back);
        check_bytes(ref, back, N * sizeof *ref, level->name, "roundings to half");
        check_free(out);
    }
    check_free(h);
    check_free(back);
    check_free(ref);
    check_free(x);
    check_free(y);
}

static void test_quantize_follows_the_rules(void **state) {
    (void)state;
    float x[64] = {0}, scale[2];
    int8_t q[64];
    int16_t sum[2];
    x[0] = 127.0f;
    x[1] = 0.5f;
    x[2] = 1.5f;
    x[3] = -2.5f;
    assert_true(check_ref()->quantize_b32(x, 32, q, scale, sum));
    assert_true(scale[0] == 1.0f && scale[1] == 0.0f);
    assert_int_equal(q[0], 127);
    assert_int_equal(q[1], 0);
    assert_int_equal(q[2], 2);
    assert_int_equal(q[3], -2);
    assert_int_equal(sum[0], 127);
    x[0] = 0x1p-119f;
    assert_true(check_ref()->quantize_b32(x, 1, q, scale, sum));
    assert_int_equal(q[0], 127);
    assert_true(scale[0] > 1.17549435e-38f);
    x[0] = 0x1.fffffep-120f;
    assert_true(check_ref()->quantize_b32(x, 1, q, scale, sum));
    assert_int_equal(q[0], 0);
    assert_true(scale[0] == 0);
    x[33] = NAN;
    assert_false(check_ref()->quantize_b32(x, 64, q, scale, sum));
    assert_int_equal(q[33], 0);
    assert_true(scale[1] == 0);
    x[33] = -INFINITY;
    assert_false(check_ref()->quantize_b32(x, 64, q, scale, sum));
}

static void test_unknown_levels(void **state) {
    (void)state;
    assert_null(pith__kernels_get("altivec"));
    assert_null(pith__kernels_get("re"));
    assert_string_equal(pith__kernels_get("ref")->name, "ref");
    assert_string_equal(pith__kernels_level(0), "ref");
    assert_null(pith__kernels_level(100));
    uint32_t last = 0;
    while (pith__kernels_level(last + 1)) {
        last++;
    }
    assert_ptr_equal(pith__kernels_get(NULL), pith__kernels_get(pith__kernels_level(last)));
    assert_ptr_equal(pith__kernels_get(""), pith__kernels_get(NULL));
    for (uint32_t i = 0; i <= last; i++) {
        const pith__kernels *table = pith__kernels_get(pith__kernels_level(i));
        for (size_t t = 0; t < check_types_count; t++) {
            assert_non_null(table->matmul[check_types[t]]);
        }
        assert_null(table->matmul[4]);
    }
}

int check_run_vectors(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quantize),       cmocka_unit_test(test_rms_norm),
        cmocka_unit_test(test_add_and_scale),  cmocka_unit_test(test_silu_mul),
        cmocka_unit_test(test_rope),           cmocka_unit_test(test_exp_sum_and_max),
        cmocka_unit_test(test_conversions),    cmocka_unit_test(test_all_halves),
        cmocka_unit_test(test_unknown_levels), cmocka_unit_test(test_quantize_follows_the_rules),
    };
    return cmocka_run_group_tests_name("vectors", tests, NULL, NULL);
}
