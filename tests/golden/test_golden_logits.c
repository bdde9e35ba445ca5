/* The whole logits vector of every position, and the greedy choice there, against what the official implementation
 * computed, for every family and RoPE scaling (make_goldens.py wrote the vectors). F32 weights, pith's own kernels. */
#include "engine/all_logits.h"
#include "engine/harness.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "tests/golden/vectors/"
#define LIMIT  1e-4 /* of |ours - official| / |official| at the worst position */

static const char *const names[] = {"llama",           "llama-tied",   "llama-head-dim", "llama-biases",
                                    "llama-theta",     "llama-linear", "llama-yarn",     "llama-yarn-tuned",
                                    "llama-3-scaling", "llama-window", "qwen2",          "qwen2-tied",
                                    "qwen2-yarn",      "qwen3",        "qwen3-untied",   "qwen3-yarn"};

static pith_host host;

static void *read_all(const char *path, size_t *size) {
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    *size = (size_t)ftell(f);
    rewind(f);
    void *bytes = malloc(*size);
    assert_int_equal(fread(bytes, 1, *size, f), *size);
    fclose(f);
    return bytes;
}

static uint32_t likeliest(const float *x, uint32_t n) {
    uint32_t best = 0;
    for (uint32_t i = 1; i < n; i++) {
        best = x[i] > x[best] ? i : best;
    }
    return best;
}

static double relative_error(const float *official, const float *ours, uint32_t n) {
    double error = 0, norm = 0;
    for (uint32_t i = 0; i < n; i++) {
        error += pow((double)ours[i] - (double)official[i], 2);
        norm += pow((double)official[i], 2);
    }
    return sqrt(error / norm);
}

static void check(const char *name) {
    char path[128];
    size_t size;
    uint32_t head[6];
    snprintf(path, sizeof(path), FOLDER "%s.golden", name);
    uint8_t *golden = read_all(path, &size);
    memcpy(head, golden, sizeof(head)); /* magic, version, prompt, generated, vocabulary, width */
    uint32_t n = head[2] + head[3], vocab = head[4];
    const int32_t *ids = (const int32_t *)(const void *)(golden + sizeof(head));
    const float *official = (const float *)(const void *)(ids + n);
    assert_true(size >= sizeof(head) + (size_t)n * (1 + vocab) * 4);
    snprintf(path, sizeof(path), FOLDER "%s.gguf", name);
    pith_model *model = all_logits_open(&host, path);
    assert_int_equal(model->hparams.vocab, vocab);
    float *ours = malloc(sizeof(float) * n * vocab);
    all_logits(model, ids, n, PITH__KV_F32, ours);
    double worst = 0;
    for (uint32_t at = 0; at < n; at++) {
        const float *a = official + (size_t)at * vocab, *b = ours + (size_t)at * vocab;
        double error = relative_error(a, b, vocab);
        worst = error > worst ? error : worst;
        if (at + 1 >= head[2]) {
            assert_int_equal(likeliest(a, vocab), likeliest(b, vocab));
        }
    }
    print_message("%-17s %u positions: worst relative error of the logits %.1e\n", name, n, worst);
    assert_true(worst < LIMIT);
    free(ours);
    free(golden);
    pith__model_release(model);
}

static void every_model(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        check(names[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_model)};
    host.references = UINT32_MAX;
    host.kernels = pith__kernels_get(getenv("PITH_CPU"));
    pith__mem_init(&host.mem, NULL, NULL, 0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
