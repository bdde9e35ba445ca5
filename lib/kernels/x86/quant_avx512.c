/* Products of quantized weights with AVX-512 F, BW, VL, DQ, without VNNI. Run only where levels_x86.c found them. */
#define V_ISA avx512
#include "kernels/x86/lanes_avx512.h"

#include "kernels/x86/madd_512.h"

#include "kernels/x86/dots_madd.h"
#include "kernels/x86/x86.h"

#include "kernels/tmpl/matmul_quant_tmpl.h"
