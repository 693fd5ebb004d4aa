# GNC_PORTABLE: programs that run on another machine with glibc, a driver and the CUDA libraries. Libraries are linked
# statically where there is an archive. Debian has none of Highway: its libhwy.so.1 then lies beside the programs
# (itself it needs the libstdc++.so.6 of that machine, which PyTorch needs too).
option(GNC_PORTABLE "Link all but glibc and the CUDA libraries statically" OFF)
set(GNC_FMT fmt::fmt)
if(NOT GNC_PORTABLE)
  return()
endif()

set(GNC_FMT fmt::fmt-header-only)
set(GNC_PORTABLE_DIR ${CMAKE_BINARY_DIR}/bin)
# RUNPATH rather than RPATH: LD_LIBRARY_PATH comes first.
add_link_options(-static-libstdc++ -static-libgcc -s -Wl,--enable-new-dtags)
set(CMAKE_BUILD_WITH_INSTALL_RPATH ON)
set(CMAKE_INSTALL_RPATH "$ORIGIN" /usr/local/cuda/lib64 /usr/local/cuda/targets/x86_64-linux/lib)
find_library(SQLite3_LIBRARY NAMES libsqlite3.a)

# gnc_portable(<targets>...): `portable` makes the folder to carry, with these programs and what they read.
function(gnc_portable)
  set_target_properties(${ARGN} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${GNC_PORTABLE_DIR})
  add_custom_target(portable
    COMMAND ${CMAKE_COMMAND} -E copy_directory ${CMAKE_SOURCE_DIR}/tests/reference ${GNC_PORTABLE_DIR}/reference)
  add_dependencies(portable ${ARGN})
  get_target_property(kind hwy::hwy TYPE)
  if(kind STREQUAL "SHARED_LIBRARY")
    add_custom_command(TARGET portable POST_BUILD
      COMMAND ${CMAKE_COMMAND} -E copy $<TARGET_FILE:hwy::hwy> ${GNC_PORTABLE_DIR}/$<TARGET_SONAME_FILE_NAME:hwy::hwy>)
  endif()
endfunction()
