#!/bin/sh
# Installs the build into a folder of its own, moves that folder, and builds and runs a program against it in every way a user may:
# pkg-config with the shared and with the static library, a CMake package with both, C++.
#     test_install.sh BUILD SOURCE CC SHARED(ON|OFF) MODEL
set -eu
build=$1 source=$2 cc=$3 shared=$4 model=$5
work=$(mktemp -d "${TMPDIR:-/tmp}/pith-install.XXXXXX")
trap 'rm -rf "$work"' EXIT

say() {
    printf '%s\n' "$*"
}

# Runs one of the programs and looks at what it prints.
runs() {
    output=$("$@" "$model" "The fox") || { say "failed: $*"; exit 1; }
    case $output in *fox*) say "ok: $1" ;; *) say "$1 printed: $output"; exit 1 ;; esac
}

cmake --install "$build" --prefix "$work/first" >"$work/install.log" || { cat "$work/install.log"; exit 1; }
mv "$work/first" "$work/moved"
prefix=$work/moved
libdir=$(dirname "$(find "$prefix" -name libpith.a)")
PKG_CONFIG_PATH=$libdir/pkgconfig
LD_LIBRARY_PATH=$libdir${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export PKG_CONFIG_PATH LD_LIBRARY_PATH
[ "$(find "$prefix" -name '*.h' | wc -l)" = 1 ] || { say "more than one header was installed"; exit 1; }
[ ! -x "$prefix/bin/pith" ] || "$prefix/bin/pith" run "$model" --prompt "The fox" --max-tokens 3 >/dev/null

# shellcheck disable=SC2046 # flags
if [ "$shared" = ON ]; then
    "$cc" "$source/examples/tokenize.c" -o "$work/pc_shared" $(pkg-config --cflags --libs pith)
    runs "$work/pc_shared"
    readelf -d "$work/pc_shared" | grep -q 'libpith\.so\.0' || { say "libpith.so.0 is not needed by the program"; exit 1; }
    [ "$(readelf -d "$work/pc_shared" | grep -c 'NEEDED.*\(cjson\|zstd\|openblas\)')" = 0 ] || { say "a program needs more than libpith.so"; exit 1; }
else
    "$cc" "$source/examples/tokenize.c" -o "$work/pc_only" $(pkg-config --cflags --libs pith)
    runs "$work/pc_only"
fi
# shellcheck disable=SC2046
"$cc" "$source/examples/tokenize.c" -o "$work/pc_static" $(pkg-config --cflags --libs-only-L --static pith) \
    "$libdir/libpith.a" $(pkg-config --static --libs-only-l pith | sed 's/-lpith//')
runs "$work/pc_static"

mkdir "$work/project"
cat >"$work/project/CMakeLists.txt" <<CMAKE
cmake_minimum_required(VERSION 3.18)
project(user C CXX)
find_package(pith 0.1 REQUIRED)
add_executable(with_static "$source/examples/tokenize.c")
target_link_libraries(with_static pith::static)
add_executable(cxx main.cpp)
target_link_libraries(cxx pith::static)
if(TARGET pith::pith)
  add_executable(with_shared "$source/examples/tokenize.c")
  target_link_libraries(with_shared pith::pith)
endif()
CMAKE
cat >"$work/project/main.cpp" <<'CXX'
#include <pith/pith.h>
#include <iostream>
#include <string>
int main(int argc, char **argv) {
    pith_model *model = nullptr;
    pith_request *request = nullptr;
    const void *text = nullptr;
    uint64_t size = 0;
    if (argc < 3 || pith_model_open_path(argv[1], &model) || pith_request_create(nullptr, model, PITH_GENERATE, nullptr, &request) ||
        pith_request_add_text(request, argv[2], PITH_MEASURE, PITH_UNTRUSTED) || pith_request_run(request, nullptr, nullptr) ||
        pith_request_view(request, PITH_VIEW_ALL_TEXT, 0, &text, &size)) {
        return 1;
    }
    std::cout << argv[2] << std::string(static_cast<const char *>(text), size) << "\n";
    pith_request_release(request);
    pith_model_release(model);
}
CXX
cmake -G Ninja -S "$work/project" -B "$work/project/build" -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_C_COMPILER="$cc" >"$work/cmake.log" 2>&1 &&
    cmake --build "$work/project/build" >>"$work/cmake.log" 2>&1 || { tail -n 40 "$work/cmake.log"; exit 1; }
for program in "$work"/project/build/with_* "$work/project/build/cxx"; do
    runs "$program"
done
