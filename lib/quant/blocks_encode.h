/* The reference quantizers, one a type: floats of one block to its bytes in source form. Used by rows.c alone. */
#ifndef PITH_QUANT_BLOCKS_ENCODE_H
#define PITH_QUANT_BLOCKS_ENCODE_H

#include "kernels/math.h"
#include <stdint.h>

typedef void (*pith__encode_fn)(const float *x, uint8_t *block);

void pith__encode_q4_0(const float *x, uint8_t *block);
void pith__encode_q4_1(const float *x, uint8_t *block);
void pith__encode_q5_0(const float *x, uint8_t *block);
void pith__encode_q5_1(const float *x, uint8_t *block);
void pith__encode_q8_0(const float *x, uint8_t *block);
void pith__encode_iq4_nl(const float *x, uint8_t *block);
void pith__encode_mxfp4(const float *x, uint8_t *block);
void pith__encode_q2_k(const float *x, uint8_t *block);
void pith__encode_q3_k(const float *x, uint8_t *block);
void pith__encode_q4_k(const float *x, uint8_t *block);
void pith__encode_q5_k(const float *x, uint8_t *block);
void pith__encode_q6_k(const float *x, uint8_t *block);
void pith__encode_iq4_xs(const float *x, uint8_t *block);

static inline float pith__block_half(const uint8_t *at) {
    return pith__f16_to_f32((uint16_t)(at[0] | at[1] << 8));
}

static inline void pith__block_put_half(uint8_t *at, float x) {
    uint16_t h = pith__f32_to_f16(x);
    at[0] = (uint8_t)(h & 0xff);
    at[1] = (uint8_t)(h >> 8);
}

#endif
