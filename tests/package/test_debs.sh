#!/bin/sh
# The Debian packages of a build, unpacked into a root of their own: which files each brings and what it asks for; the
# examples in C and C++, and the README's ten lines, built against them in every way the README tells and run.
#     test_debs.sh BUILD SOURCE CC CXX
set -eu
build=$1 source=$2 cc=$3 cxx=$4
work=$(mktemp -d "${TMPDIR:-/tmp}/pith-debs.XXXXXX")
trap 'rm -rf "$work"' EXIT
model=$source/examples/models/tales-q8_0.gguf
root=$work/root

fail() {
    printf '%s\n' "$*"
    exit 1
}

quietly() {
    "$@" >"$work/log" 2>&1 || { tail -n 40 "$work/log"; fail "failed: $*"; }
}

# ---- the packages ----

cd "$work"
quietly cpack -G DEB --config "$build/CPackConfig.cmake" -B "$work"
for package in libpith0 libpith-dev pith; do
    deb=$(echo "$work/${package}"_*.deb)
    [ -e "$deb" ] || fail "no package $package was made"
    [ "$(dpkg-deb -f "$deb" Package)" = "$package" ] || fail "$deb is not $package"
    dpkg-deb -x "$deb" "$root"
    dpkg-deb -f "$deb" Depends >"$package.depends"
    dpkg-deb -c "$deb" >"$package.files"
    [ -e "$root/usr/share/doc/$package/copyright" ] || fail "$package has no copyright file"
done
libdir=$(dirname "$(find "$root" -name libpith.a)")

holds() {
    grep -q "$2" "$1" || { cat "$1"; fail "$1 lacks $2"; }
}
lacks() {
    ! grep -q "$2" "$1" || { cat "$1"; fail "$1 should not hold $2"; }
}
holds libpith0.files 'libpith\.so\.0 -> '
holds libpith0.depends libc6
holds libpith0.depends libcjson1
lacks libpith0.files '/include/\|libpith\.so -> \|libpith\.a'
holds libpith-dev.files 'include/pith/pith\.hpp'
holds libpith-dev.files 'libpith\.so -> libpith\.so\.0'
holds libpith-dev.depends 'libpith0 (= '
holds libpith-dev.depends libcjson-dev
lacks libpith-dev.files 'libpith\.so\.0\.'
holds pith.files './usr/bin/pith$'
dpkg-deb --ctrl-tarfile "$work"/libpith0_*.deb | tar -xO ./shlibs | grep -q '^libpith 0 libpith0 (>= ' ||
    fail "libpith0 does not tell other packages what to depend on"
"$root/usr/bin/pith" run "$model" --prompt "The fox" --max-tokens 5 --temperature 0 >/dev/null

# ---- programs against them ----

PKG_CONFIG_PATH=$libdir/pkgconfig
LD_LIBRARY_PATH=$libdir${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export PKG_CONFIG_PATH LD_LIBRARY_PATH
examples=$source/examples
printf 'The king had a daughter.\nA boat sailed over the sea.\n\nThe fox ate the goose.\n' >lines.txt

mkdir shared static cmake readme
# shellcheck disable=SC2046 # flags
for program in chat search tokenize; do
    quietly "$cc" "$examples/$program.c" -o shared/c_$program $(pkg-config --cflags --libs pith)
    quietly "$cxx" -std=c++17 "$examples/cpp/$program.cpp" -o shared/cpp_$program $(pkg-config --cflags --libs pith)
done
# shellcheck disable=SC2046
static_pith() {
    quietly "$@" $(pkg-config --static --cflags --libs pith | sed s/-lpith/-l:libpith.a/)
}
static_pith "$cc" "$examples/chat.c" -o static/c_chat
static_pith "$cxx" -std=c++17 "$examples/cpp/chat.cpp" -o static/cpp_chat

cat >cmake/CMakeLists.txt <<CMAKE
cmake_minimum_required(VERSION 3.18)
project(user C CXX)
set(CMAKE_CXX_STANDARD 17)
find_package(pith 0.1 REQUIRED COMPONENTS static)
add_executable(c_search $examples/search.c)
target_link_libraries(c_search pith::pith)
add_executable(cpp_search $examples/cpp/search.cpp)
target_link_libraries(cpp_search pith::static)
CMAKE
quietly cmake -S cmake -B cmake -DCMAKE_PREFIX_PATH="$root/usr" -DCMAKE_C_COMPILER="$cc" -DCMAKE_CXX_COMPILER="$cxx"
quietly cmake --build cmake

# Runs a program, by what its name ends in. tokenize: only the ids, which both languages print first.
session() {
    case $1 in
    *chat) printf 'Hello \360\237\246\212\n<|im_end|> and then?\n' | "$1" "$model" "Be brief" ;;
    *search) "$1" "$model" lines.txt "the queen" ;;
    *tokenize) "$1" "$model" "Once upon a time" | awk '{ print $1 }' ;;
    esac
}
for program in chat search tokenize; do
    session shared/c_$program >expected_$program || fail "failed: shared/c_$program"
    [ "$(wc -l <expected_$program)" -ge 3 ] || { cat expected_$program; fail "$program said too little"; }
