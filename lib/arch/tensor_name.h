/* Names of a layer's tensors: a pattern with % for the layer's number. */
#ifndef PITH_ARCH_TENSOR_NAME_H
#define PITH_ARCH_TENSOR_NAME_H

#include "base/format.h"
#include <string.h>

#define PITH__TENSOR_NAME 96

static inline void pith__tensor_name(const char *pattern, uint32_t layer, char out[PITH__TENSOR_NAME]) {
    const char *mark = strchr(pattern, '%');
    if (mark) {
        pith__format(out, PITH__TENSOR_NAME, "%.*s%u%s", (int)(mark - pattern), pattern, layer, mark + 1);
    } else {
        pith__format(out, PITH__TENSOR_NAME, "%s", pattern);
    }
}

#endif
