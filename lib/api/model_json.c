/* A model's long account as JSON: metadata, tensors, hyperparameters, kernels, and which way products go. Made from the file's directory and the
 * family's tables, so that a new key, type or family needs nothing here.
 *
 * Must not know: what a key means. */
#include "api/args.h"
#include "arch/hparams.h"
#include "arch/model.h"
#include "base/os.h"
#include "formats/json_writer.h"
#include "ops/blas.h"
#include "quant/quant.h"

static void key(pith__json *json, const char *name) {
    pith__json_key(json, pith__str_of(name));
}

/* ---- metadata ---- */

static const char *type_name(pith__value_type type) {
    static const char *const names[] = {"u8",   "i8",     "u16",   "i16", "u32", "i32", "f32",
                                        "bool", "string", "array", "u64", "i64", "f64"};
    return (uint32_t)type < sizeof(names) / sizeof(names[0]) ? names[type] : "?";
}

static uint64_t little_endian(const uint8_t *bytes, uint32_t n) {
    uint64_t value = 0;
    for (uint32_t i = 0; i < n; i++) {
        value |= (uint64_t)bytes[i] << (8 * i);
    }
    return value;
}

static void put_f32(pith__json *json, uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof(value));
    pith__json_f32(json, value);
}

static void put_f64(pith__json *json, uint64_t bits) {
    double value;
    memcpy(&value, &bits, sizeof(value));
    pith__json_f64(json, value);
}

/* Writes the value at `at` and returns where the next one begins. */
static const uint8_t *put_element(pith__json *json, pith__value_type type, const uint8_t *at) {
    switch (type) {
    case PITH__VALUE_U8:
        pith__json_u64(json, at[0]);
        return at + 1;
    case PITH__VALUE_I8:
        pith__json_i64(json, (int8_t)at[0]);
        return at + 1;
    case PITH__VALUE_BOOL:
        pith__json_bool(json, at[0] != 0);
        return at + 1;
    case PITH__VALUE_U16:
        pith__json_u64(json, little_endian(at, 2));
        return at + 2;
    case PITH__VALUE_I16:
        pith__json_i64(json, (int16_t)little_endian(at, 2));
        return at + 2;
    case PITH__VALUE_U32:
        pith__json_u64(json, little_endian(at, 4));
        return at + 4;
    case PITH__VALUE_I32:
        pith__json_i64(json, (int32_t)little_endian(at, 4));
        return at + 4;
    case PITH__VALUE_F32:
        put_f32(json, (uint32_t)little_endian(at, 4));
        return at + 4;
    case PITH__VALUE_U64:
        pith__json_u64(json, little_endian(at, 8));
        return at + 8;
    case PITH__VALUE_I64:
        pith__json_i64(json, (int64_t)little_endian(at, 8));
        return at + 8;
    case PITH__VALUE_F64:
        put_f64(json, little_endian(at, 8));
        return at + 8;
    case PITH__VALUE_STRING: {
        uint64_t length = little_endian(at, 8);
        pith__json_str(json, (pith__str){(const char *)at + 8, length});
        return at + 8 + length;
    }
    default:
        pith__json_null(json);
        return at;
    }
}

static void put_array(pith__json *json, const pith__kv *kv) {
    if (kv->count > PITH__KEPT_ARRAY) {
        pith__json_begin_object(json);
        pith__json_put_str(json, "array_of", type_name(kv->element_type));
        pith__json_put_u64(json, "count", kv->count);
        pith__json_end_object(json);
        return;
    }
    const uint8_t *at = kv->data;
    pith__json_begin_array(json);
    for (uint64_t i = 0; i < kv->count; i++) {
        at = put_element(json, kv->element_type, at);
    }
    pith__json_end_array(json);
}

static void put_metadata(pith__json *json, const pith__modelfile *file) {
    key(json, "metadata");
    pith__json_begin_object(json);
    for (uint64_t i = 0; i < pith__modelfile_kv_count(file); i++) {
        const pith__kv *kv = pith__modelfile_kv_at(file, i);
        pith__json_key(json, kv->key);
        if (kv->type == PITH__VALUE_ARRAY) {
            put_array(json, kv);
        } else {
            put_element(json, kv->type, kv->data);
        }
    }
    pith__json_end_object(json);
}

/* ---- tensors ---- */

static void put_tensor(pith__json *json, const pith__tensor_info *tensor) {
    pith__json_begin_object(json);
    key(json, "name");
    pith__json_str(json, tensor->name);
    pith__json_put_str(json, "type", pith__dtype_get((uint32_t)tensor->dtype)->name);
    key(json, "shape");
    pith__json_begin_array(json);
    for (uint32_t d = 0; d < tensor->n_dims; d++) {
        pith__json_u64(json, tensor->dims[d]);
    }
    pith__json_end_array(json);
    pith__json_put_u64(json, "bytes", tensor->bytes);
    pith__json_end_object(json);
}

