/* Attention of one block, merging and storing, at every level against ref; and ref against plain attention in double.
 */
#include "check.h"

#include "kernels/math.h"

enum {
    BLOCK = PITH__ATTN_BLOCK,
    QUERIES_MAX = 40
};

/* A page of one K/V head and queries. */
typedef struct scene {
    uint32_t head_dim;
    void *k, *v;
    float *q;
} scene;

static const char *const type_names[PITH__KV_TYPES] = {"f16", "f32", "q8_0"};

static void store(const pith__kernels *level, pith__kv_type type, const float *row, scene *s, uint32_t pos) {
    level->store_k[type](row, s->head_dim, s->k, pos);
    level->store_v[type](row + s->head_dim, s->head_dim, s->v, pos);
}

static scene make_scene(const pith__kernels *level, uint32_t head_dim, pith__kv_type type, const float *rows) {
    size_t bytes = pith__kv_block_bytes(type, head_dim);
    scene s = {head_dim, check_alloc(bytes), check_alloc(bytes), NULL};
    memset(s.k, 0x7e, bytes); /* NaN in f16, and large in f32, wherever nothing is stored */
    memset(s.v, 0x7e, bytes);
    for (uint32_t pos = 0; pos < BLOCK; pos++) {
        if (rows) {
            store(level, type, rows + (size_t)pos * 2 * head_dim, &s, pos);
        }
    }
    return s;
}

static void free_scene(scene *s) {
    check_free(s->k);
    check_free(s->v);
}

/* The queries lie apart, in the opposite order. */
static void attend(const pith__kernels *level, const scene *s, const float *q, uint32_t queries, pith__kv_type type,
                   uint32_t begin, uint32_t end, float *result) {
    const float *rows[QUERIES_MAX];
    for (uint32_t i = 0; i < queries; i++) {
        rows[i] = q + (size_t)(queries - 1 - i) * s->head_dim;
    }
    float *max = result, *sum = result + queries, *out = result + 2 * queries;
    pith__attn_args a = {rows, queries, s->head_dim, 0.125f, s->k, s->v, begin, end, max, sum, out, s->k, s->v};
    level->attn[type](&a);
}

static void check_range(const pith__kernels *level, const scene *s, const float *q, uint32_t queries,
                        pith__kv_type type, uint32_t begin, uint32_t end) {
    size_t n = (size_t)queries * (s->head_dim + 2);
    float *expected = check_alloc(n * sizeof(float)), *got = check_alloc(n * sizeof(float));
    attend(check_ref(), s, q, queries, type, begin, end, expected);
    attend(level, s, q, queries, type, begin, end, got);
    check_floats(expected, got, n, level->name, type_names[type]);
    check_free(expected);
    check_free(got);
}

static float *make_rows(uint32_t head_dim, bool hostile) {
    size_t n = (size_t)BLOCK * 2 * head_dim;
    float *rows = check_alloc(n * sizeof(float));
    for (size_t i = 0; i < n; i++) {
        rows[i] = hostile && check_random() % 64 == 0 ? check_any_float() : check_normal();
    }
    return rows;
}

static void check_dim(const pith__kernels *level, uint32_t head_dim, pith__kv_type type, bool hostile) {
    static const uint8_t ranges[][2] = {{0, 64}, {0, 1},   {0, 15},  {0, 16}, {0, 17}, {63, 64},
                                        {3, 5},  {15, 33}, {16, 48}, {7, 64}, {48, 50}};
    float *rows = make_rows(head_dim, hostile);
    scene s = make_scene(check_ref(), head_dim, type, rows);
    float *q = check_alloc((size_t)QUERIES_MAX * head_dim * sizeof(float));
    check_normals(q, (size_t)QUERIES_MAX * head_dim);
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        check_range(level, &s, q, (uint32_t)i * 4 % QUERIES_MAX + 1, type, ranges[i][0], ranges[i][1]);
        check_range(level, &s, q, 1 + (uint32_t)(i + head_dim) % 4, type, ranges[i][0], ranges[i][1]);
    }
    check_free(rows);
    check_free(q);
    free_scene(&s);
}

static const uint32_t dims[] = {1, 2, 6, 16, 18, 31, 32, 40, 48, 64, 80, 96, 100, 128, 192, 256, 512};

static void test_attention(void **state) {
    (void)state;
    const pith__kernels *level;
    for (uint32_t l = 0; (level = check_level(l)) != NULL; l++) {
        for (size_t d = 0; d < sizeof dims / sizeof dims[0]; d++) {
            for (pith__kv_type type = 0; type < PITH__KV_TYPES; type++) {
                check_dim(level, dims[d], type, false);
                check_dim(level, dims[d], type, true);
            }
        }
    }
}

