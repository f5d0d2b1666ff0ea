// RTCP that counts more entries than it has, or texts longer than it is (CVE-2021-43804,
// CVE-2021-43845, CVE-2022-24786), and RTP whose padding is longer than the packet
// (CVE-2025-49140). With the sanitizers, a read beyond fails.

#include <gtest/gtest.h>

#include "cpp/base/random.h"
#include "cpp/rtp/packet.h"
#include "cpp/rtp/rtcp_packet.h"
#include "cpp/rtp/rtcp_transport_feedback.h"

namespace rtc::rtp {
namespace {

Bytes compound(uint8_t count, uint8_t type, size_t words, uint8_t fill, uint16_t said) {
  ByteWriter writer;
  writer.u8(static_cast<uint8_t>(0x80 | count));
  writer.u8(type);
  writer.u16(said);
  for (size_t i = 0; i < 4 * words; ++i)
    writer.u8(fill);
  Bytes bytes = writer.take();
  bytes.shrink_to_fit();
  return bytes;
}

TEST(RtcpCounts, NoCountAndNoLengthOfAnyTypeReadsBeyondThePacket) {
  for (int type = 192; type < 224; ++type) {
    for (uint8_t count = 0; count < 32; ++count) {
      for (size_t words = 0; words < 9; ++words) {
        for (const uint8_t fill : {0x00, 0x01, 0x7f, 0xff}) {
          const Bytes honest = compound(count, static_cast<uint8_t>(type), words, fill,
                                        static_cast<uint16_t>(words));
          EXPECT_LE(readRtcp(honest).size(), 1u);
          // Longer than it is: nothing can be made of it.
          EXPECT_TRUE(readRtcp(compound(count, static_cast<uint8_t>(type), words, fill,
                                        static_cast<uint16_t>(words + 1)))
                          .empty());
          EXPECT_TRUE(
              readRtcp(compound(count, static_cast<uint8_t>(type), words, fill, 0xffff)).empty());
        }
      }
    }
  }
}

TEST(RtcpCounts, AReasonOfByeThatIsLongerThanThePacketIsNone) {
  for (const uint8_t length : {3, 4, 5, 255}) {
    const Bytes bye{0x81, 203, 0, 2, 0, 0, 0, 1, length, 'a', 'b', 'c'};
    const auto messages = readRtcp(bye);
    for (const auto& message : messages) {
      const auto* read = std::get_if<Bye>(&message);
      ASSERT_NE(read, nullptr);
      EXPECT_LE(read->reason.size(), 3u);
    }
  }
}

TEST(RtcpCounts, ExtendedReportBlocksOfAnyLengthEndWithThePacket) {
  for (int kind = 0; kind < 256; ++kind) {
    for (const uint16_t length : {0, 1, 2, 3, 100, 0xffff}) {
      ByteWriter writer;
      writer.bytes(Bytes{0x80, 207, 0, 4, 0, 0, 0, 1});
      writer.u8(static_cast<uint8_t>(kind));
      writer.u8(0);
      writer.u16(length);
      writer.zeros(8);
      EXPECT_LE(readRtcp(writer.view()).size(), 1u);
    }
  }
}

TEST(RtcpCounts, FeedbackOfAllPacketsThereAreTakesMemoryByItsOwnLengthAlone) {
  // 65535 packets, all of them missing, in a chunk for each 8191.
  ByteWriter missing;
  missing.u16(0);
  missing.u16(0xffff);
  missing.u32(0);
  for (int i = 0; i < 9; ++i)
    missing.u16(0x1fff);
  const auto none = readTransportFeedback(missing.view());
  if (none) {
    EXPECT_TRUE(none->arrivals.empty());
  }
  // All of them there, with no deltas.
  ByteWriter arrived;
  arrived.u16(0);
  arrived.u16(0xffff);
  arrived.u32(0);
  for (int i = 0; i < 9; ++i)
    arrived.u16(0x3fff);
  EXPECT_FALSE(readTransportFeedback(arrived.view()));
}

TEST(RtcpCounts, ANackOfTheLargestSizeNamesNoMoreThanItHolds) {
  ByteWriter writer;
  writer.bytes(Bytes{0x81, 205, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2});
  for (int i = 0; i < 300; ++i) {
    writer.u16(static_cast<uint16_t>(17 * i));
    writer.u16(0xffff);
  }
  writer.patchU16(2, static_cast<uint16_t>(writer.size() / 4 - 1));
  const auto messages = readRtcp(writer.view());
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(std::get<Nack>(messages[0]).lost.size(), 300u * 17);
}

TEST(RtpPadding, ThatIsLongerThanThePacketOrOfNoBytesIsRefused) {
  for (size_t payload = 1; payload < 20; ++payload) {
    for (int padding = 0; padding < 256; ++padding) {
      Bytes packet{0xa0, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1};
      packet.resize(12 + payload, 7);
      packet.back() = static_cast<uint8_t>(padding);
      packet.shrink_to_fit();
      const bool fits = padding > 0 && static_cast<size_t>(padding) <= payload;
      EXPECT_EQ(readPacket(packet).has_value(), fits) << payload << " " << padding;
    }
  }
  EXPECT_FALSE(readPacket(Bytes{0xa0, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1}));
}

TEST(RtpHeader, SourcesAndExtensionsThatRunPastTheEndAreRefused) {
  for (uint8_t csrcs = 0; csrcs < 16; ++csrcs) {
    for (const bool extended : {false, true}) {
      for (const uint16_t words : {0, 1, 2, 0xffff}) {
        for (size_t behind = 0; behind < 72; behind += 3) {
          Bytes packet{static_cast<uint8_t>(0x80 | (extended ? 0x10 : 0) | csrcs),
                       96,
                       0,
                       1,
                       0,
                       0,
                       0,
                       0,
                       0,
                       0,
                       0,
                       1};
          packet.resize(12 + behind, 0);
          const size_t at = 12 + 4u * csrcs;
          if (extended && packet.size() >= at + 4) {
            packet[at] = 0xbe;
            packet[at + 1] = 0xde;
            packet[at + 2] = static_cast<uint8_t>(words >> 8);
            packet[at + 3] = static_cast<uint8_t>(words);
          }
          packet.shrink_to_fit();
          const size_t needed = at + (extended ? 4 + 4u * words : 0);
          if (packet.size() < needed) {
            EXPECT_FALSE(readPacket(packet)) << int{csrcs} << " " << words << " " << behind;
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace rtc::rtp
