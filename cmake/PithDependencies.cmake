# What the library links, as the target pith_dependencies: threads, libm (its integer-valued and sqrt functions only), OpenBLAS, cJSON,
# zstd. Each is PkgConfig::NAME here.
find_package(Threads REQUIRED)
add_library(pith_dependencies INTERFACE)

# For Windows only objects and the static library are made; cJSON and zstd are known by their headers, taken from this machine into a
# folder of their own, since the system's include folder would bring its C library along.
function(pith_headers_only name)
  set(folder ${CMAKE_BINARY_DIR}/cross-include)
  foreach(header ${ARGN})
    configure_file(/usr/include/${header} ${folder}/${header} COPYONLY)
    get_filename_component(under ${folder}/${header} DIRECTORY)
  endforeach()
  add_library(pith_${name}_headers INTERFACE)
  target_include_directories(pith_${name}_headers INTERFACE ${under})
  add_library(PkgConfig::${name} ALIAS pith_${name}_headers)
endfunction()

if(WIN32 AND CMAKE_CROSSCOMPILING)
  pith_headers_only(CJSON cjson/cJSON.h)
  pith_headers_only(ZSTD zstd.h)
else()
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(CJSON REQUIRED IMPORTED_TARGET libcjson)
  pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
endif()
target_link_libraries(pith_dependencies INTERFACE Threads::Threads PkgConfig::CJSON PkgConfig::ZSTD)

if(PITH_OPENBLAS)
  pkg_check_modules(OPENBLAS REQUIRED IMPORTED_TARGET openblas)
  target_link_libraries(pith_dependencies INTERFACE PkgConfig::OPENBLAS)
  target_compile_definitions(pith_flags INTERFACE PITH_OPENBLAS=1)
else()
  target_compile_definitions(pith_flags INTERFACE PITH_OPENBLAS=0)
endif()
if(UNIX)
  target_link_libraries(pith_dependencies INTERFACE m)
endif()
