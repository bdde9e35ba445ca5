/* Qwen2 and Qwen2.5: as Llama, with biases on Q, K and V, and RoPE on halves. Source: arXiv:2407.10671. */
#include "arch/decoder.h"
#include "arch/families.h"

static const pith__hparam_rule hparams[] = {PITH__DECODER_HPARAMS};

static const pith__tensor_rule tensors[] = {PITH__DECODER_TENSORS, PITH__BIAS_TENSORS(true)};

const pith__family pith__family_qwen2 = {
    .name = "qwen2",
    .models = "Qwen2, Qwen2.5",
    .hparams = hparams,
    .n_hparams = PITH__COUNT(hparams),
    .tensors = tensors,
    .n_tensors = PITH__COUNT(tensors),
    .capabilities = PITH__CAN_GENERATE | PITH__CAN_EMBED,
    .rope_neox = true,
    .forward = pith__decoder_forward,
};
