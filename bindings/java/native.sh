#!/bin/sh
# Builds the native library of every platform that can be built for here, and lays them out as the jar has them. Maven calls it.
#
#     native.sh JAVA_HOME BUILD OUTPUT       OUTPUT/linux-x86_64/libpith_jni.so and .sha256, likewise linux-aarch64
#
# The machine's own platform must succeed; for 64-bit Arm a cross compiler is needed, and without one a line says that it is left out.
set -eu
java_home=$1 build=$2 output=$3
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
jobs=${PITH_JOBS:-$(getconf _NPROCESSORS_ONLN)}
cd "$root"
. ./cmake/packages.sh

# build_for PLATFORM [cmake options]
build_for() {
    platform=$1
    shift
    mkdir -p "$build/$platform" "$output/$platform"
    log=$build/$platform/build.log
    if ! { cmake -S "$here" -B "$build/$platform" -G Ninja -DCMAKE_BUILD_TYPE=Release -DPITH_CJSON_SOURCE="$build/cjson/cjson" \
        -DPITH_JNI_INCLUDE="$java_home/include" "$@" && cmake --build "$build/$platform" --parallel "$jobs"; } >"$log" 2>&1; then
        tail -n 30 "$log" >&2
        fail "the native library for $platform could not be built; the whole output is in $log"
    fi
    cp "$build/$platform/libpith_jni.so" "$output/$platform/"
    "$strip" --strip-unneeded "$output/$platform/libpith_jni.so"
    sha256sum "$output/$platform/libpith_jni.so" | cut -d ' ' -f 1 >"$output/$platform/libpith_jni.so.sha256"
}

need command cc gcc
need command cmake cmake
need command ninja ninja-build
need command pkg-config pkg-config
need command dpkg-source dpkg-dev
install_missing
[ -e "$java_home/include/jni.h" ] || fail "$java_home has no include/jni.h: run Maven with a JDK"
./cmake/cjson.sh "$build/cjson"

machine=$(uname -m)
strip="strip"
build_for "linux-$machine" -DPITH_JAVA_BENCH=ON
strip=aarch64-linux-gnu-strip
if [ "$machine" = aarch64 ]; then
    : # built above
elif command -v aarch64-linux-gnu-gcc >/dev/null 2>&1; then
    build_for linux-aarch64 -DCMAKE_TOOLCHAIN_FILE="$PWD/cmake/toolchains/aarch64.cmake"
else
    echo "linux-aarch64 is left out of the jar: there is no aarch64-linux-gnu-gcc (Debian: gcc-aarch64-linux-gnu libc6-dev-arm64-cross)"
fi
