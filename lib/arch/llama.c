/* Llama 1, 2, 3.x, Mistral, TinyLlama, SmolLM: RMSNorm, RoPE on neighbouring pairs, grouped heads, SwiGLU; projections
 * may have biases, attention a sliding window (Mistral 7B v0.1). Llama 3's frequency divisors come as the tensor rope_freqs. Sources: arXiv:2302.13971, 2307.09288,
 * 2407.21783, 2310.06825. */
#include "arch/decoder.h"
#include "arch/families.h"

static const pith__hparam_rule hparams[] = {PITH__DECODER_HPARAMS, PITH__WINDOW_HPARAM};

static const pith__tensor_rule tensors[] = {
    PITH__DECODER_TENSORS,
    PITH__BIAS_TENSORS(false),
    {PITH__ATTN_OUT_BIAS, "blk.%.attn_output.bias", PITH__DIM_NONE, PITH__DIM_WIDTH, false},
    {PITH__FFN_GATE_BIAS, "blk.%.ffn_gate.bias", PITH__DIM_NONE, PITH__DIM_FFN, false},
    {PITH__FFN_UP_BIAS, "blk.%.ffn_up.bias", PITH__DIM_NONE, PITH__DIM_FFN, false},
    {PITH__FFN_DOWN_BIAS, "blk.%.ffn_down.bias", PITH__DIM_NONE, PITH__DIM_WIDTH, false},
};

const pith__family pith__family_llama = {
    .name = "llama",
    .models = "Llama 1, 2, 3.x, Mistral, TinyLlama, SmolLM",
    .hparams = hparams,
    .n_hparams = PITH__COUNT(hparams),
    .tensors = tensors,
    .n_tensors = PITH__COUNT(tensors),
    .capabilities = PITH__CAN_GENERATE | PITH__CAN_EMBED,
    .rope_neox = false,
    .forward = pith__decoder_forward,
};
