/* Products of quantized weights with AVX-512 VNNI. Run only where levels_x86.c found it. */
#define V_ISA avx512vnni
#include "kernels/x86/lanes_avx512.h"

#include "kernels/x86/vnni_512.h"

#include "kernels/x86/dots_vnni.h"
#include "kernels/x86/x86.h"

#include "kernels/tmpl/matmul_quant_tmpl.h"
