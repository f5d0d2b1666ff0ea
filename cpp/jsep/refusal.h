#pragma once

#include <string>

#include "cpp/base/error.h"
#include "cpp/sdp/description.h"

/// How calls and content that are not acceptable are refused.
namespace rtc::jsep {

inline Failure<Error> closedError() {
  return failWith(ErrorKind::kInvalidStateError, "the connection is closed");
}

inline Failure<Error> randomError() {
  return failWith(ErrorKind::kOperationError, "the random source gave no bytes");
}

inline Failure<Error> refuse(std::string message) {
  return failWith(ErrorKind::kInvalidAccessError, std::move(message));
}

/// "m-section 2 (audio)"; positions as sdpMLineIndex counts them.
inline std::string nameOf(const sdp::SessionDescription& description, size_t index) {
  return "m-section " + std::to_string(index) + " (" + description.media[index].kind + ")";
}

}  // namespace rtc::jsep
