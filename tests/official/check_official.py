#!/usr/bin/env python3
"""Compares pith's token ids and texts with those of the official packages: tokenizers, sentencepiece, tiktoken.

usage: check_official.py DUMP_TOKENS [--texts N] [--seed S] [--only WORD]
DUMP_TOKENS is the built program; N texts are generated for each vocabulary (100000 by default). Vocabularies are trained on the spot;
where the environment variable PITH_TEST_DATA names a folder with tokenizers/hf, tokenizers/glm and tokenizers/qwen, real ones are
compared too. Prints a line for each vocabulary and the first differences; exits with 1 if there are any, with 77 if a package is
not installed (pip install -r tests/official/requirements.txt).
"""
import argparse
import os
import struct
import subprocess
import sys
import tempfile

try:
    import kinds
except ImportError as missing:
    print(f"skipped: {missing} (pip install -r tests/official/requirements.txt)")
    sys.exit(77)
import texts

TRUSTED, ADD_BOS, ADD_EOS = 1, 2, 4


def corpus():
    return [text.strip() for text in texts.texts(6000, 4711)] + [" ".join(texts.WORDS[i:i + 12]) for i in range(0, len(texts.WORDS), 5)] * 20


def run_pith(program, case, batch):
    flags = TRUSTED | (ADD_BOS | ADD_EOS if case.around else 0)
    data = b"".join(struct.pack("=II", flags, len(t)) + t for t in batch)
    done = subprocess.run([program, case.path, case.family], input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.decode())
    out, at = [], 0
    for _ in batch:
        count, = struct.unpack_from("=I", done.stdout, at)
        ids = list(struct.unpack_from(f"={count}i", done.stdout, at + 4))
        size, = struct.unpack_from("=I", done.stdout, at + 4 + 4 * count)
        at += 8 + 4 * count
        out.append((ids, done.stdout[at:at + size]))
        at += size
    return out


def check_case(program, case, count, seed):
    """(differing ids, differing texts); prints the first few."""
    batch = list(texts.texts(count, seed, case.specials))
    bad_ids = bad_texts = 0
    for text, (ids, decoded) in zip(batch, run_pith(program, case, [t.encode() for t in batch])):
        want = case.encode(text)
        if ids != want:
            bad_ids += 1
            if bad_ids <= 3:
                print(f"  {text!r}\n    pith     {ids}\n    official {want}")
        elif case.decode and decoded.decode(errors="replace") != case.decode(want):
            bad_texts += 1
            if bad_texts <= 3:
                print(f"  {want}\n    pith     {decoded!r}\n    official {case.decode(want)!r}")
    return bad_ids, bad_texts


def all_cases(folder):
    words = corpus()
    for make in kinds.KINDS.values():
        yield from make(folder, words)
    data = os.environ.get("PITH_TEST_DATA")
    if data:
        yield from kinds.real_kinds(data)
    else:
        print("PITH_TEST_DATA is not set: real vocabularies are not compared")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("program")
    parser.add_argument("--texts", type=int, default=100000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        for case in all_cases(folder):
            if options.only not in case.name:
                continue
            try:
                bad_ids, bad_texts = check_case(options.program, case, options.texts, options.seed)
            except RuntimeError as error:
                bad_ids, bad_texts = options.texts, 0
                print(f"  {error}")
            failures += bad_ids + bad_texts
            print(f"{case.name}: {options.texts} texts, {bad_ids} with other ids, {bad_texts} with other text", flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
