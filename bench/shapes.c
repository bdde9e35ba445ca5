/* The table of shapes; see shapes.h. */
#include "shapes.h"

#include <stddef.h>
#include <string.h>

static const shape shapes[] = {
    {.name = "tiny", .family = "llama", .layers = 2, .width = 256, .ffn = 768, .heads = 4, .kv_heads = 2, .head_dim = 64,
     .vocab = 512, .context = 512, .norm_eps = 1e-5f, .rope_base = 1e4f, .tied = true},
    {.name = "smollm2-135m", .family = "llama", .layers = 30, .width = 576, .ffn = 1536, .heads = 9, .kv_heads = 3,
     .head_dim = 64, .vocab = 49152, .context = 8192, .norm_eps = 1e-5f, .rope_base = 1e5f, .tied = true},
    {.name = "tinyllama-1.1b", .family = "llama", .layers = 22, .width = 2048, .ffn = 5632, .heads = 32, .kv_heads = 4,
     .head_dim = 64, .vocab = 32000, .context = 2048, .norm_eps = 1e-5f, .rope_base = 1e4f},
    {.name = "llama-3.2-1b", .family = "llama", .layers = 16, .width = 2048, .ffn = 8192, .heads = 32, .kv_heads = 8,
     .head_dim = 64, .vocab = 128256, .context = 8192, .norm_eps = 1e-5f, .rope_base = 5e5f, .tied = true},
    {.name = "qwen2-0.5b", .family = "qwen2", .layers = 24, .width = 896, .ffn = 4864, .heads = 14, .kv_heads = 2,
     .head_dim = 64, .vocab = 151936, .context = 32768, .norm_eps = 1e-6f, .rope_base = 1e6f, .tied = true, .qkv_bias = true},
    {.name = "qwen3-0.6b", .family = "qwen3", .layers = 28, .width = 1024, .ffn = 3072, .heads = 16, .kv_heads = 8,
     .head_dim = 128, .vocab = 151936, .context = 32768, .norm_eps = 1e-6f, .rope_base = 1e6f, .tied = true, .qk_norm = true},
};

const shape *shape_at(uint32_t index) {
    return index < sizeof shapes / sizeof shapes[0] ? &shapes[index] : NULL;
}

const shape *shape_find(const char *name) {
    for (uint32_t i = 0; shape_at(i); i++) {
        if (strcmp(shape_at(i)->name, name) == 0) {
            return shape_at(i);
        }
    }
    return NULL;
}
