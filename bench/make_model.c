/* Writes a GGUF file of random weights in the shape of a well-known model, so that pith and its peers can run the very same file.
 *
 *     make_model tinyllama-1.1b q4_0 /tmp/tinyllama-q4_0.gguf
 *     make_model --context 8192 tinyllama-1.1b q4_0 /tmp/tinyllama-q4_0-8k.gguf
 *
 * --context says how many tokens of context the file claims, where that is to be other than the shape's own.
 * Which matrix takes which type follows what files found in the wild do: in "q4_0" and "q4_k_m" the output is Q6_K, and q4_k_m gives
 * half of the value and down matrices Q6_K. The vocabulary is made up: three control tokens, 256 bytes, then numbered words.
 * Source of the format: docs/gguf.md of the ggml repository. */
#include "random_blocks.h"
#include "shapes.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALIGNMENT 32
#define CHUNK_BLOCKS 65536
#define MAX_TENSORS 1024

enum { GGUF_U32 = 4, GGUF_I32 = 5, GGUF_F32 = 6, GGUF_BOOL = 7, GGUF_STRING = 8, GGUF_ARRAY = 9 };

typedef struct mix {
    const char *name;
    block_type common, better, output, embedding; /* better: for half of the value and down matrices */
    uint32_t file_type;                           /* general.file_type */
} mix;

static const mix mixes[] = {
    {"f32", BLOCK_F32, BLOCK_F32, BLOCK_F32, BLOCK_F32, 0},
    {"f16", BLOCK_F16, BLOCK_F16, BLOCK_F16, BLOCK_F16, 1},
    {"q4_0", BLOCK_Q4_0, BLOCK_Q4_0, BLOCK_Q6_K, BLOCK_Q4_0, 2},
    {"q8_0", BLOCK_Q8_0, BLOCK_Q8_0, BLOCK_Q8_0, BLOCK_Q8_0, 7},
    {"q4_k_m", BLOCK_Q4_K, BLOCK_Q6_K, BLOCK_Q6_K, BLOCK_Q4_K, 15},
};

typedef struct tensor {
    char name[48];
    block_type type;
    uint32_t columns, rows; /* rows 0: a vector */
    float value;            /* vectors: every element is near this */
    uint64_t bytes;
} tensor;

typedef struct writer {
    FILE *file;
    const char *path;
    uint64_t written;
    uint64_t random;
    tensor tensors[MAX_TENSORS];
    uint32_t count;
} writer;

static void die(const char *what, const char *which) {
    fprintf(stderr, "make_model: %s '%s'\n", what, which);
    exit(1);
}

/* ---- bytes ---- */

static void put(writer *w, const void *bytes, uint64_t size) {
    if (fwrite(bytes, 1, size, w->file) != size) {
        die("cannot write", w->path);
    }
    w->written += size;
}

static void put_u32(writer *w, uint32_t value) {
    put(w, &value, sizeof value);
}

static void put_u64(writer *w, uint64_t value) {
    put(w, &value, sizeof value);
}

static void put_text(writer *w, const char *text) {
    put_u64(w, strlen(text));
    put(w, text, strlen(text));
}

static void put_padding(writer *w) {
    static const uint8_t zeros[ALIGNMENT];
    put(w, zeros, (ALIGNMENT - w->written % ALIGNMENT) % ALIGNMENT);
}

/* ---- metadata ---- */

static void put_key(writer *w, const char *prefix, const char *key, uint32_t type) {
    char name[96];
    snprintf(name, sizeof name, "%s.%s", prefix, key);
    put_text(w, name);
    put_u32(w, type);
}

static void put_key_u32(writer *w, const char *prefix, const char *key, uint32_t value) {
    put_key(w, prefix, key, GGUF_U32);
    put_u32(w, value);
}

static void put_key_f32(writer *w, const char *prefix, const char *key, float value) {
    put_key(w, prefix, key, GGUF_F32);
    put(w, &value, sizeof value);
}

static void put_key_text(writer *w, const char *prefix, const char *key, const char *value) {
    put_key(w, prefix, key, GGUF_STRING);
    put_text(w, value);
}

static void put_key_array(writer *w, const char *key, uint32_t type, uint64_t count) {
    put_key(w, "tokenizer.ggml", key, GGUF_ARRAY);
    put_u32(w, type);
    put_u64(w, count);
}

static uint64_t put_general(writer *w, const shape *s, const mix *m) {
    char name[96];
    snprintf(name, sizeof name, "%s, random, %s", s->name, m->name);
    put_key_text(w, "general", "architecture", s->family);
    put_key_text(w, "general", "name", name);
    put_key_u32(w, "general", "file_type", m->file_type);
    put_key_u32(w, "general", "quantization_version", 2);
    return 4;
}

