#pragma once

// Receiver Estimated Maximum Bitrate, draft-alvestrand-rmcat-remb-03 section 2.2: feedback of the
// application layer, with a media source of zero, whose FCI is
//
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |  Unique identifier 'R' 'E' 'M' 'B'                            |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |  Num SSRC     | BR Exp    |  BR Mantissa                      |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |   SSRC feedback                                               |
//   |  ...                                                          |

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "cpp/rtp/rtcp_feedback.h"

namespace rtc::rtp {

struct Remb {
  Ssrc sender;
  /// For all the streams together. Written with 18 bits, rounded down.
  int64_t bitsPerSecond = 0;
  /// At most 255 are written.
  std::vector<Ssrc> sources;
  bool operator==(const Remb&) const = default;

  static bool isRemb(ByteSpan body) {
    ByteReader reader(body);
    return reader.skip(8) && reader.u32() == kIdentifier;
  }

  static std::optional<Remb> parse(ByteSpan body) {
    ByteReader reader(body);
    const auto sources = FeedbackSources::read(reader);
    if (!sources || reader.u32() != kIdentifier || reader.remaining() < 4)
      return std::nullopt;
    const size_t count = *reader.u8();
    const uint32_t rate = *reader.u24();
    const uint32_t exponent = rate >> kMantissaBits;
    const uint64_t mantissa = rate & kMaxMantissa;
    if (reader.remaining() != 4 * count ||
        mantissa > uint64_t{std::numeric_limits<int64_t>::max()} >> exponent) {
      return std::nullopt;
    }
    Remb remb{sources->sender, static_cast<int64_t>(mantissa << exponent), {}};
    remb.sources.reserve(count);
    for (size_t i = 0; i < count; ++i)
      remb.sources.emplace_back(*reader.u32());
    return remb;
  }

  void writeTo(ByteWriter& writer) const {
    const RtcpScope scope(writer, RtcpType::kPayloadFeedback,
                          static_cast<size_t>(PayloadFeedbackFormat::kApplicationLayer));
    FeedbackSources{sender, Ssrc(0)}.writeTo(writer);
    writer.u32(kIdentifier);
    const size_t count = std::min<size_t>(sources.size(), 255);
    writer.u8(static_cast<uint8_t>(count));
    auto mantissa = static_cast<uint64_t>(std::max<int64_t>(bitsPerSecond, 0));
    uint32_t exponent = 0;
    for (; mantissa > kMaxMantissa; mantissa >>= 1)
      ++exponent;
    writer.u24(exponent << kMantissaBits | static_cast<uint32_t>(mantissa));
    for (size_t i = 0; i < count; ++i)
      writer.u32(sources[i].value());
  }

 private:
  static constexpr uint32_t kIdentifier = 0x52454d42;
  static constexpr uint32_t kMantissaBits = 18;
  static constexpr uint32_t kMaxMantissa = (1u << kMantissaBits) - 1;
};

}  // namespace rtc::rtp
