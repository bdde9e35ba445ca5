#!/usr/bin/env python3
"""Turn the Hugging Face folder of the tales model into a GGUF file.

    make_tales.py FOLDER OUT.gguf [--type q8_0|q4_0|f16|f32]

FOLDER holds config.json, tokenizer.json, tokenizer_config.json and model.safetensors, as train_tales.py writes them. The
same input gives the same bytes. Needs numpy only.

Matrices take the type asked for, norms stay F32, and the tied embedding is written once. Rows of q and k are reordered so that the
two halves of a rotated pair are neighbours, which is what a GGUF file of the family "llama" means; see permute_rows.
Formats: GGUF and its block types as documented in the ggml repository (docs/gguf.md), safetensors as documented by Hugging Face.
"""

import argparse
import json
import pathlib
import struct

import numpy as np

ALIGNMENT = 32
BLOCK = 32
# name: (ggml tensor type, general.file_type)
TYPES = {"f32": (0, 0), "f16": (1, 1), "q4_0": (2, 2), "q8_0": (8, 7)}
# GGUF value types used here: number and struct format of the scalars
U32, F32, BOOL, STRING, ARRAY, I32 = 4, 6, 7, 8, 9, 5
SCALARS = {U32: "<I", I32: "<i", F32: "<f", BOOL: "<?"}
TOKEN_NORMAL, TOKEN_CONTROL = 1, 3
# tokenizer.json spells the pre-tokenizer out as a regular expression; GGUF names it.
PRE_TOKENIZERS = {
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+": "qwen2",
}
LAYER_NAMES = {
    "input_layernorm": "attn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "post_attention_layernorm": "ffn_norm",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}


def read_safetensors(path):
    """All tensors of the file, as float32 arrays by name."""
    data = path.read_bytes()
    (header_size,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + header_size])
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        begin, end = (8 + header_size + offset for offset in entry["data_offsets"])
        dtype = {"F16": "<f2", "F32": "<f4"}[entry["dtype"]]
        tensors[name] = np.frombuffer(data[begin:end], dtype).astype(np.float32).reshape(entry["shape"])
    return tensors


