#pragma once

// SR, RFC 3550 section 6.4.1:
//
//   |V=2|P|    RC   |   PT=SR=200   |             length            |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                         SSRC of sender                        |
//   +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
//   |              NTP timestamp, most significant word             |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |             NTP timestamp, least significant word             |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                         RTP timestamp                         |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                     sender's packet count                     |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                      sender's octet count                     |
//   +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
//   /                         report blocks                         /

#include "cpp/rtp/rtcp_report_block.h"

namespace rtc::rtp {

struct SenderReport {
  Ssrc sender;
  /// The same moment on two clocks.
  NtpTime ntpTime;
  RtpTime rtpTime;
  uint32_t packetCount = 0;
  /// Payloads alone.
  uint32_t octetCount = 0;
  /// At most 31 are written.
  std::vector<ReportBlock> blocks;
  bool operator==(const SenderReport&) const = default;

  static std::optional<SenderReport> parse(size_t count, ByteSpan body) {
    ByteReader reader(body);
    if (reader.remaining() < 24)
      return std::nullopt;
    SenderReport report;
    report.sender = Ssrc(*reader.u32());
    report.ntpTime = NtpTime(*reader.u64());
    report.rtpTime = RtpTime(*reader.u32());
    report.packetCount = *reader.u32();
    report.octetCount = *reader.u32();
    auto blocks = readReportBlocks(reader, count);
    if (!blocks)
      return std::nullopt;
    report.blocks = std::move(*blocks);
    return report;
  }

  void writeTo(ByteWriter& writer) const {
    const size_t count = std::min(blocks.size(), kMaxRtcpCount);
    const RtcpScope scope(writer, RtcpType::kSenderReport, count);
    writer.u32(sender.value());
    writer.u64(ntpTime.value());
    writer.u32(rtpTime.value());
    writer.u32(packetCount);
    writer.u32(octetCount);
    for (size_t i = 0; i < count; ++i)
      blocks[i].writeTo(writer);
  }
};

}  // namespace rtc::rtp
