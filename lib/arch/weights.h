/* A family's tensor table filled from a file: first shapes (for plans), then bytes.
 *
 * Invariant: after shape() every tensor of the file is claimed by a rule and has the rule's shape, so that nothing a
 * file holds is silently left out; load() reads only inside the tensors' checked extents. */
#ifndef PITH_ARCH_WEIGHTS_H
#define PITH_ARCH_WEIGHTS_H

#include "arch/family.h"
#include "base/memory.h"
#include <pith/pith.h>

/* Matches tables and file; allocates only the slots. `blas` lets a wholly float model go through OpenBLAS. */
int32_t pith__weights_shape(pith__mem *mem, const pith__modelfile *file, const pith__family *family,
                            const pith__hparams *h, bool blas, pith__weights *w);
/* Bytes load() will take and keep; and the most it takes besides, with `threads` loader threads. */
uint64_t pith__weights_bytes(const pith__weights *w, const pith__hparams *h);
uint64_t pith__weights_loading_bytes(const pith__weights *w, uint32_t threads);
/* Reads and packs everything, on the pool's threads; progress (may be NULL) is called on this one. */
int32_t pith__weights_load(pith__mem *mem, const pith__modelfile *file, const pith__family *family,
                           const pith__hparams *h, pith__pool *pool, pith_progress_fn progress, void *user,
                           pith__weights *w);
void pith__weights_free(pith__mem *mem, pith__weights *w);

/* True when some matrix is quantized. */
bool pith__weights_quantized(const pith__weights *w);

#endif
