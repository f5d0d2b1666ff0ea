# Language level, warnings and sanitizers shared by every target of ours (never by third parties).

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

add_library(webrtc_options INTERFACE)
target_include_directories(webrtc_options INTERFACE "${CMAKE_SOURCE_DIR}")
target_compile_features(webrtc_options INTERFACE cxx_std_20)
# RTTI is off in tests as well: a test that derives from one of the engine's interfaces would
# otherwise ask the linker for typeinfo that the engine's libraries do not have.
target_compile_options(webrtc_options INTERFACE -Wall -Wextra -Werror -fno-rtti)
# GCC 12 at -O2 warns of what optionals and variants do not hold, once they are moved: of a struct with
# an optional struct that has a vector, say, moved out of a std::deque and returned. clang looks for
# the same in the build of npm test, and valgrind at real values (npm run memcheck).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(webrtc_options INTERFACE -Wno-maybe-uninitialized -Wno-uninitialized)
  # It takes `text = "r"` for a copy within itself, of more bytes than there are (GCC bug 105329).
  if(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    target_compile_options(webrtc_options INTERFACE -Wno-restrict)
  endif()
endif()

if(WEBRTC_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang" OR EMSCRIPTEN)
    message(FATAL_ERROR "WEBRTC_FUZZ needs clang: configure with CC=clang CXX=clang++")
  endif()
  target_compile_options(webrtc_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

if(WEBRTC_SANITIZE OR WEBRTC_FUZZ)
  # vptr checks need RTTI.
  set(webrtc_sanitizers -fsanitize=address,undefined -fno-sanitize=vptr -fno-sanitize-recover=all
                        -fno-omit-frame-pointer)
  target_compile_options(webrtc_options INTERFACE ${webrtc_sanitizers})
  target_link_options(webrtc_options INTERFACE ${webrtc_sanitizers})
endif()

# Native builds that no sanitizer watches stop at what the compiler's and the library's own checks
# see: buffers that overflow, stacks that are smashed, containers and optionals used beyond their end.
if(NOT EMSCRIPTEN AND NOT WEBRTC_SANITIZE AND NOT WEBRTC_FUZZ)
  target_compile_options(webrtc_options INTERFACE -fstack-protector-strong)
  target_compile_definitions(webrtc_options INTERFACE _GLIBCXX_ASSERTIONS)
  # It needs optimisation. Some compilers define it already, to less.
  target_compile_options(webrtc_options INTERFACE
    $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE>
    $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=3>)
endif()

if(EMSCRIPTEN)
  # What every engine has had since 2020; without bulk memory each memcpy of size is a call into JS.
  set(webrtc_wasm_features -mbulk-memory -mnontrapping-fptoint -msign-ext)
  target_compile_options(webrtc_options INTERFACE -flto ${webrtc_wasm_features})
  # Small by default; WebrtcModule.cmake names what has to be fast. docs/performance.md has figures.
  set(CMAKE_CXX_FLAGS_RELEASE "-Oz -DNDEBUG -finline-hint-functions")
endif()
