#!/bin/sh
# The public header compiles alone, twice in a row and without a warning, as every C and C++ it promises to be.
#     check_header.sh INCLUDE_DIRECTORY
set -eu
warnings="-Wall -Wextra -Wpedantic -Werror -Wundef -Wstrict-aliasing -fsyntax-only"
for compiler in gcc clang cc; do
    command -v "$compiler" >/dev/null || continue
    for standard in c99 c11 c17; do
        printf '#include <pith/pith.h>\n#include <pith/pith.h>\nint main(void) { return pith_version() == 0; }\n' |
            $compiler -std=$standard $warnings -Wstrict-prototypes -Wc++-compat -I"$1" -x c -
    done
done
for compiler in g++ clang++ c++; do
    command -v "$compiler" >/dev/null || continue
    for standard in c++11 c++17 c++20; do
        printf '#include <pith/pith.h>\n#include <pith/pith.h>\nint main() { return pith_version() == 0; }\n' |
            $compiler -std=$standard $warnings -Wold-style-cast -I"$1" -x c++ -
    done
done
