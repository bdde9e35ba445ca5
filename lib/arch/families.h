/* The families' own symbols, for the registry alone. */
#ifndef PITH_ARCH_FAMILIES_H
#define PITH_ARCH_FAMILIES_H

#include "arch/family.h"

extern const pith__family pith__family_llama;
extern const pith__family pith__family_qwen2;
extern const pith__family pith__family_qwen3;

#endif
