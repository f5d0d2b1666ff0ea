# mbedTLS and libsrtp as imported targets webrtc_dep_mbedtls and webrtc_dep_srtp.
#
# They are built once per version, configuration and compiler into a cache outside the checkout by
# tools/setup.mjs. -DWEBRTC_DEPS_DIR=<prefix> names a prebuilt prefix (include/, lib/); without it
# the set-up script is asked for one, and builds it if the cache has none.

if(EMSCRIPTEN)
  set(webrtc_deps_variant wasm)
elseif(WEBRTC_SANITIZE OR WEBRTC_FUZZ)
  set(webrtc_deps_variant sanitized)
else()
  set(webrtc_deps_variant native)
endif()

set(WEBRTC_DEPS_DIR "" CACHE PATH "Prefix of the prebuilt mbedTLS and libsrtp; empty: tools/setup.mjs decides")

set(webrtc_deps_dir "${WEBRTC_DEPS_DIR}")
if(NOT webrtc_deps_dir)
  find_program(WEBRTC_NODE NAMES node nodejs REQUIRED)
  execute_process(
    COMMAND "${WEBRTC_NODE}" "${CMAKE_SOURCE_DIR}/tools/setup.mjs" --deps ${webrtc_deps_variant}
            --cc "${CMAKE_C_COMPILER}"
    OUTPUT_VARIABLE webrtc_deps_dir
    OUTPUT_STRIP_TRAILING_WHITESPACE
    RESULT_VARIABLE webrtc_deps_result)
  if(NOT webrtc_deps_result EQUAL 0)
    message(FATAL_ERROR "tools/setup.mjs could not provide mbedTLS and libsrtp (see above)")
  endif()
endif()

# A changed pin or configuration must reconfigure, so that the new prefix is picked up.
set_property(DIRECTORY "${CMAKE_SOURCE_DIR}" APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
  "${CMAKE_SOURCE_DIR}/tools/setup/sources.json"
  "${CMAKE_SOURCE_DIR}/tools/setup/deps.mjs"
  "${CMAKE_SOURCE_DIR}/cmake/mbedtls_config.h"
  "${CMAKE_SOURCE_DIR}/cmake/libsrtp_config.h")

foreach(lib IN ITEMS mbedtls srtp)
  if(NOT EXISTS "${webrtc_deps_dir}/lib/lib${lib}.a")
    message(FATAL_ERROR "${webrtc_deps_dir}/lib/lib${lib}.a is missing; run: node tools/setup.mjs --deps ${webrtc_deps_variant}")
  endif()
  add_library(webrtc_dep_${lib} STATIC IMPORTED GLOBAL)
  set_target_properties(webrtc_dep_${lib} PROPERTIES
    IMPORTED_LOCATION "${webrtc_deps_dir}/lib/lib${lib}.a"
    INTERFACE_INCLUDE_DIRECTORIES "${webrtc_deps_dir}/include")
endforeach()
set_property(TARGET webrtc_dep_srtp APPEND PROPERTY INTERFACE_LINK_LIBRARIES webrtc_dep_mbedtls)
message(STATUS "webrtc: third parties (${webrtc_deps_variant}) in ${webrtc_deps_dir}")
