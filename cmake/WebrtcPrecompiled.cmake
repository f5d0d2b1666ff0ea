# webrtc_precompile(<target> engine|tests)
#
# Parses the standard headers that nearly every file includes, and GoogleTest for tests, once for all
# targets: they are two thirds of what compiling an engine's file takes natively, and a third under
# Emscripten.
#
# Off with a compiler launcher, for ccache keys an object by the precompiled header's bytes; and off for
# fuzzing. Those builds also see that every file includes what it uses.

if(WEBRTC_FUZZ OR CMAKE_CXX_COMPILER_LAUNCHER)
  set(webrtc_precompile_default OFF)
else()
  set(webrtc_precompile_default ON)
endif()
option(WEBRTC_PRECOMPILE "Precompile the headers that most files include" ${webrtc_precompile_default})

set(webrtc_precompiled_engine
  <algorithm> <array> <compare> <cstddef> <cstdint> <deque> <functional> <map> <memory> <optional> <set>
  <span> <string> <string_view> <unordered_map> <utility> <variant> <vector>)
set(webrtc_precompiled_tests ${webrtc_precompiled_engine} <gmock/gmock.h> <gtest/gtest.h>)

# The header is compiled with the flags of this library, which must be those of its users.
function(webrtc_precompiled_library kind)
  set(source "${CMAKE_BINARY_DIR}/precompiled_${kind}.cpp")
  file(CONFIGURE OUTPUT "${source}" CONTENT "// Only for the precompiled header.\n")
  add_library(webrtc_precompiled_${kind} OBJECT "${source}")
  target_link_libraries(webrtc_precompiled_${kind} PRIVATE webrtc_options ${ARGN})
  target_precompile_headers(webrtc_precompiled_${kind} PRIVATE ${webrtc_precompiled_${kind}})
endfunction()

function(webrtc_precompile target kind)
  if(NOT WEBRTC_PRECOMPILE)
    return()
  endif()
  if(NOT TARGET webrtc_precompiled_${kind})
    if(kind STREQUAL "tests")
      webrtc_precompiled_library(tests GTest::gmock GTest::gtest GTest::gtest_main)
      webrtc_quick_to_compile(webrtc_precompiled_tests)
    else()
      webrtc_precompiled_library(engine)
      target_compile_options(webrtc_precompiled_engine PRIVATE -fno-exceptions)
    endif()
  endif()
  target_precompile_headers(${target} REUSE_FROM webrtc_precompiled_${kind})
endfunction()
