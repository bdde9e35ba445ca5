/* What quantization costs, on the bundled model: for every quantized type, whole-model logits with quantized weights
 * and activations, against the same weights dequantized to F32 and multiplied as floats (so that only the rounding of
 * activations differs).
 *
 * Bound. Rounding an activation to a step of amax/127 adds noise of amax/(127 * sqrt(12)) RMS; amax of a block is at
 * most about 3.5 times the RMS in blocks of 32 and 6 in blocks of 256, so a product's output carries relative noise of
 * up to 0.8% and 1.4%. Each of the model's 4 layers adds 4 such inputs (q/k/v, out, gate/up, down), independent ones,
 * and the head one more: sqrt(17) times that, 3.3% and 5.6% of the logits' RMS. The test takes these as limits for the
 * mean over positions.
 *
 * Products alone are checked against float64 in tests/kernels. */
#include "arch/weights.h"
#include "engine/all_logits.h"
#include "engine/harness.h"
#include "quant/quant.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TALES "examples/models/tales-q8_0.gguf"
enum {
    POSITIONS = 192
};

static pith_host host;
static int32_t ids[POSITIONS];
static float *base_logits, *exact_logits, *quantized_logits;
static uint32_t vocab;

/* Writes one matrix as `type` at `at`; returns where the next one goes. */
static uint8_t *convert_matrix(pith__matrix *m, pith__dtype type, uint8_t *at) {
    pith__matrix to;
    pith__matrix_shape(&to, type, m->rows, m->cols, false);
    to.data = at;
    float *row = malloc(m->cols * sizeof(float));
    uint8_t *rows = malloc(to.row_bytes * PITH__GROUP);
    for (uint32_t first = 0; first < m->rows; first += PITH__GROUP) {
        uint32_t count = m->rows - first < PITH__GROUP ? m->rows - first : PITH__GROUP;
        for (uint32_t r = 0; r < count; r++) {
            pith__matrix_row(m, first + r, row);
            pith__row_from_float(type, row, m->cols, rows + to.row_bytes * r);
        }
        pith__matrix_store(&to, first, count, rows);
    }
    free(row);
    free(rows);
    *m = to;
    return at + pith__matrix_bytes(&to) / 64 * 64 + 64;
}

/* Replaces all matrices by their rows written as `type`. */
static void convert(pith_model *model, pith__dtype type) {
    pith__weights *w = &model->weights;
    uint32_t slots = PITH__ROLES * (w->layers + 1);
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < slots; i++) {
        pith__matrix to, *m = &w->slots[i].matrix;
        pith__matrix_shape(&to, type, m->rows, m->cols, false);
        bytes += m->groups > 0 ? pith__matrix_bytes(&to) + 64 : 0;
    }
    uint8_t *block, *at;
    OK(pith__mem_alloc(&host.mem, (void **)&block, 1, bytes, 64, "weights"));
    at = block;
    for (uint32_t i = 0; i < slots; i++) {
        if (w->slots[i].matrix.groups > 0) {
            at = convert_matrix(&w->slots[i].matrix, type, at);
        }
    }
    pith__mem_free(&host.mem, w->block);
    w->block = block;
    w->acts_mask = 1u << pith__dtype_get((uint32_t)type)->acts;
}

static void compute(const pith_model *model, float *out) {
    all_logits(model, ids, POSITIONS, PITH__KV_F32, out);
}

static double log_sum_exp(const float *x) {
    double max = (double)x[0], sum = 0;
    for (uint32_t i = 1; i < vocab; i++) {
        max = (double)x[i] > max ? (double)x[i] : max;
    }
    for (uint32_t i = 0; i < vocab; i++) {
        sum += exp((double)x[i] - max);
    }
    return max + log(sum);
}

/* Mean over positions of KL(p || q), in nats. */
static double divergence(const float *p, const float *q) {
    double total = 0;
    for (uint32_t at = 0; at < POSITIONS; at++, p += vocab, q += vocab) {
        double lp = log_sum_exp(p), lq = log_sum_exp(q);
        for (uint32_t i = 0; i < vocab; i++) {
            double a = (double)p[i] - lp;
            total += exp(a) * (a - ((double)q[i] - lq));
        }
    }
    return total / POSITIONS;
}

