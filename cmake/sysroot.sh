#!/bin/sh
# Fetches Debian's arm64 packages of what pith links and is tested with into a folder, for toolchains/aarch64.cmake.
#
#     cmake/sysroot.sh FOLDER
#
# Invariant: everything stays in FOLDER, the package lists too; the machine's own packages and architectures are as before. What is there
# already is not fetched again.
set -eu

PACKAGES="libcjson1 libcjson-dev libzstd1 libzstd-dev libcmocka0 libcmocka-dev"

mkdir -p "$1"
folder=$(cd "$1" && pwd)
[ ! -f "$folder/complete" ] || exit 0
mkdir -p "$folder/apt/lists/partial" "$folder/apt/cache/archives/partial" "$folder/debs" "$folder/root"
touch "$folder/apt/status"

apt_here() {
    apt-get -qq -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o APT::Sandbox::User= -o Dir::State="$folder/apt" \
        -o Dir::State::status="$folder/apt/status" -o Dir::State::lists="$folder/apt/lists" -o Dir::Cache="$folder/apt/cache" \
        -o Acquire::Languages=none "$@"
}

apt_here update
cd "$folder/debs"
# shellcheck disable=SC2086 # a list of packages
apt_here download $PACKAGES
for package in *.deb; do
    dpkg-deb -x "$package" "$folder/root"
done
touch "$folder/complete"
