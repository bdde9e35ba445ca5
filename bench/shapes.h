/* The shapes of well-known models, by name, for files of random weights that any program can run.
 *
 * The numbers are those of the models' published config.json. */
#ifndef BENCH_SHAPES_H
#define BENCH_SHAPES_H

#include <stdbool.h>
#include <stdint.h>

typedef struct shape {
    const char *name;   /* on the command line */
    const char *family; /* general.architecture */
    uint32_t layers, width, ffn, heads, kv_heads, head_dim, vocab, context;
    float norm_eps, rope_base;
    bool tied;    /* the output is the embedding */
    bool qkv_bias;
    bool qk_norm; /* a norm on each head of q and k */
} shape;

/* NULL past the end. */
const shape *shape_at(uint32_t index);
/* NULL: unknown. */
const shape *shape_find(const char *name);

#endif
