#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cpp/payload/format.h"
#include "cpp/rtp/types.h"

namespace rtc::media {

enum class Kind : uint8_t { kAudio, kVideo };

enum class CodecRole : uint8_t {
  kMedia,
  /// RFC 2198.
  kRed,
  /// RFC 5109.
  kUlpfec,
};

/// A payload type as negotiation left it: how frames travel under it, and what feedback it has (RFC
/// 4585, RFC 5104).
struct Codec {
  std::string name;
  uint32_t clockRate = 90000;
  uint32_t channels = 1;
  std::string fmtp;
  rtp::PayloadType payloadType;
  /// RFC 4588: what packets of it are repeated under.
  std::optional<rtp::PayloadType> rtxPayloadType;
  CodecRole role = CodecRole::kMedia;
  /// With `kMedia`.
  payload::Format format = payload::Format::kAudio;
  bool hasNack = false;
  bool hasPli = false;
  bool hasFir = false;
  bool hasTransportCc = false;
  bool hasRemb = false;
};

}  // namespace rtc::media
