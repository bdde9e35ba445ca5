/* Repetition, frequency and presence penalties over a window of tokens, kept as counts, so that applying them is one
 * pass. Sources: repetition: Keskar et al., "CTRL", 2019 (section 4.1); frequency and presence: as OpenAI's API
 * documents them. */
#include "sampling/penalties.h"
#include "sampling/sampling.h"
#include <math.h>

static bool is_neutral(const pith__penalties *p) {
    return p->repeat == 1.0f && p->frequency == 0.0f && p->presence == 0.0f;
}

int32_t pith__penalties_init(pith__penalties *p, pith__mem *mem, uint32_t vocab, uint32_t last_n) {
    if (last_n == 0 || is_neutral(p)) {
        return PITH_OK;
    }
    p->vocab = vocab;
    PITH_TRY(PITH_NEW_ARRAY(mem, &p->count, vocab, "token counts of a sampler"));
    if (last_n <= PITH__PENALTY_WINDOW) {
        p->window = last_n;
        PITH_TRY(PITH_NEW_ARRAY(mem, &p->ring, last_n, "penalty window of a sampler"));
    }
    return PITH_OK;
}

void pith__penalties_free(pith__penalties *p, pith__mem *mem) {
    pith__mem_free(mem, p->count);
    pith__mem_free(mem, p->ring);
}

uint64_t pith__penalties_bytes(uint32_t vocab) {
    return pith__mem_cost((uint64_t)vocab * sizeof(uint32_t), 16) +
           pith__mem_cost((uint64_t)PITH__PENALTY_WINDOW * sizeof(int32_t), 16);
}

void pith__penalties_accept(pith__penalties *p, int32_t id) {
    if (!p->count || id < 0 || (uint32_t)id >= p->vocab) {
        return;
    }
    if (p->ring) {
        if (p->used == p->window) {
            p->count[p->ring[p->next]]--;
        } else {
            p->used++;
        }
        p->ring[p->next] = id;
        p->next = p->next + 1 == p->window ? 0 : p->next + 1;
    }
    if (p->count[id] < UINT32_MAX) {
        p->count[id]++;
    }
}

static float penalized(const pith__penalties *p, float logit, uint32_t count) {
    float x = logit > 0.0f ? logit / p->repeat : logit * p->repeat;
    x -= (float)count * p->frequency + p->presence;
    return isnan(x) ? -INFINITY : x; /* infinities of both signs met: forbidden */
}

void pith__penalties_apply(const pith__penalties *p, float *logits) {
    if (!p->count) {
        return;
    }
    for (uint32_t id = 0; id < p->vocab; id++) {
        if (p->count[id] != 0) {
            logits[id] = penalized(p, logits[id], p->count[id]);
        }
    }
}
