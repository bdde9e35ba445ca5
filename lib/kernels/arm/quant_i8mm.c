/* Products of quantized weights with SDOT and SMMLA. Run only where levels_arm.c found them. */
#define V_ISA i8mm
#include "kernels/arm/lanes_neon.h"

#include "kernels/arm/arm.h"
#include "kernels/arm/dots_i8mm.h"

#include "kernels/tmpl/matmul_quant_tmpl.h"
