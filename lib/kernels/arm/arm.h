/* What the vector files of Arm offer to the tables in levels_arm.c. */
#ifndef PITH_KERNELS_ARM_H
#define PITH_KERNELS_ARM_H

#include "kernels/entries.h"

PITH__DECLARE_QUANT(neon)
PITH__DECLARE_QUANT(dotprod)
PITH__DECLARE_QUANT(i8mm)
PITH__DECLARE_FLOAT(neon)

#endif
