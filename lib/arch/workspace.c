/* Lays the work space out: the same walk measures it (base NULL) and places it. See workspace.h. */
#include "arch/workspace.h"
#include "base/checked.h"
#include "ops/panel.h"
#include <string.h>

typedef struct cursor {
    uint8_t *base; /* NULL: only measuring */
    uint64_t at;
} cursor;

static void *take(cursor *c, uint64_t bytes) {
    uint64_t at = c->at;
    c->at += pith__round_up(bytes, 64);
    return c->base ? c->base + at : NULL;
}

/* Rows an odd number of cache lines apart: where widths are powers of two, the same place of many rows would fall into
 * few sets of every cache. */
static pith__rows take_rows(cursor *c, uint32_t rows, uint64_t width) {
    pith__rows r;
    r.stride = pith__round_up(width, 64) + 16;
    r.data = take(c, r.stride * rows * sizeof(float));
    return r;
}

static void lay_out(cursor *c, const pith__hparams *h, const pith__workspace_size *size, pith__workspace *w) {
    uint32_t n = size->rows;
    w->rows = n;
    w->outputs = size->outputs;
    w->tokens = take(c, n * sizeof(*w->tokens));
    w->places = take(c, n * sizeof(*w->places));
    w->bad = take(c, (uint64_t)n * 2);
    w->hidden_index = take(c, n * sizeof(*w->hidden_index));
    w->logits_index = take(c, n * sizeof(*w->logits_index));
    w->x = take_rows(c, n, h->width);
    w->norm = take_rows(c, n, h->width);
    w->hidden = take_rows(c, n, h->width);
    w->q = take_rows(c, n, (uint64_t)h->heads * h->head_dim);
    w->attn = take_rows(c, n, (uint64_t)h->heads * h->value_dim);
    w->k = take_rows(c, n, (uint64_t)h->kv_heads * h->head_dim);
    w->v = take_rows(c, n, (uint64_t)h->kv_heads * h->value_dim);
    w->gate = take_rows(c, n, h->ffn);
    w->up = take_rows(c, n, h->ffn);
    w->cs = take_rows(c, n, h->n_rot);
    w->logits = take_rows(c, size->outputs, h->vocab);
    w->panel = size->max_float_cols ? take(c, pith__panel_floats(size->max_float_cols) * sizeof(float)) : NULL;
    uint8_t *acts = take(c, pith__actbuf_bytes(size->acts_mask, size->max_cols, n));
    if (acts) {
        pith__actbuf_place(&w->acts, size->acts_mask, size->max_cols, n, acts);
    }
}

uint64_t pith__workspace_bytes(const pith__hparams *h, const pith__workspace_size *size) {
    pith__workspace w;
    cursor c = {NULL, 0};
    memset(&w, 0, sizeof(w));
    lay_out(&c, h, size, &w);
    return pith__mem_cost(c.at, 64);
}

int32_t pith__workspace_create(pith__mem *mem, const pith__hparams *h, const pith__workspace_size *size,
                               pith__workspace *w) {
    cursor c = {NULL, 0};
    memset(w, 0, sizeof(*w));
    lay_out(&c, h, size, w);
    uint64_t bytes = c.at;
    PITH_TRY(pith__mem_alloc(mem, (void **)&w->memory, 1, bytes, 64, "work space"));
    memset(w->memory, 0, bytes);
    c = (cursor){w->memory, 0};
    lay_out(&c, h, size, w);
    return PITH_OK;
}

void pith__workspace_free(pith__mem *mem, pith__workspace *w) {
    pith__mem_free(mem, w->memory);
    memset(w, 0, sizeof(*w));
}
