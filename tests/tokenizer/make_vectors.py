#!/usr/bin/env python3
"""Makes vectors_bpe.h, vectors_spm.h, vectors_unigram.h and vectors_wordpiece.h: tiny vocabularies and what the official packages make of
some texts with them.

    pip install tokenizers==0.23.3 sentencepiece==0.2.3 protobuf
    python3 tests/tokenizer/make_vectors.py tests/tokenizer

The byte-level vocabulary is trained on the cases themselves, without cutting them into words, so that its merges reach across words:
then every word border that a pre-tokenizer sets or forgets changes the ids.
"""
import json
import sys
import tempfile

import sentencepiece
from sentencepiece import sentencepiece_model_pb2
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

CASES = [
    "", " ", "  ", "   ", "\t", "\n", "\n\n", "\n\n\n", "\r\n", "\t\n", " \n ", "\n  \n", "Hello world", " Hello world", "Hello World",
    " Hello World!", "Hello, y'all! How are you 😁 ?I've been to 北京, haven't you?", "we'll WE'LL I'm I'M don't DON'T it's IT'S 'tis",
    "'s 'S 'ſ 'll 'Ll 're'RE've'Ve'd'D't'M", "''''''", "' re 've", "camelCase PascalCase HTTPServer XMLHttpRequest iPhone ABCdef",
    "1 12 123 1234 12345 123456 1234567", " 1 22 333  4444", "3.14159 1,000,000 v2.0.1", "a1b22c333", "x = y + 2; // done\n\treturn 0;\n",
    "if (a == b) {\n    c[i] += 1;\n}\n\n\n", "    four  spaces   and\ttabs  ", "trailing   ", "   leading", "line one\nline two\r\nline three\n",
    "http://example.org/a/b?c=d&e=f#g//", "!!!???...---***", "... ... ...", "$5 + €3 = £7 ^ ~ `|` <tag>", "[{(<>)}]", "_under_score__",
    "naïve café Ångström über straße ﬁ", "e\u0301a\u0308o\u0302\u0323", "\u1100\u1161\u11a8 \uac00\u11a8 각", "Ǆ ǅ ǆ ʰ ª º", "привет мир Привет Мир",
    "Ελληνικά κείμενο", "שלום עולם", "مرحبا بالعالم ١٢٣", "नमस्ते दुनिया १२३", "ทดสอบภาษาไทย", "你好世界。我今年１８岁，喜欢学习！", "日本語のテスト カタカナ ひらがな",
    "한국어 테스트 문장", "A中B文C", "中文abc123中文", "½ ¼ ² ³ ¹ Ⅷ ④ x² y³", "🚀🚀 😶\u200d🌫️ 👨\u200d👩\u200d👧 🇩🇪", "\u00a0nbsp\u3000wide\u2003em\u2028line", "\u200bzero\ufeffbom",
    "\u0301\u0301leading marks \u0301x", "tab\tx\vy\fz\x85w", "\x00\x01\x7f", "▁ ▁▁ ▁a", "ĠA Ġ Ċ", "<|endoftext|> <s> </s> <unk> <0x0A>", "aaaaaaaaaaaaaaaaaaaaaaaa",
    "=====================", "                                        x", "ab" * 30, "The quick brown fox jumps over the lazy dog. " * 3,
]


