#pragma once

// A report block, RFC 3550 section 6.4.1:
//
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                 SSRC_1 (SSRC of first source)                 |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   | fraction lost |       cumulative number of packets lost       |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |           extended highest sequence number received           |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                      interarrival jitter                      |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                         last SR (LSR)                         |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                   delay since last SR (DLSR)                  |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "cpp/base/bytes.h"
#include "cpp/rtp/ntp_time.h"
#include "cpp/rtp/rtcp_header.h"
#include "cpp/rtp/types.h"

namespace rtc::rtp {

struct ReportBlock {
  /// The stream that it tells of.
  Ssrc source;
  /// Since the report before, in 1/256.
  uint8_t fractionLost = 0;
  /// Since the beginning; 24 bits and a sign, for duplicates count as received.
  int32_t cumulativeLost = 0;
  /// The highest sequence number, and how often it has wrapped above it.
  uint32_t extendedHighest = 0;
  /// In units of the RTP timestamp.
  uint32_t jitter = 0;
  /// Zero when there was none.
  CompactNtp lastSenderReport;
  CompactNtp delaySinceSenderReport;
  bool operator==(const ReportBlock&) const = default;

  static constexpr size_t kSize = 24;

  /// From exactly `kSize` bytes.
  static ReportBlock read(ByteReader& reader) {
    ReportBlock block;
    block.source = Ssrc(*reader.u32());
    block.fractionLost = *reader.u8();
    block.cumulativeLost = static_cast<int32_t>(*reader.u24() << 8) >> 8;
    block.extendedHighest = *reader.u32();
    block.jitter = *reader.u32();
    block.lastSenderReport = CompactNtp(*reader.u32());
    block.delaySinceSenderReport = CompactNtp(*reader.u32());
    return block;
  }
  void writeTo(ByteWriter& writer) const {
    writer.u32(source.value());
    writer.u8(fractionLost);
    writer.u24(static_cast<uint32_t>(std::clamp(cumulativeLost, -0x800000, 0x7fffff)) & 0xffffff);
    writer.u32(extendedHighest);
    writer.u32(jitter);
    writer.u32(lastSenderReport.value());
    writer.u32(delaySinceSenderReport.value());
  }
};

/// `count` blocks; what a profile may have put behind them is not looked at. Nullopt when there are
/// fewer.
inline std::optional<std::vector<ReportBlock>> readReportBlocks(ByteReader& reader, size_t count) {
  if (reader.remaining() < count * ReportBlock::kSize)
    return std::nullopt;
  std::vector<ReportBlock> blocks;
  blocks.reserve(count);
  for (size_t i = 0; i < count; ++i)
    blocks.push_back(ReportBlock::read(reader));
  return blocks;
}

}  // namespace rtc::rtp
