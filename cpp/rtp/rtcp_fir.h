#pragma once

// Full Intra Request, RFC 5104 section 4.3.1. Each entry of the FCI is
//
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                              SSRC                             |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   | Seq nr.       |    Reserved                                   |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

#include <cstdint>
#include <optional>
#include <vector>

#include "cpp/rtp/rtcp_feedback.h"

namespace rtc::rtp {

struct Fir {
  struct Entry {
    /// The stream of which a key frame is wanted.
    Ssrc source;
    /// Another one for another request; the same one when a request is repeated.
    uint8_t number = 0;
    bool operator==(const Entry&) const = default;
  };
  Ssrc sender;
  std::vector<Entry> entries;
  bool operator==(const Fir&) const = default;

  static std::optional<Fir> parse(ByteSpan body) {
    ByteReader reader(body);
    const auto sources = FeedbackSources::read(reader);
    if (!sources || reader.atEnd() || reader.remaining() % 8 != 0)
      return std::nullopt;
    Fir fir{sources->sender, {}};
    while (const auto source = reader.u32()) {
      fir.entries.push_back({Ssrc(*source), *reader.u8()});
      (void)reader.skip(3);
    }
    return fir;
  }
  void writeTo(ByteWriter& writer) const {
    const RtcpScope scope(writer, RtcpType::kPayloadFeedback,
                          static_cast<size_t>(PayloadFeedbackFormat::kFir));
    // "The SSRC of media source is not used and SHALL be set to 0."
    FeedbackSources{sender, Ssrc(0)}.writeTo(writer);
    const size_t count = std::min(entries.size(), kMaxRtcpListWords / 2);
    for (size_t i = 0; i < count; ++i) {
      writer.u32(entries[i].source.value());
      writer.u8(entries[i].number);
      writer.u24(0);
    }
  }
};

}  // namespace rtc::rtp