def split(pattern):
    return {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": False}


def sequence(*parts):
    return {"type": "Sequence", "pretokenizers": list(parts)}


def byte_level(regex):
    return {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": regex}


DIGITS = {"type": "Digits", "individual_digits": True}
WORDS = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
MARKED = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
UPPER, LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
CJK = "[\u4e00-\u9fa5\u0800-\u4e00\uac00-\ud7ff]+"
SIGNS = "!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~"


def cased(contraction, digits):
    before = r"[^\r\n\p{L}\p{N}]?"
    return "|".join([f"{before}{UPPER}*{LOWER}+{contraction}", f"{before}{UPPER}+{LOWER}*{contraction}", digits,
                     r" ?[^\s\p{L}\p{N}]+[\r\n/]*", r"\s*[\r\n]+", r"\s+(?!\S)", r"\s+"])


# name: (pre-tokenizer, NFC, ignore merges), as in the families' published tokenizer.json (the sources stand in pretok.c).
FAMILIES = {
    "gpt-2": (byte_level(True), False, False),
    "olmo": (byte_level(True), True, False),
    "llama-bpe": (sequence(split(WORDS), byte_level(False)), False, True),
    "qwen2": (sequence(split(WORDS.replace("{1,3}", "")), byte_level(False)), True, False),
    "qwen35": (sequence(split(MARKED), byte_level(False)), True, False),
    "gpt-4o": (sequence(split(cased("(?i:'s|'t|'re|'ve|'m|'ll|'d)?", r"\p{N}{1,3}")), byte_level(False)), False, True),
    "tekken": (sequence(split(cased("", r"\p{N}")), byte_level(False)), False, True),
    "starcoder": (sequence(DIGITS, byte_level(True)), False, False),
    "command-r": (sequence(DIGITS, byte_level(True)), True, False),
    "falcon": (sequence({"type": "Punctuation", "behavior": "Contiguous"}, byte_level(True),
                        {"type": "Digits", "individual_digits": False}, split("[0-9][0-9][0-9]")), False, False),
    "deepseek-coder": (sequence(split("[\r\n]"), split("\\s?\\p{L}+"), split("\\s?\\p{P}+"), split(CJK), DIGITS, byte_level(False)),
                       False, False),
    "deepseek-v3": (sequence(split(r"\p{N}{1,3}"), split("[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+"),
                             split(f"[{SIGNS}][A-Za-z]+|[^\r\n\\p{{L}}\\p{{P}}\\p{{S}}]?[\\p{{L}}\\p{{M}}]+| ?[\\p{{P}}\\p{{S}}]+[\r\n]*|"
                                   "\\s*[\r\n]+|\\s+(?!\\S)|\\s+"), byte_level(False)), False, False),
}


def c_string(data):
    """A C string literal; octal escapes, for hexadecimal ones swallow what follows."""
    out = ""
    for b in data:
        plain = 32 <= b < 127 and chr(b) not in "\"\\?"
        out += chr(b) if plain else f"\\{b:03o}"
    return f'"{out}"'


def emit_texts(f, name, texts):
    f.write(f"static const pith__str {name}[] = {{\n")
    for t in texts:
        data = t if isinstance(t, bytes) else t.encode()
        f.write(f"    {{{c_string(data)}, {len(data)}}},\n")
    f.write("};\n\n")


def emit_ids(f, name, ids):
    """One array of all the ids; each list is preceded by its length."""
    flat = [v for each in ids for v in [len(each)] + each]
    f.write(f"static const int32_t {name}[] = {{\n")
    for at in range(0, len(flat), 24):
        f.write("    " + ", ".join(map(str, flat[at:at + 24])) + ",\n")
    f.write("};\n\n")


def head(f, what):
    f.write(f"/* Generated by make_vectors.py; do not edit. {what} */\n#include \"base/str.h\"\n\n")


def make_bpe(path):
    trained = Tokenizer(models.BPE())
    trained.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    trained.train_from_iterator(CASES * 2, trainers.BpeTrainer(vocab_size=900, show_progress=False,
                                                               initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    spec = json.loads(trained.to_str())["model"]
    tokens = sorted(spec["vocab"], key=spec["vocab"].get)
    merges = [m if isinstance(m, str) else " ".join(m) for m in spec["merges"]]
    with open(f"{path}/vectors_bpe.h", "w") as f:
        head(f, "A byte-level vocabulary and the ids that `tokenizers` gives, by family of pre-tokenizer.")
        emit_texts(f, "bpe_tokens", tokens)
        emit_texts(f, "bpe_merges", merges)
        emit_texts(f, "bpe_cases", CASES)
        names = []
        for name, (cut, nfc, ignore) in FAMILIES.items():
            model = dict(spec, ignore_merges=ignore)
            whole = {"version": "1.0", "added_tokens": [], "normalizer": {"type": "NFC"} if nfc else None, "pre_tokenizer": cut,
                     "post_processor": None, "decoder": None, "truncation": None, "padding": None, "model": model}
            tokenizer = Tokenizer.from_str(json.dumps(whole))
            names.append((name, "bpe_ids_" + name.replace("-", "_")))
            emit_ids(f, names[-1][1], [tokenizer.encode(case).ids for case in CASES])
        f.write("static const struct {\n    const char *pre;\n    const int32_t *ids;\n} bpe_families[] = {\n")
        for name, array in names:
            f.write(f'    {{"{name}", {array}}},\n')
        f.write("};\n")


# What the character map of vectors_unigram.h rewrites: a little of each kind (one to several, several to one, to a space, to nothing).
RULES = {"\ufb01": "fi", "½": "1/2", "²": "2", "１": "1", "８": "8", "。": ".", "，": ",", "！": "!", "\u00a0": " ", "\u3000": " ", "\t": " ",
         "\u200b": "", "\ufeff": "", "e\u0301": "é", "a\u0308": "ä", "X": "x", "XML": "xml"}


def train_spm(**options):
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/text", "w") as f:
            f.write("\n".join(line for case in CASES * 3 for line in case.split("\n") if line.strip() and "\0" not in line))
        with open(f"{folder}/rules.tsv", "w") as f:
            hexes = lambda text: " ".join(f"{ord(c):X}" for c in text)
            f.write("".join(f"{hexes(a)}\t{hexes(b)}\n" for a, b in RULES.items()))
        if options.pop("rules", False):
            options["normalization_rule_tsv"] = f"{folder}/rules.tsv"
        sentencepiece.SentencePieceTrainer.train(input=f"{folder}/text", model_prefix=f"{folder}/m", hard_vocab_limit=False, minloglevel=2, **options)
        model = sentencepiece_model_pb2.ModelProto()
        with open(f"{folder}/m.model", "rb") as f:
            model.ParseFromString(f.read())
        return model


def encode_all(model):
    processor = sentencepiece.SentencePieceProcessor(model_proto=model.SerializeToString())
    return [processor.encode(case) for case in CASES], [processor.decode(processor.encode(case)) for case in CASES]


def emit_numbers(f, kind, name, numbers, in_line):
    f.write(f"static const {kind} {name}[] = {{\n")
    for at in range(0, len(numbers), in_line):
        f.write("    " + ", ".join(numbers[at:at + in_line]) + ",\n")
    f.write("};\n\n")


def emit_pieces(f, name, model):
    """The tokens, scores and types of a SentencePiece model."""
    emit_texts(f, name + "_tokens", [p.piece for p in model.pieces])
    scores = [f"{p.score:.9g}" for p in model.pieces]
    emit_numbers(f, "double", name + "_scores", [s if "." in s else s + ".0" for s in scores], 16)
    emit_numbers(f, "int32_t", name + "_types", [str(p.type) for p in model.pieces], 40)


def make_spm(path):
    model = train_spm(model_type="bpe", vocab_size=900, byte_fallback=True, normalization_rule_name="identity", remove_extra_whitespaces=False,
                      character_coverage=0.99, split_digits=True, allow_whitespace_only_pieces=True,
                      user_defined_symbols=["<|user|>", "▁▁▁▁", "brown▁fox"])
    for piece in model.pieces:
        if piece.piece == "<|user|>":  # user-defined to SentencePiece, but a delimiter of turns to pith: not matched in plain text
            piece.piece = "user-defined"
    with open(f"{path}/vectors_spm.h", "w") as f:
        head(f, "A SentencePiece vocabulary, the ids that `sentencepiece` gives, and what it decodes them to.")
        emit_pieces(f, "spm", model)
        emit_texts(f, "spm_cases", CASES)
        ids, texts = encode_all(model)
        emit_ids(f, "spm_ids", ids)
        emit_texts(f, "spm_decoded", texts)
        model.normalizer_spec.add_dummy_prefix = False
        emit_ids(f, "spm_ids_no_prefix", encode_all(model)[0])
        model.normalizer_spec.add_dummy_prefix = True
        keep = [p for p in model.pieces if p.type != 6]
        del model.pieces[:]
        model.pieces.extend(keep)
        model.trainer_spec.byte_fallback = False
        emit_ids(f, "spm_ids_no_bytes", encode_all(model)[0])


def make_unigram(path):
    model = train_spm(model_type="unigram", vocab_size=420, character_coverage=0.98, rules=True)
    with open(f"{path}/vectors_unigram.h", "w") as f:
        head(f, "A SentencePiece unigram vocabulary with a character map, the ids that `sentencepiece` gives, and what it decodes them to.")
        emit_pieces(f, "unigram", model)
        emit_numbers(f, "uint8_t", "unigram_charsmap", [str(b) for b in model.normalizer_spec.precompiled_charsmap], 40)
        emit_texts(f, "unigram_cases", CASES)
        ids, texts = encode_all(model)
        emit_ids(f, "unigram_ids", ids)
        model.normalizer_spec.remove_extra_whitespaces = False
        emit_ids(f, "unigram_ids_untrimmed", encode_all(model)[0])
        model.normalizer_spec.precompiled_charsmap = b""
        emit_ids(f, "unigram_ids_unmapped", encode_all(model)[0])


def make_wordpiece(path):
    """GGUF writes the first piece of a word with U+2581, later ones plainly."""
    specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    with open(f"{path}/vectors_wordpiece.h", "w") as f:
        head(f, "WordPiece vocabularies and the ids that `tokenizers` gives.")
        emit_texts(f, "wordpiece_cases", CASES)
        for name, lowercase in (("uncased", True), ("cased", False)):
            t = Tokenizer(models.WordPiece(unk_token="[UNK]"))
            t.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
            t.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
            words = [case for case in CASES if "1" not in case]  # so that some are unknown
            t.train_from_iterator(words * 2, trainers.WordPieceTrainer(vocab_size=520, show_progress=False, special_tokens=specials))
            tokens = sorted(t.get_vocab(), key=t.get_vocab().get)
            emit_texts(f, name + "_tokens", [w if w in specials else w[2:] if w.startswith("##") else "\u2581" + w for w in tokens])
            emit_ids(f, name + "_ids", [t.encode(case).ids for case in CASES])


if __name__ == "__main__":
    make_bpe(sys.argv[1])
    make_spm(sys.argv[1])
    make_unigram(sys.argv[1])
    make_wordpiece(sys.argv[1])
