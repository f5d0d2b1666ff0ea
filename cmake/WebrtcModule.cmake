# The WebAssembly module, from wasm/*.cpp (Embind) over the engine's libraries:
#
#   wasm/webrtc.mjs + webrtc.wasm   ES module, instantiated asynchronously
#   wasm/webrtc-sync.mjs            the same with the bytes inside, instantiated synchronously; goes
#                                   into the classic-script build, where top-level await is not allowed

set(module_sources "")
file(GLOB module_sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/wasm/*.cpp")
if(NOT module_sources)
  webrtc_skip(webrtc_wasm "wasm has no sources")
  return()
endif()
foreach(component IN ITEMS base turn peer)
  if(NOT TARGET webrtc_${component})
    webrtc_skip(webrtc_wasm "it needs ${component}, which is not there")
    return()
  endif()
endforeach()
get_property(components GLOBAL PROPERTY webrtc_components)
list(TRANSFORM components PREPEND webrtc_)

# Embind without RTTI: types have no names to print, and need none.
add_library(webrtc_binding OBJECT ${module_sources})
target_link_libraries(webrtc_binding PUBLIC ${components} webrtc_options)
target_compile_options(webrtc_binding PRIVATE -fno-exceptions)
target_compile_definitions(webrtc_binding PRIVATE EMSCRIPTEN_HAS_UNBOUND_TYPE_NAMES=0)

set(module_link_options
  -O3 -flto -lembind --no-entry
  -fno-rtti -fno-exceptions  # at the link, these choose the variants of Embind's and the C++ library
  ${webrtc_wasm_features}
  -sSTRICT
  -sMODULARIZE
  -sEXPORT_ES6
  -sEXPORT_NAME=createWebrtcEngine
  -sDYNAMIC_EXECUTION=0  # pages and extensions with a strict Content-Security-Policy
  -sALLOW_MEMORY_GROWTH
  -sINITIAL_MEMORY=2MB
  -sSTACK_SIZE=256KB     # RSA and P-256 arithmetic keep their tables on the stack
  -sFILESYSTEM=0
  -sSUPPORT_LONGJMP=0
  -sWASM_BIGINT
  -sINCOMING_MODULE_JS_API=locateFile,instantiateWasm,wasmBinary)
if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  list(APPEND module_link_options -O0 -g -sASSERTIONS)
endif()

function(webrtc_module target output)
  add_executable(${target})
  target_link_libraries(${target} PRIVATE webrtc_binding)
  target_link_options(${target} PRIVATE ${module_link_options} ${ARGN})
  set_target_properties(${target} PROPERTIES
    OUTPUT_NAME ${output}
    SUFFIX .mjs
    RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/wasm")
endfunction()

# Node.js is not among the environments on purpose: the glue would import its modules by name, and
# every bundler for pages would stumble over that. With the bytes handed in it runs there as well
# (dist/webrtc.node.mjs does that), and the synchronous one has its bytes inside.
webrtc_module(webrtc_wasm webrtc -sENVIRONMENT=web,worker)
webrtc_module(webrtc_wasm_sync webrtc-sync -sENVIRONMENT=web,worker -sSINGLE_FILE
              -sWASM_ASYNC_COMPILATION=0)
