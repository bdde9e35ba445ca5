#!/bin/sh
# A build with cJSON compiled in configures, with OpenBLAS and without. What it makes of it the bindings' own tests show.
#     test_compiled_in.sh SOURCE CC OPENBLAS(ON|OFF: whether it is there to be asked for)
set -eu
source=$1 cc=$2 openblas=$3
work=$(mktemp -d "${TMPDIR:-/tmp}/pith-compiled-in.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir "$work/cjson"
: >"$work/cjson/cJSON.c"
: >"$work/cjson/cJSON.h"
for with in OFF $([ "$openblas" = OFF ] || echo ON); do
    cmake -S "$source" -B "$work/$with" -G Ninja -DCMAKE_C_COMPILER="$cc" -DPITH_EXAMPLES=OFF -DPITH_OPENBLAS="$with" \
        -DPITH_CJSON_SOURCE="$work/cjson" >"$work/log" 2>&1 ||
        { cat "$work/log"; echo "failed with PITH_OPENBLAS=$with"; exit 1; }
done
echo "configured"
