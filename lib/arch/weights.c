/* Shapes of a model's weights: matching the family's table with the file's directory. See weights.h; weights_load.c
 * reads the bytes. */
#include "arch/weights.h"
#include "arch/tensor_name.h"
#include "quant/quant.h"
#include <string.h>

static uint64_t dim_size(const pith__hparams *h, pith__dim dim) {
    switch (dim) {
    case PITH__DIM_NONE:
        return 1;
    case PITH__DIM_WIDTH:
        return h->width;
    case PITH__DIM_FFN:
        return h->ffn;
    case PITH__DIM_VOCAB:
        return h->vocab;
    case PITH__DIM_Q:
        return (uint64_t)h->heads * h->head_dim;
    case PITH__DIM_K:
        return (uint64_t)h->kv_heads * h->head_dim;
    case PITH__DIM_V:
        return (uint64_t)h->kv_heads * h->value_dim;
    case PITH__DIM_OUT:
        return (uint64_t)h->heads * h->value_dim;
    case PITH__DIM_HEAD:
        return h->head_dim;
    case PITH__DIM_ROT_HALF:
        return h->n_rot / 2;
    }
    return 0;
}

static int32_t check_shape(const pith__tensor_info *t, uint64_t rows, uint64_t cols) {
    if (t->dims[0] == cols && t->dims[1] == rows && t->dims[2] == 1 && t->dims[3] == 1) {
        return PITH_OK;
    }
    return pith__fail(PITH_E_FORMAT,
                      "tensor %.*s (at offset %llu) is %llu x %llu x %llu x %llu; the hyperparameters say %llu x %llu",
                      PITH__STR_ARG(t->name), (unsigned long long)t->offset, (unsigned long long)t->dims[0],
                      (unsigned long long)t->dims[1], (unsigned long long)t->dims[2], (unsigned long long)t->dims[3],
                      (unsigned long long)cols, (unsigned long long)rows);
}

static void count_matrix(pith__weights *w, const pith__matrix *m) {
    pith__act_kind kind = pith__dtype_get((uint32_t)m->dtype)->acts;
    w->acts_mask |= 1u << kind;
    w->max_cols = m->cols > w->max_cols ? m->cols : w->max_cols;
}

static int32_t shape_slot(const pith__tensor_rule *rule, const pith__tensor_info *t, const pith__hparams *h,
                          bool row_major, pith__weights *w, pith__weight *slot) {
    uint64_t cols = dim_size(h, rule->cols), rows = dim_size(h, rule->rows);
    PITH_TRY(check_shape(t, rows, cols));
    slot->present = true;
    if (rule->rows == PITH__DIM_NONE) {
        if (pith__dtype_get((uint32_t)t->dtype)->quantized) {
            return pith__fail(PITH_E_UNSUPPORTED, "tensor %.*s is a vector of type %s; F32, F16 or BF16 was expected",
                              PITH__STR_ARG(t->name), pith__dtype_get((uint32_t)t->dtype)->name);
        }
        return PITH_OK;
    }
    pith__matrix_shape(&slot->matrix, t->dtype, (uint32_t)rows, (uint32_t)cols, row_major);
    if (!row_major) {
        count_matrix(w, &slot->matrix);
    }
    return PITH_OK;
}

/* One row of the table, for one layer (or for the model). */
static int32_t shape_rule(const pith__modelfile *file, const pith__tensor_rule *rule, uint32_t layer,
                          const pith__hparams *h, pith__weights *w, uint64_t *claimed) {
    char name[PITH__TENSOR_NAME];
    pith__tensor_name(rule->name, layer, name);
    const pith__tensor_info *t = pith__modelfile_tensor(file, name);
    if (!t) {
        if (rule->required) {
            return pith__fail(PITH_E_FORMAT, "tensor %s is missing", name);
        }
        return PITH_OK;
    }
    (*claimed)++;
    bool untied = rule->role == PITH__TOKEN_EMBD && pith__modelfile_tensor(file, "output.weight") != NULL;
    return shape_slot(rule, t, h, untied, w, pith__weight_slot(w, rule->role, layer));
}

