/* What a model family is: a table of hyperparameters, a table of tensors, capabilities, and a forward function made of
 * shared blocks. One file a family (llama.c, qwen2.c, ...); the registry lists them. Loading, shape checks, memory
 * plans, docs and tests iterate over the tables; nothing outside lib/arch asks for a family by name.
 *
 * To add a family: write its file, add it to the registry in families.c, add goldens. */
#ifndef PITH_ARCH_FAMILY_H
#define PITH_ARCH_FAMILY_H

#include "formats/modelfile.h"
#include "ops/ops.h"
#include "ops/rope.h"
#include <stdbool.h>
#include <stdint.h>

/* ---- Hyperparameters ---- */

/* The numbers of one model. They come from the file through a family's table, or are its default; what is
 * still 0 then follows from the others (hparams.c). */
typedef struct pith__hparams {
    uint32_t layers, context, width, ffn, heads, kv_heads, head_dim, value_dim, n_rot, vocab;
    uint32_t window; /* positions a token attends to, its own the last; 0: all before it */
    float norm_eps;
    double rope_base;
    double rope_factor, rope_original_context, rope_attn_factor, rope_magnitude, rope_beta_fast, rope_beta_slow;
    pith__rope_scaling rope_scaling;
    bool rope_neox;
} pith__hparams;

typedef enum pith__hparam_type {
    PITH__HPARAM_U32,
    PITH__HPARAM_F32,
    PITH__HPARAM_F64,
    PITH__HPARAM_ROPE_SCALING
} pith__hparam_type;

typedef struct pith__hparam_rule {
    const char *key; /* without the family's prefix: "block_count" is "llama.block_count" in the file */
    pith__hparam_type type;
    uint32_t offset; /* of the field in pith__hparams */
    bool required;
    double low, high; /* bounds, inclusive */
    double normal;    /* when absent */
    const char *meaning;
} pith__hparam_rule;

/* ---- Tensors ---- */

typedef enum pith__dim {
    PITH__DIM_NONE, /* vectors have no second dimension */
    PITH__DIM_WIDTH,
    PITH__DIM_FFN,
    PITH__DIM_VOCAB,
    PITH__DIM_Q,
    PITH__DIM_K,
    PITH__DIM_V,
    PITH__DIM_OUT,
    PITH__DIM_HEAD,
    PITH__DIM_ROT_HALF
} pith__dim;

/* clang-format off */
typedef enum pith__role {
    /* one a model */
    PITH__TOKEN_EMBD, PITH__OUTPUT, PITH__OUTPUT_NORM, PITH__ROPE_FREQS,
    /* one a layer, from here on */
    PITH__ATTN_NORM, PITH__ATTN_Q, PITH__ATTN_K, PITH__ATTN_V, PITH__ATTN_OUT,
    PITH__ATTN_Q_BIAS, PITH__ATTN_K_BIAS, PITH__ATTN_V_BIAS, PITH__ATTN_OUT_BIAS, PITH__ATTN_Q_NORM, PITH__ATTN_K_NORM,
    PITH__FFN_NORM, PITH__FFN_GATE, PITH__FFN_UP, PITH__FFN_DOWN,
    PITH__FFN_GATE_BIAS, PITH__FFN_UP_BIAS, PITH__FFN_DOWN_BIAS,
    PITH__ROLES
} pith__role;
/* clang-format on */
#define PITH__FIRST_LAYER_ROLE PITH__ATTN_NORM

typedef struct pith__tensor_rule {
    pith__role role;
    const char *name;     /* "blk.%.attn_q.weight": the % stands for the layer */
    pith__dim rows, cols; /* cols is the row length K; a vector has only cols */
    bool required;
} pith__tensor_rule;

/* One slot of a loaded model: a matrix, or a vector of floats, or absent. */
typedef struct pith__weight {
    pith__matrix matrix; /* data NULL: absent, or a vector */
    float *vector;
    bool present;
} pith__weight;

typedef struct pith__weights {
    pith__weight *slots; /* the model's roles, then PITH__ROLES slots a layer */
    uint8_t *block;      /* the bytes of all matrices: one block, so that it takes large pages */
    uint32_t layers;
    float *frequencies; /* of RoPE, n_rot / 2 */
    float rope_magnitude;
    uint32_t acts_mask;      /* bit for each pith__act_kind some matrix takes */
    uint32_t max_cols;       /* longest row of a matrix */
    uint32_t max_float_cols; /* the same, of those that may go through OpenBLAS */
} pith__weights;

static inline pith__weight *pith__weight_slot(const pith__weights *w, pith__role role, uint32_t layer) {
    return &w->slots[role < PITH__FIRST_LAYER_ROLE ? (uint32_t)role : PITH__ROLES * (layer + 1) + (uint32_t)role];
}
static inline const pith__matrix *pith__weight_matrix(const pith__weights *w, pith__role role, uint32_t layer) {
    const pith__weight *slot = pith__weight_slot(w, role, layer);
    return slot->matrix.data ? &slot->matrix : NULL;
}
static inline const float *pith__weight_vector(const pith__weights *w, pith__role role, uint32_t layer) {
    return pith__weight_slot(w, role, layer)->vector;
}

/* ---- A step ---- */

typedef struct pith__batch_entry {
    int32_t token;
    pith__place place;
    bool wants_hidden; /* its final, normed hidden state */
    bool wants_logits; /* implies hidden */
    uint32_t adapter;  /* 0: none (reserved) */
} pith__batch_entry;

/* Scratch memory of a step, all of it one allocation; see workspace.h. */
typedef struct pith__workspace {
    uint32_t rows, outputs; /* most entries, most entries that want logits */
    int32_t *tokens;
    pith__place *places;
    uint8_t *bad;           /* one flag an entry */
    uint32_t *hidden_index; /* entry -> row of `hidden`; UINT32_MAX: none */
    uint32_t *logits_index; /* entry -> row of `logits`; UINT32_MAX: none */
    pith__rows x, norm, q, k, v, attn, gate, up, cs, hidden, logits;
    pith__actbuf acts;
    float *panel;
    uint8_t *memory;
} pith__workspace;

typedef struct pith__forward {
    pith__ops ops;
    const pith__hparams *hparams;
    const pith__weights *weights;
    const pith__cache *cache;
    const pith__batch_entry *entries;
    uint32_t n;
    pith__workspace *work;
    pith__rows pending; /* what the next block adds to the residual stream before it reads it; data NULL: nothing */
} pith__forward;

/* ---- A family ---- */

enum {
    PITH__CAN_GENERATE = 1,
    PITH__CAN_EMBED = 2
};

typedef struct pith__family {
    const char *name;   /* general.architecture, and the prefix of its keys */
    const char *models; /* whose models these are, for people */
    const pith__hparam_rule *hparams;
    uint32_t n_hparams;
    const pith__tensor_rule *tensors;
    uint32_t n_tensors;
    uint32_t capabilities;
    bool rope_neox;
    /* Computes one step: hidden states and logits of the entries that want them, K and V of all. Rows with NaN are
     * marked bad. */
    void (*forward)(pith__forward *f);
} pith__family;

const pith__family *pith__family_find(pith__str name); /* NULL: unknown */
const pith__family *pith__family_at(uint32_t index);   /* NULL: past the end */
extern const pith__family pith__family_vocabulary;           /* of a vocabulary alone: can do nothing; not in the registry */

#endif
