#!/usr/bin/env python3
"""Check that pith.hpp has every name of pith.h: keys with scope and type, statuses, fields; and the project's version.

    check_names.py INCLUDE_PITH CMAKELISTS
"""
import re
import sys

# What pith.hpp needs no name for: said by a type, an argument or another call; or for programs that list keys, which
# call pith.h.
UNNAMED = re.compile(r"^(PITH_(H|API|BUILD|MEASURE|LOG_\w+|TEXT_\w+|TYPE_\w+|SCOPE_\w+|OK|REQUEST_(VECTORS|STATUS))"
                     r"|pith_(key_at|key_range|key_text|model_open_path|request_error_copy))$")
TYPES = {"i64": "std::int64_t", "f64": "double", "str": "std::string_view", "add_str": "many_texts",
         "i64s": "id_list", "pair": "many_biases"}
SCOPES = {1: "host", 2: "model", 3: "engine", 4: "request"}


def key_problems(header, wrapper):
    lines = re.findall(r"^#define PITH_KEY_(\w+) (\d+) +/\* (\w+) ", header, re.MULTILINE)
    if len(lines) < 30:
        yield "the table of keys in pith.h was not understood"
    for name, number, kind in lines:
        line = (f"inline constexpr {SCOPES[int(number) // 100]}<{TYPES[kind]}> {name.lower()}{{PITH_KEY_{name}}};")
        if line not in wrapper:
            yield f"pith.hpp lacks: {line}"


def main():
    folder, cmakelists = sys.argv[1:]
    with open(folder + "/pith.h", encoding="utf-8") as file:
        header = file.read()
    with open(folder + "/pith.hpp", encoding="utf-8") as file:
        wrapper = file.read()
    with open(cmakelists, encoding="utf-8") as file:
        version = re.search(r"project\(pith VERSION (\d+)\.(\d+)", file.read())
    problems = list(key_problems(header, wrapper))
    names = re.findall(r"^#define (PITH_\w+)", header, re.MULTILINE)
    names += re.findall(r"^PITH_API [^;]*?\b(pith_\w+)\(", header, re.MULTILINE)
    for name in names:
        if not UNNAMED.match(name) and not re.search(rf"\b{name}\b", wrapper):
            problems.append(f"pith.hpp does not use {name}")
    if not re.search(rf"#define PITH_NAMESPACE +v{version[1]}_{version[2]}\n", wrapper):
        problems.append(f"the inline namespace of pith.hpp is not that of version {version[1]}.{version[2]}")
    print("\n".join(problems) or f"{len(names)} names of pith.h are in pith.hpp")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
