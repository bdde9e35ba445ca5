/* Reading a family's hyperparameters from a file, and deriving those that follow from others. */
#ifndef PITH_ARCH_HPARAMS_H
#define PITH_ARCH_HPARAMS_H

#include "arch/family.h"

/* Finds the family of the file (general.architecture). PITH_E_UNSUPPORTED names an unknown one. */
int32_t pith__family_of(const pith__modelfile *file, const pith__family **out);

/* Reads by the family's table, checks bounds, derives and checks what hangs together. vocab comes from the embedding's
 * shape. */
int32_t pith__hparams_read(const pith__modelfile *file, const pith__family *family, pith__hparams *h);

/* The value of one rule in h, as a double (ROPE_SCALING: its number): for listings. */
double pith__hparam_value(const pith__hparams *h, const pith__hparam_rule *rule);

#endif
