/* Choice of a kernel table by name. Tables are constants, so nothing is initialized and nothing can race. */
#include "kernels/kernels.h"
#include "kernels/levels.h"
#include "kernels/ref/ref.h"
#include <stddef.h>
#include <string.h>

static const pith__kernels *level_at(uint32_t index) {
    return index == 0 ? &pith__kernels_ref : pith__family_level(index - 1);
}

const char *pith__kernels_level(uint32_t index) {
    const pith__kernels *table = level_at(index);
    return table ? table->name : NULL;
}

const pith__kernels *pith__kernels_get(const char *level) {
    bool best_wanted = !level || level[0] == '\0';
    const pith__kernels *best = NULL;
    const pith__kernels *table;
    for (uint32_t i = 0; (table = level_at(i)) != NULL; i++) {
        if (!best_wanted && strcmp(table->name, level) == 0) {
            return table;
        }
        best = table;
    }
    return best_wanted ? best : NULL;
}
