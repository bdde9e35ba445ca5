#!/bin/sh
# The shared library, stripped, with every kernel of its processor family, stays under a size that phones and wheels can carry.
#
#     check_size.sh LIBPITH.SO BYTES
set -eu
stripped=$(mktemp)
trap 'rm -f "$stripped"' EXIT
strip -o "$stripped" "$1"
size=$(wc -c <"$stripped")
echo "$size bytes stripped, $2 allowed"
[ "$size" -lt "$2" ]
