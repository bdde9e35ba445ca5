# What the objects become:
#   pith           libpith.so, which shows the symbols of api/exports.txt and no others
#   pith_static    libpith.a, one object with all other symbols made local, so that nothing can clash with the host's
#   pith_internal  everything with its internal symbols, for tests and benchmarks; not installed
set(PITH_EXPORTS ${CMAKE_CURRENT_SOURCE_DIR}/api/exports.txt CACHE INTERNAL "")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PITH_EXPORTS})

# What users of the static library link besides: this build's targets here, those of pith-config.cmake from an installed package.
set(PITH_STATIC_NEEDS Threads::Threads PkgConfig::PITH_CJSON PkgConfig::PITH_ZSTD)
if(PITH_OPENBLAS)
  list(APPEND PITH_STATIC_NEEDS PkgConfig::PITH_OPENBLAS)
endif()
if(UNIX)
  list(APPEND PITH_STATIC_NEEDS m)
endif()

function(pith_public_target target name)
  set_target_properties(${target} PROPERTIES OUTPUT_NAME pith EXPORT_NAME ${name})
  target_include_directories(${target} INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
                                                 $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
endfunction()

add_library(pith_internal STATIC EXCLUDE_FROM_ALL ${PITH_OBJECTS})
target_link_libraries(pith_internal PUBLIC pith_flags pith_dependencies)

if(PITH_SHARED)
  file(STRINGS ${PITH_EXPORTS} names)
  list(JOIN names ";\n    " names)
  file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/pith.map "PITH_0 {\n  global:\n    ${names};\n  local:\n    *;\n};\n")
  add_library(pith SHARED ${PITH_OBJECTS})
  pith_public_target(pith pith)
  set_target_properties(pith PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION 0
                                        LINK_DEPENDS "${CMAKE_CURRENT_BINARY_DIR}/pith.map;${PITH_EXPORTS}")
  target_link_options(pith PRIVATE LINKER:--version-script=${CMAKE_CURRENT_BINARY_DIR}/pith.map LINKER:-z,nodelete
                                   LINKER:-Bsymbolic-functions)
  if(NOT PITH_SANITIZE) # the sanitizers' own symbols stay undefined in a shared library
    target_link_options(pith PRIVATE LINKER:-z,defs)
  endif()
  target_link_libraries(pith PRIVATE pith_flags pith_dependencies)
endif()

# ld -r joins the objects; objcopy keeps only the exported names global.
set(PITH_ONE ${CMAKE_CURRENT_BINARY_DIR}/pith${CMAKE_C_OUTPUT_EXTENSION})
add_custom_command(
  OUTPUT ${PITH_ONE}
  COMMAND ${CMAKE_LINKER} -r -o ${PITH_ONE}.all ${PITH_OBJECTS}
  COMMAND ${CMAKE_OBJCOPY} --keep-global-symbols=${PITH_EXPORTS} ${PITH_ONE}.all ${PITH_ONE}
  COMMAND ${CMAKE_COMMAND} -E rm ${PITH_ONE}.all
  DEPENDS ${PITH_OBJECTS} ${PITH_EXPORTS}
  COMMENT "Joining the objects into one"
  COMMAND_EXPAND_LISTS VERBATIM)
add_library(pith_static STATIC ${PITH_ONE})
pith_public_target(pith_static static)
set_target_properties(pith_static PROPERTIES LINKER_LANGUAGE C)
target_link_libraries(pith_static INTERFACE $<BUILD_INTERFACE:pith_dependencies>
                                            "$<INSTALL_INTERFACE:${PITH_STATIC_NEEDS}>")

include(PithInstall)
