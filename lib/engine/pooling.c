/* From hidden states to embedding vectors. States arrive in order of position, in whatever chunks; each is added to its
 * vector at once, so that chunking changes nothing. */
#include "engine/request.h"
#include <math.h>

static uint32_t width(const pith_request *r) {
    return r->model->hparams.width;
}

int32_t pith__pooling_begin(pith_request *r) {
    uint64_t vectors = 0;
    for (uint64_t i = 0; i < r->n_inputs; i++) {
        r->inputs[i].vector = vectors;
        vectors += r->options.pooling == PITH__POOL_NONE ? r->inputs[i].prompt : 1;
    }
    r->out.n_vectors = vectors;
    return PITH_NEW_ARRAY(pith__request_mem(r), &r->out.vectors, vectors * width(r), "embedding vectors");
}

void pith__pooling_take(pith_request *r, const pith__sequence *s, uint64_t position, const float *hidden) {
    uint32_t n = width(r);
    float *v = r->out.vectors + s->vector * n;
    switch (r->options.pooling) {
    case PITH__POOL_MEAN:
        for (uint32_t i = 0; i < n; i++) {
            v[i] += hidden[i];
        }
        return;
    case PITH__POOL_FIRST:
        if (position != 0) {
            return;
        }
        break;
    case PITH__POOL_LAST:
        if (position != s->prompt - 1) {
            return;
        }
        break;
    case PITH__POOL_NONE:
        v += position * n;
        break;
    }
    for (uint32_t i = 0; i < n; i++) {
        v[i] = hidden[i];
    }
}

static void scale(float *v, uint32_t n, float by) {
    for (uint32_t i = 0; i < n; i++) {
        v[i] *= by;
    }
}

/* Length in double, in order: the same on every machine. */
static int32_t finish_vector(const pith_request *r, float *v) {
    uint32_t n = width(r);
    double sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        sum += (double)v[i] * (double)v[i];
    }
    if (!isfinite(sum)) {
        return pith__fail(PITH_E_NUMERIC,
                          "the embedding came out as NaN or infinity: the weights or the input overflow");
    }
    if (r->options.normalize && sum > 0) {
        scale(v, n, (float)(1.0 / sqrt(sum)));
    }
    return PITH_OK;
}

int32_t pith__pooling_end(pith_request *r, const pith__sequence *s) {
    uint32_t n = width(r);
    float *v = r->out.vectors + s->vector * n;
    if (r->options.pooling == PITH__POOL_MEAN) {
        scale(v, n, 1.0f / (float)s->prompt);
    }
    uint64_t vectors = r->options.pooling == PITH__POOL_NONE ? s->prompt : 1;
    for (uint64_t i = 0; i < vectors; i++) {
        PITH_TRY(finish_vector(r, v + i * n));
    }
    return PITH_OK;
}
