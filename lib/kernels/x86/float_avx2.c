/* Float products, vector operations, attention and activation quantization with AVX2, FMA and F16C. Compiled with
 * exactly these flags; run only where levels_x86.c found them. */
#define V_ISA avx2
#include "kernels/x86/lanes_avx2.h"

#include "kernels/tmpl/unroll.h"
#include "kernels/x86/x86.h"

#include "kernels/tmpl/attention_tmpl.h"
#include "kernels/tmpl/matmul_float_tmpl.h"
#include "kernels/tmpl/quantize_tmpl.h"
#include "kernels/tmpl/vector_tmpl.h"