/* Positions outside the range hold NaN: they must not reach the result. */
static void test_positions_outside_do_not_matter(void **state) {
    (void)state;
    enum {
        DIM = 64,
        BEGIN = 5,
        END = 23
    };
    float *rows = make_rows(DIM, false), *q = check_alloc(DIM * sizeof(float));
    check_normals(q, DIM);
    for (uint32_t l = 0;; l++) {
        const char *name = pith__kernels_level(l);
        if (!name) {
            break;
        }
        const pith__kernels *level = pith__kernels_get(name);
        scene s = make_scene(level, DIM, PITH__KV_F16, NULL);
        for (uint32_t pos = BEGIN; pos < END; pos++) {
            store(level, PITH__KV_F16, rows + (size_t)pos * 2 * DIM, &s, pos);
        }
        float result[DIM + 2];
        attend(level, &s, q, 1, PITH__KV_F16, BEGIN, END, result);
        for (int i = 0; i < DIM + 2; i++) {
            assert_true(result[i] - result[i] == 0);
        }
        free_scene(&s);
    }
    check_free(rows);
    check_free(q);
}

static void test_stores(void **state) {
    (void)state;
    const pith__kernels *level;
    for (uint32_t l = 0; (level = check_level(l)) != NULL; l++) {
        for (size_t d = 0; d < sizeof dims / sizeof dims[0]; d++) {
            for (pith__kv_type type = 0; type < PITH__KV_TYPES; type++) {
                float *rows = make_rows(dims[d], true);
                scene a = make_scene(check_ref(), dims[d], type, rows), b = make_scene(level, dims[d], type, rows);
                size_t bytes = pith__kv_block_bytes(type, dims[d]);
                check_bytes(a.k, b.k, bytes, level->name, "store_k");
                check_bytes(a.v, b.v, bytes, level->name, "store_v");
                check_free(rows);
                free_scene(&a);
                free_scene(&b);
            }
        }
    }
}

static void check_merge(const pith__kernels *level, uint32_t n, float m, float bm) {
    float *out = check_alloc(n * sizeof(float)), *other = check_alloc(n * sizeof(float)),
          *more = check_alloc(n * sizeof(float));
    check_normals(out, n);
    check_normals(more, n);
    memcpy(other, out, n * sizeof(float));
    float a[2] = {m, 1.25f}, b[2] = {m, 1.25f};
    check_ref()->attn_merge(&a[0], &a[1], out, bm, 2.5f, more, n);
    level->attn_merge(&b[0], &b[1], other, bm, 2.5f, more, n);
    check_floats(a, b, 2, level->name, "attn_merge: max and sum");
    check_floats(out, other, n, level->name, "attn_merge");
    check_free(out);
    check_free(other);
    check_free(more);
}

static void test_merge(void **state) {
    (void)state;
    static const float maxima[] = {-INFINITY, -3.0f, 0.0f, 2.5f, 200.0f, INFINITY, NAN};
    enum {
        MAXIMA = sizeof maxima / sizeof maxima[0]
    };
    const pith__kernels *level;
    for (uint32_t l = 0; (level = check_level(l)) != NULL; l++) {
        for (uint32_t n = 1; n <= 130; n += n < 34 ? 1 : 16) {
            for (int i = 0; i < MAXIMA * MAXIMA; i++) {
                check_merge(level, n, maxima[i / MAXIMA], maxima[i % MAXIMA]);
            }
        }
    }
}

/* Two blocks merged are close to softmax attention in double. */
static void check_ref_is_attention(pith__kv_type type, double limit) {
    enum {
        DIM = 32,
        END = 40
    };
    float *rows[2] = {make_rows(DIM, false), make_rows(DIM, false)};
    float q[DIM], result[DIM + 2], m = -INFINITY, sum = 0, out[DIM];
    check_normals(q, DIM);
    double weights = 0, expected[DIM] = {0};
    for (int b = 0; b < 2; b++) {
        scene s = make_scene(check_ref(), DIM, type, rows[b]);
        attend(check_ref(), &s, q, 1, type, 0, b ? END : BLOCK, result);
        check_ref()->attn_merge(&m, &sum, out, result[0], result[1], result + 2, DIM);
        free_scene(&s);
        for (int p = 0; p < (b ? END : BLOCK); p++) {
            const float *k = rows[b] + (size_t)p * 2 * DIM, *v = k + DIM;
            double score = 0;
            for (int d = 0; d < DIM; d++) {
                score += (double)q[d] * k[d];
            }
            double e = exp(score * 0.125);
            weights += e;
            for (int d = 0; d < DIM; d++) {
                expected[d] += e * v[d];
            }
        }
    }
    for (int d = 0; d < DIM; d++) {
        assert_true(fabs(out[d] / sum - expected[d] / weights) < limit);
    }
    check_free(rows[0]);
    check_free(rows[1]);
}

static void test_ref_is_attention(void **state) {
    (void)state;
    check_ref_is_attention(PITH__KV_F32, 1e-6);
    check_ref_is_attention(PITH__KV_F16, 1e-3);
    check_ref_is_attention(PITH__KV_Q8_0, 1e-2);
}

int check_run_attention(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_attention),        cmocka_unit_test(test_positions_outside_do_not_matter),
        cmocka_unit_test(test_stores),           cmocka_unit_test(test_merge),
        cmocka_unit_test(test_ref_is_attention),
    };
    return cmocka_run_group_tests_name("attention", tests, NULL, NULL);
}
