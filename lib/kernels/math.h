/* Canonical elementary functions, made of IEEE operations only: the same bits on every machine and with every libc.
 * NUMERICS.md states their polynomials, ranges and errors. Vector kernels repeat these steps lane by lane. */
#ifndef PITH_KERNELS_MATH_H
#define PITH_KERNELS_MATH_H

#include <stdint.h>

float pith__expf(float x);                 /* under 1.02 ulp; 0 below about -87.3 (no denormals), +inf above 88.7; NaN stays NaN */
double pith__exp(double x);
double pith__log(double x);                /* x > 0; -inf at 0, NaN below */
double pith__pow(double x, double y);      /* x > 0: exp(y * log(x)), relative error under 1e-13 for RoPE's ranges */
void pith__sincos(double x, double *sine, double *cosine); /* |x| < 2^30, else NaN; absolute error under 1e-12 */
float pith__tanhf(float x);
float pith__fmaf(float x, float y, float z); /* correctly rounded everywhere, also where the libc's is not */
float pith__sqrtf(float x);                  /* correctly rounded */

uint16_t pith__f32_to_f16(float x);
float pith__f16_to_f32(uint16_t h);
uint16_t pith__f32_to_bf16(float x);
float pith__bf16_to_f32(uint16_t h);

#endif
