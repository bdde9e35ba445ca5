#!/bin/sh
# Makes the Debian packages libpith0, libpith-dev and pith, in one go: builds a release with Debian's folders, packs it, and
# has lintian look at it where that is installed.
#
#     ./cmake/debs.sh [FOLDER] [CMAKE-OPTION...]     builds in FOLDER (build-debs) and leaves the packages there
set -eu
cd "$(dirname "$0")/.."
. ./cmake/packages.sh
folder=${1:-build-debs}
[ $# = 0 ] || shift

need_build
need command dpkg-shlibdeps dpkg-dev
install_missing
cmake -S . -B "$folder" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX=/usr -DPITH_TESTS=OFF \
    -DPITH_EXAMPLES=ON "$@"
cmake --build "$folder"
rm -f "$folder"/*.deb
(cd "$folder" && cpack -G DEB)
! command -v lintian >/dev/null 2>&1 || lintian --allow-root --fail-on error "$folder"/*.deb