static bool claims(const pith__family *family, const pith__hparams *h, pith__str name) {
    char wanted[PITH__TENSOR_NAME];
    for (uint32_t i = 0; i < family->n_tensors; i++) {
        uint32_t layers = family->tensors[i].role < PITH__FIRST_LAYER_ROLE ? 1 : h->layers;
        for (uint32_t layer = 0; layer < layers; layer++) {
            pith__tensor_name(family->tensors[i].name, layer, wanted);
            if (pith__str_is(name, wanted)) {
                return true;
            }
        }
    }
    return false;
}

/* A tensor that no rule takes would be left out of the computation: say so instead. */
static int32_t refuse_unclaimed(const pith__modelfile *file, const pith__family *family, const pith__hparams *h) {
    for (uint64_t i = 0; i < pith__modelfile_tensor_count(file); i++) {
        const pith__tensor_info *t = pith__modelfile_tensor_at(file, i);
        if (!claims(family, h, t->name)) {
            return pith__fail(PITH_E_UNSUPPORTED,
                              "tensor %.*s has no place in a %s model of %u layers as this version knows it",
                              PITH__STR_ARG(t->name), family->name, h->layers);
        }
    }
    return pith__fail(PITH_E_FORMAT, "the file names a tensor twice");
}

/* A wholly float model may multiply through OpenBLAS; stray float matrices among quantized ones never do. */
static void allow_blas(pith__weights *w) {
    if (pith__weights_quantized(w)) {
        return;
    }
    for (uint64_t i = 0; i < (uint64_t)PITH__ROLES * (w->layers + 1); i++) {
        pith__matrix *m = &w->slots[i].matrix;
        if (m->groups > 0) {
            m->blas = true;
            w->max_float_cols = m->cols > w->max_float_cols ? m->cols : w->max_float_cols;
        }
    }
}

static int32_t shape_all(const pith__modelfile *file, const pith__family *family, const pith__hparams *h,
                         pith__weights *w) {
    uint64_t claimed = 0;
    for (uint32_t i = 0; i < family->n_tensors; i++) {
        uint32_t layers = family->tensors[i].role < PITH__FIRST_LAYER_ROLE ? 1 : h->layers;
        for (uint32_t layer = 0; layer < layers; layer++) {
            PITH_TRY(shape_rule(file, &family->tensors[i], layer, h, w, &claimed));
        }
    }
    if (claimed != pith__modelfile_tensor_count(file)) {
        return refuse_unclaimed(file, family, h);
    }
    return PITH_OK;
}

int32_t pith__weights_shape(pith__mem *mem, const pith__modelfile *file, const pith__family *family,
                            const pith__hparams *h, bool blas, pith__weights *w) {
    memset(w, 0, sizeof(*w));
    w->layers = h->layers;
    if (pith__modelfile_tensor_count(file) < h->layers) {
        return pith__fail(PITH_E_FORMAT, "%u layers are announced, but the file holds %llu tensors", h->layers,
                          (unsigned long long)pith__modelfile_tensor_count(file));
    }
    PITH_TRY(PITH_NEW_ARRAY(mem, &w->slots, (uint64_t)PITH__ROLES * (h->layers + 1), "table of weights"));
    int32_t status = shape_all(file, family, h, w);
    if (status != PITH_OK) {
        pith__weights_free(mem, w);
        return status;
    }
    if (blas) {
        allow_blas(w);
    }
    return PITH_OK;
}

bool pith__weights_quantized(const pith__weights *w) {
    for (uint64_t i = 0; i < (uint64_t)PITH__ROLES * (w->layers + 1); i++) {
        const pith__matrix *m = &w->slots[i].matrix;
        if (m->rows > 0 && pith__dtype_get((uint32_t)m->dtype)->quantized) {
            return true;
        }
    }
    return false;
}

void pith__weights_free(pith__mem *mem, pith__weights *w) {
    if (w->slots) {
        for (uint64_t i = 0; i < (uint64_t)PITH__ROLES * (w->layers + 1); i++) {
            pith__mem_free(mem, w->slots[i].vector);
        }
    }
    pith__mem_free(mem, w->block);
    pith__mem_free(mem, w->slots);
    pith__mem_free(mem, w->frequencies);
    memset(w, 0, sizeof(*w));
}
