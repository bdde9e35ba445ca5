#!/bin/sh
# Fetches the source of cJSON, as Debian patches it, for libraries that must stand alone (PITH_CJSON_SOURCE).
#
#     cmake/cjson.sh FOLDER          afterwards FOLDER/cjson holds cJSON.c and cJSON.h
#
# Invariant: everything stays in FOLDER, the package lists too. What is there already is not fetched again.
set -eu

mkdir -p "$1"
folder=$(cd "$1" && pwd)
[ ! -f "$folder/cjson/cJSON.c" ] || exit 0
mkdir -p "$folder/apt/lists/partial" "$folder/apt/cache/archives/partial" "$folder/source"
. /etc/os-release
cat >"$folder/apt/sources.list" <<LIST
deb-src http://deb.debian.org/debian ${VERSION_CODENAME:-stable} main
deb-src http://deb.debian.org/debian-security ${VERSION_CODENAME:-stable}-security main
LIST

apt_here() {
    apt-get -qq -o APT::Sandbox::User= -o Dir::State="$folder/apt" -o Dir::State::lists="$folder/apt/lists" \
        -o Dir::Cache="$folder/apt/cache" -o Dir::Etc::SourceList="$folder/apt/sources.list" -o Dir::Etc::SourceParts=/dev/null \
        -o Acquire::Languages=none "$@"
}

apt_here update
cd "$folder/source"
apt_here source cjson >"$folder/source.log" 2>&1 || { tail -n 20 "$folder/source.log" >&2; exit 1; }
mv cjson-*/ "$folder/cjson"
