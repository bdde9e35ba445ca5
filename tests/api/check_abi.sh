#!/bin/sh
# The built library's ABI is the one in pith.abi: every function, its parameters and their types.
#     check_abi.sh LIBPITH.SO SOURCE             compares
#     check_abi.sh LIBPITH.SO SOURCE --update    writes pith.abi anew, after a change that CHANGELOG.md names
set -eu
library=$1 source=$2 update=${3:-}
work=$(mktemp -d "${TMPDIR:-/tmp}/pith-abi.XXXXXX")
trap 'rm -rf "$work"' EXIT
# Internal types stay out: only what the public header declares is ABI. Nor does it matter what the library needs.
abidw --exported-interfaces-only --headers-dir "$source/include" --drop-private-types --no-corpus-path --no-comp-dir-path \
    --no-show-locs --no-architecture --no-elf-needed --out-file "$work/found.abi" "$library"
sed -i "s|path='$source/|path='|" "$work/found.abi"
if [ "$update" = --update ]; then
    cp "$work/found.abi" "$source/tests/api/pith.abi"
    exit
fi
abidiff --no-unreferenced-symbols "$source/tests/api/pith.abi" "$work/found.abi" ||
    { echo "The ABI changed. If that is meant, name it in CHANGELOG.md and run: $0 $library $source --update"; exit 1; }
grep -q "name='pith_request_create'" "$work/found.abi" || { echo "the dump is empty"; exit 1; }
