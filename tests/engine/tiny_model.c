/* A family's tables, filled with random numbers. See tiny_model.h. */
#include "engine/tiny_model.h"
#include "arch/tensor_name.h"
#include "quant/quant.h"
#include "support/gguf_writer.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    WIDTH = 256,
    FFN = 512,
    HEADS = 4,
    KV_HEADS = 2,
    HEAD_DIM = 64,
    LAYERS = 2
};

float tiny_random(uint32_t *state) {
    *state = *state * 1664525u + 1013904223u;
    return (float)(*state >> 8) / 8388608.0f - 1.0f;
}

/* The character of GPT-2's alphabet for a byte. */
static size_t byte_character(unsigned byte, char out[2]) {
    static unsigned map[256];
    if (map['!'] == 0) {
        unsigned next = 256;
        for (unsigned b = 0; b < 256; b++) {
            bool plain = (b >= 33 && b <= 126) || (b >= 161 && b != 173);
            map[b] = plain ? b : next++;
        }
    }
    if (map[byte] < 128) {
        out[0] = (char)map[byte];
        return 1;
    }
    out[0] = (char)(0xC0 | map[byte] >> 6);
    out[1] = (char)(0x80 | (map[byte] & 63));
    return 2;
}

static void put_vocabulary(gguf_writer *w) {
    static char texts[TINY_VOCAB][32];
    pith__str tokens[TINY_VOCAB];
    int32_t types[TINY_VOCAB];
    for (unsigned i = 0; i < TINY_VOCAB; i++) {
        size_t len = i < 256 ? byte_character(i, texts[i]) : (size_t)snprintf(texts[i], sizeof(texts[i]), "<|c%u|>", i);
        tokens[i] = (pith__str){texts[i], len};
        types[i] = i < 256 ? 1 : 3;
    }
    gguf_strings(w, "tokenizer.ggml.tokens", tokens, TINY_VOCAB);
    gguf_array(w, "tokenizer.ggml.token_type", PITH__VALUE_I32, types, TINY_VOCAB);
}

static double hparam(const char *key) {
    static const struct {
        const char *key;
        double value;
    } values[] = {
        {"block_count", LAYERS},
        {"context_length", TINY_CONTEXT},
        {"embedding_length", WIDTH},
        {"feed_forward_length", FFN},
        {"attention.head_count", HEADS},
        {"attention.head_count_kv", KV_HEADS},
        {"attention.key_length", HEAD_DIM},
        {"attention.value_length", HEAD_DIM},
        {"attention.layer_norm_rms_epsilon", 1e-5},
        {"rope.freq_base", 10000},
    };
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        if (strcmp(key, values[i].key) == 0) {
            return values[i].value;
        }
    }
    return -1;
}

static void put_hparams(gguf_writer *w, const pith__family *family) {
    for (uint32_t i = 0; i < family->n_hparams; i++) {
        const pith__hparam_rule *rule = &family->hparams[i];
        char key[128];
        double value = hparam(rule->key);
        if (value < 0) {
            if (rule->required) {
                fprintf(stderr, "tiny_model.c has no value for %s\n", rule->key);
                abort();
            }
            continue;
        }
        snprintf(key, sizeof(key), "%s.%s", family->name, rule->key);
        if (rule->type == PITH__HPARAM_U32) {
            gguf_u32(w, key, (uint32_t)value);
        } else {
            gguf_f32(w, key, (float)value);
        }
    }
}

static uint64_t dim(pith__dim d) {
    switch (d) {
    case PITH__DIM_NONE:
        return 1;
    case PITH__DIM_WIDTH:
        return WIDTH;
    case PITH__DIM_FFN:
        return FFN;
    case PITH__DIM_VOCAB:
        return TINY_VOCAB;
    case PITH__DIM_Q:
    case PITH__DIM_OUT:
        return HEADS * HEAD_DIM;
    case PITH__DIM_K:
    case PITH__DIM_V:
        return KV_HEADS * HEAD_DIM;
    case PITH__DIM_HEAD:
        return HEAD_DIM;
    case PITH__DIM_ROT_HALF:
        return HEAD_DIM / 2;
    }
    return 0;
}

