# What the library links, as the target pith_dependencies: threads, libm (its integer-valued and sqrt functions only), OpenBLAS, cJSON,
# zstd. Each is PkgConfig::NAME here.
find_package(Threads REQUIRED)
add_library(pith_dependencies INTERFACE)
set(PITH_CJSON_SOURCE "" CACHE PATH "Folder of cJSON.c and cJSON.h, to be compiled in; empty: the system's cJSON (see cmake/cjson.sh)")

# For Windows only objects and the static library are made; cJSON and zstd are known by their headers, taken from this machine into a
# folder of their own, since the system's include folder would bring its C library along.
function(pith_headers_only name)
  set(folder ${PROJECT_BINARY_DIR}/cross-include)
  foreach(header ${ARGN})
    configure_file(/usr/include/${header} ${folder}/${header} COPYONLY)
    get_filename_component(under ${folder}/${header} DIRECTORY)
  endforeach()
  add_library(pith_${name}_headers INTERFACE)
  target_include_directories(pith_${name}_headers INTERFACE ${under})
  add_library(PkgConfig::${name} ALIAS pith_${name}_headers)
endfunction()

# For libraries that carry all they need: the Java binding, Android. No code uses zstd yet, so it is not asked for there.
function(pith_compiled_in)
  add_library(pith_cjson STATIC ${PITH_CJSON_SOURCE}/cJSON.c)
  target_include_directories(pith_cjson SYSTEM PUBLIC ${PITH_CJSON_SOURCE})
  add_library(PkgConfig::CJSON ALIAS pith_cjson)
  add_library(pith_zstd INTERFACE)
  add_library(PkgConfig::ZSTD ALIAS pith_zstd)
endfunction()

find_package(PkgConfig QUIET) # a library that carries all it needs does without
if(NOT PkgConfig_FOUND AND (PITH_OPENBLAS OR NOT (PITH_CJSON_SOURCE OR (WIN32 AND CMAKE_CROSSCOMPILING))))
  message(FATAL_ERROR "pkg-config is needed to find OpenBLAS, cJSON and zstd (Debian: pkg-config)")
endif()
if(PITH_CJSON_SOURCE)
  pith_compiled_in()
elseif(WIN32 AND CMAKE_CROSSCOMPILING)
  pith_headers_only(CJSON cjson/cJSON.h)
  pith_headers_only(ZSTD zstd.h)
else()
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