done
for program in shared/cpp_chat shared/cpp_search shared/cpp_tokenize static/c_chat static/cpp_chat cmake/c_search \
    cmake/cpp_search; do
    session $program >found || fail "failed: $program"
    cmp "expected_${program##*_}" found || fail "$program says something else than the program in C, linked shared"
done

needs() {
    readelf -d "$1" | grep NEEDED
}
needs shared/cpp_chat | grep -q 'libpith\.so\.0' || fail "the shared library is not used"
! needs shared/cpp_chat | grep -q 'cjson\|zstd\|blas' || fail "a program needs more than libpith.so"
! needs static/cpp_chat | grep -q 'libpith' || fail "the static library is not used"
! needs cmake/cpp_search | grep -q 'libpith' || fail "pith::static is not static"

# ---- the README's ten lines ----

# Cuts the first block of code of a language that follows a text out of a README: README TEXT LANGUAGE FILE
cut_out() {
    awk -v fence="\`\`\`$3" -v mark="$2" 'index($0, mark) { near = 1 } near && $0 == fence { on = 1; near = 0; next }
        on && /^```$/ { exit } on' "$source/$1" >"readme/$4"
    [ -s "readme/$4" ] || fail "$1 has no $4"
}
cut_out bindings/cpp/README.md "<!-- main.cpp" cpp main.cpp
cut_out bindings/cpp/README.md "<!-- more.cpp" cpp more.cpp
cut_out bindings/cpp/README.md "<!-- CMakeLists.txt" cmake CMakeLists.txt
cut_out README.md "## Ten lines" c main.c
cp "$model" readme/model.gguf
cd readme
# shellcheck disable=SC2046
quietly "$cxx" -std=c++17 -Wall -Wextra -Werror main.cpp $(pkg-config --cflags --libs pith) -o main
quietly cmake -S . -B build -DCMAKE_PREFIX_PATH="$root/usr" -DCMAKE_CXX_COMPILER="$cxx"
quietly cmake --build build
for program in ./main build/main; do
    [ "$($program | wc -w)" -gt 20 ] || fail "the README's $program tells no tale"
done
# shellcheck disable=SC2046
quietly "$cc" main.c $(pkg-config --cflags --libs pith) -o main_c
[ "$(cd "$source" && "$work/readme/main_c" | wc -w)" -gt 20 ] || fail "the ten lines of README.md tell no tale"

cat >all.cpp <<'CXX'
#include <pith/pith.hpp>
struct bytes {
    void read(void *, std::uint64_t, std::uint64_t) const {}
    std::uint64_t size() const { return 0; }
};
void more(pith::model &model, pith::request_options &options, const std::string &typed, bytes &blob);
void more(pith::model &model, pith::request_options &options, const std::string &typed, bytes &blob) {
#include "more.cpp"
}
CXX
# shellcheck disable=SC2046
quietly "$cxx" -std=c++17 -fsyntax-only all.cpp $(pkg-config --cflags pith)
echo "packages and programs are well"
