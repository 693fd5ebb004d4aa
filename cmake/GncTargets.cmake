# One static library per source folder, so that a folder's dependencies are what its target links.

function(gnc_compile_options target)
  # Contraction is left to explicit fused multiply-adds: results then agree bit for bit between SIMD targets.
  target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wshadow -ffp-contract=off>)
  if(GNC_WERROR)
    target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-Werror>)
  endif()
  if(GNC_SANITIZE)
    target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-fsanitize=${GNC_SANITIZE} -fno-sanitize-recover=all
                                             -fno-omit-frame-pointer>)
    target_link_options(${target} PRIVATE -fsanitize=${GNC_SANITIZE})
  endif()
endfunction()

# gnc_library(<target> <folder> <dependencies>...): every .cpp in the folder and below; header-only folders become
# interfaces.
function(gnc_library target folder)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.cpp)
  if(sources)
    add_library(${target} STATIC ${sources})
    target_include_directories(${target} PUBLIC ${CMAKE_SOURCE_DIR})
    target_link_libraries(${target} PUBLIC ${ARGN})
    gnc_compile_options(${target})
  else()
    add_library(${target} INTERFACE)
    target_include_directories(${target} INTERFACE ${CMAKE_SOURCE_DIR})
    target_link_libraries(${target} INTERFACE ${ARGN})
  endif()
endfunction()

# gnc_cuda_library(<target> <folder> <dependencies>...): every .cu of the folder.
function(gnc_cuda_library target folder)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.cu)
  add_library(${target} STATIC ${sources})
  target_include_directories(${target} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(${target} PUBLIC ${ARGN} CUDA::cudart ${CMAKE_DL_LIBS})
  # As on the host: contraction is left to explicit fused multiply-adds.
  target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CUDA>:--fmad=false -Xcompiler=-Wall,-Wextra,-Wno-unknown-pragmas>)
endfunction()
