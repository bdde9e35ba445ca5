/* The logits of every position of a text, straight from a family's forward function: what the public API, which
 * samples, never shows whole. */
#ifndef PITH_TEST_ALL_LOGITS_H
#define PITH_TEST_ALL_LOGITS_H

#include "arch/model.h"

/* Opens `path` with pith's own kernels for floats (exact), on this thread. `host` must live as long as the model. */
pith_model *all_logits_open(pith_host *host, const char *path);

/* Writes logits[n][vocab]; a cache of type `kv`, one thread, one batch. Fails the test when a row is not finite. */
void all_logits(const pith_model *model, const int32_t *ids, uint32_t n, pith__kv_type kv, float *out);

#endif
