# What `cmake --install` puts where, in three components (`cmake --install BUILD --component NAME` takes one):
#   runtime      libpith.so.0
#   development  headers, libpith.so, libpith.a, pkg-config file, CMake package
#   tools        the pith command (examples/CMakeLists.txt)
include(CMakePackageConfigHelpers)

set(PITH_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/pith)
install(TARGETS pith_static EXPORT pith-static ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)
install(EXPORT pith-static NAMESPACE pith:: DESTINATION ${PITH_PACKAGE_DIR} COMPONENT development)
if(PITH_SHARED)
  install(TARGETS pith EXPORT pith-shared
          LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT runtime NAMELINK_COMPONENT development)
  install(EXPORT pith-shared NAMESPACE pith:: DESTINATION ${PITH_PACKAGE_DIR} COMPONENT development)
endif()
install(FILES ${PROJECT_SOURCE_DIR}/include/pith/pith.h ${PROJECT_SOURCE_DIR}/include/pith/pith.hpp
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/pith COMPONENT development)

# find_package(pith) looks for these modules to offer pith::static.
set(PITH_MODULES PITH_CJSON libcjson PITH_ZSTD libzstd)
if(PITH_OPENBLAS)
  list(APPEND PITH_MODULES PITH_OPENBLAS openblas)
endif()
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/pith-config.cmake.in ${PROJECT_BINARY_DIR}/pith-config.cmake
                              INSTALL_DESTINATION ${PITH_PACKAGE_DIR})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/pith-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/pith-config.cmake ${PROJECT_BINARY_DIR}/pith-config-version.cmake
        DESTINATION ${PITH_PACKAGE_DIR} COMPONENT development)

# The pkg-config file finds its prefix from where it lies, so that an installed tree can be moved.
file(RELATIVE_PATH PITH_PC_PREFIX ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
file(RELATIVE_PATH PITH_PC_LIBDIR ${CMAKE_INSTALL_PREFIX} ${CMAKE_INSTALL_FULL_LIBDIR})
file(RELATIVE_PATH PITH_PC_INCLUDEDIR ${CMAKE_INSTALL_PREFIX} ${CMAKE_INSTALL_FULL_INCLUDEDIR})
# What the static library needs is named as such and not as Requires.private, which would ask for the static forms of it too (and with
# OpenBLAS's for a Fortran library).
list(JOIN CJSON_LDFLAGS " " cjson)
list(JOIN ZSTD_LDFLAGS " " zstd)
list(JOIN OPENBLAS_LDFLAGS " " openblas)
set(PITH_LIBS_PRIVATE "${cjson} ${zstd} ${openblas} ${CMAKE_THREAD_LIBS_INIT}")
if(UNIX)
  string(APPEND PITH_LIBS_PRIVATE " -lm")
endif()
if(NOT PITH_SHARED) # then every program links the static library
  set(PITH_LIBS ${PITH_LIBS_PRIVATE})
endif()
configure_file(${PROJECT_SOURCE_DIR}/pkgconfig/pith.pc.in ${PROJECT_BINARY_DIR}/pith.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/pith.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)
