/* The products of AVX-VNNI in AVX-512's encoding of the same instructions, so that machines that have only the latter check
 * the same source. Compiled with AVX-512 VNNI; run only where the level avx512vnni runs. */
#define V_ISA avxvnni_twin
#include "kernels/x86/lanes_avx2.h"

#include "kernels/x86/vnni_256.h"

#include "kernels/x86/dots_vnni.h"

#include "avxvnni_twin.h"

#include "kernels/tmpl/matmul_quant_tmpl.h"
