/* What a model costs to compute, counted from the library's own account of it (pith_model_json): multiply-adds and
 * bytes.
 *
 * Must not know: how pith computes. */
#ifndef BENCH_MODEL_FACTS_H
#define BENCH_MODEL_FACTS_H

#include <pith/pith.h>
#include <stdbool.h>

#define MAX_MATRIX_SHAPES 32

/* Matrices of one size, of all layers together. */
typedef struct matrix_shape {
    uint32_t rows, columns, count;
} matrix_shape;

typedef struct model_facts {
    char name[128], family[32], level[32]; /* level: of the CPU, as the library uses it */
    uint32_t openblas_from;                /* fewest columns at which matrices go to OpenBLAS; 0: they never do */
    double parameters, weight_bytes;
    double layer_dot_macs, layer_fma_macs; /* a token through all layers: by quantized and by float matrices */
    double layer_bytes;                    /* of those matrices in the file */
    double output_dot_macs, output_fma_macs, output_bytes; /* a token's logits */
    double attention_macs, kv_bytes;                       /* of one token for each position it looks at; F16 K and V */
    double window;                                         /* positions a token looks at, at most */
    uint32_t vocabulary, context;
    matrix_shape shapes[MAX_MATRIX_SHAPES];
    uint32_t n_shapes;
} model_facts;

/* False when the account lacks something; a line on standard error says what. */
bool model_facts_read(const pith_model *model, model_facts *facts);

#endif