typedef struct planned {
    const pith__tensor_rule *rule;
    char name[PITH__TENSOR_NAME];
    pith__dtype dtype;
    uint64_t rows, cols, bytes;
} planned;

static bool wanted(const tiny_options *o, const pith__tensor_rule *rule) {
    return rule->role == PITH__OUTPUT ? !o->tied : rule->required || o->optional;
}

static uint32_t plan_tensors(const tiny_options *o, planned *list) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < o->family->n_tensors; i++) {
        const pith__tensor_rule *rule = &o->family->tensors[i];
        uint32_t layers = rule->role < PITH__FIRST_LAYER_ROLE ? 1 : LAYERS;
        for (uint32_t layer = 0; wanted(o, rule) && layer < layers; layer++) {
            planned *p = &list[n++];
            p->rule = rule;
            pith__tensor_name(rule->name, layer, p->name);
            p->rows = dim(rule->rows);
            p->cols = dim(rule->cols);
            bool vector = rule->rows == PITH__DIM_NONE;
            p->dtype = vector ? PITH__F32 : rule->role == PITH__TOKEN_EMBD ? o->embedding : o->matrices;
            pith__row_bytes((uint32_t)p->dtype, p->cols, &p->bytes);
            p->bytes *= p->rows;
        }
    }
    return n;
}

static void put_tensor(gguf_writer *w, const planned *p, uint32_t *seed) {
    float row[FFN];
    uint8_t *data = malloc(p->bytes);
    bool vector = p->rule->rows == PITH__DIM_NONE;
    bool bias = strstr(p->name, "bias") != NULL;
    bool freqs = p->rule->role == PITH__ROPE_FREQS;
    float scale = vector ? 0.2f : p->rule->role == PITH__TOKEN_EMBD ? 1.0f : 3.0f / sqrtf((float)p->cols);
    for (uint64_t r = 0; r < p->rows; r++) {
        for (uint64_t c = 0; c < p->cols; c++) {
            row[c] = tiny_random(seed) * scale + (vector && !bias ? (freqs ? 1.5f : 1.0f) : 0.0f);
        }
        pith__row_from_float(p->dtype, row, p->cols, data + p->bytes / p->rows * r);
    }
    const uint64_t dims[2] = {p->cols, p->rows};
    gguf_tensor(w, p->name, (uint32_t)p->dtype, vector ? 1 : 2, dims, data, p->bytes);
    free(data);
}

void tiny_model_make(const tiny_options *o, tiny_model *m) {
    tiny_model_make_with(o, NULL, 0, m);
}

void tiny_model_make_with(const tiny_options *o, const char *extra, uint32_t value, tiny_model *m) {
    planned list[128];
    uint32_t n = plan_tensors(o, list);
    uint32_t seed = o->seed + 1;
    gguf_writer w;
    gguf_init(&w, 3);
    gguf_str(&w, "general.architecture", o->family->name);
    gguf_str(&w, "general.name", "tiny");
    gguf_str(&w, "tokenizer.ggml.model", "gpt2");
    gguf_str(&w, "tokenizer.ggml.pre", "gpt-2");
    gguf_u32(&w, "tokenizer.ggml.bos_token_id", TINY_EOS + 1);
    gguf_u32(&w, "tokenizer.ggml.eos_token_id", TINY_EOS);
    put_vocabulary(&w);
    put_hparams(&w, o->family);
    if (extra) {
        char key[128];
        snprintf(key, sizeof(key), "%s.%s", o->family->name, extra);
        gguf_u32(&w, key, value);
    }
    for (uint32_t i = 0; i < n; i++) {
        put_tensor(&w, &list[i], &seed);
    }
    gguf_finish(&w);
    m->size = (size_t)w.size;
    m->bytes = malloc(m->size);
    memcpy(m->bytes, w.bytes, m->size);
    gguf_free(&w);
}

void tiny_model_free(tiny_model *m) {
    free(m->bytes);
    memset(m, 0, sizeof(*m));
}
