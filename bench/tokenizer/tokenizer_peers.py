#!/usr/bin/env python3
"""Measures other libraries on the vocabulary and the texts that bench_tokenizer takes, and prints the same JSON, a list of it.

    tokenizer_peers.py VOCABULARY.gguf TEXT...

Needs the package gguf and, of tiktoken, tokenizers and sentencepiece, those that are to be measured. Each is built from the tokens of
the GGUF, so that the counts of tokens can be compared, and runs on one thread. Opening is from the library's own format in memory,
without reading a file. tiktoken does not normalize: for Qwen's vocabularies that is left to its caller.
"""
import os

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"

import argparse
import json
import pathlib
import statistics
import sys
import time

PATTERNS = {
    "gpt-2": r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
    "llama-bpe": r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
                 r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    "qwen2": r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"
             r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
}
NORMALIZED = {"qwen2"}
REPEATED = [("a", "a"), ("space", " "), ("U+4E2D", "\u4e2d"), ("newline", "\n"), ("1", "1"), ("!", "!")]
NORMAL, UNKNOWN, CONTROL, BYTE = 1, 2, 3, 6
LONGEST = 20.0  # seconds one call may be expected to take


class Vocabulary:
    """What the peers need of a GGUF's metadata."""

    def __init__(self, path):
        import gguf
        fields = gguf.GGUFReader(path).fields

        def value(name, default=None):
            field = fields.get("tokenizer.ggml." + name)
            return default if field is None else field.contents()

        self.model = value("model")
        self.pre = value("pre", "default")
        self.tokens = value("tokens")
        self.types = value("token_type") or [NORMAL] * len(self.tokens)
        self.scores = value("scores")
        self.merges = value("merges")


def byte_alphabet():
    """GPT-2's characters for bytes, to bytes."""
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [b for b in range(256) if b not in plain]
    return {chr(b): b for b in plain} | {chr(0x100 + i): b for i, b in enumerate(others)}


# ---- The libraries: each gives a name, a function that opens, and one that encodes. ----

def tiktoken_peer(vocabulary):
    import tiktoken
    alphabet = byte_alphabet()
    ranks = {}
    for i, (token, kind) in enumerate(zip(vocabulary.tokens, vocabulary.types)):
        if kind == NORMAL and all(c in alphabet for c in token):
            ranks[bytes(alphabet[c] for c in token)] = i

    def start():
        return tiktoken.Encoding("peer", pat_str=PATTERNS[vocabulary.pre], mergeable_ranks=ranks, special_tokens={})

    return "tiktoken " + tiktoken.__version__, start, lambda encoding, text: encoding.encode_ordinary(text)


def tokenizers_peer(vocabulary):
    import tokenizers
    definitions = {"gpt2": byte_level_definition, "llama": spm_definition, "bert": wordpiece_definition}
    definition = definitions[vocabulary.model](tokenizers, vocabulary)

    def start():
        return tokenizers.Tokenizer.from_str(definition)

    def encode(tokenizer, text):
        return tokenizer.encode_batch_fast([text], add_special_tokens=False)[0].ids

    return "tokenizers " + tokenizers.__version__, start, encode


def byte_level_definition(tokenizers, vocabulary):
    ids = {token: i for i, token in enumerate(vocabulary.tokens)}
    merges = [tuple(merge.split(" ", 1)) for merge in vocabulary.merges]
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE(ids, merges, ignore_merges=vocabulary.pre == "llama-bpe"))
    split = tokenizers.pre_tokenizers.Split(tokenizers.Regex(PATTERNS[vocabulary.pre]), "isolated")
    bytes_of = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Sequence([split, bytes_of])
    if vocabulary.pre in NORMALIZED:
        tokenizer.normalizer = tokenizers.normalizers.NFC()
    return tokenizer.to_str()


def spm_definition(tokenizers, vocabulary):
    """The merges are those the pieces allow, by the score of what they make."""
    ids = {token: i for i, token in enumerate(vocabulary.tokens)}
    merges = []
    for piece, i in ids.items():
        cuts = [(piece[:at], piece[at:]) for at in range(1, len(piece))]
        merges += [(-vocabulary.scores[i], ids[a], ids[b], (a, b)) for a, b in cuts if a in ids and b in ids]
    merges = [merge[-1] for merge in sorted(merges)]
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE(ids, merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = tokenizers.normalizers.Sequence(
        [tokenizers.normalizers.Prepend("\u2581"), tokenizers.normalizers.Replace(" ", "\u2581")])
    return tokenizer.to_str()


def wordpiece_definition(tokenizers, vocabulary):
    def official(token, kind):
        return token[1:] if token.startswith("\u2581") else token if kind == CONTROL else "##" + token

    ids = {official(t, k): i for i, (t, k) in enumerate(zip(vocabulary.tokens, vocabulary.types))}
    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordPiece(ids, unk_token="[UNK]"))
    tokenizer.normalizer = tokenizers.normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.BertPreTokenizer()
    return tokenizer.to_str()


