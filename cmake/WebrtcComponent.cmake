# webrtc_component(<name> [DEPS <component>...] [LIBS mbedtls srtp])
#
# cpp/<name>/*.cpp            -> static library webrtc_<name>
# tests/cpp/<name>/*.cpp      -> test_<name>, one GoogleTest executable, which CTest runs in shards
# tests/fuzz/<name>_*_fuzz.cpp -> fuzz_<name>_<what>: a libFuzzer binary with WEBRTC_FUZZ, else a
#                                 replay binary that CTest runs over the corpus and seeded mutations

set(WEBRTC_FUZZ_RUNS 4000 CACHE STRING "Generated inputs per fuzz target in a CTest run")

# Each of their inputs is a whole session.
set(webrtc_fuzz_slow call_peers datachannel_pair dtls_pair jsep_session media_pair)

set(webrtc_have_gtest FALSE)
if(WEBRTC_TESTS AND NOT EMSCRIPTEN AND NOT WEBRTC_FUZZ)
  find_package(GTest REQUIRED)
  set(webrtc_have_gtest TRUE)
endif()

# A process for each test would cost more than most tests do: an instrumented one takes a fifth of a
# second to start.
set(webrtc_test_shards 4)

# webrtc_quick_to_compile(<target>)
#
# Instrumented tests are not optimised, unlike the engine that they call: so they compile in a third of
# the time, and compiling is most of what a run of the native tests does. What headers define inline is
# compiled for both; the linker keeps the first that it finds, which has to be the engine's.
function(webrtc_quick_to_compile target)
  if(NOT WEBRTC_SANITIZE)
    return()
  endif()
  target_compile_options(${target} PRIVATE -O0)
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "EXECUTABLE" AND CMAKE_SYSTEM_NAME STREQUAL "Linux")
    # When all that it links has been said.
    cmake_language(EVAL CODE "cmake_language(DEFER CALL webrtc_link_optimised_first ${target})")
  endif()
endfunction()

function(webrtc_link_optimised_first target)
  get_property(components GLOBAL PROPERTY webrtc_components)
  list(TRANSFORM components PREPEND webrtc_)
  set(archives "")
  set(seen "")
  set(queue ${target})
  while(queue)
    list(POP_FRONT queue library)
    if(NOT TARGET ${library} OR library IN_LIST seen)
      continue()
    endif()
    list(APPEND seen ${library})
    get_target_property(type ${library} TYPE)
    if(type STREQUAL "STATIC_LIBRARY" AND library IN_LIST components)
      string(APPEND archives " $<TARGET_FILE:${library}>")
    endif()
    foreach(property IN ITEMS LINK_LIBRARIES INTERFACE_LINK_LIBRARIES)
      get_target_property(libraries ${library} ${property})
      if(libraries)
        list(APPEND queue ${libraries})
      endif()
    endforeach()
  endwhile()
  target_link_options(${target} PRIVATE
    "SHELL:LINKER:--whole-archive${archives} LINKER:--no-whole-archive")
endfunction()

# webrtc_gtest(<target> SOURCES ... LIBS ...)
#
# The reports in gtest-reports/ name the single tests; tools/lib/native-tests.mjs counts them.
function(webrtc_gtest target)
  cmake_parse_arguments(arg "" "" "SOURCES;LIBS" ${ARGN})
  add_executable(${target} ${arg_SOURCES})
  target_link_libraries(${target} PRIVATE ${arg_LIBS} webrtc_options GTest::gmock GTest::gtest
                                          GTest::gtest_main)
  webrtc_quick_to_compile(${target})
  webrtc_precompile(${target} tests)
  foreach(shard RANGE 1 ${webrtc_test_shards})
    math(EXPR index "${shard} - 1")
    set(name ${target}.${shard})
    add_test(NAME ${name} WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}"
      COMMAND ${target} --gtest_brief=1
              "--gtest_output=xml:${CMAKE_BINARY_DIR}/gtest-reports/${name}.xml")
    set_tests_properties(${name} PROPERTIES TIMEOUT 600 LABELS gtest
      ENVIRONMENT "GTEST_TOTAL_SHARDS=${webrtc_test_shards};GTEST_SHARD_INDEX=${index}")
  endforeach()
