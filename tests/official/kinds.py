"""The kinds of vocabularies that are compared: each trained here, small, with its official package, and written as a file pith opens.

A kind is made by a function of a folder and a corpus, and yields cases: name, path, family, encode(text) -> ids, decode(ids) -> text
or None, special texts to mix in, and whether what stands around a text (CLS, BOS, ...) is asked for.
"""
import base64
import json
import os
import re
from typing import Callable, NamedTuple, Optional

import sentencepiece
import tiktoken
import tiktoken_ext.openai_public as openai_public
import gguf_files
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers


class Case(NamedTuple):
    name: str
    path: str
    family: str
    encode: Callable
    decode: Optional[Callable]
    specials: list
    around: bool = False


CL100K = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
GPT4 = r"""'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s"""
QWEN2 = CL100K.replace("{1,3}", "")
SPECIALS = [AddedToken("<|endoftext|>", special=True, normalized=False), AddedToken("<|im_start|>", special=True, normalized=False),
            AddedToken("<|im_end|>", special=True, normalized=False)]


# ---- Hugging Face ----

def save(tokenizer, folder, name, around=False, decode=True, specials=()):
    path = os.path.join(folder, name + ".json")
    tokenizer.save(path)
    loaded = Tokenizer.from_file(path)
    return Case(name, path, "", lambda text: loaded.encode(text, add_special_tokens=around).ids,
                (lambda ids: loaded.decode(ids, skip_special_tokens=True)) if decode else None, list(specials), around)


def split(pattern, behavior="isolated"):
    return pre_tokenizers.Split(Regex(pattern), behavior)


def byte_level(folder, corpus, name, cut, normalizer=None, ignore_merges=False, prefix=False, specials=SPECIALS, **model):
    t = Tokenizer(models.BPE(**{k: v for k, v in model.items() if v}))
    t.normalizer = normalizer
    t.pre_tokenizer = cut
    t.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=2000, show_progress=False, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
                                  **({"end_of_word_suffix": model["end_of_word_suffix"]} if model else {}))
    t.train_from_iterator(corpus, trainer)
    whole = json.loads(t.to_str())
    whole["model"]["ignore_merges"] = ignore_merges
    t = Tokenizer.from_str(json.dumps(whole))
    t.add_tokens(list(specials))
    if specials:
        t.add_tokens([AddedToken("USER", normalized=True), AddedToken("wOrd", single_word=True), AddedToken("left", lstrip=True),
                      AddedToken("RIGHT", rstrip=True, normalized=False)])
    return save(t, folder, name, specials=["<|endoftext|>", "<|im_start|>", "USER", "wOrd", " wOrd ", "xwOrd", "left", "  left", "RIGHT", "RIGHT \n"]
                if specials else [])


O200K = "|".join([r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
                  r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
                  r"\p{N}{1,3}", r" ?[^\s\p{L}\p{N}]+[\r\n/]*", r"\s*[\r\n]+", r"\s+(?!\S)", r"\s+"])
TEKKEN = O200K.replace("(?i:'s|'t|'re|'ve|'m|'ll|'d)?", "").replace("{1,3}", "")
QWEN35 = QWEN2.replace(r"\p{L}+", r"[\p{L}\p{M}]+").replace(r"[^\s\p{L}\p{N}]+", r"[^\s\p{L}\p{M}\p{N}]+")
DEEPSEEK3 = (r"""[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*"""
             r"""|\s*[\r\n]+|\s+(?!\S)|\s+""")


def cased_letters():
    """The letters that deepseek-llm's pattern lists, read where pith lists them, so that the two are the same text."""
    source = os.path.join(os.path.dirname(__file__), "..", "..", "lib", "tokenizer", "pretok", "pretok_patterns.c")
    with open(source, encoding="utf-8") as f:
        lines = f.read().split("#define CASED_LETTERS", 1)[1].split("\n\n", 1)[0]
    return "".join(re.findall('"([^"]*)"', lines))


