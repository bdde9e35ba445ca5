/* pith: transformer language models inside your program, on the CPU, from quantized weights. (Being written.) */
#ifndef PITH_H
#define PITH_H
#include <stdint.h>
#define PITH_OK 0
#define PITH_E_ARGUMENT (-1)     /* an argument is wrong: NULL, out of range, or not for this call */
#define PITH_E_MEMORY (-2)       /* an allocation failed, or would pass the host's limit */
#define PITH_E_IO (-3)           /* a file could not be opened or read */
#define PITH_E_FORMAT (-4)       /* a file is damaged or contradicts itself */
#define PITH_E_UNSUPPORTED (-5)  /* well formed, but not something this version knows */
#define PITH_E_OPTION (-6)       /* an option's key, scope or value is wrong */
#define PITH_E_BUFFER (-7)       /* the caller's buffer is too small; the size needed was returned */
#define PITH_E_BUSY (-8)         /* the engine's queue is full: try later */
#define PITH_E_CANCELED (-9)     /* the caller canceled */
#define PITH_E_TIMEOUT (-10)     /* the time given has passed; the work goes on */
#define PITH_E_STATE (-11)       /* the call does not fit the object's state */
#define PITH_E_NUMERIC (-12)     /* NaN or infinity appeared in the computation */
#define PITH_E_FORKED (-13)      /* the object belongs to the parent process */
#define PITH_E_SYSTEM (-14)      /* the operating system refused (a thread, a clock) */
#define PITH_E_CONTEXT (-15)     /* the input does not fit the context */
#define PITH_E_INTERNAL (-16)    /* a defect in pith: please report it */
#endif
