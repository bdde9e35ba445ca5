/* Runs requests through the public API and keeps what came out, for comparing runs bit for bit. Every failed call fails
 * the test with the library's own sentence. */
#ifndef PITH_TEST_HARNESS_H
#define PITH_TEST_HARNESS_H

#include <pith/pith.h>

/* cmocka wants these before itself */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Fails the test unless `call` is PITH_OK. */
#define OK(call) harness_ok((call), #call, __FILE__, __LINE__)
void harness_ok(int32_t status, const char *call, const char *file, int line);

/* How an engine is set up; zeros are defaults. */
typedef struct setup {
    const char *cpu; /* NULL: the best */
    pith_executor_fn executor;
    int64_t threads, batch_tokens, kv_tokens, max_sequences;
    const char *kv_type;
    int64_t exact, blas_columns;
} setup;

typedef struct rig {
    pith_host *host;
    pith_model *model;
    pith_engine *engine;
} rig;

void rig_open_memory(rig *r, const setup *s, const void *bytes, uint64_t size);
void rig_open_path(rig *r, const setup *s, const char *path);
void rig_close(rig *r);

#define MAX_OUTPUT 1200

/* What a generation gave: ids, and the log-probabilities of the chosen and of the likeliest tokens, as bits of the
 * whole distribution. */
typedef struct outcome {
    int64_t stop;
    uint64_t n;
    int32_t ids[MAX_OUTPUT];
    float logprobs[MAX_OUTPUT], tops[MAX_OUTPUT][5];
    char text[8 * MAX_OUTPUT];
    uint64_t text_size;
} outcome;

/* Greedy unless temperature > 0; the loop guard is off. */
pith_request *rig_submit(rig *r, const char *prompt, int64_t max_tokens, double temperature, int64_t seed);
void rig_collect(pith_request *request, outcome *out); /* waits, reads, releases */
void rig_generate(rig *r, const char *prompt, int64_t max_tokens, double temperature, int64_t seed, outcome *out);
void outcome_equal(const outcome *a, const outcome *b, const char *what);

/* Embeds `n` texts in one request; vectors of all into out (capacity floats), returns floats written. */
uint64_t rig_embed(rig *r, const char *const *texts, uint64_t n, const char *pooling, float *out, uint64_t capacity);

#endif
