#!/bin/sh
# libpith.a shows nothing but pith_*, and takes nothing from a program that has functions of all the names it uses within
# itself, of ggml, and an OpenBLAS of its own.
#     test_static.sh SOURCE CC LIBPITH.A PITH-COMMAND OPENBLAS(ON|OFF)
set -eu
source=$1 cc=$2 library=$3 pith=$4 openblas=$5
work=$(mktemp -d "${TMPDIR:-/tmp}/pith-static.XXXXXX")
trap 'rm -rf "$work"' EXIT
model=$source/examples/models/tales-q8_0.gguf

nm -g --defined-only "$library" |
    awk 'NF == 3 && $3 !~ /^pith_[a-z]/ { print "not of pith: " $3; bad = 1 } END { exit bad }'

modules="libcjson libzstd"
[ "$openblas" = OFF ] || modules="$modules openblas"
# Every name that the objects keep to themselves, but for those of the libraries that a program cannot do without.
ldd "$pith" | awk '$3 ~ "^/" { print $3 }' | xargs nm -D --defined-only 2>/dev/null |
    awk 'NF == 3 { sub(/@.*/, "", $3); print $3 }' | sort -u >"$work/taken"
nm "$library" | awk 'NF == 3 && $2 ~ /^[tdbr]$/ && $3 ~ /^[A-Za-z_][A-Za-z0-9_]*$/ { print $3 }' | sort -u |
    grep -vxE 'main|called|must|generate|own_blas|open_with_blas' | comm -23 - "$work/taken" >"$work/names"
printf '%s\n' ggml_init ggml_free ggml_mul_mat gguf_init_from_file gguf_free quantize_row_q8_0 dequantize_row_q4_0 \
    llama_decode llama_tokenize tokenize >>"$work/names"
count=$(sort -u "$work/names" | wc -l)
[ "$count" -gt 500 ] || { echo "only $count names were found in $library"; exit 1; }
sort -u "$work/names" | sed 's/.*/OWN(&)/' >"$work/names.h"

# shellcheck disable=SC2046,SC2086 # flags
"$cc" -w -fno-builtin -I"$work" -I"$source/include" -DWITH_OPENBLAS=$([ "$openblas" = OFF ] && echo 0 || echo 1) \
    $(pkg-config --cflags $modules) "$source/tests/package/beside.c" -o "$work/beside" "$library" \
    $(pkg-config --libs $modules) -lpthread -lm
"$work/beside" "$model" "$source/tests/golden/vectors/llama.gguf" "The fox" >"$work/found" 2>"$work/words" ||
    { cat "$work/words"; exit 1; }
"$pith" run "$model" --prompt "The fox" --max-tokens 24 --temperature 0 >"$work/expected"
cmp "$work/found" "$work/expected"
echo "$count functions of the same names, none was touched"
