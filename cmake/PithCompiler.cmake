# Flags every target of the project shares, as the interface target pith_flags.
add_library(pith_flags INTERFACE)
target_compile_options(pith_flags INTERFACE
  -Wall -Wextra -Wpedantic -Werror -Wshadow -Wpointer-arith -Wcast-qual -Wundef -Wvla -Wformat=2
  -Wno-overlength-strings $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes;-Wmissing-prototypes>
  -ffp-contract=off -fno-math-errno -fno-trapping-math -fno-strict-aliasing)
target_include_directories(pith_flags INTERFACE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/lib)
target_compile_definitions(pith_flags INTERFACE _GNU_SOURCE PITH_VERSION_TEXT="${PROJECT_VERSION}")

if(PITH_SANITIZE STREQUAL "address")
  target_compile_options(pith_flags INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(pith_flags INTERFACE -fsanitize=address,undefined)
elseif(PITH_SANITIZE STREQUAL "thread")
  target_compile_options(pith_flags INTERFACE -fsanitize=thread -fno-omit-frame-pointer)
  target_link_options(pith_flags INTERFACE -fsanitize=thread)
elseif(PITH_SANITIZE)
  message(FATAL_ERROR "PITH_SANITIZE is '${PITH_SANITIZE}': use address, thread or leave it empty")
endif()
