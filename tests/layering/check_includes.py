#!/usr/bin/env python3
"""Checks the shape of lib/: who includes whom, unique file names, one place for the names of model families.

usage: check_includes.py ROOT        (the folder that holds lib/); prints one line for each fault and exits with 1 if there is any.

The rules, as lib/README.md states them:
  - a file includes its own folder and those below it: api > engine > arch > ops > quant > kernels > base;
    formats, tokenizer and sampling stand beside: they use base, kernels and quant, and only arch and above use them;
    vocabulary joins formats and tokenizer for arch and above;
  - includes are written from lib/ ("base/status.h"), and name a file that is there;
  - only lib/base includes headers of the operating system, and nothing includes <assert.h>, <setjmp.h> or <locale.h>;
  - a file name occurs once in lib/ (posix/ and windows/ are two sides of one seam, and may mirror each other);
  - the name of a model family is written in lib/arch alone. (lib/tokenizer and lib/vocabulary are left out: vocabularies bear some of the same names.)
"""
import pathlib
import re
import sys

STACK = ["base", "kernels", "quant", "ops", "arch", "engine", "api"]  # lowest first
BESIDE = ["formats", "tokenizer", "sampling"]
MAY_INCLUDE = {folder: set(STACK[: i + 1]) | (set(BESIDE) | {"vocabulary"} if i >= STACK.index("arch") else set())
               for i, folder in enumerate(STACK)}
MAY_INCLUDE |= {folder: {folder, "base", "kernels", "quant"} for folder in BESIDE}
MAY_INCLUDE["vocabulary"] = {"vocabulary", "formats", "tokenizer", "base"}

SOURCES = {".c", ".h", ".inc", ".S"}
SYSTEMS = {"posix", "windows"}
PUBLIC_HEADER = "pith/pith.h"
OS_HEADER = re.compile(r"(sys|linux|mach|asm|arpa|netinet)/|(aclapi|dirent|dlfcn|fcntl|fenv|io|poll|process|pthread|pwd|sched"
                       r"|semaphore|signal|spawn|synchapi|termios|threads|unistd|winbase|windows)\.h")
NEVER = {"assert.h", "setjmp.h", "locale.h", "wchar.h"}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"]*)"|<([^>]*)>)', re.M)
COMMENT_OR_TEXT = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
FAMILY = re.compile(r'pith__family\s+pith__family_\w+\s*=\s*\{[^}]*?\.name\s*=\s*"([^"]+)"', re.S)


def without_comments(text):
    """The code, its strings kept, every comment replaced by as many line ends as it spans."""
    return COMMENT_OR_TEXT.sub(lambda m: "\n" * m[0].count("\n") if m[0].startswith("/") else m[0], text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def sources(lib):
    return sorted(p for p in lib.rglob("*") if p.suffix in SOURCES)


def include_fault(lib, folder, path):
    """What is wrong with `#include "path"` in a file of lib/folder; None if nothing is."""
    parts = pathlib.PurePosixPath(path).parts
    if not parts or parts[0] not in MAY_INCLUDE or ".." in parts:
        return f'"{path}" is not written from lib/, as in "base/status.h"'
    if not (lib / path).is_file():
        return f'"{path}" does not exist'
    if parts[0] not in MAY_INCLUDE[folder]:
        return f'lib/{folder} may not include lib/{parts[0]} ("{path}")'
    return None


def system_include_fault(folder, path):
    if path in NEVER:
        return f"<{path}> has no place in the library"
    if folder != "base" and OS_HEADER.match(path):
        return f"<{path}> belongs to the operating system, which only lib/base knows"
    if path.startswith("pith/") and path != PUBLIC_HEADER:
        return f"<{path}> is not the public header"
    return None


def check_includes(lib, file, code):
    folder = file.relative_to(lib).parts[0]
    if folder not in MAY_INCLUDE:
        yield file, 1, f"lib/{folder} is not a folder of the design"
        return
    for m in INCLUDE.finditer(code):
        fault = include_fault(lib, folder, m[1]) if m[1] is not None else system_include_fault(folder, m[2])
        if fault:
            yield file, line_of(code, m.start()), fault


def check_names(lib, files):
    seen = {}
    for file in files:
        side = next((part for part in file.relative_to(lib).parts if part in SYSTEMS), None)
        for other, other_side in seen.get(file.name, []):
            if side is None or other_side is None or side == other_side:
                yield file, 1, f"the name {file.name} is taken by {other.relative_to(lib.parent)}"
        seen.setdefault(file.name, []).append((file, side))


def family_names(lib):
    return sorted({name for file in lib.glob("arch/**/*.c") for name in FAMILY.findall(without_comments(file.read_text()))})


def check_families(lib, file, code, families):
    if file.relative_to(lib).parts[0] in ("arch", "tokenizer", "vocabulary") or not families:
        return
    for m in re.finditer(r'"(%s)"' % "|".join(map(re.escape, families)), code):
        yield file, line_of(code, m.start()), f'the family name "{m[1]}" outside lib/arch: put what differs into its table'


def faults(root):
    lib = root / "lib"
    files = sources(lib)
    families = family_names(lib)
    if not files or not families:
        yield lib, 1, "no sources or no model families found: is this the root of the sources?"
    for file in files:
        code = without_comments(file.read_text(encoding="utf-8"))
        yield from check_includes(lib, file, code)
        yield from check_families(lib, file, code, families)
    yield from check_names(lib, files)


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    found = list(faults(root))
    for file, line, what in found:
        print(f"{file.relative_to(root)}:{line}: {what}")
    print(f"{len(found)} faults in {len(sources(root / 'lib'))} files; families: {', '.join(family_names(root / 'lib'))}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
