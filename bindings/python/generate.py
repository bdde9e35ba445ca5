#!/usr/bin/env python3
"""Writes what the package takes from include/pith/pith.h: _constants.py, _options.py and _signatures.py in src/pith.

    generate.py            writes them
    generate.py --check    ends with 1, and says so, when one differs from what would be written

Every function, hook and number of the header comes through here, so that the package has no table of its own to drift.
"""

import pathlib
import re
import sys
import textwrap

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PACKAGE = HERE / "src/pith"
WIDTH = 120

DEFINE = re.compile(r"^#define PITH_(\w+) \(?(-?\d+)\)?(?: */\* (.*?)(?: \*/)?)?$", re.MULTILINE)
KEY = re.compile(r"^#define PITH_KEY_(\w+) +\d+ */\* (\w+) +\[(.*?)\] ([^/]*)\*/", re.MULTILINE)
FUNCTION = re.compile(r"^PITH_API (.*?)(pith_\w+)\((.*?)\);", re.MULTILINE | re.DOTALL)
HOOK = re.compile(r"^typedef ([^;(]*)\(\*(pith_\w+_fn)\)\(([^;]*)\);", re.MULTILINE)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)

SCALARS = {
    "void": "None",
    "int32_t": "C.c_int32",
    "uint32_t": "C.c_uint32",
    "int64_t": "C.c_int64",
    "uint64_t": "C.c_uint64",
    "double": "C.c_double",
    "float": "C.c_float",
}
SCOPES = {1: "Host", 2: "Model", 3: "Engine", 4: "Request"}
VALUES = {
    "i64": "int",
    "f64": "float",
    "str": "str",
    "add_str": "Sequence[str]",
    "i64s": "Sequence[int]",
    "pair": "Mapping[int, float]",
}