def permute_rows(matrix, heads):
    """Reorders each head's rows from (first halves, second halves) to pairs: Hugging Face rotates row i with row i + n/2, GGUF's
    "llama" rotates row 2i with row 2i + 1."""
    rows, columns = matrix.shape
    halves = matrix.reshape(heads, 2, rows // heads // 2, columns)
    return halves.swapaxes(1, 2).reshape(rows, columns)


def gguf_name(name):
    """The GGUF name of a Hugging Face tensor name."""
    outside = {"model.embed_tokens.weight": "token_embd.weight", "model.norm.weight": "output_norm.weight"}
    if name in outside:
        return outside[name]
    _, _, layer, role = name.removesuffix(".weight").split(".", 3)
    return f"blk.{layer}.{LAYER_NAMES[role]}.weight"


def quantize_q8_0(matrix):
    """Blocks of 32: an F16 scale (largest magnitude / 127), then 32 signed bytes."""
    blocks = matrix.reshape(-1, BLOCK)
    scale = np.abs(blocks).max(axis=1, keepdims=True) / np.float32(127)
    inverse = np.divide(1, scale, out=np.zeros_like(scale), where=scale > 0)
    out = np.empty(len(blocks), [("scale", "<f2"), ("quants", "i1", BLOCK)])
    out["scale"] = scale[:, 0]
    out["quants"] = np.rint(blocks * inverse)
    return out.tobytes()


def quantize_q4_0(matrix):
    """Blocks of 32: an F16 scale (the value of largest magnitude / -8), then 16 bytes: element i low, element i + 16 high, biased by 8."""
    blocks = matrix.reshape(-1, BLOCK)
    largest = np.take_along_axis(blocks, np.abs(blocks).argmax(axis=1)[:, None], axis=1)
    scale = largest / np.float32(-8)
    inverse = np.divide(1, scale, out=np.zeros_like(scale), where=scale != 0)
    quants = np.clip(np.floor(blocks * inverse + np.float32(8.5)), 0, 15).astype(np.uint8)
    out = np.empty(len(blocks), [("scale", "<f2"), ("quants", "u1", BLOCK // 2)])
    out["scale"] = scale[:, 0]
    out["quants"] = quants[:, : BLOCK // 2] | quants[:, BLOCK // 2 :] << 4
    return out.tobytes()


ENCODERS = {
    "f32": lambda matrix: matrix.astype("<f4").tobytes(),
    "f16": lambda matrix: matrix.astype("<f2").tobytes(),
    "q8_0": quantize_q8_0,
    "q4_0": quantize_q4_0,
}


def convert_tensors(folder, config, type_name):
    """A list of (name, shape, ggml type, bytes) in file order."""
    heads = {"attn_q": config["num_attention_heads"], "attn_k": config["num_key_value_heads"]}
    converted = []
    for source_name, values in read_safetensors(folder / "model.safetensors").items():
        name = gguf_name(source_name)
        role = name.split(".")[-2]
        if role in heads:
            values = permute_rows(values, heads[role])
        kind = type_name if values.ndim == 2 else "f32"
        converted.append((name, values.shape, TYPES[kind][0], ENCODERS[kind](values)))
    return converted


def read_vocabulary(folder):
    """Tokens by id, their types, the merges, and the name of the pre-tokenizer."""
    tokenizer = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    ids = dict(tokenizer["model"]["vocab"])
    special = {entry["content"]: entry["id"] for entry in tokenizer["added_tokens"]}
    ids.update(special)
    tokens = sorted(ids, key=ids.get)
    if [ids[token] for token in tokens] != list(range(len(tokens))):
        raise SystemExit("tokenizer.json: the ids have gaps")
    pattern = tokenizer["pre_tokenizer"]["pretokenizers"][0]["pattern"]["Regex"]
    if pattern not in PRE_TOKENIZERS:
        raise SystemExit(f"tokenizer.json: GGUF has no name for the pre-tokenizer {pattern}")
    types = [TOKEN_CONTROL if token in special else TOKEN_NORMAL for token in tokens]
    return tokens, types, tokenizer["model"]["merges"], PRE_TOKENIZERS[pattern]


def metadata(folder, config, type_name):
    """A list of (key, value type, value); an array's value type is (ARRAY, element type)."""
    tokens, types, merges, pre_tokenizer = read_vocabulary(folder)
    settings = json.loads((folder / "tokenizer_config.json").read_text(encoding="utf-8"))
    ids = {token: i for i, token in enumerate(tokens)}
    return [
        ("general.architecture", STRING, "llama"),
        ("general.name", STRING, "tales"),
        ("general.description", STRING, "A small teller of fairy tales, trained on public-domain books"),
        ("general.license", STRING, "mit"),
        ("general.file_type", U32, TYPES[type_name][1]),
        ("general.quantization_version", U32, 2),
        ("llama.vocab_size", U32, config["vocab_size"]),
        ("llama.context_length", U32, config["max_position_embeddings"]),
        ("llama.embedding_length", U32, config["hidden_size"]),
        ("llama.block_count", U32, config["num_hidden_layers"]),
        ("llama.feed_forward_length", U32, config["intermediate_size"]),
        ("llama.attention.head_count", U32, config["num_attention_heads"]),
        ("llama.attention.head_count_kv", U32, config["num_key_value_heads"]),
        ("llama.attention.layer_norm_rms_epsilon", F32, config["rms_norm_eps"]),
        ("llama.rope.dimension_count", U32, config["head_dim"]),
        ("llama.rope.freq_base", F32, config["rope_theta"]),
        ("tokenizer.ggml.model", STRING, "gpt2"),
        ("tokenizer.ggml.pre", STRING, pre_tokenizer),
        ("tokenizer.ggml.tokens", (ARRAY, STRING), tokens),
        ("tokenizer.ggml.token_type", (ARRAY, I32), types),
        ("tokenizer.ggml.merges", (ARRAY, STRING), merges),
        ("tokenizer.ggml.bos_token_id", U32, config["bos_token_id"]),
        ("tokenizer.ggml.eos_token_id", U32, config["eos_token_id"]),
        ("tokenizer.ggml.padding_token_id", U32, ids[settings["pad_token"]]),
        # The training text starts every document with this token, so a prompt should too.
        ("tokenizer.ggml.add_bos_token", BOOL, True),
        ("tokenizer.ggml.add_eos_token", BOOL, False),
        ("tokenizer.chat_template", STRING, settings["chat_template"]),
    ]


def pack_value(kind, value):
    """One metadata value, without its type number."""
    if kind == STRING:
        text = value.encode("utf-8")
        return struct.pack("<Q", len(text)) + text
    return struct.pack(SCALARS[kind], value)


def pack_pair(key, kind, value):
    if isinstance(kind, tuple):
        body = struct.pack("<IIQ", ARRAY, kind[1], len(value)) + b"".join(pack_value(kind[1], v) for v in value)
    else:
        body = struct.pack("<I", kind) + pack_value(kind, value)
    return pack_value(STRING, key) + body


def padding(size):
    return b"\0" * (-size % ALIGNMENT)


def gguf_bytes(pairs, tensors):
    """A whole GGUF file, version 3."""
    head = struct.pack("<4sIQQ", b"GGUF", 3, len(tensors), len(pairs))
    head += b"".join(pack_pair(*pair) for pair in pairs)
    offset = 0
    for name, shape, kind, data in tensors:
        head += pack_value(STRING, name) + struct.pack(f"<I{len(shape)}Q", len(shape), *reversed(shape))
        head += struct.pack("<IQ", kind, offset)
        offset += len(data) + len(padding(len(data)))
    return head + padding(len(head)) + b"".join(data + padding(len(data)) for _, _, _, data in tensors)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path, help="the Hugging Face folder that train_tales.py wrote")
    parser.add_argument("out", type=pathlib.Path, help="the GGUF file to write")
    parser.add_argument("--type", choices=sorted(TYPES), default="q8_0", help="type of the matrices (q8_0)")
    arguments = parser.parse_args()
    config = json.loads((arguments.folder / "config.json").read_text(encoding="utf-8"))
    tensors = convert_tensors(arguments.folder, config, arguments.type)
    arguments.out.write_bytes(gguf_bytes(metadata(arguments.folder, config, arguments.type), tensors))


if __name__ == "__main__":
    main()
