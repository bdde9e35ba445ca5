/* Products of quantized weights with AVX2. Compiled with -mavx2 -mfma -mf16c; run only where levels_x86.c found them.
 */
#define V_ISA avx2
#include "kernels/x86/lanes_avx2.h"

#include "kernels/x86/madd_256.h"

#include "kernels/x86/dots_madd.h"
#include "kernels/x86/x86.h"

#include "kernels/tmpl/matmul_quant_tmpl.h"
