#!/usr/bin/env python3
"""Writes src/main/java/dev/pith/Constants.java from include/pith/pith.h.

    constants.py            writes it
    constants.py --check    ends with 1, and says so, when it differs from what would be written

Options are set by name and checked by the library, so their keys are left out, as is what only C programs use.
"""
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
OUTPUT = HERE / "src/main/java/dev/pith/Constants.java"
LEFT_OUT = re.compile(r"KEY_|TYPE_|TEXT_|LOG_|MEASURE$|FOREVER$|API$|H$")
DEFINE = re.compile(r"^#define PITH_(\w+) \(?(-?\d+)\)?(?: */\* (.*?)(?: \*/)?)?$", re.MULTILINE)

HEAD = """package dev.pith;

/** The numbers of pith.h: statuses, scopes, fields, flags. Written by constants.py; they never change and are never reused. */
public final class Constants {
    private Constants() {}

    /** The version these classes are of: major * 1000000 + minor * 1000 + patch. */
    public static final int VERSION = %d;
"""


def constants(header):
    """(name, value, meaning) of each number, in the header's order."""
    for name, value, meaning in DEFINE.findall(header):
        if not LEFT_OUT.match(name):
            yield name, int(value), meaning.strip()


def version():
    text = (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")
    major, minor, patch = map(int, re.search(r"project\(pith VERSION (\d+)\.(\d+)\.(\d+)", text).groups())
    return major * 1000000 + minor * 1000 + patch


def sentence(name, meaning):
    if not meaning:
        meaning = name.split("_", 1)[-1].replace("_", " ").lower()
    escaped = meaning.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped[0].upper() + escaped[1:] + ("" if escaped.endswith(".") else ".")


def java():
    header = (ROOT / "include/pith/pith.h").read_text(encoding="utf-8")
    lines = [HEAD % version()]
    for name, value, meaning in constants(header):
        lines.append(f"    /** {sentence(name, meaning)} */\n    public static final int {name} = {value};\n")
    return "\n".join(lines) + "}\n"


def main():
    text = java()
    if sys.argv[1:] == ["--check"]:
        if OUTPUT.read_text(encoding="utf-8") != text:
            sys.exit(f"{OUTPUT.name} is not what pith.h says: run {pathlib.Path(__file__).name}")
        return
    OUTPUT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
