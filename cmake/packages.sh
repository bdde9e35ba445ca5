# shellcheck shell=sh
# Finds what a build lacks and installs it with apt. To be sourced by a POSIX shell script.
#
#     need command ninja ninja-build     notes the packages unless there is such a command
#     need module libzstd libzstd-dev    ... unless pkg-config knows such a module
#     need header string.h libc6-dev     ... unless the C compiler finds such a header
#     need_build                         notes all that the library itself is built with
#     install_missing                    installs what was noted; says nothing when that is nothing
#
# Invariant: what is already there, from whatever source, is left alone, and nothing is installed without a line that says so.

missing_packages=

fail() {
    echo "error: $*" >&2
    exit 1
}

have() {
    case $1 in
    command) command -v "$2" ;;
    module) pkg-config --exists "$2" ;;
    header) echo "#include <$2>" | cc -E - ;;
    esac >/dev/null 2>&1
}

need() {
    have "$1" "$2" && return
    shift 2
    missing_packages="$missing_packages $*"
}

need_build() {
    need command cc gcc
    need header stdlib.h libc6-dev
    need command cmake cmake
    need command ninja ninja-build
    need command pkg-config pkg-config
    need module libcjson libcjson-dev
    need module libzstd libzstd-dev
    need module openblas libopenblas-dev
}

# Runs apt-get as root; its words go to the log and are shown only when it fails.
apt() {
    log=${TMPDIR:-/tmp}/pith-packages.$$.log
    if [ "$(id -u)" = 0 ]; then
        as_root=
    elif command -v sudo >/dev/null 2>&1; then
        as_root=sudo
    else
        fail "installing needs root: run 'apt-get install$missing_packages' as root, then start again"
    fi
    if ! $as_root env DEBIAN_FRONTEND=noninteractive apt-get "$@" >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        return 1
    fi
    rm -f "$log"
}

install_missing() {
    [ -n "$missing_packages" ] || return 0
    command -v apt-get >/dev/null 2>&1 ||
        fail "missing, by Debian's names:$missing_packages (there is no apt-get here: please install them, then start again)"
    echo "Installing$missing_packages"
    apt update || echo "warning: 'apt-get update' failed, trying with the package lists at hand" >&2
    # shellcheck disable=SC2086 # a list of packages
    apt install -y --no-install-recommends $missing_packages ||
        fail "apt-get could not install$missing_packages; its last words are above"
    missing_packages=
}
