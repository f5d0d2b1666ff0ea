#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cpp/base/bytes.h"
#include "cpp/sctp/parameter.h"

namespace rtc::sctp {

/// RFC 9260 section 3.3.10.
enum class ErrorCause : uint16_t {
  kInvalidStreamIdentifier = 1,
  kMissingMandatoryParameter = 2,
  kStaleCookie = 3,
  kOutOfResource = 4,
  kUnresolvableAddress = 5,
  kUnrecognizedChunkType = 6,
  kInvalidMandatoryParameter = 7,
  kUnrecognizedParameters = 8,
  kNoUserData = 9,
  kCookieWhileShuttingDown = 10,
  kRestartWithNewAddresses = 11,
  kUserInitiatedAbort = 12,
  kProtocolViolation = 13,
};

inline Bytes encodeCause(ErrorCause cause, ByteSpan value = {}) {
  ByteWriter writer(kParameterHeaderSize + value.size());
  writeParameter(writer, static_cast<uint16_t>(cause), value);
  return writer.take();
}

struct FirstCause {
  uint16_t code = 0;
  /// Only for the causes whose value is a text.
  std::string text;
};

/// The first cause of an ABORT or ERROR, if there is a well-formed one.
inline std::optional<FirstCause> firstCause(ByteSpan causes) {
  const auto cause = ParameterIterator(causes).next();
  if (!cause)
    return std::nullopt;
  FirstCause result{cause->type, {}};
  if (cause->type == static_cast<uint16_t>(ErrorCause::kUserInitiatedAbort) ||
      cause->type == static_cast<uint16_t>(ErrorCause::kProtocolViolation)) {
    result.text = std::string(asText(cause->value));
  }
  return result;
}

}  // namespace rtc::sctp
