/* Products of quantized weights with AVX-VNNI. Run only where levels_x86.c found it. */
#define V_ISA avxvnni
#include "kernels/x86/lanes_avx2.h"

#include "kernels/x86/vnni_256.h"

#include "kernels/x86/dots_vnni.h"
#include "kernels/x86/x86.h"

#include "kernels/tmpl/matmul_quant_tmpl.h"