def deepseek_kinds(folder, corpus):
    """Several stages, what lies between the matches of one being cut by the next."""
    bl = [pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    digits = [pre_tokenizers.Digits(individual_digits=True)]
    seq = lambda patterns, more: pre_tokenizers.Sequence([split(p) for p in patterns] + more + bl)
    yield byte_level(folder, corpus, "deepseek-coder", seq(["[\r\n]", r"\s?\p{L}+", r"\s?\p{P}+", "[一-龥ࠀ-一가-\ud7ff]+"], digits))
    yield byte_level(folder, corpus, "deepseek-llm", seq(
        ["[\r\n]", r"\s?[" + cased_letters() + "]+", "\\s?[!-/:-~！-／：-～‘-‟\u3000-。]+", r"\s+$", "[一-龥ࠀ-一가-\ud7ff]+"], digits))
    plain = DEEPSEEK3.replace("\\r", "\r").replace("\\n", "\n")  # as the published file has it
    for name, pattern in (("deepseek-v3", plain), ("deepseek-v3-escaped", DEEPSEEK3)):
        yield byte_level(folder, corpus, name, seq([r"\p{N}{1,3}", "[一-龥\u3040-ゟ゠-ヿ]+", pattern], []))


def byte_level_kinds(folder, corpus):
    bl = lambda regex=False, prefix=False: pre_tokenizers.ByteLevel(add_prefix_space=prefix, use_regex=regex)
    seq = pre_tokenizers.Sequence
    digits = pre_tokenizers.Digits(individual_digits=True)
    yield byte_level(folder, corpus, "gpt2", bl(True))
    yield byte_level(folder, corpus, "gpt2-prefix", bl(True, True))
    yield byte_level(folder, corpus, "olmo", bl(True), normalizers.NFC())
    yield byte_level(folder, corpus, "llama3", seq([split(CL100K), bl()]), None, True)
    yield byte_level(folder, corpus, "qwen2", seq([split(QWEN2), bl()]), normalizers.NFC())
    yield byte_level(folder, corpus, "starcoder", seq([digits, bl(True)]))
    yield byte_level(folder, corpus, "command-r", seq([digits, bl(True)]), normalizers.NFC())
    yield byte_level(folder, corpus, "falcon", seq([pre_tokenizers.Punctuation("contiguous"), bl(True), pre_tokenizers.Digits(False),
                                                    split("[0-9][0-9][0-9]")]))
    yield byte_level(folder, corpus, "nfd", bl(True), normalizers.Sequence([normalizers.NFD(), normalizers.Lowercase(),
                                                                           normalizers.StripAccents()]), specials=[])
    yield byte_level(folder, corpus, "nfkc", bl(True), normalizers.NFKC())
    yield byte_level(folder, corpus, "whitespace", seq([pre_tokenizers.WhitespaceSplit(), bl()]))
    yield byte_level(folder, corpus, "punctuation", seq([pre_tokenizers.Punctuation("isolated"), bl()]))
    for behavior in ("removed", "merged_with_previous", "merged_with_next"):
        yield byte_level(folder, corpus, "punctuation-" + behavior, seq([pre_tokenizers.Punctuation(behavior), bl()]))
    yield byte_level(folder, corpus, "delimiter", seq([pre_tokenizers.CharDelimiterSplit("e"), bl()]))
    yield byte_level(folder, corpus, "no-cut", bl())
    for name, pattern in (("o200k", O200K), ("tekken", TEKKEN), ("qwen35", QWEN35)):
        yield byte_level(folder, corpus, name, seq([split(pattern), bl()]))
    yield from deepseek_kinds(folder, corpus)


def wordpiece_kinds(folder, corpus):
    for lower, accents, chinese, clean in ((True, None, True, True), (False, None, True, True), (True, False, True, True), (False, True, False, False)):
        t = Tokenizer(models.WordPiece(unk_token="[UNK]"))
        t.normalizer = normalizers.BertNormalizer(lowercase=lower, strip_accents=accents, handle_chinese_chars=chinese, clean_text=clean)
        t.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        t.decoder = decoders.WordPiece()
        names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
        t.train_from_iterator(corpus, trainers.WordPieceTrainer(vocab_size=3000, show_progress=False, special_tokens=names))
        t.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1",
                                                         special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
        name = f"bert-{'uncased' if lower else 'cased'}-{accents}-{chinese}-{clean}".lower()
        yield save(t, folder, name, around=True, specials=names)


def unigram_kinds(folder, corpus):
    meta = pre_tokenizers.Metaspace
    cuts = {"always": meta(), "first": meta(prepend_scheme="first"), "never": meta(prepend_scheme="never", split=False),
            "xlmr": pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), meta()])}
    for name, cut in cuts.items():
        t = Tokenizer(models.Unigram())
        t.normalizer = normalizers.Sequence([normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])
        t.pre_tokenizer = cut
        t.decoder = decoders.Metaspace(prepend_scheme=name if name in ("first", "never") else "always")
        t.train_from_iterator(corpus[-200:], trainers.UnigramTrainer(vocab_size=1500, show_progress=False, unk_token="<unk>",
                                                              special_tokens=["<s>", "<unk>", "</s>", "<mask>"]))
        yield save(t, folder, "unigram-" + name, specials=["<s>", "<mask>"])


