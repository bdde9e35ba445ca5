/* Products of quantized weights with Advanced SIMD alone. Compiled for ARMv8.0, which every 64-bit Arm is. */
#define V_ISA neon
#include "kernels/arm/lanes_neon.h"

#include "kernels/arm/arm.h"
#include "kernels/arm/dots_neon.h"

#include "kernels/tmpl/matmul_quant_tmpl.h"
