"""Writes vocabularies as GGUF files, with the keys that converters of models write.

Sources: the GGUF specification (layout; section Tokenizer); sentencepiece_model.proto (numbers of fields).
"""
import json
import struct

U32, I32, F32, BOOL, STRING, ARRAY, U8 = 4, 5, 6, 7, 8, 9, 0
NORMAL, UNKNOWN, CONTROL, USER, UNUSED, BYTE = 1, 2, 3, 4, 5, 6
FORMATS = {U8: "<B", U32: "<I", I32: "<i", F32: "<f", BOOL: "<?"}


def encode_value(kind, value):
    if kind == STRING:
        data = value if isinstance(value, bytes) else value.encode()
        return struct.pack("<Q", len(data)) + data
    return struct.pack(FORMATS[kind], value)


def write(path, values):
    """`values`: key (without "tokenizer.ggml.") -> (kind, value); a list of values becomes an array."""
    values = {"general.architecture": (STRING, "llama"), **{"tokenizer.ggml." + k: v for k, v in values.items()}}
    with open(path, "wb") as f:
        f.write(b"GGUF" + struct.pack("<IQQ", 3, 0, len(values)))
        for key, (kind, value) in values.items():
            f.write(encode_value(STRING, key))
            if isinstance(value, list):
                f.write(struct.pack("<IIQ", ARRAY, kind, len(value)) + b"".join(encode_value(kind, v) for v in value))
            else:
                f.write(struct.pack("<I", kind) + encode_value(kind, value))


def fields(data):
    """The fields of a protobuf message: (number, value) in order; a value is an int, or bytes of whatever they hold."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(data):
        number, wire = divmod(varint(), 8)
        if wire == 0:
            yield number, varint()
        else:
            size = {1: 8, 5: 4}.get(wire) or varint()
            yield number, data[at:at + size]
            at += size


def from_sentencepiece(source, path):
    """A .model file as the kinds "llama" and "t5"."""
    model = list(fields(open(source, "rb").read()))
    pieces = [dict(fields(value)) for number, value in model if number == 1]
    trainer = dict(fields(next(value for number, value in model if number == 2)))
    normalizer = dict(fields(next(value for number, value in model if number == 3)))
    unigram = trainer.get(3, 1) == 1
    values = {"model": (STRING, "t5" if unigram else "llama"),
              "tokens": (STRING, [p[1] for p in pieces]),
              "scores": (F32, [struct.unpack("<f", p.get(2, b"\0\0\0\0"))[0] for p in pieces]),
              "token_type": (I32, [p.get(3, NORMAL) for p in pieces]),
              "add_space_prefix": (BOOL, bool(normalizer.get(3, 1))),
              "remove_extra_whitespaces": (BOOL, bool(normalizer.get(4, 1)))}
    if normalizer.get(2):
        values["precompiled_charsmap"] = (U8, list(normalizer[2]))
    for name, number, default in (("unknown", 40, 0), ("bos", 41, 1), ("eos", 42, 2)):
        id = trainer.get(number, default)
        if id < len(pieces):
            values[name + "_token_id"] = (U32, id)
    write(path, values)


def from_gemma(source, path):
    """A tokenizer.json of Gemma's kind as "gemma4"."""
    whole = json.load(open(source, encoding="utf-8"))
    vocab, merges = whole["model"]["vocab"], whole["model"]["merges"]
    special = {a["content"] for a in whole["added_tokens"]}
    tokens = sorted(vocab, key=vocab.get)
    kinds = [UNKNOWN if t == "<unk>" else CONTROL if t in special else BYTE if len(t) == 6 and t.startswith("<0x") else NORMAL for t in tokens]
    write(path, {"model": (STRING, "gemma4"), "tokens": (STRING, tokens), "token_type": (I32, kinds), "scores": (F32, [0.0] * len(tokens)),
                 "merges": (STRING, [m if isinstance(m, str) else " ".join(m) for m in merges]), "add_space_prefix": (BOOL, False),
                 "bos_token_id": (U32, vocab["<s>"]), "unknown_token_id": (U32, vocab["<unk>"])})
