/* What avxvnni_twin.c offers: quantized products. */
#ifndef PITH_TESTS_AVXVNNI_TWIN_H
#define PITH_TESTS_AVXVNNI_TWIN_H

#include "kernels/entries.h"

PITH__DECLARE_QUANT(avxvnni_twin)

#endif
