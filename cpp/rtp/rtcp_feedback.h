#pragma once

// What all feedback begins with, RFC 4585 section 6.1:
//
//   |V=2|P|   FMT   |       PT      |          length               |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                  SSRC of packet sender                        |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                  SSRC of media source                         |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   :            Feedback Control Information (FCI)                 :

#include <algorithm>
#include <cstdint>
#include <optional>

#include "cpp/base/bytes.h"
#include "cpp/rtp/rtcp_header.h"
#include "cpp/rtp/types.h"

namespace rtc::rtp {

/// FMT with PT 205: RFC 4585 section 6.2; 15 is transport-wide congestion control.
enum class TransportFeedbackFormat : uint8_t { kNack = 1, kTransportCc = 15 };
/// FMT with PT 206: RFC 4585 section 6.3, RFC 5104 section 4.3; 15 is the application layer's,
/// where REMB lives.
enum class PayloadFeedbackFormat : uint8_t { kPli = 1, kFir = 4, kApplicationLayer = 15 };

struct FeedbackSources {
  Ssrc sender;
  /// Zero where the FCI names the streams.
  Ssrc media;

  static std::optional<FeedbackSources> read(ByteReader& reader) {
    if (reader.remaining() < 8)
      return std::nullopt;
    const Ssrc sender(*reader.u32());
    return FeedbackSources{sender, Ssrc(*reader.u32())};
  }
  void writeTo(ByteWriter& writer) const {
    writer.u32(sender.value());
    writer.u32(media.value());
  }
};

/// Transport-wide feedback (PT 205, FMT 15) as it came; whoever estimates bandwidth reads it.
struct TransportFeedbackBody {
  Ssrc sender;
  Ssrc media;
  /// Without padding.
  Bytes fci;
  bool operator==(const TransportFeedbackBody&) const = default;

  static std::optional<TransportFeedbackBody> parse(ByteSpan body) {
    ByteReader reader(body);
    const auto sources = FeedbackSources::read(reader);
    if (!sources)
      return std::nullopt;
    return TransportFeedbackBody{sources->sender, sources->media, toBytes(reader.rest())};
  }
  void writeTo(ByteWriter& writer) const {
    const RtcpScope scope(writer, RtcpType::kTransportFeedback,
                          static_cast<size_t>(TransportFeedbackFormat::kTransportCc));
    FeedbackSources{sender, media}.writeTo(writer);
    writer.bytes(ByteSpan(fci).first(std::min(fci.size(), 4 * kMaxRtcpListWords)));
  }
};

}  // namespace rtc::rtp