def version():
    text = (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")
    major, minor, patch = map(int, re.search(r"project\(pith VERSION (\d+)\.(\d+)\.(\d+)", text).groups())
    return major * 1000000 + minor * 1000 + patch


# ---- numbers ----


def by_name(text):
    """Options have names here, as in JSON: PITH_KEY_TOP_P is top_p."""
    return re.sub(r"PITH_KEY_(\w+)", lambda match: match.group(1).lower(), text)


def sentence(name, meaning):
    text = by_name(" ".join(meaning.split())) or name.split("_", 1)[-1].replace("_", " ").lower()
    return text[0].upper() + text[1:] + ("" if text.endswith(".") else ".")


def constants(header):
    lines = [
        '"""The numbers of pith.h: statuses, scopes, fields, flags. Written by generate.py; they never change."""',
        "from enum import IntEnum",
        "",
        "#: The version of the header: major * 1000000 + minor * 1000 + patch.",
        f"VERSION = {version()}",
    ]
    stops = []
    for name, number, meaning in DEFINE.findall(header):
        if name.startswith("STOP_"):
            stops.append((name[len("STOP_") :], number, meaning))
        elif not name.startswith("KEY_") and name not in ("H", "API"):
            lines += [f"#: {sentence(name, meaning)}", f"{name} = {number}"]
    lines += ["", "", "class StopReason(IntEnum):", '    """Why a generation ended."""', ""]
    for name, number, meaning in stops:
        lines += [f"    {name} = {number}", f'    """{sentence(name, meaning)}"""']
    return lines


# ---- options ----


def options(header):
    lines = [
        '"""The options of pith.h by name, for type checkers. Written by generate.py; the library checks them."""',
        "from typing import Mapping, Optional, Sequence, TypedDict",
    ]
    keys = {}
    numbers = dict(re.findall(r"^#define PITH_KEY_(\w+) +(\d+)", header, re.MULTILINE))
    for name, kind, default, meaning in KEY.findall(header):
        keys.setdefault(int(numbers[name]) // 100, []).append((name, kind, default, meaning))
    if sum(map(len, keys.values())) != len(numbers):
        sys.exit("generate.py does not understand every line of PITH_KEY_")
    for scope, entries in sorted(keys.items()):
        lines += [
            "",
            "",
            f"class {SCOPES[scope]}Options(TypedDict, total=False):",
            f'    """Options of {SCOPES[scope].lower()}s; None stands for the default."""',
            "",
        ]
        for name, kind, default, meaning in entries:
            words = " ".join(word for word in meaning.replace("\n", " ").split() if word != "*")
            lines += [f"    {name.lower()}: Optional[{VALUES[kind]}]", *wrapped(f"[{default}] {words}")]
    return lines


def wrapped(text):
    """A docstring of an attribute, over several lines if need be."""
    text = by_name(text.replace("\\", "\\\\").replace('""', "''"))
    lines, line = [], '    """'
    for word in text.split():
        if len(line) + len(word) + 4 > WIDTH:
            lines.append(line.rstrip())
            line = "    "
        line += word + " "
    return [*lines, line.rstrip() + '"""']


# ---- functions ----


def ctype(text):
    """The ctypes expression of a C type; parameters lose their names before."""
    text = " ".join(text.split())
    plain = text.replace("const ", "").replace("* ", "*").replace(" *", "*").strip()
    if plain.startswith("pith_") and plain.endswith("_fn"):
        return plain
    if text.startswith("const ") and plain == "char*":
        return "C.c_char_p"
    if plain in ("void*", "char*") or re.fullmatch(r"pith_\w+\*", plain):
        return "C.c_void_p"
    if text.startswith("const char *const"):
        return "C.POINTER(C.c_char_p)"
    if plain.endswith("**"):
        return "C.POINTER(C.c_void_p)"
    if plain.endswith("*"):
        return f"C.POINTER({SCALARS[plain[:-1]]})"
    return SCALARS[plain]


def parameters(text):
    text = " ".join(text.split())
    if text == "void":
        return []
    return [ctype(re.sub(r"\w+$", "", part)) for part in text.split(",")]


def signatures(header):
    code = COMMENT.sub("", header)
    lines = [
        '"""The functions and hooks of pith.h as ctypes knows them. Written by generate.py."""',
        "import ctypes as C",
        "from typing import Any, Dict, Tuple",
        "",
    ]
    for result, name, arguments in HOOK.findall(code):
        kinds = ", ".join([ctype(result), *parameters(arguments)]).replace("C.c_char_p", "C.c_void_p")  # not zero-ended
        lines.append(f"{name} = C.CFUNCTYPE({kinds})")
    lines += [
        "",
        "#: Of each function: what it returns, and what it takes.",
        "SIGNATURES: Dict[str, Tuple[Any, Tuple[Any, ...]]] = {",
    ]
    for result, name, arguments in FUNCTION.findall(code):
        kinds = parameters(arguments)
        takes = "(" + ", ".join(kinds) + ("," if len(kinds) == 1 else "") + ")"
        entry = f'    "{name}": ({ctype(result)}, {takes}),'
        if len(entry) > WIDTH:
            wrapped_kinds = textwrap.fill(takes, WIDTH - 8, subsequent_indent=" " * 9, break_long_words=False)
            entry = f'    "{name}": (\n        {ctype(result)},\n        {wrapped_kinds},\n    ),'
        lines.append(entry)
    return [*lines, "}"]


def main():
    header = (ROOT / "include/pith/pith.h").read_text(encoding="utf-8")
    for name, write in (("_constants.py", constants), ("_options.py", options), ("_signatures.py", signatures)):
        text = "\n".join(write(header)) + "\n"
        file = PACKAGE / name
        if sys.argv[1:] != ["--check"]:
            file.write_text(text, encoding="utf-8")
        elif file.read_text(encoding="utf-8") != text:
            sys.exit(f"{name} is not what pith.h says: run {pathlib.Path(__file__).name}")


if __name__ == "__main__":
    main()
