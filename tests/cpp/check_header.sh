#!/bin/sh
# pith.hpp compiles alone, twice in a row, without a warning, in every standard from C++17 on, with and without
# exceptions; what must not compile does not; two files that include it link.
#     check_header.sh INCLUDE_DIRECTORY
set -eu
include=$1
work=$(mktemp -d "${TMPDIR:-/tmp}/pith-hpp.XXXXXX")
trap 'rm -rf "$work"' EXIT
warnings="-Wall -Wextra -Wpedantic -Werror -Wconversion -Wshadow -Wold-style-cast -Wundef -Wnon-virtual-dtor"

cat >"$work/alone.cpp" <<'CXX'
#include <pith/pith.hpp>
#include <pith/pith.hpp>
#if __cplusplus >= 202002L && PITH_EXCEPTIONS
#include <ranges>
#include <span>
static_assert(std::ranges::input_range<pith::request &>);
static_assert(std::input_iterator<pith::token_iterator>);
static_assert(std::ranges::contiguous_range<pith::view<float>>);
static_assert(std::is_convertible_v<pith::view<float>, std::span<const float>>);
#endif
static_assert(!std::is_copy_constructible_v<pith::request> && std::is_nothrow_move_constructible_v<pith::request>);
static_assert(!std::is_copy_constructible_v<pith::source> && !std::is_copy_constructible_v<pith::decoder>);
static_assert(!std::is_copy_constructible_v<pith::request_options> && !std::is_copy_constructible_v<pith::embeddings>);
static_assert(std::is_nothrow_copy_constructible_v<pith::model> && std::is_nothrow_copy_constructible_v<pith::engine>);
static_assert(std::is_nothrow_copy_constructible_v<pith::host> && std::is_nothrow_copy_constructible_v<pith::error>);
int main() { return pith::model::try_open("").has_value(); }
CXX
printf '#include <pith/pith.hpp>\nstd::uint32_t other() { return pith::version(); }\n' >"$work/other.cpp"
printf '#include <pith/pith.hpp>\nint main() { pith::request_options o; o.set(pith::key::%s); }\n' \
    'top_k, "many"' >"$work/wrong_type.cpp"
printf '#include <pith/pith.hpp>\nint main() { pith::request_options o; o.set(pith::key::%s); }\n' \
    'threads, 2' >"$work/wrong_scope.cpp"
printf '#include <pith/pith.hpp>\nint main() { pith::model().open(""); }\n' >"$work/throwing.cpp"

compiles() {
    "$@" -fsyntax-only -I"$include" 2>"$work/words" || { cat "$work/words"; echo "failed: $*"; exit 1; }
}
refuses() {
    ! "$@" -fsyntax-only -I"$include" 2>"$work/words" || { echo "compiled, but should not: $*"; exit 1; }
}

tried=0
for compiler in g++ clang++; do
    command -v $compiler >/dev/null || continue
    tried=$((tried + 1))
    for standard in c++17 c++20 c++2b; do
        # shellcheck disable=SC2086 # flags
        compiles $compiler -std=$standard $warnings "$work/alone.cpp"
    done
    # shellcheck disable=SC2086
    compiles $compiler -std=c++17 $warnings -fno-exceptions -fno-rtti "$work/alone.cpp"
    refuses $compiler -std=c++17 "$work/wrong_type.cpp"
    refuses $compiler -std=c++17 "$work/wrong_scope.cpp"
    refuses $compiler -std=c++17 -fno-exceptions "$work/throwing.cpp"
    compiles $compiler -std=c++17 "$work/throwing.cpp"
    for file in alone other; do
        $compiler -std=c++17 -I"$include" -c "$work/$file.cpp" -o "$work/$file.o"
    done
    $compiler -r -o "$work/both.o" "$work/alone.o" "$work/other.o" # no name is defined twice
done
[ $tried -gt 0 ] || { echo "neither g++ nor clang++ is here"; exit 1; }
echo "$tried compilers"
