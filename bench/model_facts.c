/* Reads pith_model_json and adds up; see model_facts.h. */
#include "model_facts.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static cJSON *model_account(const pith_model *model) {
    uint64_t size = 0;
    pith_model_json(model, NULL, 0, &size);
    char *text = malloc(size + 1);
    cJSON *json = NULL;
    if (text && pith_model_json(model, text, size + 1, &size) == PITH_OK) {
        json = cJSON_ParseWithLength(text, size);
    }
    free(text);
    return json;
}

static double number(const cJSON *object, const char *key) {
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsNumber(item) ? item->valuedouble : 0;
}

static const char *text(const cJSON *object, const char *key) {
    const char *value = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
    return value ? value : "";
}

static void add_shape(model_facts *facts, uint32_t rows, uint32_t columns) {
    for (uint32_t i = 0; i < facts->n_shapes; i++) {
        if (facts->shapes[i].rows == rows && facts->shapes[i].columns == columns) {
            facts->shapes[i].count++;
            return;
        }
    }
    if (facts->n_shapes < MAX_MATRIX_SHAPES) {
        facts->shapes[facts->n_shapes++] = (matrix_shape){rows, columns, 1};
    }
}

static bool is_float(const char *type) {
    return strcmp(type, "F32") == 0 || strcmp(type, "F16") == 0 || strcmp(type, "BF16") == 0;
}

static void add_tensor(model_facts *facts, const cJSON *tensor, const char *output) {
    const cJSON *shape = cJSON_GetObjectItemCaseSensitive(tensor, "shape");
    const char *name = text(tensor, "name");
    if (cJSON_GetArraySize(shape) != 2) {
        return;
    }
    double columns = cJSON_GetArrayItem(shape, 0)->valuedouble, rows = cJSON_GetArrayItem(shape, 1)->valuedouble;
    double macs = rows * columns, bytes = number(tensor, "bytes");
    bool floats = is_float(text(tensor, "type"));
    if (strcmp(name, output) == 0) {
        *(floats ? &facts->output_fma_macs : &facts->output_dot_macs) = macs;
        facts->output_bytes = bytes;
    } else if (strncmp(name, "blk.", 4) == 0) {
        *(floats ? &facts->layer_fma_macs : &facts->layer_dot_macs) += macs;
        facts->layer_bytes += bytes;
        add_shape(facts, (uint32_t)rows, (uint32_t)columns);
    }
}

/* The output matrix is a tensor of its own, or else the embedding. */
static void add_tensors(model_facts *facts, const cJSON *tensors) {
    const cJSON *tensor;
    const char *output = "token_embd.weight";
    cJSON_ArrayForEach(tensor, tensors) {
        if (strcmp(text(tensor, "name"), "output.weight") == 0) {
            output = "output.weight";
        }
    }
    cJSON_ArrayForEach(tensor, tensors) {
        add_tensor(facts, tensor, output);
    }
}

/* Where a model's matrices go to OpenBLAS at all, they do so from one number of columns. */
static void add_paths(model_facts *facts, const cJSON *products) {
    const cJSON *type;
    cJSON_ArrayForEach(type, products) {
        double from = number(type, "openblas_from");
        facts->openblas_from = from > 0 ? (uint32_t)from : facts->openblas_from;
    }
}

static void add_attention(model_facts *facts, const cJSON *hparams) {
    double layers = number(hparams, "block_count"), heads = number(hparams, "attention.head_count");
    double kv_heads = number(hparams, "attention.head_count_kv");
    double key = number(hparams, "attention.key_length"), value = number(hparams, "attention.value_length");
    facts->attention_macs = layers * heads * (key + value);
    facts->kv_bytes = layers * kv_heads * (key + value) * 2;
    facts->window = number(hparams, "attention.sliding_window");
    if (facts->window <= 0) {
        facts->window = facts->context;
    }
}

bool model_facts_read(const pith_model *model, model_facts *facts) {
    int64_t vocabulary = 0, context = 0, parameters = 0, bytes = 0;
    memset(facts, 0, sizeof *facts);
    cJSON *json = model_account(model);
    pith_model_get_i64(model, PITH_MODEL_VOCABULARY, &vocabulary);
    pith_model_get_i64(model, PITH_MODEL_CONTEXT, &context);
    pith_model_get_i64(model, PITH_MODEL_PARAMETERS, &parameters);
    pith_model_get_i64(model, PITH_MODEL_BYTES, &bytes);
    facts->vocabulary = (uint32_t)vocabulary;
    facts->context = (uint32_t)context;
    facts->parameters = (double)parameters;
    facts->weight_bytes = (double)bytes;
    const cJSON *kernels = cJSON_GetObjectItemCaseSensitive(json, "kernels");
    snprintf(facts->name, sizeof facts->name, "%s", text(json, "name"));
    snprintf(facts->family, sizeof facts->family, "%s", text(json, "family"));
    snprintf(facts->level, sizeof facts->level, "%s", text(kernels, "level"));
    add_tensors(facts, cJSON_GetObjectItemCaseSensitive(json, "tensors"));
    add_paths(facts, cJSON_GetObjectItemCaseSensitive(json, "products"));
    add_attention(facts, cJSON_GetObjectItemCaseSensitive(json, "hyperparameters"));
    cJSON_Delete(json);
    bool complete = facts->layer_bytes > 0 && facts->output_bytes > 0 && facts->attention_macs > 0 && facts->level[0];
    if (!complete) {
        fputs("pith_model_json lacks tensors, hyperparameters or kernels\n", stderr);
    }
    return complete;
}