static uint64_t put_hyperparameters(writer *w, const shape *s) {
    put_key_u32(w, s->family, "block_count", s->layers);
    put_key_u32(w, s->family, "context_length", s->context);
    put_key_u32(w, s->family, "embedding_length", s->width);
    put_key_u32(w, s->family, "feed_forward_length", s->ffn);
    put_key_u32(w, s->family, "attention.head_count", s->heads);
    put_key_u32(w, s->family, "attention.head_count_kv", s->kv_heads);
    put_key_u32(w, s->family, "attention.key_length", s->head_dim);
    put_key_u32(w, s->family, "attention.value_length", s->head_dim);
    put_key_u32(w, s->family, "rope.dimension_count", s->head_dim);
    put_key_u32(w, s->family, "vocab_size", s->vocab);
    put_key_f32(w, s->family, "rope.freq_base", s->rope_base);
    put_key_f32(w, s->family, "attention.layer_norm_rms_epsilon", s->norm_eps);
    return 12;
}

static void token_text(uint32_t id, char *out, size_t capacity) {
    static const char *const control[] = {"<unk>", "<s>", "</s>"};
    if (id < 3) {
        snprintf(out, capacity, "%s", control[id]);
    } else if (id < 259) {
        snprintf(out, capacity, "<0x%02X>", id - 3);
    } else {
        snprintf(out, capacity, "\xE2\x96\x81word%u", id - 259); /* U+2581 marks a space */
    }
}

static uint64_t put_vocabulary(writer *w, const shape *s) {
    put_key_text(w, "tokenizer.ggml", "model", "llama");
    put_key_array(w, "tokens", GGUF_STRING, s->vocab);
    for (uint32_t id = 0; id < s->vocab; id++) {
        char text[32];
        token_text(id, text, sizeof text);
        put_text(w, text);
    }
    put_key_array(w, "scores", GGUF_F32, s->vocab);
    for (uint32_t id = 0; id < s->vocab; id++) {
        float score = id < 259 ? 0.0f : -(float)(id - 258);
        put(w, &score, sizeof score);
    }
    put_key_array(w, "token_type", GGUF_I32, s->vocab);
    for (uint32_t id = 0; id < s->vocab; id++) {
        put_u32(w, id == 0 ? 2 : id < 3 ? 3 : id < 259 ? 6 : 1); /* unknown, control, byte, normal */
    }
    put_key_u32(w, "tokenizer.ggml", "unknown_token_id", 0);
    put_key_u32(w, "tokenizer.ggml", "bos_token_id", 1);
    put_key_u32(w, "tokenizer.ggml", "eos_token_id", 2);
    return 7;
}

/* ---- tensors ---- */

static void add_tensor(writer *w, const char *name, block_type type, uint32_t columns, uint32_t rows, float value) {
    if (w->count == MAX_TENSORS) {
        die("too many tensors at", name);
    }
    if (columns % block_elements(type) != 0) { /* super-blocks do not fit every width; as llama.cpp's quantizer does */
        type = type == BLOCK_Q4_K ? BLOCK_Q5_0 : BLOCK_Q8_0;
    }
    tensor *t = &w->tensors[w->count++];
    snprintf(t->name, sizeof t->name, "%s", name);
    t->type = type;
    t->columns = columns;
    t->rows = rows;
    t->value = value;
    t->bytes = (uint64_t)(rows ? rows : 1) * (columns / block_elements(type)) * block_bytes(type);
}

static void add_matrix(writer *w, uint32_t layer, const char *role, block_type type, uint32_t columns, uint32_t rows) {
    char name[48];
    snprintf(name, sizeof name, "blk.%u.%s.weight", layer, role);
    add_tensor(w, name, type, columns, rows, 0);
}

static void add_vector(writer *w, uint32_t layer, const char *role, uint32_t columns, float value) {
    char name[48];
    snprintf(name, sizeof name, "blk.%u.%s", layer, role);
    add_tensor(w, name, BLOCK_F32, columns, 0, value);
}

/* The layers in which q4_k_m spends more bits: the first and last eighth, and every third between. */
static bool takes_better(uint32_t layer, uint32_t layers) {
    uint32_t eighth = layers / 8;
    return layer < eighth || layer >= 7 * layers / 8 || (layer - eighth) % 3 == 2;
}

static void add_layer(writer *w, const shape *s, const mix *m, uint32_t layer) {
    uint32_t q = s->heads * s->head_dim, kv = s->kv_heads * s->head_dim;
    block_type special = takes_better(layer, s->layers) ? m->better : m->common;
    add_vector(w, layer, "attn_norm.weight", s->width, 1);
    add_matrix(w, layer, "attn_q", m->common, s->width, q);
    add_matrix(w, layer, "attn_k", m->common, s->width, kv);
    add_matrix(w, layer, "attn_v", special, s->width, kv);
    add_matrix(w, layer, "attn_output", m->common, q, s->width);
    if (s->qkv_bias) {
        add_vector(w, layer, "attn_q.bias", q, 0.01f);
        add_vector(w, layer, "attn_k.bias", kv, 0.01f);
        add_vector(w, layer, "attn_v.bias", kv, 0.01f);
    }
    if (s->qk_norm) {
        add_vector(w, layer, "attn_q_norm.weight", s->head_dim, 1);
        add_vector(w, layer, "attn_k_norm.weight", s->head_dim, 1);
    }
    add_vector(w, layer, "ffn_norm.weight", s->width, 1);
    add_matrix(w, layer, "ffn_gate", m->common, s->width, s->ffn);
    add_matrix(w, layer, "ffn_up", m->common, s->width, s->ffn);
    add_matrix(w, layer, "ffn_down", special, s->ffn, s->width);
}