def llama_kinds(folder, corpus):
    """BPE of characters with byte fallback: spaces become U+2581 in the normalizer (Llama-2's first files) or in Metaspace."""
    bytes_ = [f"<0x{b:02X}>" for b in range(256)]
    for name in ("prepend", "metaspace-first", "metaspace-always", "gemma"):
        t = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
        if name == "prepend":
            t.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
        elif name == "gemma":
            t.normalizer = normalizers.Replace(" ", "▁")
            t.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
        else:
            t.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme=name.split("-")[1], split=False)
        strip = [decoders.Strip(" ", 1, 0)] if name != "gemma" else []
        t.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()] + strip)
        t.train_from_iterator([line[:60] for line in corpus], trainers.BpeTrainer(
            vocab_size=1500, show_progress=False, special_tokens=["<unk>", "<s>", "</s>"] + bytes_, limit_alphabet=600))
        whole = json.loads(t.to_str())
        keep = {"<unk>", "<s>", "</s>"}
        whole["added_tokens"] = [dict(a, normalized=False) for a in whole["added_tokens"] if a["content"] in keep]
        t = Tokenizer.from_str(json.dumps(whole))
        t.post_processor = processors.TemplateProcessing(single="<s> $A", pair="<s> $A <s> $B", special_tokens=[("<s>", 1)])
        case = save(t, folder, "llama-" + name, around=True, specials=["<s>", "</s>"])
        yield case
        if name == "gemma":
            path = os.path.join(folder, "gemma.gguf")
            gguf_files.from_gemma(case.path, path)
            yield case._replace(name="gguf-gemma4", path=path)


# ---- SentencePiece ----

def sentencepiece_kinds(folder, corpus):
    text = os.path.join(folder, "corpus.txt")
    with open(text, "w") as f:
        f.write("\n".join(line for line in corpus[-300:] if "\0" not in line))
    variants = [("bpe", "identity", True, False, True, "▁▁▁▁,brown▁fox,[x]"), ("bpe", "nmt_nfkc", False, True, True, ""),
                ("unigram", "nmt_nfkc", False, True, True, "[x]"), ("unigram", "identity", True, False, True, ""),
                ("unigram", "nmt_nfkc_cf", False, True, True, ""), ("unigram", "nfkc", True, False, False, "")]
    for kind, rule, fallback, trim, prefix, user in variants:
        name = f"sp-{kind}-{rule}-{int(fallback)}{int(trim)}{int(prefix)}"
        sentencepiece.SentencePieceTrainer.train(
            input=text, model_prefix=os.path.join(folder, name), model_type=kind, vocab_size=1200, byte_fallback=fallback, hard_vocab_limit=False,
            normalization_rule_name=rule, remove_extra_whitespaces=trim, add_dummy_prefix=prefix, character_coverage=0.995,
            user_defined_symbols=user.split(",") if user else [], allow_whitespace_only_pieces=not trim, minloglevel=2)
        path = os.path.join(folder, name + ".model")
        processor = sentencepiece.SentencePieceProcessor(model_file=path)
        case = Case(name, path, "", processor.encode, processor.decode if fallback else None, user.split(",") if user else [])
        yield case
        gguf = os.path.join(folder, name + ".gguf")
        gguf_files.from_sentencepiece(path, gguf)
        yield case._replace(name="gguf-" + name, path=gguf)


