/* The scratch memory of a step: one allocation, sized from the model and the most entries a step may have.
 * Invariant: floats past a row's width are zero, at first and for ever (kernels read K padded). */
#ifndef PITH_ARCH_WORKSPACE_H
#define PITH_ARCH_WORKSPACE_H

#include "arch/family.h"
#include "base/memory.h"

/* What decides the size. */
typedef struct pith__workspace_size {
    uint32_t rows, outputs;       /* most entries of a step; most that want logits */
    uint32_t acts_mask, max_cols; /* see pith__weights */
    uint32_t max_float_cols;      /* 0: OpenBLAS is never used */
} pith__workspace_size;

uint64_t pith__workspace_bytes(const pith__hparams *h, const pith__workspace_size *size);
int32_t pith__workspace_create(pith__mem *mem, const pith__hparams *h, const pith__workspace_size *size,
                               pith__workspace *w);
void pith__workspace_free(pith__mem *mem, pith__workspace *w);

#endif