def sentencepiece_peer(vocabulary):
    import sentencepiece
    from sentencepiece import sentencepiece_model_pb2 as messages
    model = messages.ModelProto()
    kinds = {UNKNOWN: model.SentencePiece.UNKNOWN, CONTROL: model.SentencePiece.CONTROL, BYTE: model.SentencePiece.BYTE}
    for token, score, kind in zip(vocabulary.tokens, vocabulary.scores, vocabulary.types):
        model.pieces.add(piece=token, score=score, type=kinds.get(kind, model.SentencePiece.NORMAL))
    model.trainer_spec.model_type = messages.TrainerSpec.BPE if vocabulary.model == "llama" else messages.TrainerSpec.UNIGRAM
    model.trainer_spec.byte_fallback = BYTE in vocabulary.types
    model.trainer_spec.vocab_size = len(vocabulary.tokens)
    model.normalizer_spec.name = "identity"
    model.normalizer_spec.add_dummy_prefix = True
    model.normalizer_spec.remove_extra_whitespaces = False
    definition = model.SerializeToString()

    def start():
        return sentencepiece.SentencePieceProcessor(model_proto=definition)

    return "sentencepiece " + sentencepiece.__version__, start, lambda processor, text: processor.encode(text)


def peers(vocabulary):
    """The libraries that are there and know this kind of vocabulary."""
    makers = {
        "gpt2": [tiktoken_peer, tokenizers_peer] if vocabulary.pre in PATTERNS else [],
        "llama": [sentencepiece_peer, tokenizers_peer],
        "t5": [sentencepiece_peer],
        "bert": [tokenizers_peer],
    }.get(vocabulary.model, [])
    for make in makers:
        try:
            yield make(vocabulary)
        except ImportError as error:
            print(f"not measured: {error}", file=sys.stderr)


# ---- Measuring, as bench_tokenizer does. ----

def read_text(path):
    path = pathlib.Path(path)
    files = sorted(path.glob("*.txt")) if path.is_dir() else [path]
    return path.name, b"".join(f.read_bytes() for f in files)


def pieces_of(data, size):
    at = 0
    while at < len(data):
        line = data.find(b"\n", at + size)
        end = len(data) if len(data) - at <= size or line < 0 else line + 1
        yield data[at:end].decode("utf-8")
        at = end


def timed(function, repeat):
    seconds = []
    result = None
    for _ in range(repeat):
        start = time.perf_counter()
        result = function()
        seconds.append(time.perf_counter() - start)
    return {"best_seconds": min(seconds), "median_seconds": statistics.median(seconds)}, result


def measure_run(encode, character, size, repeat):
    """One repeated character; no numbers where a tenth of it tells that it would take too long, or where the library fails."""
    text = character * (size // len(character.encode()))
    try:
        return measure_run_of(encode, text, repeat)
    except BaseException as error:  # a panic of Rust code is no Exception
        if isinstance(error, KeyboardInterrupt):
            raise
        return {"failed": str(error)}


def measure_run_of(encode, text, repeat):
    tenth, _ = timed(lambda: encode(text[: len(text) // 10]), 1)
    if tenth["best_seconds"] * 100 > LONGEST:
        return {"failed": f"{tenth['best_seconds']:.1f} s for a tenth of it"}
    whole, ids = timed(lambda: encode(text), repeat)
    twice, _ = timed(lambda: encode(text * 2), repeat)
    return {"bytes": len(text.encode()), "tokens": len(ids), "whole": whole, "twice": twice}


def measure(peer, texts, options):
    name, start, encode_with = peer
    opening, library = timed(start, options.repeat)
    report = {"library": name, "opening": {"all": opening}, "texts": [], "runs": []}

    def encode(text):
        return encode_with(library, text)

    for title, data in texts:
        whole_text, pieces = data.decode("utf-8"), list(pieces_of(data, options.piece))
        whole, ids = timed(lambda: encode(whole_text), options.repeat)
        in_pieces, _ = timed(lambda: sum(len(encode(p)) for p in pieces), options.repeat)
        report["texts"].append({"name": title, "bytes": len(data), "tokens": len(ids), "whole": whole, "pieces": in_pieces})
    for title, character in REPEATED:
        report["runs"].append({"name": title} | measure_run(encode, character, options.run, options.repeat))
    return report


def main():
    parser = argparse.ArgumentParser(description="Measures other tokenizer libraries on one thread.")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--piece", type=int, default=4096)
    parser.add_argument("--run", type=int, default=1000000)
    parser.add_argument("vocabulary")
    parser.add_argument("texts", nargs="*")
    options = parser.parse_intermixed_args()
    texts = [read_text(path) for path in options.texts]
    vocabulary = Vocabulary(options.vocabulary)
    print(json.dumps([measure(peer, texts, options) for peer in peers(vocabulary)], indent=1))


if __name__ == "__main__":
    main()
