# The WebAssembly modules, from wasm/*.cpp (Embind) over the engine's libraries:
#
#   wasm/webrtc.mjs + webrtc.wasm   ES module, instantiated asynchronously
#   wasm/webrtc-data.mjs + .wasm    the same without audio and video
#   wasm/webrtc-relay.mjs + .wasm   the TURN server, which no page needs

set(module_sources "")
file(GLOB module_sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/wasm/*.cpp")
set(relay_sources "${CMAKE_SOURCE_DIR}/wasm/turn_server.cpp")
set(shared_sources "${CMAKE_SOURCE_DIR}/wasm/convert.cpp" "${CMAKE_SOURCE_DIR}/wasm/events.cpp"
                   "${CMAKE_SOURCE_DIR}/wasm/random.cpp")
# What refers to audio and video.
set(media_sources "${CMAKE_SOURCE_DIR}/wasm/module_full.cpp" "${CMAKE_SOURCE_DIR}/wasm/media_events.cpp"
                  "${CMAKE_SOURCE_DIR}/wasm/peer_connection_media.cpp"
                  "${CMAKE_SOURCE_DIR}/wasm/peer_connection_rtp.cpp"
                  "${CMAKE_SOURCE_DIR}/wasm/rtp_values.cpp")
set(data_sources "${CMAKE_SOURCE_DIR}/wasm/module_data.cpp")
list(REMOVE_ITEM module_sources ${relay_sources} ${shared_sources} ${media_sources} ${data_sources})
if(NOT module_sources)
  webrtc_skip(webrtc_wasm "wasm has no sources")
  return()
endif()
foreach(component IN ITEMS base turn peer call)
  if(NOT TARGET webrtc_${component})
    webrtc_skip(webrtc_wasm "it needs ${component}, which is not there")
    return()
  endif()
endforeach()
get_property(components GLOBAL PROPERTY webrtc_components)
list(TRANSFORM components PREPEND webrtc_)

# What every packet passes through by the byte. Everything else runs once a packet at most, and is
# compiled for size.
set(hot_components base sctp dtls)
set(hot_objects "")
foreach(component IN LISTS hot_components)
  target_compile_options(webrtc_${component} PRIVATE -O2)
  # That header was compiled for size.
  set_target_properties(webrtc_${component} PROPERTIES DISABLE_PRECOMPILE_HEADERS ON)
endforeach()
# What in these runs once a connection or less; its objects come after the hot ones, see webrtc_module().
set(cold_in_hot_components
  dtls/certificate dtls/certificate_der dtls/certificate_pool dtls/ecdsa_with_pair dtls/fingerprint
  sctp/association_handshake sctp/association_shutdown sctp/chunk_init sctp/path_mtu
  sctp/state_cookie sctp/stream_reset)
foreach(file IN LISTS cold_in_hot_components)
  set_source_files_properties("${CMAKE_SOURCE_DIR}/cpp/${file}.cpp" PROPERTIES COMPILE_OPTIONS -Oz)
endforeach()
list(JOIN cold_in_hot_components "|" cold_objects)
foreach(component IN LISTS hot_components)
  list(APPEND hot_objects
       "$<FILTER:$<TARGET_OBJECTS:webrtc_${component}>,EXCLUDE,/cpp/(${cold_objects})\\.cpp\\.o$>")
endforeach()
# A description of audio and video is mostly its codecs.
set_source_files_properties("${CMAKE_SOURCE_DIR}/cpp/jsep/codecs.cpp" PROPERTIES
                            COMPILE_OPTIONS -O2 SKIP_PRECOMPILE_HEADERS ON)

# Embind without RTTI: types have no names to print, and need none.
function(webrtc_binding_part target)
  add_library(${target} OBJECT ${ARGN})
  target_link_libraries(${target} PUBLIC ${components} webrtc_options)
  target_compile_options(${target} PRIVATE -fno-exceptions)
  target_compile_definitions(${target} PRIVATE EMSCRIPTEN_HAS_UNBOUND_TYPE_NAMES=0)
endfunction()
webrtc_binding_part(webrtc_binding_shared ${shared_sources})
webrtc_binding_part(webrtc_binding ${module_sources})
webrtc_binding_part(webrtc_binding_media ${media_sources})
webrtc_binding_part(webrtc_binding_data ${data_sources})
webrtc_binding_part(webrtc_binding_relay ${relay_sources})

# What is linked to be tested, not shipped, needs no optimiser: `npm run mutations` does without.
set(WEBRTC_MODULE_OPTIMIZATION -O3 CACHE STRING "Optimization of the WebAssembly modules at the link")

# A function with one caller stays a function, unless it is tiny. V8 compiles with its optimiser what
# has run for so many bytes of code, and takes the whole of a function for each time that it returns:
# with all inlined into it, what handles a datagram was 30 kB, and the optimiser spent more on that and
# the like than twenty handshakes take. See docs/performance.md. The compiler is told the same by
# -finline-hint-functions (cmake/WebrtcCompiler.cmake, tools/setup/deps.mjs).
set(module_link_options
  ${WEBRTC_MODULE_OPTIMIZATION} -flto -lembind --no-entry
  -sEMBIND_AOT  # an invoker for each signature: the general one allocates in every call
  -fno-rtti -fno-exceptions  # at the link, these choose the variants of Embind's and the C++ library
  ${webrtc_wasm_features}
  -sSTRICT
  -sMODULARIZE
  -sEXPORT_ES6
  -sEXPORT_NAME=createWebrtcEngine
  -sDYNAMIC_EXECUTION=0  # pages and extensions with a strict Content-Security-Policy
  -sALLOW_MEMORY_GROWTH
  -sINITIAL_MEMORY=2MB
  -sMAXIMUM_MEMORY=2GB   # beyond that malloc fails, and the module ends; cpp/sctp/config.h counts on it
  -sSTACK_SIZE=256KB     # RSA and P-256 arithmetic keep their tables on the stack
  -sFILESYSTEM=0
  -sSUPPORT_LONGJMP=0
  -sBINARYEN_EXTRA_PASSES=--one-caller-inline-max-function-size=100
  -sWASM_BIGINT
  -sINCOMING_MODULE_JS_API=locateFile,instantiateWasm,wasmBinary)
if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  # The second kind of stack check looks at every change of the stack pointer.
  list(APPEND module_link_options -O0 -g -sASSERTIONS -sSTACK_OVERFLOW_CHECK=2)
endif()

# webrtc_module(<target> <output> BINDING <object library>... OPTIONS <link option>...)
#
# The hot objects stand first on the link line: of a template's copies (vector's, deque's) the linker
# keeps the first that it meets, and that one is to be the fast one.
function(webrtc_module target output)
  cmake_parse_arguments(arg "" "" "BINDING;OPTIONS" ${ARGN})
  add_executable(${target} ${hot_objects})
  target_link_libraries(${target} PRIVATE ${arg_BINDING} webrtc_binding_shared)
  target_link_options(${target} PRIVATE ${module_link_options} ${arg_OPTIONS})
  set_target_properties(${target} PROPERTIES
    OUTPUT_NAME ${output}
    SUFFIX .mjs
    LINKER_LANGUAGE CXX
    RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/wasm")
endfunction()

# Node.js is not among the environments on purpose: the glue would import its modules by name, and
# every bundler for pages would stumble over that. With the bytes handed in it runs there as well
# (js/engine.node.js does that).
webrtc_module(webrtc_wasm webrtc BINDING webrtc_binding webrtc_binding_media
              OPTIONS -sENVIRONMENT=web,worker)
webrtc_module(webrtc_wasm_data webrtc-data BINDING webrtc_binding webrtc_binding_data
              OPTIONS -sENVIRONMENT=web,worker)
webrtc_module(webrtc_wasm_relay webrtc-relay BINDING webrtc_binding_relay
              OPTIONS -sENVIRONMENT=web,worker)

# The first with the functions' names in it and a map of its data, for `npm run sizes`.
webrtc_module(webrtc_wasm_named webrtc BINDING webrtc_binding webrtc_binding_media
              OPTIONS -sENVIRONMENT=web,worker --profiling-funcs
                      "-Wl,--Map=${CMAKE_BINARY_DIR}/sizes/webrtc.map")
set_target_properties(webrtc_wasm_named PROPERTIES
  EXCLUDE_FROM_ALL ON RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/sizes")
file(MAKE_DIRECTORY "${CMAKE_BINARY_DIR}/sizes")

# SRTP alone, for `npm run bench -- srtp`; nothing else builds it.
add_executable(bench_srtp EXCLUDE_FROM_ALL "${CMAKE_SOURCE_DIR}/bench/wasm/srtp.cpp")
target_link_libraries(bench_srtp PRIVATE webrtc_srtp webrtc_options)
target_compile_options(bench_srtp PRIVATE -fno-exceptions)
target_link_options(bench_srtp PRIVATE
  -O3 -flto --no-entry -fno-rtti -fno-exceptions ${webrtc_wasm_features}
  -sSTRICT -sMODULARIZE -sEXPORT_ES6 -sEXPORT_NAME=createBench -sENVIRONMENT=node
  -sALLOW_MEMORY_GROWTH -sFILESYSTEM=0 -sSUPPORT_LONGJMP=0)
set_target_properties(bench_srtp PROPERTIES
  OUTPUT_NAME srtp SUFFIX .mjs RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bench")
