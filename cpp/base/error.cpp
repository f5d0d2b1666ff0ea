#include "cpp/base/error.h"

namespace rtc {

const char* errorName(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kInvalidStateError:
      return "InvalidStateError";
    case ErrorKind::kInvalidModificationError:
      return "InvalidModificationError";
    case ErrorKind::kInvalidAccessError:
      return "InvalidAccessError";
    case ErrorKind::kOperationError:
      return "OperationError";
    case ErrorKind::kNotReadableError:
      return "NotReadableError";
    case ErrorKind::kNotSupportedError:
      return "NotSupportedError";
    case ErrorKind::kNetworkError:
      return "NetworkError";
    case ErrorKind::kSyntaxError:
      return "SyntaxError";
    case ErrorKind::kTypeError:
      return "TypeError";
    case ErrorKind::kRangeError:
      return "RangeError";
    case ErrorKind::kRtcError:
      return "RTCError";
  }
  return "OperationError";
}

const char* errorDetailName(RtcErrorDetail detail) {
  switch (detail) {
    case RtcErrorDetail::kNone:
      return "";
    case RtcErrorDetail::kDataChannelFailure:
      return "data-channel-failure";
    case RtcErrorDetail::kDtlsFailure:
      return "dtls-failure";
    case RtcErrorDetail::kFingerprintFailure:
      return "fingerprint-failure";
    case RtcErrorDetail::kSctpFailure:
      return "sctp-failure";
    case RtcErrorDetail::kSdpSyntaxError:
      return "sdp-syntax-error";
  }
  return "";
}

}  // namespace rtc
