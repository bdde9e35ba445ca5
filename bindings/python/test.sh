#!/bin/sh
# Builds and tests the Python binding: the wheel, pytest in a virtual environment that has it, types, the cost of a
# streamed token, the sdist, and a fresh environment that runs the README's ten lines.
#
#     bindings/python/test.sh PITH BUILD     the pith command of a build of this source; a folder to build in
#
# PYTHON names another interpreter than python3. Without the packages that the tests need it all is skipped; without Ray,
# NumPy, mypy or auditwheel what needs them. Prints one line, "passed failed skipped" and the names of what failed, as
# tests/run.sh counts; the rest goes to BUILD.log and, of failures, to standard error.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
command=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
mkdir -p "$2"
build=$(cd "$2" && pwd)
log=$build.log
model=$here/../../examples/models/tales-q8_0.gguf
python=${PYTHON:-python3}
venv=$build/venv
cd "$here/../.."
. ./cmake/packages.sh

have_python() (
    need command cc gcc
    need command cmake cmake
    need command ninja ninja-build
    need command dpkg-source dpkg-dev
    "$python" -c 'import ensurepip, venv' 2>/dev/null || missing_packages="$missing_packages python3-venv"
    install_missing
)

skip() {
    echo "python: skipped, as $1 cannot be had" >&2
    echo 0 0 1
    exit 0
}

pip() {
    "$venv/bin/python" -m pip --disable-pip-version-check -q "$@" >>"$log" 2>&1
}

# The one command that makes a wheel, with what it builds kept for the next time.
wheel() {
    rm -rf "$build/dist"
    PITH_BUILD_DIR=$build/native pip wheel --no-deps -w "$build/dist" "$here"
}

wheel_file() {
    echo "$build"/dist/pith-*.whl
}

tests() {
    PITH_WHEEL=$(wheel_file) PITH_COMMAND=$command "$venv/bin/python" -m pytest -p no:cacheprovider -q "$here/tests" \
        >"$build/pytest.log" 2>&1 || good=
    cat "$build/pytest.log" >>"$log"
    # The last line: "1 failed, 100 passed, 2 skipped in 9.87s".
    for word in passed failed error skipped; do
        count=$(tail -n 1 "$build/pytest.log" | sed -n "s/.*[^0-9]\{0,1\}\b\([0-9][0-9]*\) ${word}s\{0,1\}\b.*/\1/p")
        eval "$word=\${count:-0}"
    done
    failed=$((failed + error))
    [ -n "$good" ] || [ "$failed" -gt 0 ] || failed=1
    if [ -z "$good" ]; then
        grep -E '^(FAILED|ERROR|E  )' "$build/pytest.log" | head -n 40 >&2
        echo "python: the whole output is in $log" >&2
        names=$(sed -n 's/^\(FAILED\|ERROR\) [^:]*::\([A-Za-z0-9_]*\).*/ \2/p' "$build/pytest.log" |
            sort -u | tr -d '\n')
    fi
}

types() {
    "$venv/bin/python" -m mypy --config-file "$here/pyproject.toml" --cache-dir "$build/mypy" "$here/src/pith" \
        >>"$log" 2>&1
}

stream_overhead() {
    "$venv/bin/python" "$here/bench/stream_overhead.py" "$model" "$build/stream_overhead" "$@" >>"$log" 2>&1
}

# Also that it can fail: of no nanosecond allowed it has to complain.
overhead() {
    library=$build/native/native/lib
    cc -O2 -I include bindings/bench/stream_overhead.c -o "$build/stream_overhead" "$library/libpith.so" \
        "-Wl,-rpath,$library" >>"$log" 2>&1 && stream_overhead 7 && ! stream_overhead 1 0
}

# The sdist alone is enough to install from.
sdist() {
    rm -rf "$build/sdist" "$build/from-sdist"
    pip install build &&
        PITH_BUILD_DIR=$build/native "$venv/bin/python" -m build --sdist --outdir "$build/sdist" "$here" >>"$log" 2>&1 &&
        pip install --no-deps --target "$build/from-sdist" "$build"/sdist/pith-*.tar.gz &&
        (cd "$build" && PYTHONPATH=$build/from-sdist "$venv/bin/python" -c 'import pith, sys
sys.exit(not (pith.__file__.startswith(sys.argv[1]) and pith.Model.open(sys.argv[2]).generate("Once", max_tokens=3).ids))' \
            "$build/from-sdist" "$model")
}

# An environment as its user would make it, without NumPy, with the program of README.md's first Python fence.
fresh_environment() {
    folder=$build/fresh
    rm -rf "$folder"
    "$python" -m venv "$folder" >>"$log" 2>&1 || return 1
    "$folder/bin/pip" -q install --no-index "$(wheel_file)" >>"$log" 2>&1 || return 1
    awk '/^```python$/ { on = 1; next } /^```$/ { if (on) exit } on' "$here/README.md" >"$folder/first.py"
    (cd "$folder" && PATH=/nowhere "$folder/bin/python" first.py "$model") >"$folder/told" 2>>"$log" || return 1
    "$command" run "$model" --prompt "Once upon a time" >"$folder/wanted"
    [ -s "$folder/told" ] && [ "$(cat "$folder/told")" = "$(cat "$folder/wanted")" ] # the command ends with a newline of its own
}

# Runs one step and counts it.
step() {
    if "$1"; then
        passed=$((passed + 1))
    else
        echo "python: $1 failed; the whole output is in $log" >&2
        failed=$((failed + 1)) names="$names $1"
    fi
}

: >"$log"
have_python >&2 || skip "Python, a compiler or CMake"
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv" >>"$log" 2>&1 || skip "a virtual environment"
pip install pytest || skip "pytest"
passed=0 failed=0 skipped=0 names= good=yes
if ! wheel; then
    grep -q -E 'Could not find a version|No matching distribution|Connection' "$log" && skip "what builds the wheel"
    tail -n 30 "$log" >&2
    echo "python: the whole output is in $log" >&2
    echo "0 1 0 wheel"
    exit 0
fi
for extra in numpy mypy auditwheel 'ray[data]'; do
    pip install "$extra" || echo "python: $extra cannot be had: what needs it is skipped" >&2
done
pip install --no-index --no-deps --force-reinstall "$(wheel_file)" && tests || { failed=1 names=" install"; }
if "$venv/bin/python" -c 'import mypy, ray' 2>/dev/null; then step types; else skipped=$((skipped + 1)); fi
step overhead
step sdist
step fresh_environment
echo "$passed $failed $skipped$names"
