#!/usr/bin/env python3
"""Makes the golden vectors: tiny random models, what the official implementation (Hugging Face transformers) computes from them,
and the same models as GGUF files, laid out as llama.cpp's converter does.

To run again:  python3 -m venv v && v/bin/pip install torch transformers gguf && v/bin/python tests/golden/make_goldens.py [NAME...]

For each case it writes vectors/NAME.gguf (float32) and vectors/NAME.golden, little-endian:
    "PGLD", then uint32: version (1), prompt tokens P, generated tokens N, vocabulary V, width W
    int32   prompt[P], generated[N]          (N by greedy choice)
    float32 logits[P + N][V]                 of every position of prompt and generated tokens
    float32 mean[W], last[W]                 of the final, normed hidden states of the prompt
Seeds are searched until every greedy choice is clear and the text does not repeat itself, so that small differences of
rounding cannot change it, and a wrong position or scaling must.
"""
import dataclasses
import math
import pathlib
import struct
import sys

import gguf
import numpy as np
import torch
from transformers import LlamaConfig, LlamaForCausalLM, MistralConfig, MistralForCausalLM, Qwen2Config, Qwen2ForCausalLM, Qwen3Config, Qwen3ForCausalLM

VOCAB = 96
PROMPT = 72  # past one attention block of 64
GENERATED = 32
CONTEXT = 256
MARGIN = 0.05  # between the best logit and the next, at every greedy choice
KINDS = 12  # different tokens the continuation must hold at least
OUT = pathlib.Path(__file__).parent / "vectors"

FAMILIES = {
    "llama": (LlamaConfig, LlamaForCausalLM, 1e-5),
    "qwen2": (Qwen2Config, Qwen2ForCausalLM, 1e-6),
    "qwen3": (Qwen3Config, Qwen3ForCausalLM, 1e-6),
}


@dataclasses.dataclass
class Case:
    name: str
    family: str
    hidden: int = 32
    ffn: int = 48
    heads: int = 2
    kv_heads: int = 1
    layers: int = 2
    head_dim: int = 0  # 0: hidden / heads, and not named in the file
    tied: bool = False
    biases: bool = False
    theta: float = 10000.0
    window: int = 0  # of attention; 0: all positions. Mistral's, whose files say "llama"
    scaling: dict = dataclasses.field(default_factory=lambda: {"rope_type": "default"})

    @property
    def dim(self):
        return self.head_dim or self.hidden // self.heads

    @property
    def classes(self):
        return (MistralConfig, MistralForCausalLM, 1e-5) if self.window else FAMILIES[self.family]


YARN = {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 64}
CASES = [
    Case("llama", "llama", hidden=64, ffn=96, heads=4, kv_heads=2, layers=3),
    Case("llama-tied", "llama", kv_heads=2, tied=True),
    Case("llama-head-dim", "llama", heads=4, head_dim=16),
    Case("llama-biases", "llama", biases=True),
    Case("llama-theta", "llama", theta=500000.0),
    Case("llama-linear", "llama", scaling={"rope_type": "linear", "factor": 4.0}),
    Case("llama-yarn", "llama", theta=1000.0, scaling=YARN),
    Case("llama-yarn-tuned", "llama", theta=1000.0,
         scaling=YARN | {"beta_fast": 4.0, "beta_slow": 0.5, "attention_factor": 1.3}),
    Case("llama-3-scaling", "llama", theta=10000.0,
         scaling={"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
                  "original_max_position_embeddings": 32}),
    Case("llama-window", "llama", hidden=64, ffn=96, heads=4, kv_heads=2, window=24),
    Case("qwen2", "qwen2", hidden=64, ffn=96, heads=4, kv_heads=2),
    Case("qwen2-tied", "qwen2", tied=True, theta=1000000.0),
    Case("qwen2-yarn", "qwen2", theta=1000.0, scaling=YARN),
    Case("qwen3", "qwen3", hidden=64, ffn=96, heads=4, kv_heads=2, head_dim=32, tied=True),
    Case("qwen3-untied", "qwen3", heads=4, head_dim=16, theta=1000000.0),
    Case("qwen3-yarn", "qwen3", head_dim=16, theta=1000.0, scaling=YARN),
]


