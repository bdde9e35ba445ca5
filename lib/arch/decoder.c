/* The blocks of decoder-only transformers: embedding, attention, gated feed-forward, output. See decoder.h.
 *
 * Invariant: every row of the batch is computed by the same steps whatever else is in the batch. */
#include "arch/decoder.h"
#include "kernels/math.h"
#include <string.h>

static const pith__matrix *matrix(const pith__forward *f, pith__role role, uint32_t layer) {
    return pith__weight_matrix(f->weights, role, layer);
}

static const float *vector(const pith__forward *f, pith__role role, uint32_t layer) {
    return pith__weight_vector(f->weights, role, layer);
}

static void bias(pith__forward *f, pith__rows rows, uint32_t width, pith__role role, uint32_t layer) {
    const float *v = vector(f, role, layer);
    if (v) {
        pith__op_add_bias(&f->ops, rows, f->n, width, v);
    }
}

/* Multiplies `count` matrices with n rows of `width`. */
static void multiply(pith__forward *f, const pith__input *in, uint32_t n, uint32_t width, const pith__product *list,
                     uint32_t count) {
    pith__op_prepare(&f->ops, in, n, width, list, count, &f->work->acts);
    pith__op_products(&f->ops, list, count, &f->work->acts, n);
}

/* The residual stream, with what the block before is to add to it, normed by the weights of `role`. */
static pith__input residual(pith__forward *f, pith__role role, uint32_t layer) {
    pith__workspace *w = f->work;
    pith__input in = {.x = w->x,
                      .residual = f->pending,
                      .norm = vector(f, role, layer),
                      .eps = f->hparams->norm_eps,
                      .normed = w->norm};
    f->pending.data = NULL;
    return in;
}

/* Multiplies a matrix whose rows of output belong on the residual stream, once the next block reads it. */
static void multiply_to_residual(pith__forward *f, const pith__input *in, uint32_t width, pith__role role,
                                 pith__role bias_role, uint32_t layer) {
    const pith__product out = {matrix(f, role, layer), f->work->norm};
    multiply(f, in, f->n, width, &out, 1);
    bias(f, f->work->norm, f->hparams->width, bias_role, layer);
    f->pending = f->work->norm;
}

static void rope_task(void *arg, uint32_t row) {
    const pith__forward *f = arg;
    pith__rope_table(f->weights->frequencies, f->hparams->n_rot, f->weights->rope_magnitude,
                     f->work->places[row].position, pith__row(f->work->cs, row));
}

void pith__block_embed(pith__forward *f) {
    pith__workspace *w = f->work;
    for (uint32_t i = 0; i < f->n; i++) {
        w->tokens[i] = f->entries[i].token;
        w->places[i] = f->entries[i].place;
        w->bad[i] = 0;
    }
    pith__op_lookup(&f->ops, matrix(f, PITH__TOKEN_EMBD, 0), w->tokens, f->n, w->x);
    pith__pool_run(f->ops.pool, rope_task, f, f->n);
}

void pith__block_attention(pith__forward *f, uint32_t layer) {
    const pith__hparams *h = f->hparams;
    pith__workspace *w = f->work;
    pith__input in = residual(f, PITH__ATTN_NORM, layer);
    const pith__product qkv[3] = {{matrix(f, PITH__ATTN_Q, layer), w->q},
                                  {matrix(f, PITH__ATTN_K, layer), w->k},
                                  {matrix(f, PITH__ATTN_V, layer), w->v}};
    multiply(f, &in, f->n, h->width, qkv, 3);
    bias(f, w->q, h->heads * h->head_dim, PITH__ATTN_Q_BIAS, layer);
    bias(f, w->k, h->kv_heads * h->head_dim, PITH__ATTN_K_BIAS, layer);
    bias(f, w->v, h->kv_heads * h->value_dim, PITH__ATTN_V_BIAS, layer);

    const pith__heads heads = {h->heads,
                               h->kv_heads,
                               h->head_dim,
                               h->n_rot,
                               h->window,
                               h->rope_neox,
                               vector(f, PITH__ATTN_Q_NORM, layer),
                               vector(f, PITH__ATTN_K_NORM, layer),
                               h->norm_eps};
    float scale = 1.0f / pith__sqrtf((float)h->head_dim);
    pith__op_heads(&f->ops, &heads, f->cache, layer, w->places, f->n, w->q, w->k, w->v, w->cs);
    pith__op_attention(&f->ops, &heads, f->cache, layer, w->places, f->n, scale, w->q, w->attn);

    pith__input attended = {.x = w->attn};
    multiply_to_residual(f, &attended, h->heads * h->value_dim, PITH__ATTN_OUT, PITH__ATTN_OUT_BIAS, layer);
}

