#!/bin/sh
# From a fresh checkout to a tale: installs what is missing (Debian, Ubuntu), builds in build/, and runs examples/quickstart.c.
#
#     ./examples/quickstart.sh                             the bundled model
#     ./examples/quickstart.sh MODEL.gguf ["beginning"]    your own, and your own words
set -eu
start=$PWD
cd "$(dirname "$0")/.."
. ./cmake/packages.sh

# Runs a command with its output kept in a log, which is shown only if the command fails.
quietly() {
    log=build/quickstart.log
    mkdir -p build
    "$@" >"$log" 2>&1 && return
    tail -n 30 "$log" >&2
    fail "'$*' failed; the whole output is in $log"
}

need_build
install_missing
generator=
[ -e build/CMakeCache.txt ] || generator="-G Ninja"
# shellcheck disable=SC2086 # two words or none
quietly cmake -S . -B build $generator -DCMAKE_BUILD_TYPE=Release -DPITH_EXAMPLES=ON
[ -x build/bin/quickstart ] || echo "Building pith in build/ (a minute or two, the first time only)"
quietly cmake --build build --parallel "$(getconf _NPROCESSORS_ONLN)"
[ $# -gt 0 ] || set -- "$PWD/examples/models/tales-q8_0.gguf"
program=$PWD/build/bin/quickstart
cd "$start"
exec "$program" "$@"
