#!/bin/sh
# Builds and tests everything: installs what is missing (Debian, Ubuntu), runs every stage, and ends with one line of counts.
#
#     ./tests/run.sh                   all stages
#     ./tests/run.sh gcc tsan          only these
#
# Stages, each in a folder build-tests/NAME of its own:
#   gcc     release build, all tests at the best CPU level
#   levels  the same build, all tests again at every lower CPU level of this machine
#   clang   build with warnings as errors, all tests
#   asan    address and undefined-behaviour sanitizers, all tests
#   tsan    thread sanitizer, the tests that use threads
#   mingw   every file of lib/ but the POSIX ones compiles for Windows
#   arm     build for 64-bit Arm; kernels and golden vectors at every level of emulated processors, and the same bits as here;
#           skipped where compiler, emulator or Debian's arm64 packages cannot be had
#   java    the Java binding; skipped where a JDK, Maven or Maven's packages cannot be had
#   python  the Python binding, its wheel, and Ray on a local cluster; skipped where the packages of PyPI cannot be had
# Optional extra test data is looked for in PITH_TEST_DATA, or else beside the checkout, in ../shared/data.
set -eu
cd "$(dirname "$0")/.."
. ./cmake/packages.sh

ALL_STAGES="gcc levels clang asan tsan mingw arm java python"
THREADED="thread|pool|traffic|engine|api|request|host|memory|cancel|source|cpp"
jobs=$(getconf _NPROCESSORS_ONLN)
work=build-tests
passed=0 failed=0 skipped=0
failures=

