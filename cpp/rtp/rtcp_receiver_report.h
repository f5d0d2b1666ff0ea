#pragma once

// RR, RFC 3550 section 6.4.2:
//
//   |V=2|P|    RC   |   PT=RR=201   |             length            |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                     SSRC of packet sender                     |
//   +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
//   /                         report blocks                         /

#include "cpp/rtp/rtcp_report_block.h"

namespace rtc::rtp {

struct ReceiverReport {
  Ssrc sender;
  /// At most 31 are written.
  std::vector<ReportBlock> blocks;
  bool operator==(const ReceiverReport&) const = default;

  static std::optional<ReceiverReport> parse(size_t count, ByteSpan body) {
    ByteReader reader(body);
    const auto sender = reader.u32();
    if (!sender)
      return std::nullopt;
    auto blocks = readReportBlocks(reader, count);
    if (!blocks)
      return std::nullopt;
    return ReceiverReport{Ssrc(*sender), std::move(*blocks)};
  }

  void writeTo(ByteWriter& writer) const {
    const size_t count = std::min(blocks.size(), kMaxRtcpCount);
    const RtcpScope scope(writer, RtcpType::kReceiverReport, count);
    writer.u32(sender.value());
    for (size_t i = 0; i < count; ++i)
      blocks[i].writeTo(writer);
  }
};

}  // namespace rtc::rtp
