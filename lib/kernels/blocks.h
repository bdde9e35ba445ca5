/* What the bytes of a quantized block mean, as integers and the numbers they are multiplied by: the one reading of each
 * format, used by the scalar products and by dequantization. Blocks are in source form (the bytes of a GGUF file),
 * without alignment; every byte value is valid. Source of the formats: ggml-common.h and ggml-quants.c of
 * https://github.com/ggml-org/ggml; MXFP4: OCP Microscaling v1.0. */
#ifndef PITH_KERNELS_BLOCKS_H
#define PITH_KERNELS_BLOCKS_H

#include "kernels/dtype.h"
#include <stdbool.h>
#include <stdint.h>

/* A block of 32: d * w + m. Types without m have m = -0, which adds nothing. */
typedef struct pith__block32 {
    float d, m;
    int8_t w[32];
} pith__block32;

/* A super-block of 256: d * scale * w - dmin * min. Scales and minimums stand for 16 elements each, also where the
 * format has one for 32; types without minimums have zeros. */
typedef struct pith__block256 {
    float d, dmin;
    int8_t scale[16];
    uint8_t min[16];
    int8_t w[256];
} pith__block256;

typedef void (*pith__read32_fn)(const uint8_t *source, pith__block32 *out);
typedef void (*pith__read256_fn)(const uint8_t *source, pith__block256 *out);

/* How to read a block of a type; exactly one of the two is set for a quantized type, none for other numbers. */
typedef struct pith__block_reader {
    pith__read32_fn read32;
    pith__read256_fn read256;
    bool has_min; /* the product has a second step */
} pith__block_reader;

pith__block_reader pith__block_reader_get(uint32_t dtype);

void pith__read_q2_k(const uint8_t *source, pith__block256 *out);
void pith__read_q3_k(const uint8_t *source, pith__block256 *out);
void pith__read_q4_k(const uint8_t *source, pith__block256 *out);
void pith__read_q5_k(const uint8_t *source, pith__block256 *out);
void pith__read_q6_k(const uint8_t *source, pith__block256 *out);
void pith__read_iq4_xs(const uint8_t *source, pith__block256 *out);

/* The sixteen levels of IQ4_NL and IQ4_XS, and of MXFP4 (twice the e2m1 values). */
extern const int8_t pith__levels_iq4[16];
extern const int8_t pith__levels_mxfp4[16];

/* 2^(e - 128): half of an E8M0 exponent's value, to go with the doubled levels. */
float pith__e8m0_half(uint8_t e);

#endif