# ---- tiktoken ----

def tiktoken_kinds(folder, corpus):
    patterns = {"gpt2": openai_public.r50k_pat_str, "cl100k_base": GPT4, "qwen": QWEN2, "llama3": CL100K, "glm4": CL100K,
                "o200k_base": O200K}
    t = Tokenizer(models.BPE())
    t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    t.train_from_iterator(corpus, trainers.BpeTrainer(vocab_size=2000, show_progress=False, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    alphabet = {c: b for b, c in gpt2_alphabet().items()}
    ranks = {bytes(alphabet[c] for c in token): rank for token, rank in t.get_vocab().items()}
    path = os.path.join(folder, "ranks.tiktoken")
    with open(path, "w") as f:
        for token, rank in sorted(ranks.items(), key=lambda item: item[1]):
            f.write(f"{base64.b64encode(token).decode()} {rank}\n")
    for family, pattern in patterns.items():
        encoding = tiktoken.Encoding(family, pat_str=pattern, mergeable_ranks=ranks, special_tokens={})
        nfc = family == "qwen"
        yield Case("tiktoken-" + family, path, family, lambda text, e=encoding, n=nfc: e.encode_ordinary(nfc_of(text) if n else text),
                   lambda ids, e=encoding: e.decode(ids), [])


def nfc_of(text):
    return normalizers.NFC().normalize_str(text)


def gpt2_alphabet():
    """Byte -> character, as GPT-2 writes bytes."""
    plain = [b for b in range(256) if 0x21 <= b <= 0x7E or 0xA1 <= b <= 0xAC or b >= 0xAE]
    others = [b for b in range(256) if b not in plain]
    return {**{b: chr(b) for b in plain}, **{b: chr(0x100 + i) for i, b in enumerate(others)}}


# ---- real ones ----

def real_kinds(data):
    for name in ("llama2", "phi-2", "all-minilm-l6-v2"):
        path = os.path.join(data, "tokenizers", "hf", name + ".tokenizer.json")
        whole = json.load(open(path))
        whole["model"]["merges"] = [m for m in whole["model"].get("merges", []) if len(m.split(" ")) == 2]  # others no text reaches
        if not whole["model"]["merges"]:
            del whole["model"]["merges"]
        whole["truncation"] = whole["padding"] = None
        t = Tokenizer.from_str(json.dumps(whole))
        yield Case("real-" + name, path, "", lambda text, t=t: t.encode(text).ids,
                   None if name == "llama2" else lambda ids, t=t: t.decode(ids),  # its <s> is not marked special, and shown
                   [a["content"] for a in whole["added_tokens"]][:6],
                   True)
    path = os.path.join(data, "tokenizers", "glm", "chatglm2.sentencepiece.model")
    processor = sentencepiece.SentencePieceProcessor(model_file=path)
    yield Case("real-chatglm2", path, "", processor.encode, processor.decode, [])
    for family, name in (("qwen", "qwen/qwen"), ("glm4", "glm/glm4")):
        path = os.path.join(data, "tokenizers", name + ".tiktoken")
        ranks = {base64.b64decode(a): int(b) for a, b in (line.split() for line in open(path) if line.strip())}
        encoding = tiktoken.Encoding(family, pat_str=QWEN2 if family == "qwen" else CL100K, mergeable_ranks=ranks, special_tokens={})
        yield Case("real-" + family, path, family, lambda text, e=encoding, n=family == "qwen": e.encode_ordinary(nfc_of(text) if n else text), lambda ids, e=encoding: e.decode(ids), [])


KINDS = {"byte-level": byte_level_kinds, "wordpiece": wordpiece_kinds, "unigram": unigram_kinds, "llama": llama_kinds,
         "sentencepiece": sentencepiece_kinds, "tiktoken": tiktoken_kinds}
