/* Conversions of single numbers between binary32 and the 16-bit formats, in integer arithmetic: exact, nearest even,
 * NaN payloads as F16C and the Arm FCVT treat them, so that every level agrees (NUMERICS.md, Conversions). */
#include "kernels/math.h"
#include <string.h>

static uint32_t bits_of(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static float float_of(uint32_t bits) {
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* Shifts right by 1 to 31 bits, rounding to nearest even. */
static uint32_t shift_round(uint32_t value, uint32_t shift) {
    uint32_t half = 1u << (shift - 1);
    uint32_t odd = (value >> shift) & 1;
    return (value + half - 1 + odd) >> shift;
}

uint16_t pith__f32_to_f16(float x) {
    uint32_t bits = bits_of(x);
    uint32_t sign = bits >> 16 & 0x8000;
    uint32_t magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000) {
        return (uint16_t)(sign | 0x7e00 | (magnitude >> 13 & 0x3ff));
    }
    if (magnitude >= 0x47800000) { /* 2^16 and more; what rounds up to it arrives there below */
        return (uint16_t)(sign | 0x7c00);
    }
    if (magnitude >= 0x38800000) { /* normal: 2^-14 and more */
        return (uint16_t)(sign | shift_round(magnitude - 0x38000000, 13));
    }
    uint32_t exponent = magnitude >> 23;
    if (exponent < 102) { /* under 2^-25, half of the smallest denormal */
        return (uint16_t)sign;
    }
    uint32_t significand = (magnitude & 0x7fffff) | 0x800000;
    return (uint16_t)(sign | shift_round(significand, 126 - exponent));
}

float pith__f16_to_f32(uint16_t h) {
    uint32_t sign = (uint32_t)(h & 0x8000) << 16;
    uint32_t exponent = h >> 10 & 0x1f;
    uint32_t fraction = h & 0x3ff;
    if (exponent == 0x1f) {
        uint32_t quiet = fraction ? 0x400000 : 0;
        return float_of(sign | 0x7f800000 | quiet | fraction << 13);
    }
    if (exponent == 0) { /* fraction * 2^-24, exact */
        return float_of(sign | bits_of((float)fraction * 0x1p-24f));
    }
    return float_of(sign | (exponent + 112) << 23 | fraction << 13);
}

uint16_t pith__f32_to_bf16(float x) {
    uint32_t bits = bits_of(x);
    if ((bits & 0x7fffffff) > 0x7f800000) {
        return (uint16_t)(bits >> 16 | 0x40);
    }
    return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

float pith__bf16_to_f32(uint16_t h) {
    return float_of((uint32_t)h << 16);
}
