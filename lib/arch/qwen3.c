/* Qwen3: as Llama, with an RMSNorm on every head of Q and K before RoPE on halves; heads have their own width,
 * projections no biases. Source: arXiv:2505.09388. */
#include "arch/decoder.h"
#include "arch/families.h"

static const pith__hparam_rule hparams[] = {PITH__DECODER_HPARAMS};

static const pith__tensor_rule tensors[] = {
    PITH__DECODER_TENSORS,
    {PITH__ATTN_Q_NORM, "blk.%.attn_q_norm.weight", PITH__DIM_NONE, PITH__DIM_HEAD, true},
    {PITH__ATTN_K_NORM, "blk.%.attn_k_norm.weight", PITH__DIM_NONE, PITH__DIM_HEAD, true},
};

const pith__family pith__family_qwen3 = {
    .name = "qwen3",
    .models = "Qwen3",
    .hparams = hparams,
    .n_hparams = PITH__COUNT(hparams),
    .tensors = tensors,
    .n_tensors = PITH__COUNT(tensors),
    .capabilities = PITH__CAN_GENERATE | PITH__CAN_EMBED,
    .rope_neox = true,
    .forward = pith__decoder_forward,
};