def make_config(case, scaled=True):
    config_class, _, eps = case.classes
    scaling = case.scaling if scaled else {"rope_type": "default"}
    fields = dict(
        vocab_size=VOCAB, hidden_size=case.hidden, intermediate_size=case.ffn, num_hidden_layers=case.layers,
        num_attention_heads=case.heads, num_key_value_heads=case.kv_heads, max_position_embeddings=CONTEXT,
        rms_norm_eps=eps, tie_word_embeddings=case.tied, rope_parameters=scaling | {"rope_theta": case.theta},
        bos_token_id=0, eos_token_id=None, pad_token_id=None, attn_implementation="eager",
    )
    if case.head_dim:
        fields["head_dim"] = case.head_dim
    if case.window:
        fields["sliding_window"] = case.window
    if case.biases:
        fields |= {"attention_bias": True, "mlp_bias": True}
    return config_class(**fields)


def spread(name, case):
    """The standard deviation of a weight: large enough that attention is uneven and logits are not flat."""
    if name.endswith("bias"):
        return 0.3
    if "q_proj" in name or "k_proj" in name:
        return math.sqrt(3.0 / case.hidden)
    if "embed_tokens" in name or "lm_head" in name:
        return 3.0 / math.sqrt(case.hidden)
    return 1.0 / math.sqrt(case.hidden)


def fill(model, case, seed):
    random = np.random.Generator(np.random.PCG64(seed))
    weights = {}
    for name, parameter in sorted(model.named_parameters()):
        x = random.standard_normal(tuple(parameter.shape))
        x = (1.3 if "q_norm" in name or "k_norm" in name else 1.0) + 0.2 * x if "norm" in name else spread(name, case) * x
        weights[name] = x.astype(np.float32)
        parameter.data.copy_(torch.from_numpy(weights[name]))
    prompt = random.integers(3, VOCAB, PROMPT)
    return weights, torch.from_numpy(prompt)[None]


@dataclasses.dataclass
class Result:
    ids: torch.Tensor
    logits: torch.Tensor
    mean: torch.Tensor
    last: torch.Tensor


def compute(model, prompt):
    with torch.no_grad():
        ids = model.generate(prompt, attention_mask=torch.ones_like(prompt), max_new_tokens=GENERATED, do_sample=False)
        logits = model(ids).logits[0]
        hidden = model.model(prompt).last_hidden_state[0]
    return Result(ids[0], logits, hidden.mean(0), hidden[-1])


def is_clear(result):
    """Are the greedy choices safe from rounding, and worth comparing?"""
    chosen = result.ids[PROMPT:]
    if len(chosen) != GENERATED or len(set(chosen.tolist())) < KINDS:
        return False
    best = result.logits[PROMPT - 1 : PROMPT + GENERATED - 1].topk(2)
    return bool((best.indices[:, 0] == chosen).all() and (best.values[:, 0] - best.values[:, 1]).min() > MARGIN)


def find(case):
    """The first seed with a clear continuation; and proof that the scaling matters to it."""
    _, model_class, _ = case.classes
    for seed in range(1, 2000):
        model = model_class(make_config(case)).eval()
        weights, prompt = fill(model, case, seed)
        result = compute(model, prompt)
        if is_clear(result):
            break
    else:
        raise SystemExit(f"{case.name}: no seed gives a clear continuation")
    if case.scaling["rope_type"] != "default":
        plain = model_class(make_config(case, scaled=False)).eval()
        fill(plain, case, seed)
        difference = (compute(plain, prompt).logits[:PROMPT] - result.logits[:PROMPT]).abs().max()
        assert difference > 0.5, f"{case.name}: scaling changes logits by {difference} only"
    return seed, weights, result


def permute(x, heads):
    """Rows of Q or K from halves (Hugging Face) to neighbouring pairs (llama in GGUF)."""
    return x.reshape(heads, 2, x.shape[0] // heads // 2, *x.shape[1:]).swapaxes(1, 2).reshape(x.shape)


def gguf_tensors(case, weights):
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH[case.family.upper()], case.layers)
    for name, x in weights.items():
        if case.family == "llama" and ("q_proj" in name or "k_proj" in name):
            x = permute(x, case.heads if "q_proj" in name else case.kv_heads)
        yield names.get_name(name, try_suffixes=(".weight", ".bias")), np.ascontiguousarray(x)
    if case.scaling["rope_type"] == "llama3":
        yield "rope_freqs.weight", llama3_divisors(case)


