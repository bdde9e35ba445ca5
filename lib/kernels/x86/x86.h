/* What the vector files of x86 offer to the tables in levels_x86.c. */
#ifndef PITH_KERNELS_X86_H
#define PITH_KERNELS_X86_H

#include "kernels/entries.h"

PITH__DECLARE_QUANT(avx2)
PITH__DECLARE_QUANT(avxvnni)
PITH__DECLARE_QUANT(avx512)
PITH__DECLARE_QUANT(avx512vnni)
PITH__DECLARE_FLOAT(avx2)
PITH__DECLARE_FLOAT(avx512)

#endif
