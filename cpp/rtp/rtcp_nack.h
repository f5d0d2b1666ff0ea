#pragma once

// Generic NACK, RFC 4585 section 6.2.1. Each entry of the FCI is
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |            PID                |             BLP               |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//
// a packet that is lost, and which of the sixteen behind it are lost as well.

#include <cstdint>
#include <optional>
#include <vector>

#include "cpp/rtp/rtcp_feedback.h"

namespace rtc::rtp {

struct Nack {
  Ssrc sender;
  Ssrc media;
  /// Written in as few entries as do when they are in order.
  std::vector<SequenceNumber> lost;
  bool operator==(const Nack&) const = default;

  static std::optional<Nack> parse(ByteSpan body) {
    ByteReader reader(body);
    const auto sources = FeedbackSources::read(reader);
    // "At least one entry"; what is no whole entry breaks it.
    if (!sources || reader.atEnd() || reader.remaining() % 4 != 0)
      return std::nullopt;
    Nack nack{sources->sender, sources->media, {}};
    while (const auto first = reader.u16()) {
      nack.lost.emplace_back(*first);
      const uint16_t others = *reader.u16();
      for (uint16_t bit = 0; bit < 16; ++bit) {
        if ((others >> bit & 1) != 0)
          nack.lost.emplace_back(static_cast<uint16_t>(*first + bit + 1));
      }
    }
    return nack;
  }

  void writeTo(ByteWriter& writer) const {
    const RtcpScope scope(writer, RtcpType::kTransportFeedback,
                          static_cast<size_t>(TransportFeedbackFormat::kNack));
    FeedbackSources{sender, media}.writeTo(writer);
    size_t entries = 0;
    for (size_t i = 0; i < lost.size() && entries < kMaxRtcpListWords; ++entries) {
      const uint16_t first = lost[i++].value();
      uint16_t others = 0;
      for (; i < lost.size(); ++i) {
        const auto distance = static_cast<uint16_t>(lost[i].value() - first);
        if (distance == 0 || distance > 16)
          break;
        others |= static_cast<uint16_t>(1u << (distance - 1));
      }
      writer.u16(first);
      writer.u16(others);
    }
  }
};

}  // namespace rtc::rtp