static void add_tensors(writer *w, const shape *s, const mix *m) {
    add_tensor(w, "token_embd.weight", s->tied ? m->output : m->embedding, s->width, s->vocab, 0);
    for (uint32_t layer = 0; layer < s->layers; layer++) {
        add_layer(w, s, m, layer);
    }
    add_tensor(w, "output_norm.weight", BLOCK_F32, s->width, 0, 1);
    if (!s->tied) {
        add_tensor(w, "output.weight", m->output, s->width, s->vocab, 0);
    }
}

static void put_directory(writer *w) {
    uint64_t offset = 0;
    for (uint32_t i = 0; i < w->count; i++) {
        const tensor *t = &w->tensors[i];
        put_text(w, t->name);
        put_u32(w, t->rows ? 2 : 1);
        put_u64(w, t->columns);
        if (t->rows) {
            put_u64(w, t->rows);
        }
        put_u32(w, t->type);
        put_u64(w, offset);
        offset += (t->bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
}

static void put_vector(writer *w, const tensor *t) {
    for (uint32_t i = 0; i < t->columns; i++) {
        float value = t->value * (1 + (float)(i % 7) / 64);
        put(w, &value, sizeof value);
    }
}

static void put_matrix(writer *w, const tensor *t, uint8_t *chunk) {
    uint64_t left = t->bytes / block_bytes(t->type);
    while (left > 0) {
        uint64_t blocks = left < CHUNK_BLOCKS ? left : CHUNK_BLOCKS;
        random_blocks(t->type, t->columns, blocks, &w->random, chunk);
        put(w, chunk, blocks * block_bytes(t->type));
        left -= blocks;
    }
}

static void put_data(writer *w) {
    uint8_t *chunk = malloc((size_t)CHUNK_BLOCKS * block_bytes(BLOCK_Q6_K));
    if (!chunk) {
        die("no memory for", w->path);
    }
    for (uint32_t i = 0; i < w->count; i++) {
        if (w->tensors[i].rows) {
            put_matrix(w, &w->tensors[i], chunk);
        } else {
            put_vector(w, &w->tensors[i]);
        }
        put_padding(w);
    }
    free(chunk);
}

/* The number of keys comes before them in the file, so the head is written twice. */
static void put_head(writer *w, const shape *s, const mix *m, uint64_t keys) {
    put(w, "GGUF", 4);
    put_u32(w, 3);
    put_u64(w, w->count);
    put_u64(w, keys);
    uint64_t count = put_general(w, s, m);
    count += put_hyperparameters(w, s);
    count += put_vocabulary(w, s);
    if (count != keys) {
        rewind(w->file);
        w->written = 0;
        put_head(w, s, m, count);
    }
}

static const mix *mix_find(const char *name) {
    for (size_t i = 0; i < sizeof mixes / sizeof mixes[0]; i++) {
        if (strcmp(mixes[i].name, name) == 0) {
            return &mixes[i];
        }
    }
    return NULL;
}

static int usage(void) {
    fputs("usage: make_model [--context TOKENS] SHAPE MIX OUT.gguf\nshapes:", stderr);
    for (uint32_t i = 0; shape_at(i); i++) {
        fprintf(stderr, " %s", shape_at(i)->name);
    }
    fputs("\nmixes: ", stderr);
    for (size_t i = 0; i < sizeof mixes / sizeof mixes[0]; i++) {
        fprintf(stderr, " %s", mixes[i].name);
    }
    fputs("\n", stderr);
    return 2;
}

/* Takes the option from the front; 0: no number. */
static uint32_t take_context(int *argc, char ***argv, uint32_t usual) {
    if (*argc < 3 || strcmp((*argv)[1], "--context") != 0) {
        return usual;
    }
    char *end;
    unsigned long value = strtoul((*argv)[2], &end, 10);
    *argc -= 2;
    *argv += 2;
    return *end || value > 1 << 24 ? 0 : (uint32_t)value;
}

static void write_model(writer *w, const shape *s, const mix *m) {
    w->random = 0x9E3779B97F4A7C15;
    w->file = fopen(w->path, "wb");
    if (!w->file) {
        die("cannot create", w->path);
    }
    add_tensors(w, s, m);
    put_head(w, s, m, 0);
    put_directory(w);
    put_padding(w);
    put_data(w);
    if (fclose(w->file) != 0) {
        die("cannot write", w->path);
    }
}

int main(int argc, char **argv) {
    static writer w;
    const uint32_t own = UINT32_MAX;
    uint32_t context = take_context(&argc, &argv, own);
    const shape *found = argc == 4 ? shape_find(argv[1]) : NULL;
    const mix *m = argc == 4 ? mix_find(argv[2]) : NULL;
    if (!found || !m || context == 0) {
        return usage();
    }
    shape s = *found;
    s.context = context == own ? s.context : context;
    w.path = argv[3];
    write_model(&w, &s, m);
    return 0;
}
