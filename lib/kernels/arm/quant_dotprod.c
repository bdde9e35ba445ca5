/* Products of quantized weights with SDOT. Run only where levels_arm.c found it. */
#define V_ISA dotprod
#include "kernels/arm/lanes_neon.h"

#include "kernels/arm/arm.h"
#include "kernels/arm/dots_dotprod.h"

#include "kernels/tmpl/matmul_quant_tmpl.h"
