# Cross-compiles for 64-bit Arm Linux with Debian's gcc-aarch64-linux-gnu, and lets ctest run what is built under qemu-user-static:
#     cmake/sysroot.sh FOLDER
#     cmake -S . -B build-arm -DCMAKE_TOOLCHAIN_FILE=cmake/toolchains/aarch64.cmake -DPITH_SYSROOT=FOLDER/root
# QEMU_CPU=neoverse-n1 ctest ... chooses the processor (by default one that has everything).
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)

set(PITH_SYSROOT "" CACHE PATH "Where cJSON, zstd and cmocka for arm64 are")
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES PITH_SYSROOT)
set(CMAKE_FIND_ROOT_PATH /usr/aarch64-linux-gnu ${PITH_SYSROOT})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
set(ENV{PKG_CONFIG_LIBDIR} ${PITH_SYSROOT}/usr/lib/aarch64-linux-gnu/pkgconfig)
set(ENV{PKG_CONFIG_SYSROOT_DIR} ${PITH_SYSROOT})

find_program(PITH_QEMU NAMES qemu-aarch64-static qemu-aarch64)
if(PITH_QEMU)
  set(CMAKE_CROSSCOMPILING_EMULATOR ${PITH_QEMU} -L /usr/aarch64-linux-gnu)
endif()

set(PITH_OPENBLAS OFF CACHE BOOL "")