def llama3_divisors(case):
    """What each frequency is divided by (arXiv:2407.21783; the converter stores it as a tensor)."""
    s = case.scaling
    divisors = []
    for i in range(0, case.dim, 2):
        turns = s["original_max_position_embeddings"] * case.theta ** (-i / case.dim) / (2 * math.pi)
        blend = (turns - s["low_freq_factor"]) / (s["high_freq_factor"] - s["low_freq_factor"])
        blend = min(1.0, max(0.0, blend))
        divisors.append(1.0 / ((1.0 - blend) / s["factor"] + blend))
    return np.array(divisors, dtype=np.float32)


def write_scaling(writer, case):
    s = case.scaling
    if s["rope_type"] == "linear":
        writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
        writer.add_rope_scaling_factor(s["factor"])
    if s["rope_type"] == "yarn":
        writer.add_rope_scaling_type(gguf.RopeScalingType.YARN)
        writer.add_rope_scaling_factor(s["factor"])
        writer.add_rope_scaling_orig_ctx_len(s["original_max_position_embeddings"])
    if "beta_fast" in s:
        writer.add_rope_scaling_yarn_beta_fast(s["beta_fast"])
        writer.add_rope_scaling_yarn_beta_slow(s["beta_slow"])
    if "attention_factor" in s:  # in GGUF it is relative to YaRN's own magnitude
        writer.add_rope_scaling_attn_factors(s["attention_factor"] / (1.0 + 0.1 * math.log(s["factor"])))


def write_hyperparameters(writer, case):
    writer.add_name(case.name)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_vocab_size(VOCAB)
    writer.add_block_count(case.layers)
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(case.hidden)
    writer.add_feed_forward_length(case.ffn)
    writer.add_head_count(case.heads)
    writer.add_head_count_kv(case.kv_heads)
    writer.add_layer_norm_rms_eps(FAMILIES[case.family][2])
    writer.add_rope_freq_base(case.theta)
    if case.head_dim:
        writer.add_key_length(case.head_dim)
        writer.add_value_length(case.head_dim)
    if case.family == "llama":
        writer.add_rope_dimension_count(case.dim)
    if case.window:
        writer.add_sliding_window(case.window)
    write_scaling(writer, case)


def write_vocabulary(writer):
    """Three control tokens, single characters from '!' on, one merge: enough to open the file; the tests speak in ids."""
    tokens = ["<bos>", "<eos>", "<pad>"] + [chr(ord("!") + i) for i in range(VOCAB - 4)] + ["!!"]
    control = gguf.TokenType.CONTROL
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(tokens)
    writer.add_token_types([control] * 3 + [gguf.TokenType.NORMAL] * (VOCAB - 3))
    writer.add_token_merges(["! !"])
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(1)
    writer.add_add_bos_token(False)


def write_model(case, weights):
    writer = gguf.GGUFWriter(OUT / f"{case.name}.gguf", case.family)
    write_hyperparameters(writer, case)
    write_vocabulary(writer)
    for name, x in gguf_tensors(case, weights):
        writer.add_tensor(name, x)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_golden(case, result):
    with open(OUT / f"{case.name}.golden", "wb") as f:
        f.write(b"PGLD" + struct.pack("<5I", 1, PROMPT, GENERATED, VOCAB, case.hidden))
        f.write(result.ids.numpy().astype("<i4").tobytes())
        for x in (result.logits, result.mean, result.last):
            f.write(x.numpy().astype("<f4").tobytes())


def main():
    torch.set_num_threads(1)
    OUT.mkdir(exist_ok=True)
    for case in CASES:
        if sys.argv[1:] and case.name not in sys.argv[1:]:
            continue
        seed, weights, result = find(case)
        write_model(case, weights)
        write_golden(case, result)
        print(f"{case.name}: seed {seed}, {len(set(result.ids[PROMPT:].tolist()))} different tokens")


if __name__ == "__main__":
    main()
