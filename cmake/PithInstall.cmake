# What `cmake --install` puts where: header, libraries, pkg-config file, CMake package, the pith command.
include(CMakePackageConfigHelpers)

set(PITH_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/pith)
set(PITH_TARGETS pith_static)
if(PITH_SHARED)
  list(APPEND PITH_TARGETS pith)
endif()
install(TARGETS ${PITH_TARGETS} EXPORT pith-targets
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(FILES ${CMAKE_SOURCE_DIR}/include/pith/pith.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/pith)

install(EXPORT pith-targets NAMESPACE pith:: DESTINATION ${PITH_PACKAGE_DIR})
configure_package_config_file(${CMAKE_SOURCE_DIR}/cmake/pith-config.cmake.in ${CMAKE_BINARY_DIR}/pith-config.cmake
                              INSTALL_DESTINATION ${PITH_PACKAGE_DIR})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/pith-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/pith-config.cmake ${CMAKE_BINARY_DIR}/pith-config-version.cmake
        DESTINATION ${PITH_PACKAGE_DIR})

# The pkg-config file finds its prefix from where it lies, so that an installed tree can be moved.
file(RELATIVE_PATH PITH_PC_PREFIX ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
file(RELATIVE_PATH PITH_PC_LIBDIR ${CMAKE_INSTALL_PREFIX} ${CMAKE_INSTALL_FULL_LIBDIR})
file(RELATIVE_PATH PITH_PC_INCLUDEDIR ${CMAKE_INSTALL_PREFIX} ${CMAKE_INSTALL_FULL_INCLUDEDIR})
# pkg-config resolves the static library's needs by their own modules.
set(PITH_REQUIRES_PRIVATE "libcjson, libzstd")
if(PITH_OPENBLAS)
  string(APPEND PITH_REQUIRES_PRIVATE ", openblas")
endif()
set(PITH_LIBS_PRIVATE "${CMAKE_THREAD_LIBS_INIT}")
if(UNIX)
  string(APPEND PITH_LIBS_PRIVATE " -lm")
endif()
configure_file(${CMAKE_SOURCE_DIR}/pkgconfig/pith.pc.in ${CMAKE_BINARY_DIR}/pith.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/pith.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
