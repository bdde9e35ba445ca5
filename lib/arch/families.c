/* The registry: every family this library knows. */
#include "arch/families.h"

const pith__family pith__family_vocabulary = {.name = "vocabulary-only", .models = "a vocabulary without a model"};

static const pith__family *const families[] = {&pith__family_llama, &pith__family_qwen2, &pith__family_qwen3};

const pith__family *pith__family_at(uint32_t index) {
    return index < sizeof(families) / sizeof(families[0]) ? families[index] : NULL;
}

const pith__family *pith__family_find(pith__str name) {
    for (uint32_t i = 0; pith__family_at(i); i++) {
        if (pith__str_is(name, families[i]->name)) {
            return families[i];
        }
    }
    return NULL;
}