# Counts the tests of a `ctest --verbose` log: cmocka, doctest and Python programs by their single tests, others as one each.
# Prints "passed failed skipped", then the names of what failed.
count_log() {
    awk '
    /^[0-9]+: \[  (PASSED|SKIPPED|FAILED) +\].* test\(s\)/ {
        id = $1 + 0
        match($0, /[0-9]+ test\(s\)/)
        n = substr($0, RSTART) + 0
        if (/PASSED/) ok[id] += n
        else if (/SKIPPED/) skip[id] += n
        else bad[id] += n
    }
    /^[0-9]+: \[doctest\] test cases:/ { id = $1 + 0; ok[id] += $7; bad[id] += $10 }
    /^[0-9]+: Ran [0-9]+ tests? in / { ok[$1 + 0] += $3 }
    /^[0-9]+: OK \(skipped=[0-9]+\)$/ {
        id = $1 + 0; n = $0; sub(/.*=/, "", n); n += 0
        ok[id] -= n; skip[id] += n
    }
    /^[0-9]+: FAILED \(/ {
        id = $1 + 0
        if (match($0, /failures=[0-9]+/)) { n = substr($0, RSTART + 9) + 0; ok[id] -= n; bad[id] += n }
        if (match($0, /errors=[0-9]+/)) { n = substr($0, RSTART + 7) + 0; ok[id] -= n; bad[id] += n }
    }
    /^ *[0-9]+\/[0-9]+ Test +#[0-9]+: / {
        id = $0; sub(/^[^#]*#/, "", id); id += 0
        name = $0; sub(/^[^:]*: */, "", name); sub(/ .*/, "", name)
        good = / Passed +[0-9.]+ sec/
        if (/\*\*\*Skipped/) skips++
        else if (good && ok[id] + skip[id] > 0) { passes += ok[id]; skips += skip[id] }
        else if (good) passes++
        else { passes += ok[id]; skips += skip[id]; fails += bad[id] > 0 ? bad[id] : 1; names = names " " name }
    }
    END { print passes + 0, fails + 0, skips + 0 names }' "$1"
}

# Adds "passed failed skipped names..." to the totals and tells about them.
add_counts() {
    stage=$1
    shift
    passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
    printf '%-18s %5d passed %4d failed %4d skipped   %4d s\n' "$stage" "$1" "$2" "$3" $(($(date +%s) - stage_start))
    shift 3
    [ $# = 0 ] || failures="$failures $stage:$(echo "$@" | tr ' ' ',')"
}

# Configures and builds one folder; 1 and a failure counted when that does not work.
build() {
    folder=$work/$1
    stage=$1
    shift
    mkdir -p "$folder"
    if cmake -S . -B "$folder" -G Ninja -DPITH_TESTS=ON -DPITH_EXAMPLES=ON -DPITH_BENCH=ON $launcher "$@" >"$folder.log" 2>&1 &&
        cmake --build "$folder" --parallel "$jobs" >>"$folder.log" 2>&1; then
        return 0
    fi
    grep -E -A 12 'error|Error|FAILED' "$folder.log" | head -n 60 >&2
    echo "$stage: the build failed, the whole output is in $folder.log" >&2
    add_counts "$stage" 0 1 0 build
    return 1
}

# Runs ctest in a build folder: NAME FOLDER [ctest options]
run_tests() {
    stage=$1 folder=$2
    shift 2
    log=$work/$stage.ctest.log
    if ! $wrapper ctest --test-dir "$folder" --verbose --timeout 600 -j "$jobs" "$@" >"$log" 2>&1; then
        grep -E '\[  (ERROR|FAILED) |\*\*\*|ERROR: |WARNING: ThreadSanitizer|runtime error' "$log" | head -n 60 >&2
        echo "$stage: the whole output is in $log" >&2
    fi
    # shellcheck disable=SC2046 # numbers and names
    add_counts "$stage" $(count_log "$log")
}

stage_gcc() {
    build gcc -DCMAKE_C_COMPILER=gcc && run_tests gcc $work/gcc
}

# The levels come from the library itself: what it says of this machine in pith_build_json. The best one ran in the stage before.
lower_levels() {
    python3 - "$1" <<'EOF'
import ctypes, glob, json, sys
library = ctypes.CDLL(glob.glob(sys.argv[1] + "/**/libpith.so", recursive=True)[0])
text, size = ctypes.create_string_buffer(1 << 16), ctypes.c_uint64()
if library.pith_build_json(text, ctypes.c_uint64(len(text)), ctypes.byref(size)) != 0:
    sys.exit("pith_build_json failed")
print(*json.loads(text.raw[: size.value])["cpu_levels"][:-1])
EOF
}

stage_levels() {
    build gcc -DCMAKE_C_COMPILER=gcc || return
    levels=$(lower_levels $work/gcc) || { add_counts levels 0 1 0 cpu_levels; return; }
    for level in $levels; do
        stage_start=$(date +%s)
        PITH_CPU=$level
        export PITH_CPU
        # Those left out go through the levels themselves, or know none.
        run_tests "level-$level" $work/gcc -E "test_invariants|test_kernels|bench_|cpp_header|package_debs"
        unset PITH_CPU
    done
}

stage_clang() {
    build clang -DCMAKE_C_COMPILER=clang && run_tests clang $work/clang
}

stage_asan() {
    build asan -DCMAKE_C_COMPILER=gcc -DPITH_SANITIZE=address && run_tests asan $work/asan
}

stage_tsan() {
    build tsan -DCMAKE_C_COMPILER=gcc -DPITH_SANITIZE=thread || return
    # The sanitizer's shadow memory does not fit every random address layout.
    setarch -R true 2>/dev/null && wrapper="setarch -R"
    run_tests tsan $work/tsan -R "$THREADED"
    wrapper=
}

stage_mingw() {
    build gcc -DCMAKE_C_COMPILER=gcc || return
    if python3 tests/compile_for_windows.py $work/gcc/compile_commands.json; then
        add_counts mingw 1 0 0
    else
        add_counts mingw 0 1 0 compile
    fi
}

# What a machine may well lack, so it is asked for here; in a subshell, as a failure ends only this stage.
have_arm() (
    need command aarch64-linux-gnu-gcc gcc-aarch64-linux-gnu libc6-dev-arm64-cross
    need command qemu-aarch64-static qemu-user-static
    install_missing && ./cmake/sysroot.sh $work/arm-sysroot
)

stage_arm() {
    if ! have_arm; then
        echo "arm: skipped, as something it needs cannot be had" >&2
        add_counts arm 0 0 1
        return
    fi
    build gcc -DCMAKE_C_COMPILER=gcc || return
    build arm -DCMAKE_TOOLCHAIN_FILE=cmake/toolchains/aarch64.cmake -DPITH_SYSROOT="$PWD/$work/arm-sysroot/root" \
        -DPITH_NATIVE="$PWD/$work/gcc" || return
    run_tests arm $work/arm -R '^(test_kernels|test_math|test_quant|test_golden|arm_.*)$'
}

stage_java() {
    build gcc -DCMAKE_C_COMPILER=gcc || return
    # shellcheck disable=SC2046 # numbers and names
    add_counts java $(PITH_JOBS=$jobs ./bindings/java/test.sh $work/gcc/bin/pith $work/java)
}

stage_python() {
    build gcc -DCMAKE_C_COMPILER=gcc || return
    # shellcheck disable=SC2046 # numbers and names
    add_counts python $(PITH_JOBS=$jobs ./bindings/python/test.sh $work/gcc/bin/pith $work/python)
}

need_build
need command python3 python3
need command g++ g++
need command clang clang
need module cmocka libcmocka-dev
need command abidiff abigail-tools
need command x86_64-w64-mingw32-gcc gcc-mingw-w64-x86-64
install_missing
(need header doctest/doctest.h doctest-dev && install_missing) ||
    echo "doctest cannot be had: the tests of pith.hpp are skipped"

launcher=
wrapper=
! command -v ccache >/dev/null 2>&1 || launcher=-DCMAKE_C_COMPILER_LAUNCHER=ccache
if [ -z "${PITH_TEST_DATA:-}" ] && [ -d ../shared/data ]; then
    PITH_TEST_DATA=$(cd ../shared/data && pwd)
fi
if [ -n "${PITH_TEST_DATA:-}" ]; then
    export PITH_TEST_DATA
else
    echo "No PITH_TEST_DATA: tests of tokenizers and models that need downloaded files are skipped"
fi

# shellcheck disable=SC2086 # a list of names
[ $# -gt 0 ] || set -- $ALL_STAGES
for stage in "$@"; do
    case " $ALL_STAGES " in *" $stage "*) ;; *) fail "no stage '$stage'; there are: $ALL_STAGES" ;; esac
done
mkdir -p $work
for stage in "$@"; do
    stage_start=$(date +%s)
    "stage_$stage" || true
done
[ -z "$failures" ] || echo "failed:$failures"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
