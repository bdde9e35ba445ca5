/* Random weights, written directly as the blocks of a type: no float is ever quantized, so a gigabyte takes a second.
 *
 * The scales are set so that a weight's spread is about 1 / sqrt(length of its row): a model made of such matrices keeps finite,
 * lively activations. The same seed gives the same bytes. */
#ifndef BENCH_RANDOM_BLOCKS_H
#define BENCH_RANDOM_BLOCKS_H

#include <stdint.h>

/* Numbers as in a GGUF file. */
typedef enum block_type {
    BLOCK_F32 = 0,
    BLOCK_F16 = 1,
    BLOCK_Q4_0 = 2,
    BLOCK_Q5_0 = 6,
    BLOCK_Q8_0 = 8,
    BLOCK_Q4_K = 12,
    BLOCK_Q6_K = 14,
} block_type;

/* Elements and bytes of one block; F32 and F16 count as blocks of one. */
uint32_t block_elements(block_type type);
uint32_t block_bytes(block_type type);

/* Fills `blocks` blocks of a matrix whose rows have `columns` elements; `state` is the generator's, not 0. */
void random_blocks(block_type type, uint32_t columns, uint64_t blocks, uint64_t *state, uint8_t *out);

#endif
