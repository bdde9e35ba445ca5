/* Same input, same bits: over tiny random models of every family, generation and embeddings do not change with threads,
 * batch, chunking, executor, instruction set or the host's floating-point mode. */
#include "engine/harness.h"
#include "engine/tiny_model.h"
#include "quant/quant.h"
#include <stdio.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
static unsigned host_mode(void) {
    unsigned old = _mm_getcsr();
    _mm_setcsr(old | 0x8040); /* flush to zero, denormals are zero */
    return old;
}
static unsigned host_mode_now(void) {
    return _mm_getcsr();
}
static void host_mode_back(unsigned old) {
    _mm_setcsr(old);
}
#else
static unsigned host_mode(void) {
    return 0;
}
static unsigned host_mode_now(void) {
    return 0x8040;
}
static void host_mode_back(unsigned old) {
    (void)old;
}
#endif

enum {
    TOKENS = 10,
    PROMPTS = 5
};

static const char *const prompts[PROMPTS] = {
    "a",
    "The quick brown fox jumps over the lazy dog, and then it sits down in the grass to think about what it has done.",
    "\xe4\xbd\xa0\xe5\xa5\xbd\xef\xbc\x8c\xe4\xb8\x96\xe7\x95\x8c", "12345 67890",
    "a longer one that crosses a page of sixty-four positions on its way"};

static void serial_executor(void *user, pith_task_fn task, void *arg, uint32_t count) {
    (void)user;
    for (uint32_t i = count; i-- > 0;) { /* backwards: the order must not matter */
        task(arg, i);
    }
}

typedef struct result {
    outcome out[PROMPTS];
    float mean[PROMPTS * 256], none[65536];
    uint64_t n_mean, n_none;
} result;

static void run_all(const setup *s, const tiny_model *m, bool together, result *r) {
    rig place;
    rig_open_memory(&place, s, m->bytes, m->size);
    memset(r, 0, sizeof(*r));
    if (together) {
        pith_request *requests[PROMPTS];
        for (int i = 0; i < PROMPTS; i++) {
            requests[i] = rig_submit(&place, prompts[i], TOKENS, i % 2 ? 0.8 : 0, i);
        }
        for (int i = PROMPTS; i-- > 0;) {
            rig_collect(requests[i], &r->out[i]);
        }
        r->n_mean = rig_embed(&place, prompts, PROMPTS, "mean", r->mean, PROMPTS * 256);
    } else {
        for (int i = 0; i < PROMPTS; i++) {
            rig_generate(&place, prompts[i], TOKENS, i % 2 ? 0.8 : 0, i, &r->out[i]);
            r->n_mean += rig_embed(&place, &prompts[i], 1, "mean", r->mean + r->n_mean, 256);
        }
    }
    r->n_none = rig_embed(&place, prompts, PROMPTS, "none", r->none, 65536);
    rig_close(&place);
}

static void compare(const result *a, const result *b, const char *name, const char *what) {
    char label[128];
    for (int i = 0; i < PROMPTS; i++) {
        snprintf(label, sizeof(label), "%s, %s, prompt %d", name, what, i);
        outcome_equal(&a->out[i], &b->out[i], label);
    }
    assert_int_equal(a->n_mean, b->n_mean);
    assert_int_equal(a->n_none, b->n_none);
    if (memcmp(a->mean, b->mean, sizeof(a->mean)) != 0 || memcmp(a->none, b->none, sizeof(a->none)) != 0) {
        fail_msg("%s, %s: embeddings differ", name, what);
    }
}

static result solo, other;

static void check_one(const setup *base, const char *what, bool together, const tiny_model *m, const char *name) {
    run_all(base, m, together, &other);
    compare(&solo, &other, name, what);
}

static void check_ftz(const setup *base, const tiny_model *m, const char *name) {
    unsigned old = host_mode();
    unsigned set = host_mode_now();
    check_one(base, "with flush-to-zero set by the host", false, m, name);
    assert_true((host_mode_now() & 0x8040) == (set & 0x8040)); /* and it is left set */
    host_mode_back(old);
}

static void check_levels(const setup *base, const tiny_model *m, const char *name) {
    for (uint32_t i = 0; pith__kernels_level(i); i++) {
        setup s = *base;
        s.cpu = pith__kernels_level(i);
        check_one(&s, s.cpu, true, m, name);
    }
}

static void check_model(const tiny_options *o, int64_t exact, const char *kv_type) {
    char name[96];
    tiny_model m;
    setup base = {.threads = 1, .exact = exact, .kv_type = kv_type};
    snprintf(name, sizeof(name), "%s %s/%s%s kv %s", o->family->name, pith__dtype_get((uint32_t)o->matrices)->name,
             pith__dtype_get((uint32_t)o->embedding)->name, o->tied ? " tied" : "", kv_type);
    tiny_model_make(o, &m);
    run_all(&base, &m, false, &solo);
    assert_int_equal(solo.n_mean, PROMPTS * 256);
    setup s = base;
    s.threads = 3;
    check_one(&s, "3 threads, all at once", true, &m, name);
    s = base;
    s.batch_tokens = 1;
    check_one(&s, "token by token", false, &m, name);
    s.batch_tokens = 7;
    check_one(&s, "chunks of 7, all at once", true, &m, name);
    s = base;
    s.executor = serial_executor;
    check_one(&s, "serial executor", true, &m, name);
    check_ftz(&base, &m, name);
    check_levels(&base, &m, name);
    tiny_model_free(&m);
}

static void quantized_models(void **state) {
    static const char *const kv_types[] = {"f16", "f32", "q8_0"};
    static const pith__dtype others[] = {PITH__Q8_0, PITH__Q6_K, PITH__IQ4_NL};
    (void)state;
    for (uint32_t f = 0; pith__family_at(f); f++) {
        const pith__dtype types[] = {PITH__Q4_0, PITH__Q4_K, others[f % 3]};
        for (uint32_t t = 0; t < 3; t++) {
            const tiny_options o = {pith__family_at(f), types[t],   t % 2 ? PITH__F16 : types[t],
                                    t % 2 == 0,         t % 2 == 1, 7 * t + f};
            check_model(&o, 0, kv_types[t]);
        }
    }
}

static void exact_float_models(void **state) {
    static const pith__dtype types[] = {PITH__F32, PITH__F16, PITH__BF16};
    (void)state;
    for (uint32_t f = 0; pith__family_at(f); f++) {
        const tiny_options o = {pith__family_at(f), types[f % 3], types[f % 3], f % 2 == 0, true, 99 + f};
        check_model(&o, 1, "f16");
    }
}

/* Float models through OpenBLAS keep no such promise, but must agree closely. */
static void blas_agrees(void **state) {
    static const pith__dtype types[] = {PITH__F32, PITH__F16, PITH__BF16};
    static result blas;
    (void)state;
    for (uint32_t t = 0; t < 3; t++) {
        const tiny_options o = {pith__family_at(0), types[t], types[t], true, false, 5};
        const setup exact = {.threads = 1, .exact = 1}, fast = {.threads = 1 + t % 2, .blas_columns = 1};
        tiny_model m;
        tiny_model_make(&o, &m);
        run_all(&exact, &m, false, &solo);
        run_all(&fast, &m, false, &blas);
        for (uint64_t i = 0; i < solo.n_mean; i++) {
            assert_true(solo.mean[i] - blas.mean[i] < 1e-4f && blas.mean[i] - solo.mean[i] < 1e-4f);
        }
        tiny_model_free(&m);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantized_models),
        cmocka_unit_test(exact_float_models),
        cmocka_unit_test(blas_agrees),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
