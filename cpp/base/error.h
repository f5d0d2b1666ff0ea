#pragma once

#include <optional>
#include <string>
#include <utility>

#include "cpp/base/result.h"

namespace rtc {

/// The errors that webrtc-pc names; each is a DOMException name but `kTypeError`, `kRangeError`
/// (ECMAScript's own) and `kRtcError` (RTCError, whose detail `RtcErrorDetail` tells).
enum class ErrorKind {
  kInvalidStateError,
  kInvalidModificationError,
  kInvalidAccessError,
  kOperationError,
  kNotReadableError,
  kNotSupportedError,
  kNetworkError,
  kSyntaxError,
  kTypeError,
  kRangeError,
  kRtcError,
};

/// RTCErrorDetailType (webrtc-pc section 11.2.1) as far as the engine reports it.
enum class RtcErrorDetail {
  kNone,
  kDataChannelFailure,
  kDtlsFailure,
  kFingerprintFailure,
  kSctpFailure,
  kSdpSyntaxError,
};

/// An error on its way to the application.
struct Error {
  ErrorKind kind = ErrorKind::kOperationError;
  std::string message;
  RtcErrorDetail detail = RtcErrorDetail::kNone;
  /// 1-based line of the SDP that was refused, with `kSdpSyntaxError`.
  std::optional<int> sdpLineNumber;
};

/// The name that script sees: "InvalidStateError", "TypeError", "RTCError".
const char* errorName(ErrorKind kind);
/// The RTCErrorDetailType value, or "" for `kNone`.
const char* errorDetailName(RtcErrorDetail detail);

inline Failure<Error> failWith(ErrorKind kind, std::string message) {
  return Failure<Error>{Error{kind, std::move(message), RtcErrorDetail::kNone, std::nullopt}};
}

}  // namespace rtc
