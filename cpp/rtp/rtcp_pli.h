#pragma once

// Picture Loss Indication, RFC 4585 section 6.3.1: feedback without FCI.

#include "cpp/rtp/rtcp_feedback.h"

namespace rtc::rtp {

struct Pli {
  Ssrc sender;
  Ssrc media;
  bool operator==(const Pli&) const = default;

  static std::optional<Pli> parse(ByteSpan body) {
    ByteReader reader(body);
    const auto sources = FeedbackSources::read(reader);
    if (!sources)
      return std::nullopt;
    return Pli{sources->sender, sources->media};
  }
  void writeTo(ByteWriter& writer) const {
    const RtcpScope scope(writer, RtcpType::kPayloadFeedback,
                          static_cast<size_t>(PayloadFeedbackFormat::kPli));
    FeedbackSources{sender, media}.writeTo(writer);
  }
};

}  // namespace rtc::rtp
