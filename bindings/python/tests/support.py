"""What the tests share: the bundled model, a small vocabulary, child processes."""

import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parents[1]
ROOT = HERE.parents[1]
MODEL = str(ROOT / "examples/models/tales-q8_0.gguf")
#: The pith command of a build of this source, or "".
COMMAND = os.environ.get("PITH_COMMAND", "")
ENDLESS = {"max_tokens": 0, "ignore_eog": 1, "loop_guard": 0}


def byte_vocabulary(folder):
    """A tokenizer.json of one token a byte, as GPT-2 names bytes: it opens fast and takes any bytes. Token 256 is
    <|end|>."""
    names, beyond = {}, 256
    for byte in range(256):
        printable = ord("!") <= byte <= ord("~") or byte >= 0xA1 and byte != 0xAD
        names[chr(byte if printable else beyond)] = byte
        beyond += not printable
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    end = {
        "id": 256,
        "content": "<|end|>",
        "single_word": False,
        "lstrip": False,
        "rstrip": False,
        "normalized": False,
        "special": True,
    }
    model = {
        "type": "BPE",
        "dropout": None,
        "unk_token": None,
        "continuing_subword_prefix": None,
        "end_of_word_suffix": None,
        "fuse_unk": False,
        "byte_fallback": False,
        "vocab": names,
        "merges": [],
    }
    file = pathlib.Path(folder) / "tokenizer.json"
    file.write_text(
        json.dumps(
            {
                "version": "1.0",
                "truncation": None,
                "padding": None,
                "added_tokens": [end],
                "normalizer": None,
                "pre_tokenizer": level,
                "post_processor": None,
                "decoder": level,
                "model": model,
            }
        )
    )
    return str(file)


def run(*command, input="", timeout=120, **more):
    """A process that has ended, with all its output as text."""
    return subprocess.run(
        [str(word) for word in command],
        input=input,
        timeout=timeout,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        **more,
    )


def python(*arguments, **more):
    """A Python program in a process of its own, which finds these tests' modules; arguments from python's options
    on."""
    environment = dict(
        os.environ,
        PYTHONPATH=os.pathsep.join([str(HERE / "tests"), os.environ.get("PYTHONPATH", "")]),
        PYTHONIOENCODING="utf-8",
    )
    return run(sys.executable, *arguments, env=environment, **more)


def resident_kib():
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))
