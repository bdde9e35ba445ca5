/* Operations on whole batches: each splits its work into independent tasks for the pool and calls kernels for the
 * parts.
 *
 * Invariant: no result depends on how the work was split. Buffers are the caller's; nothing here allocates. A batch
 * buffer has one row a token, rows `stride` floats apart (a multiple of 16), elements past the width up to a multiple
 * of 64 zero. Must not know: model families, requests. */
#ifndef PITH_OPS_H
#define PITH_OPS_H

#include "base/pool.h"
#include "kernels/kernels.h"
#include "ops/cache.h"
#include "ops/matrix.h"
#include <stdbool.h>
#include <stdint.h>

/* What every operation needs at hand. */
typedef struct pith__ops {
    const pith__kernels *kernels;
    pith__pool *pool;
    uint8_t *bad;          /* one flag a batch row: NaN or infinity appeared in it */
    float *panel;          /* for OpenBLAS (see panel.h), or NULL: never use it */
    uint32_t blas_columns; /* fewest columns that go to OpenBLAS */
} pith__ops;

/* A batch buffer. */
typedef struct pith__rows {
    float *data;
    uint64_t stride;
} pith__rows;

static inline float *pith__row(pith__rows rows, uint32_t index) {
    return rows.data + rows.stride * index;
}

/* Memory for the quantized forms of one batch buffer; filled by pith__op_prepare. */
typedef struct pith__actbuf {
    pith__acts b32, b256, f; /* pointers and strides set at creation; f points at the float rows themselves */
} pith__actbuf;

/* Bytes of an actbuf's arrays for `rows` columns of up to k elements; `mask` has a bit for each pith__act_kind wanted.
 */
uint64_t pith__actbuf_bytes(uint32_t mask, uint64_t k, uint64_t rows);
void pith__actbuf_place(pith__actbuf *buf, uint32_t mask, uint64_t k, uint64_t rows, uint8_t *memory);

/* One product of a list: out = W x, for all columns. */
typedef struct pith__product {
    const pith__matrix *matrix;
    pith__rows out;
} pith__product;

/* out[i] = row ids[i] of the table, as floats. */
void pith__op_lookup(const pith__ops *ops, const pith__matrix *table, const int32_t *ids, uint32_t n, pith__rows out);

/* out = RMSNorm(x) * weight, for n rows of `width`. */
void pith__op_rms_norm(const pith__ops *ops, pith__rows x, uint32_t n, uint32_t width, const float *weight, float eps,
                       pith__rows out);

/* The input of products, and what is still to be done to its rows, in this order; one pass over each row does it all.
 */
typedef struct pith__input {
    pith__rows x;
    pith__rows residual; /* unless data is NULL: x += residual */
    pith__rows up;       /* unless data is NULL: x = silu(x) * up */
    const float *norm;   /* unless NULL: the weights of an RMSNorm ... */
    float eps;
    pith__rows normed; /* ... of x to here, which is then the input; may be the rows of `residual` */
} pith__input;

/* Makes n rows of the input and quantizes them as the products of `list` need them; marks rows with NaN or infinity as
 * bad. */
void pith__op_prepare(const pith__ops *ops, const pith__input *input, uint32_t n, uint32_t width,
                      const pith__product *list, uint32_t products, pith__actbuf *acts);
/* Multiplies a list of matrices with the same prepared input: their groups are one list of work. */
void pith__op_products(const pith__ops *ops, const pith__product *list, uint32_t products, const pith__actbuf *acts,
                       uint32_t n);

/* x += y, x += bias (one vector for all rows). */
void pith__op_add(const pith__ops *ops, pith__rows x, pith__rows y, uint32_t n, uint32_t width);
void pith__op_add_bias(const pith__ops *ops, pith__rows x, uint32_t n, uint32_t width, const float *bias);

/* Where each row of the batch stands. */
typedef struct pith__place {
    uint32_t position;     /* in its sequence */
    const uint32_t *pages; /* of its sequence, by position / PITH__ATTN_BLOCK */
} pith__place;

typedef struct pith__heads {
    uint32_t heads, kv_heads, head_dim, n_rot;
    uint32_t window;              /* positions a row attends to, its own the last; 0: all before it */
    bool neox;                    /* pairs (i, i + n_rot/2) rather than (2i, 2i+1) */
    const float *q_norm, *k_norm; /* per-head RMSNorm weights, or NULL */
    float eps;
} pith__heads;

/* Norms (if any) and rotates the heads of q and k by cs (see rope.h), then stores k and v in the cache, for n rows. */
void pith__op_heads(const pith__ops *ops, const pith__heads *heads, const pith__cache *cache, uint32_t layer,
                    const pith__place *places, uint32_t n, pith__rows q, pith__rows k, pith__rows v, pith__rows cs);

/* out = softmax(q K / sqrt) V over the positions of each row's sequence up to its own (the last `window` of them),
 * block by block in order. */
void pith__op_attention(const pith__ops *ops, const pith__heads *heads, const pith__cache *cache, uint32_t layer,
                        const pith__place *places, uint32_t n, float scale, pith__rows q, pith__rows out);

#endif
