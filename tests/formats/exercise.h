/* Uses everything an opened model file offers, as the rest of the library may: for files that were damaged and yet
 * opened. */
#ifndef PITH_TESTS_FORMATS_EXERCISE_H
#define PITH_TESTS_FORMATS_EXERCISE_H

#include "formats/modelfile.h"

/* Reads every key as every type and every byte of every tensor; returns how many of the calls said PITH_OK. */
uint64_t exercise_modelfile(const pith__modelfile *file, pith__mem *mem);

#endif
