/* Float products, vector operations, attention and activation quantization with Advanced SIMD. Compiled for ARMv8.0,
 * which every 64-bit Arm is: all levels of levels_arm.c share them. */
#define V_ISA neon
#include "kernels/arm/lanes_neon.h"

#include "kernels/arm/arm.h"
#include "kernels/tmpl/unroll.h"

#include "kernels/tmpl/attention_tmpl.h"
#include "kernels/tmpl/matmul_float_tmpl.h"
#include "kernels/tmpl/quantize_tmpl.h"
#include "kernels/tmpl/vector_tmpl.h"
