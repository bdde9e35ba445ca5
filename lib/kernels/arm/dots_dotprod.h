/* Integer dots of the level dotprod: SDOT for streams and panels. */
#ifndef PITH_KERNELS_DOTS_DOTPROD_H
#define PITH_KERNELS_DOTS_DOTPROD_H

#include "kernels/arm/dots_sdot.h"

/* Up to how many columns weights stream past, in turns, where blocks are of 32 and of 256. */
enum {
    V_STREAM_LIMIT_32 = 8,
    V_STREAM_LIMIT_256 = 4,
    V_STREAM_LIMIT_Q4_K = V_STREAM_LIMIT_256
};

#include "kernels/tmpl/dots_plain_tmpl.h"

#endif
