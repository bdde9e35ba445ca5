/* What the decoder-only families share: rows of their tables, and the blocks their forward functions are made of. */
#ifndef PITH_ARCH_DECODER_H
#define PITH_ARCH_DECODER_H

#include "arch/family.h"
#include <stddef.h>

#define PITH__FIELD(name) (uint32_t) offsetof(pith__hparams, name)

/* clang-format off */
/* The hyperparameters every RoPE decoder has, under the same keys. */
#define PITH__DECODER_HPARAMS \
    {"block_count", PITH__HPARAM_U32, PITH__FIELD(layers), true, 1, 1024, 0, "layers"}, \
    {"context_length", PITH__HPARAM_U32, PITH__FIELD(context), true, \
     1, 16777216, 0, "tokens of context it was trained for"}, \
    {"embedding_length", PITH__HPARAM_U32, PITH__FIELD(width), true, 1, 131072, 0, "elements of a hidden state"}, \
    {"feed_forward_length", PITH__HPARAM_U32, PITH__FIELD(ffn), true, \
     1, 1048576, 0, "elements inside the feed-forward"}, \
    {"attention.head_count", PITH__HPARAM_U32, PITH__FIELD(heads), true, 1, 1024, 0, "query heads"}, \
    {"attention.head_count_kv", PITH__HPARAM_U32, PITH__FIELD(kv_heads), false, \
     1, 1024, 0, "K/V heads (default: as many)"}, \
    {"attention.key_length", PITH__HPARAM_U32, PITH__FIELD(head_dim), false, \
     2, 512, 0, "elements of a Q or K head"}, \
    {"attention.value_length", PITH__HPARAM_U32, PITH__FIELD(value_dim), false, 2, 512, 0, "elements of a V head"}, \
    {"rope.dimension_count", PITH__HPARAM_U32, PITH__FIELD(n_rot), false, \
     2, 512, 0, "elements of a head that rotate"}, \
    {"attention.layer_norm_rms_epsilon", PITH__HPARAM_F32, PITH__FIELD(norm_eps), true, \
     0, 1, 0, "added under RMSNorm's root"}, \
    {"rope.freq_base", PITH__HPARAM_F64, PITH__FIELD(rope_base), false, 1, 1e12, 10000, "RoPE's base"}, \
    {"rope.scaling.type", PITH__HPARAM_ROPE_SCALING, PITH__FIELD(rope_scaling), false, \
     0, 0, 0, "none, linear or yarn"}, \
    {"rope.scaling.factor", PITH__HPARAM_F64, PITH__FIELD(rope_factor), false, \
     1e-3, 1e6, 1, "how much longer the context is"}, \
    {"rope.scaling.original_context_length", PITH__HPARAM_F64, PITH__FIELD(rope_original_context), false, \
     1, 16777216, 0, "context before scaling (yarn)"}, \
    {"rope.scaling.attn_factor", PITH__HPARAM_F64, PITH__FIELD(rope_attn_factor), false, \
     1e-3, 1e3, 1, "factor of the magnitude (yarn)"}, \
    {"rope.scaling.yarn_attn_factor", PITH__HPARAM_F64, PITH__FIELD(rope_magnitude), false, \
     0, 1e3, 0, "whole magnitude (yarn; default: 1 + 0.1 ln factor)"}, \
    {"rope.scaling.yarn_beta_fast", PITH__HPARAM_F64, PITH__FIELD(rope_beta_fast), false, \
     1e-3, 1e6, 32, "ramp's start (yarn)"}, \
    {"rope.scaling.yarn_beta_slow", PITH__HPARAM_F64, PITH__FIELD(rope_beta_slow), false, \
     1e-3, 1e6, 1, "ramp's end (yarn)"}

/* Sliding-window attention in all layers. */
#define PITH__WINDOW_HPARAM \
    {"attention.sliding_window", PITH__HPARAM_U32, PITH__FIELD(window), false, \
     0, 16777216, 0, "positions a token attends to (0: all)"}

/* The tensors every decoder with gated feed-forward has, under the same names. */
#define PITH__DECODER_TENSORS \
    {PITH__TOKEN_EMBD, "token_embd.weight", PITH__DIM_VOCAB, PITH__DIM_WIDTH, true}, \
    {PITH__OUTPUT_NORM, "output_norm.weight", PITH__DIM_NONE, PITH__DIM_WIDTH, true}, \
    {PITH__OUTPUT, "output.weight", PITH__DIM_VOCAB, PITH__DIM_WIDTH, false}, \
    {PITH__ROPE_FREQS, "rope_freqs.weight", PITH__DIM_NONE, PITH__DIM_ROT_HALF, false}, \
    {PITH__ATTN_NORM, "blk.%.attn_norm.weight", PITH__DIM_NONE, PITH__DIM_WIDTH, true}, \
    {PITH__ATTN_Q, "blk.%.attn_q.weight", PITH__DIM_Q, PITH__DIM_WIDTH, true}, \
    {PITH__ATTN_K, "blk.%.attn_k.weight", PITH__DIM_K, PITH__DIM_WIDTH, true}, \
    {PITH__ATTN_V, "blk.%.attn_v.weight", PITH__DIM_V, PITH__DIM_WIDTH, true}, \
    {PITH__ATTN_OUT, "blk.%.attn_output.weight", PITH__DIM_WIDTH, PITH__DIM_OUT, true}, \
    {PITH__FFN_NORM, "blk.%.ffn_norm.weight", PITH__DIM_NONE, PITH__DIM_WIDTH, true}, \
    {PITH__FFN_GATE, "blk.%.ffn_gate.weight", PITH__DIM_FFN, PITH__DIM_WIDTH, true}, \
    {PITH__FFN_UP, "blk.%.ffn_up.weight", PITH__DIM_FFN, PITH__DIM_WIDTH, true}, \
    {PITH__FFN_DOWN, "blk.%.ffn_down.weight", PITH__DIM_WIDTH, PITH__DIM_FFN, true}

/* Biases of the projections. */
#define PITH__BIAS_TENSORS(needed) \
    {PITH__ATTN_Q_BIAS, "blk.%.attn_q.bias", PITH__DIM_NONE, PITH__DIM_Q, needed}, \
    {PITH__ATTN_K_BIAS, "blk.%.attn_k.bias", PITH__DIM_NONE, PITH__DIM_K, needed}, \
    {PITH__ATTN_V_BIAS, "blk.%.attn_v.bias", PITH__DIM_NONE, PITH__DIM_V, needed}
/* clang-format on */

#define PITH__COUNT(array) (uint32_t)(sizeof(array) / sizeof((array)[0]))

/* Blocks. Each reads and writes the step's work space: x is the residual stream. What a block adds to it is left
 * `pending`: the next block adds it, norms the sum and quantizes it in one pass over each row. */
void pith__block_embed(pith__forward *f);                     /* x = embeddings; cosines and sines of every position */
void pith__block_attention(pith__forward *f, uint32_t layer); /* x += attention(norm(x)) */
void pith__block_swiglu(pith__forward *f, uint32_t layer);    /* x += down(silu(gate(norm(x))) * up(norm(x))) */
void pith__block_output(pith__forward *f);                    /* hidden states and logits of those that want them */

/* embed, (attention, swiglu) for every layer, output. */
void pith__decoder_forward(pith__forward *f);

#endif
