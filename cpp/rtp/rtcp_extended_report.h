#pragma once

// XR, RFC 3611 section 2: the reports by which a receiver that sends nothing measures the round
// trip (sections 4.4 and 4.5). Other blocks are skipped.
//
//   |V=2|P|reserved |   PT=XR=207   |             length            |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                              SSRC                             |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |     BT=4      |   reserved    |       block length = 2        |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                         NTP timestamp                         |
//   |                                                               |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |     BT=5      |   reserved    |         block length          |
//   +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
//   |                 SSRC_1 (SSRC of first receiver)               |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                         last RR (LRR)                         |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                   delay since last RR (DLRR)                  |
//   +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "cpp/base/bytes.h"
#include "cpp/rtp/ntp_time.h"
#include "cpp/rtp/rtcp_header.h"
#include "cpp/rtp/types.h"

namespace rtc::rtp {

struct ExtendedReport {
  /// An answer to a receiver's reference time.
  struct Dlrr {
    Ssrc receiver;
    CompactNtp lastReference;
    CompactNtp delaySinceReference;
    bool operator==(const Dlrr&) const = default;
  };

  Ssrc sender;
  std::optional<NtpTime> referenceTime;
  std::vector<Dlrr> dlrrs;
  bool operator==(const ExtendedReport&) const = default;

  static std::optional<ExtendedReport> parse(ByteSpan body) {
    ByteReader reader(body);
    const auto sender = reader.u32();
    if (!sender)
      return std::nullopt;
    ExtendedReport report;
    report.sender = Ssrc(*sender);
    while (!reader.atEnd()) {
      const auto type = reader.u8();
      (void)reader.u8();
      const auto words = reader.u16();
      const auto content = words ? reader.bytes(size_t{4} * *words) : std::nullopt;
      if (!content)
        return std::nullopt;
      ByteReader block(*content);
      if (*type == kReferenceTime) {
        const auto time = block.u64();
        if (!time || !block.atEnd())
          return std::nullopt;
        report.referenceTime = NtpTime(*time);
      } else if (*type == kDlrr) {
        if (content->size() % 12 != 0)
          return std::nullopt;
        while (const auto receiver = block.u32()) {
          const CompactNtp last(*block.u32());
          report.dlrrs.push_back({Ssrc(*receiver), last, CompactNtp(*block.u32())});
        }
      }
    }
    return report;
  }

  void writeTo(ByteWriter& writer) const {
    const RtcpScope scope(writer, RtcpType::kExtendedReport, 0);
    writer.u32(sender.value());
    if (referenceTime) {
      writer.u8(kReferenceTime);
      writer.u8(0);
      writer.u16(2);
      writer.u64(referenceTime->value());
    }
    if (!dlrrs.empty()) {
      const size_t count = std::min(dlrrs.size(), kMaxRtcpListWords / 3);
      writer.u8(kDlrr);
      writer.u8(0);
      writer.u16(static_cast<uint16_t>(3 * count));
      for (size_t i = 0; i < count; ++i) {
        writer.u32(dlrrs[i].receiver.value());
        writer.u32(dlrrs[i].lastReference.value());
        writer.u32(dlrrs[i].delaySinceReference.value());
      }
    }
  }

 private:
  static constexpr uint8_t kReferenceTime = 4;
  static constexpr uint8_t kDlrr = 5;
};

}  // namespace rtc::rtp