void pith__block_swiglu(pith__forward *f, uint32_t layer) {
    const pith__hparams *h = f->hparams;
    pith__workspace *w = f->work;
    pith__input in = residual(f, PITH__FFN_NORM, layer);
    const pith__product gate_up[2] = {{matrix(f, PITH__FFN_GATE, layer), w->gate},
                                      {matrix(f, PITH__FFN_UP, layer), w->up}};
    multiply(f, &in, f->n, h->width, gate_up, 2);
    bias(f, w->gate, h->ffn, PITH__FFN_GATE_BIAS, layer);
    bias(f, w->up, h->ffn, PITH__FFN_UP_BIAS, layer);
    pith__input gated = {.x = w->gate, .up = w->up};
    multiply_to_residual(f, &gated, h->ffn, PITH__FFN_DOWN, PITH__FFN_DOWN_BIAS, layer);
}

/* Gathers the rows that want something to the front of `hidden`: first those that want logits, then the others; returns
 * how many there are in all, and of the first kind through *logits. */
static uint32_t gather(pith__forward *f, uint32_t *logits) {
    pith__workspace *w = f->work;
    uint32_t count = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < f->n; i++) {
            const pith__batch_entry *e = &f->entries[i];
            bool wants = pass == 0 ? e->wants_logits : e->wants_hidden && !e->wants_logits;
            if (wants) {
                w->hidden_index[i] = count;
                memcpy(pith__row(w->norm, count), pith__row(w->x, i), f->hparams->width * sizeof(float));
                count++;
            }
        }
        if (pass == 0) {
            *logits = count;
        }
    }
    return count;
}

/* Products mark bad rows by their place among the outputs; brings those marks home to the entries. */
static void settle_bad(pith__forward *f) {
    pith__workspace *w = f->work;
    for (uint32_t i = 0; i < f->n; i++) {
        if (f->entries[i].wants_logits && f->ops.bad[w->hidden_index[i]]) {
            w->bad[i] = 1;
        }
    }
    f->ops.bad = w->bad;
}

void pith__block_output(pith__forward *f) {
    const pith__hparams *h = f->hparams;
    pith__workspace *w = f->work;
    uint32_t logits = 0;
    for (uint32_t i = 0; i < f->n; i++) {
        w->hidden_index[i] = w->logits_index[i] = UINT32_MAX;
    }
    if (f->pending.data) {
        pith__op_add(&f->ops, w->x, f->pending, f->n, h->width);
        f->pending.data = NULL;
    }
    uint32_t count = gather(f, &logits);
    pith__op_rms_norm(&f->ops, w->norm, count, h->width, vector(f, PITH__OUTPUT_NORM, 0), h->norm_eps, w->hidden);
    const pith__matrix *head = matrix(f, PITH__OUTPUT, 0);
    const pith__product product = {head ? head : matrix(f, PITH__TOKEN_EMBD, 0), w->logits};
    f->ops.bad = w->bad + w->rows; /* a second set of flags, for rows in their gathered order */
    memset(f->ops.bad, 0, w->rows);
    const pith__input hidden = {.x = w->hidden};
    multiply(f, &hidden, logits, h->width, &product, 1);
    settle_bad(f);
    for (uint32_t i = 0; i < f->n; i++) {
        w->logits_index[i] = f->entries[i].wants_logits ? w->hidden_index[i] : UINT32_MAX;
    }
}

void pith__decoder_forward(pith__forward *f) {
    pith__block_embed(f);
    for (uint32_t layer = 0; layer < f->hparams->layers; layer++) {
        pith__block_attention(f, layer);
        pith__block_swiglu(f, layer);
    }
    pith__block_output(f);
}
