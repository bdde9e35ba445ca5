/* From options objects to the plain structs of arch and engine. `options` may be NULL (defaults) and are of the right
 * scope; arrays and hooks in the result are borrowed from them. */
#ifndef PITH_API_OPTIONS_APPLY_H
#define PITH_API_OPTIONS_APPLY_H

#include "api/options.h"
#include "engine/engine.h"

pith__model_options pith__model_options_of(const pith_options *options);
pith__engine_options pith__engine_options_of(const pith_options *options);
pith__request_options pith__request_options_of(const pith_options *options);

#endif
