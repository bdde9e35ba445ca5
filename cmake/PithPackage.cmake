# Debian packages of the three components (PithInstall.cmake): `cpack -G DEB` in a build folder makes libpith0, libpith-dev
# and pith. For packages as a distribution wants them, with Debian's folders, there is one command: cmake/debs.sh.
if(NOT UNIX OR APPLE OR CMAKE_CROSSCOMPILING)
  return()
endif()

set(PITH_MAINTAINER "the pith authors <pith@pith.invalid>" CACHE STRING "Who makes the Debian packages: name and address")
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME pith)
set(CPACK_PACKAGE_CONTACT "${PITH_MAINTAINER}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ
                                                WORLD_EXECUTE)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_COMPONENTS_ALL development)
if(PITH_SHARED)
  list(APPEND CPACK_COMPONENTS_ALL runtime)
  set(CPACK_COMPONENT_DEVELOPMENT_DEPENDS runtime)
endif()
if(PITH_EXAMPLES)
  list(APPEND CPACK_COMPONENTS_ALL tools)
endif()

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_ENABLE_COMPONENT_DEPENDS ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME libpith0)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SECTION libs)
file(WRITE ${PROJECT_BINARY_DIR}/debian/shlibs "libpith 0 libpith0 (>= ${PROJECT_VERSION})\n")
file(WRITE ${PROJECT_BINARY_DIR}/debian/triggers "activate-noawait ldconfig\n")
set(CPACK_DEBIAN_RUNTIME_PACKAGE_CONTROL_EXTRA ${PROJECT_BINARY_DIR}/debian/shlibs ${PROJECT_BINARY_DIR}/debian/triggers)
set(CPACK_COMPONENT_RUNTIME_DESCRIPTION "Transformer language models inside other programs
A small C library that generates, embeds and tokenizes text on the CPU, from
quantized weights. It reads GGUF files as they are.")

# The static library needs what these bring; a program that links the shared one needs none of them.
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libpith-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "libcjson-dev, libzstd-dev")
if(PITH_OPENBLAS)
  string(APPEND CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS ", libopenblas-dev")
endif()
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "Transformer language models inside other programs (development)
Headers for C and C++, the static library, and what pkg-config and CMake need
to build with the library.")

set(CPACK_DEBIAN_TOOLS_PACKAGE_NAME pith)
set(CPACK_DEBIAN_TOOLS_PACKAGE_SECTION utils)
set(CPACK_COMPONENT_TOOLS_DESCRIPTION "Transformer language models on the command line
Generates, embeds and tokenizes text, and tells what a model file holds.")

# Each package's copyright and changelog, which belong to a Debian package and not to an installation by hand.
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/cmake/debian_docs.cmake)
set(CPACK_PITH_PACKAGES runtime libpith0 development libpith-dev tools pith)
set(CPACK_PITH_SOURCE ${PROJECT_SOURCE_DIR})
include(CPack)
