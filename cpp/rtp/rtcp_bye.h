#pragma once

// BYE, RFC 3550 section 6.6:
//
//   |V=2|P|    SC   |   PT=BYE=203  |             length            |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                           SSRC/CSRC                           |
//   /                              ...                              /
//   +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
//   |     length    |               reason for leaving            ...
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cpp/base/bytes.h"
#include "cpp/rtp/rtcp_header.h"
#include "cpp/rtp/types.h"

namespace rtc::rtp {

struct Bye {
  /// The streams that end; at most 31 are written.
  std::vector<Ssrc> sources;
  /// At most 255 bytes are written.
  std::string reason;
  bool operator==(const Bye&) const = default;

  static std::optional<Bye> parse(size_t count, ByteSpan body) {
    ByteReader reader(body);
    if (reader.remaining() < 4 * count)
      return std::nullopt;
    Bye bye;
    for (size_t i = 0; i < count; ++i)
      bye.sources.emplace_back(*reader.u32());
    if (const auto length = reader.u8()) {
      const auto text = reader.bytes(*length);
      if (!text)
        return std::nullopt;
      bye.reason = asText(*text);
    }
    return bye;
  }

  void writeTo(ByteWriter& writer) const {
    const size_t count = std::min(sources.size(), kMaxRtcpCount);
    const RtcpScope scope(writer, RtcpType::kBye, count);
    for (size_t i = 0; i < count; ++i)
      writer.u32(sources[i].value());
    if (!reason.empty()) {
      const auto text = std::string_view(reason).substr(0, 255);
      writer.u8(static_cast<uint8_t>(text.size()));
      writer.text(text);
      writer.zeros((4 - (text.size() + 1) % 4) % 4);
    }
  }
};

}  // namespace rtc::rtp