endfunction()

function(webrtc_fuzz_targets name)
  file(GLOB fuzzers CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/fuzz/${name}_*_fuzz.cpp")
  foreach(source IN LISTS fuzzers)
    get_filename_component(what "${source}" NAME_WE)
    string(REGEX REPLACE "_fuzz$" "" what "${what}")
    set(target fuzz_${what})
    add_executable(${target} "${source}")
    target_link_libraries(${target} PRIVATE webrtc_${name} webrtc_options)
    target_compile_options(${target} PRIVATE -fno-exceptions)
    if(WEBRTC_FUZZ)
      target_link_options(${target} PRIVATE -fsanitize=fuzzer)
    else()
      target_sources(${target} PRIVATE "${CMAKE_SOURCE_DIR}/tests/fuzz/replay_main.cpp")
      if(WEBRTC_TESTS)
        set(runs --runs=${WEBRTC_FUZZ_RUNS})
        if(what IN_LIST webrtc_fuzz_slow)
          math(EXPR runs "${WEBRTC_FUZZ_RUNS} / 20")
          set(runs --runs=${runs} --truncate=0)
        endif()
        webrtc_quick_to_compile(${target})
        add_test(NAME ${target}
          COMMAND ${target} ${runs} "--found=${CMAKE_SOURCE_DIR}/tests/fuzz/found/${what}.bin"
                  "${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${target}"
                  "${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${what}")
        set_tests_properties(${target} PROPERTIES TIMEOUT 300 LABELS fuzz)
      endif()
    endif()
  endforeach()
endfunction()

function(webrtc_skip name reason)
  if(WEBRTC_ALLOW_MISSING)
    message(STATUS "webrtc: skipping ${name}: ${reason}")
  else()
    message(FATAL_ERROR "webrtc: ${name}: ${reason}")
  endif()
endfunction()

function(webrtc_component name)
  cmake_parse_arguments(arg "" "" "DEPS;LIBS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/cpp/${name}/*.cpp")
  file(GLOB headers CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/cpp/${name}/*.h")
  if(NOT sources AND NOT headers)
    webrtc_skip(${name} "cpp/${name} has no sources")
    return()
  endif()
  foreach(dep IN LISTS arg_DEPS)
    if(NOT TARGET webrtc_${dep})
      webrtc_skip(${name} "it needs ${dep}, which is not there")
      return()
    endif()
  endforeach()

  set(links "")
  foreach(dep IN LISTS arg_DEPS)
    list(APPEND links webrtc_${dep})
  endforeach()
  foreach(lib IN LISTS arg_LIBS)
    list(APPEND links webrtc_dep_${lib})
  endforeach()

  if(sources)
    add_library(webrtc_${name} STATIC ${sources} ${headers})
    target_link_libraries(webrtc_${name} PUBLIC ${links} PRIVATE webrtc_options)
    target_include_directories(webrtc_${name} PUBLIC "${CMAKE_SOURCE_DIR}")
    target_compile_options(webrtc_${name} PRIVATE -fno-exceptions)
    webrtc_precompile(webrtc_${name} engine)
  else()
    add_library(webrtc_${name} INTERFACE)
    target_link_libraries(webrtc_${name} INTERFACE ${links})
    target_include_directories(webrtc_${name} INTERFACE "${CMAKE_SOURCE_DIR}")
  endif()
  set_property(GLOBAL APPEND PROPERTY webrtc_components ${name})

  if(EMSCRIPTEN)
    return()
  endif()
  if(webrtc_have_gtest)
    file(GLOB tests CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/cpp/${name}/*.cpp")
    if(tests)
      webrtc_gtest(test_${name} SOURCES ${tests} LIBS webrtc_${name})
    endif()
  endif()
  if(WEBRTC_TESTS OR WEBRTC_FUZZ)
    webrtc_fuzz_targets(${name})
  endif()
endfunction()
