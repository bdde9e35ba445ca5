/* What a processor family offers beside "ref": its tables in ascending order, and which of them this machine can run.
 * One implementation a family (x86/levels_x86.c, ...); families without one have no further levels. */
#ifndef PITH_KERNELS_LEVELS_H
#define PITH_KERNELS_LEVELS_H

#include "kernels/kernels.h"

/* The index-th table of the family among those that the machine and its operating system can run, lowest first; NULL
 * past the end. */
const pith__kernels *pith__family_level(uint32_t index);

#endif