static void put_tensors(pith__json *json, const pith__modelfile *file) {
    key(json, "tensors");
    pith__json_begin_array(json);
    for (uint64_t i = 0; i < pith__modelfile_tensor_count(file); i++) {
        put_tensor(json, pith__modelfile_tensor_at(file, i));
    }
    pith__json_end_array(json);
}

/* ---- what the library made of it ---- */

static void put_hyperparameters(pith__json *json, const pith_model *model) {
    static const char *const scalings[] = {"none", "linear", "yarn"};
    key(json, "hyperparameters");
    pith__json_begin_object(json);
    for (uint32_t i = 0; i < model->family->n_hparams; i++) {
        const pith__hparam_rule *rule = &model->family->hparams[i];
        double value = pith__hparam_value(&model->hparams, rule);
        key(json, rule->key);
        if (rule->type == PITH__HPARAM_ROPE_SCALING) {
            pith__json_str(json, pith__str_of(scalings[(int)value]));
        } else if (rule->type == PITH__HPARAM_F32) {
            pith__json_f32(json, (float)value);
        } else {
            pith__json_f64(json, value);
        }
    }
    pith__json_put_u64(json, "vocabulary", model->hparams.vocab);
    pith__json_end_object(json);
}

/* Which way the products of one type go: pith's kernels, from some number of columns on OpenBLAS. */
static void put_path(pith__json *json, const pith_model *model, uint64_t matrices, bool blas) {
    pith__json_begin_object(json);
    pith__json_put_u64(json, "matrices", matrices);
    pith__json_put_str(json, "kernels", model->host->kernels->name);
    key(json, "openblas_from");
    if (blas) {
        pith__json_u64(json, model->options.blas_columns);
    } else {
        pith__json_null(json);
    }
    pith__json_end_object(json);
}

/* Matrices that are only looked up in multiply nothing and have no path. */
static void put_paths(pith__json *json, const pith_model *model) {
    const pith__weights *w = &model->weights;
    uint64_t slots = w->slots ? (uint64_t)PITH__ROLES * (w->layers + 1) : 0, matrices[PITH__DTYPE_LIMIT] = {0};
    bool blas[PITH__DTYPE_LIMIT] = {false};
    for (uint64_t i = 0; i < slots; i++) {
        const pith__matrix *m = &w->slots[i].matrix;
        matrices[m->dtype] += m->groups > 0;
        blas[m->dtype] = blas[m->dtype] || (m->blas && pith__blas_available());
    }
    key(json, "products");
    pith__json_begin_object(json);
    for (uint32_t type = 0; type < PITH__DTYPE_LIMIT; type++) {
        if (matrices[type] > 0) {
            key(json, pith__dtype_get(type)->name);
            put_path(json, model, matrices[type], blas[type]);
        }
    }
    pith__json_end_object(json);
}

static void put_kernels(pith__json *json, const pith_model *model) {
    key(json, "kernels");
    pith__json_begin_object(json);
    pith__json_put_str(json, "level", model->host->kernels->name);
    pith__json_put_u64(json, "numerics_revision", PITH__NUMERICS);
    pith__json_put_u64(json, "layout", PITH__LAYOUT);
    key(json, "exact");
    pith__json_bool(json, model->options.exact);
    pith__json_end_object(json);
}

static void put_model(pith__json *json, const pith_model *model) {
    pith__json_begin_object(json);
    key(json, "name");
    pith__json_str(json, model->name);
    pith__json_put_str(json, "family", model->family->name);
    pith__json_put_str(json, "format", pith__model_format(model));
    pith__json_put_u64(json, "parameters", model->parameters);
    pith__json_put_u64(json, "weight_bytes", model->weight_bytes);
    put_hyperparameters(json, model);
    put_kernels(json, model);
    put_paths(json, model);
    if (model->file) {
        put_metadata(json, model->file);
        put_tensors(json, model->file);
    }
    pith__json_end_object(json);
}

int32_t pith_model_json(const pith_model *model, char *buffer, uint64_t capacity, uint64_t *size) {
    PITH_OUT(size, 0);
    PITH_REQUIRE(model);
    PITH_TRY(pith__arg_buffer(__func__, buffer, capacity));
    pith__fpmode saved = pith__fpmode_enter();
    pith__json json;
    pith__json_init(&json, &model->host->mem);
    put_model(&json, model);
    pith__fpmode_leave(saved);
    return pith__json_copy_out(__func__, &json, buffer, capacity, size);
}
