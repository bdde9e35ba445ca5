/* See sample_gguf.h. */
#include "formats/sample_gguf.h"
#include "kernels/dtype.h"

const pith__str sample_tokens[SAMPLE_TOKENS] = {{"<unk>", 5},
                                                {"<s>", 3},
                                                {"</s>", 4},
                                                {"", 0},
                                                {"\xe2\x96\x81"
                                                 "a",
                                                 4},
                                                {"\0\xff", 2}};
const float sample_scores[SAMPLE_TOKENS] = {0.0f, -1.0f, -2.5f, 3e38f, 1e-40f, -0.0f};
const int32_t sample_types[SAMPLE_TOKENS] = {2, 3, 3, 1, 1, 6};

static void every_scalar(gguf_writer *w) {
    const int8_t i8 = -128;
    const int16_t i16 = -32768;
    const int64_t i64 = INT64_MIN;
    const double f64 = 1.0 / 3;
    gguf_u8(w, "test.u8", 255);
    gguf_value(w, "test.i8", PITH__VALUE_I8, &i8);
    gguf_u16(w, "test.u16", 65535);
    gguf_value(w, "test.i16", PITH__VALUE_I16, &i16);
    gguf_u32(w, "test.u32", UINT32_MAX);
    gguf_i32(w, "test.i32", INT32_MIN);
    gguf_u64(w, "test.u64", UINT64_MAX);
    gguf_value(w, "test.i64", PITH__VALUE_I64, &i64);
    gguf_f32(w, "test.f32", 0.1f);
    gguf_value(w, "test.f64", PITH__VALUE_F64, &f64);
    gguf_bool(w, "test.true", true);
    gguf_bool(w, "test.false", false);
}

static void every_array(gguf_writer *w) {
    const uint8_t bools[] = {1, 0, 1};
    const uint64_t large[] = {0, INT32_MAX, UINT64_MAX};
    const int8_t small[] = {-1, 0, 127};
    gguf_array(w, "test.bools", PITH__VALUE_BOOL, bools, 3);
    gguf_array(w, "test.large", PITH__VALUE_U64, large, 3);
    gguf_array(w, "test.small", PITH__VALUE_I8, small, 3);
    gguf_array(w, "test.empty", PITH__VALUE_F32, NULL, 0);
    gguf_strings(w, "test.no_strings", NULL, 0);
    gguf_strings(w, "tokenizer.ggml.tokens", sample_tokens, SAMPLE_TOKENS);
    gguf_array(w, "tokenizer.ggml.scores", PITH__VALUE_F32, sample_scores, SAMPLE_TOKENS);
    gguf_array(w, "tokenizer.ggml.token_type", PITH__VALUE_I32, sample_types, SAMPLE_TOKENS);
}

void sample_keys(gguf_writer *w, uint32_t version) {
    gguf_init(w, version);
    gguf_set_alignment(w, 16);
    gguf_str(w, "general.architecture", "llama");
    gguf_str(w, "general.name", "");
    every_scalar(w);
    every_array(w);
    gguf_u32(w, "llama.block_count", 1);
}

void sample_tensors(gguf_writer *w) {
    static const float embedding[4 * 3] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    uint8_t q4_0[2 * 18];
    for (int i = 0; i < 36; i++) {
        q4_0[i] = (uint8_t)(i * 5);
    }
    gguf_tensor(w, "token_embd.weight", PITH__F32, 2, (uint64_t[]){4, 3}, embedding, sizeof(embedding));
    gguf_tensor(w, "blk.0.attn_q.weight", PITH__Q4_0, 2, (uint64_t[]){32, 2}, q4_0, sizeof(q4_0));
    gguf_tensor(w, "blk.0.ffn.weight", PITH__F16, 4, (uint64_t[]){3, 2, 2, 1}, NULL, 0);
    gguf_tensor(w, "output_norm.weight", PITH__F32, 1, (uint64_t[]){5}, NULL, 0);
}

void sample_file(gguf_writer *w, uint32_t version) {
    sample_keys(w, version);
    sample_tensors(w);
    gguf_finish(w);
}