/* Mean over positions of |a - b| / |a|, the logits taken about their mean (softmax does not see it). */
static double relative_error(const float *a, const float *b) {
    double total = 0;
    for (uint32_t at = 0; at < POSITIONS; at++, a += vocab, b += vocab) {
        double mean_a = 0, mean_b = 0, error = 0, norm = 0;
        for (uint32_t i = 0; i < vocab; i++) {
            mean_a += (double)a[i] / vocab;
            mean_b += (double)b[i] / vocab;
        }
        for (uint32_t i = 0; i < vocab; i++) {
            double x = (double)a[i] - mean_a, y = (double)b[i] - mean_b;
            error += (x - y) * (x - y);
            norm += x * x;
        }
        total += sqrt(error / norm);
    }
    return total / POSITIONS;
}

static void check_type(pith__dtype type) {
    const pith__dtype_info *info = pith__dtype_get((uint32_t)type);
    pith_model *model = all_logits_open(&host, TALES);
    convert(model, type);
    compute(model, quantized_logits);
    convert(model, PITH__F32); /* the same weights, as floats */
    compute(model, exact_logits);
    double error = relative_error(exact_logits, quantized_logits), limit = info->acts == PITH__ACT_B256 ? 0.056 : 0.033;
    print_message("%-7s activations alone: logits off by %.2f%% (limit %.1f%%), KL %.6f nats; with the weights' own "
                  "loss: KL %.6f nats\n",
                  info->name, 100 * error, 100 * limit, divergence(exact_logits, quantized_logits),
                  divergence(base_logits, quantized_logits));
    assert_true(error > 0 && error < limit);
    pith__model_release(model);
}

static void every_type(void **state) {
    static const pith__dtype types[] = {PITH__Q8_0,  PITH__Q6_K,   PITH__Q5_K,   PITH__Q5_1, PITH__Q5_0,
                                        PITH__Q4_K,  PITH__IQ4_XS, PITH__IQ4_NL, PITH__Q4_1, PITH__Q4_0,
                                        PITH__MXFP4, PITH__Q3_K,   PITH__Q2_K};
    (void)state;
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        check_type(types[i]);
    }
}

/* What is lost by keeping K and V in fewer bits, all else being exact. */
static void every_kv_type(void **state) {
    static const struct {
        pith__kv_type type;
        const char *name;
        double limit;
    } types[] = {{PITH__KV_F16, "f16", 0.0005}, {PITH__KV_Q8_0, "q8_0", 0.01}};
    (void)state;
    pith_model *model = all_logits_open(&host, TALES);
    convert(model, PITH__F32);
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        all_logits(model, ids, POSITIONS, types[i].type, quantized_logits);
        double error = relative_error(base_logits, quantized_logits);
        print_message("K and V as %-4s: logits off by %.4f%% (limit %.2f%%), KL %.7f nats\n", types[i].name,
                      100 * error, 100 * types[i].limit, divergence(base_logits, quantized_logits));
        assert_true(error > 0 && error < types[i].limit);
    }
    pith__model_release(model);
}

static void prepare(void) {
    static const char text[] =
        "Once upon a time there lived in a small house at the edge of the forest an old woman and her two "
        "grandchildren. The boy was brave, and the girl was wise; and every morning, when the sun rose over the "
        "hills, they went out together to gather wood for the fire. One day they met a grey wolf who could "
        "speak. \"Good morning, children,\" said the wolf. \"Where are you going so early?\" ";
    pith__token_list list = {0};
    const pith__span span = {{text, sizeof(text) - 1}, false};
    host.references = UINT32_MAX;
    host.kernels = pith__kernels_get(NULL);
    pith__mem_init(&host.mem, NULL, NULL, 0);
    pith_model *model = all_logits_open(&host, TALES);
    vocab = model->hparams.vocab;
    OK(pith__tokenize(model->tokenizer, &host.mem, &span, 1, PITH__TOKENIZE_BOS, &list));
    for (uint64_t i = 0; i < POSITIONS; i++) {
        ids[i] = list.ids[i % list.count];
    }
    pith__token_list_free(&host.mem, &list);
    base_logits = malloc(sizeof(float) * POSITIONS * vocab);
    exact_logits = malloc(sizeof(float) * POSITIONS * vocab);
    quantized_logits = malloc(sizeof(float) * POSITIONS * vocab);
    convert(model, PITH__F32);
    compute(model, base_logits);
    pith__model_release(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_type), cmocka_unit_test(every_kv_type)};
    prepare();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    free(base_logits);
    free(exact_logits);
    free(quantized_logits);
    return failed;
}
