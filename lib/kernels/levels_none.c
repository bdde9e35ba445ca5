/* Processor families without kernels of their own: "ref" is all there is. */
#include "kernels/levels.h"
#include <stddef.h>

const pith__kernels *pith__family_level(uint32_t index) {
    (void)index;
    return NULL;
}
