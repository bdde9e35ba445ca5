/* The tokens a sampler looks back at, and the penalties their repetition costs.
 *
 * Invariant: count[id] is how often id is among the last `window` accepted tokens (or among all of them). Nothing is
 * allocated when no penalty is set. Must not know: candidates, randomness. */
#ifndef PITH_SAMPLING_PENALTIES_H
#define PITH_SAMPLING_PENALTIES_H

#include "base/memory.h"
#include <stdint.h>

typedef struct pith__penalties {
    float repeat, frequency, presence;
    uint32_t vocab;
    uint32_t *count;       /* [vocab]; NULL: no penalties */
    int32_t *ring;         /* [window], the tokens counted; NULL: all tokens count for ever */
    uint32_t window, used; /* slots of the ring, and how many are filled */
    uint32_t next;         /* the slot the next token goes to */
} pith__penalties;

/* Off when `last_n` is 0 or every penalty is neutral. p is zeroed memory; free() is safe after a failure. */
int32_t pith__penalties_init(pith__penalties *p, pith__mem *mem, uint32_t vocab, uint32_t last_n);
void pith__penalties_free(pith__penalties *p, pith__mem *mem);
uint64_t pith__penalties_bytes(uint32_t vocab); /* at most */

void pith__penalties_accept(pith__penalties *p, int32_t id);

/* For each counted token: logit / repeat when positive, else logit * repeat; then minus count * frequency + presence.
 */
void pith__penalties_apply(const pith__penalties *p, float *logits);

#endif
