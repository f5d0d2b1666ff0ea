#include "cpp/media/red.h"

#include <gtest/gtest.h>

#include "cpp/base/random.h"

namespace rtc::media {
namespace {

using rtp::PayloadType;
using rtp::RtpTime;

const PayloadType kOpus(111);

rtp::Packet redPacket(Bytes payload) {
  rtp::Packet packet;
  packet.payloadType = PayloadType(63);
  packet.sequenceNumber = rtp::SequenceNumber(1);
  packet.timestamp = RtpTime(960);
  packet.marker = true;
  packet.extensions = {{1, {0x80}}};
  packet.payload = std::move(payload);
  return packet;
}

TEST(Red, LaysOutBlocksAsRfc2198Section3) {
  RedEncoder encoder;
  EXPECT_EQ(encoder.wrap(Bytes{1, 2}, RtpTime(1000), kOpus), (Bytes{111, 1, 2}));
  // 960 << 10 | 2.
  EXPECT_EQ(encoder.wrap(Bytes{3, 4, 5}, RtpTime(1960), kOpus),
            (Bytes{0x80 | 111, 0x0f, 0x00, 0x02, 111, 1, 2, 3, 4, 5}));
}

TEST(Red, GivesThePacketsOfBeforeTheirNumbersAndTimestamps) {
  const auto packets = unwrapRed(redPacket(
      {0x80 | 110, 0x1e, 0x00, 0x01, 0x80 | 111, 0x0f, 0x00, 0x02, 111, 9, 1, 2, 3, 4, 5}));
  ASSERT_EQ(packets.size(), 3u);
  EXPECT_EQ(packets[0].payload, Bytes{9});
  EXPECT_EQ(packets[0].payloadType, PayloadType(110));
  EXPECT_EQ(packets[0].sequenceNumber, rtp::SequenceNumber(0xffff));
  EXPECT_EQ(packets[0].timestamp, RtpTime(960 - 1920));
  EXPECT_EQ(packets[1].payload, (Bytes{1, 2}));
  EXPECT_EQ(packets[1].timestamp, RtpTime(0));
  EXPECT_TRUE(packets[1].extensions.empty());
  EXPECT_FALSE(packets[1].marker);
  EXPECT_EQ(packets[2].payload, (Bytes{3, 4, 5}));
  EXPECT_EQ(packets[2].payloadType, kOpus);
  EXPECT_EQ(packets[2].sequenceNumber, rtp::SequenceNumber(1));
  EXPECT_TRUE(packets[2].marker);
  EXPECT_EQ(packets[2].extensions.size(), 1u);
}

TEST(Red, ReadsTheSingleByteThatVideoHas) {
  const Bytes payload{96, 5, 6};
  const auto blocks = readRed(payload);
  ASSERT_TRUE(blocks);
  ASSERT_EQ(blocks->size(), 1u);
  EXPECT_EQ(blocks->front().payloadType, PayloadType(96));
  EXPECT_EQ(toBytes(blocks->front().data), (Bytes{5, 6}));
}

TEST(Red, RefusesWhatIsCutOffOrHasTooManyBlocks) {
  const Bytes whole{0x80 | 111, 0x0f, 0x00, 0x02, 111, 1, 2};
  EXPECT_TRUE(readRed(whole));
  for (size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(readRed(ByteSpan(whole).first(size))) << size;
  Bytes many;
  for (size_t i = 0; i < kMaxRedBlocks; ++i)
    many.insert(many.end(), {0x80 | 111, 0, 0, 0});
  many.push_back(111);
  EXPECT_FALSE(readRed(many));
  EXPECT_TRUE(readRed(ByteSpan(many).subspan(4)));
  EXPECT_TRUE(unwrapRed(redPacket({0x80})).empty());
}

TEST(Red, LeavesOutWhatDoesNotFit) {
  RedEncoder far(2);
  far.wrap(Bytes{1}, RtpTime(0), kOpus);
  EXPECT_EQ(far.wrap(Bytes{2}, RtpTime(0x4000), kOpus), (Bytes{111, 2})) << "too old";
  EXPECT_EQ(readRed(far.wrap(Bytes{3}, RtpTime(0x4100), kOpus))->size(), 2u);

  RedEncoder large(2);
  large.wrap(Bytes{1}, RtpTime(0), kOpus);
  large.wrap(Bytes(1024, 2), RtpTime(10), kOpus);
  EXPECT_EQ(readRed(large.wrap(Bytes{3}, RtpTime(20), kOpus))->size(), 1u)
      << "a frame too long for its header, and those before it, which would get its number";

  RedEncoder bounded(3, 100);
  for (uint32_t i = 0; i < 3; ++i)
    bounded.wrap(Bytes(40, 1), RtpTime(i), kOpus);
  const Bytes payload = bounded.wrap(Bytes(40, 1), RtpTime(3), kOpus);
  EXPECT_LE(payload.size(), 100u);
  EXPECT_EQ(readRed(payload)->size(), 2u);
}

TEST(Red, ReplacesEveryPacketThatWasLostAlone) {
  SeededRandom random(3);
  for (uint32_t redundancy = 1; redundancy < 4; ++redundancy) {
    RedEncoder encoder(redundancy);
    std::vector<Bytes> frames;
    std::vector<std::optional<Bytes>> received(200);
    for (uint16_t i = 0; i < 200; ++i) {
      Bytes frame(1 + random.below(80));
      ASSERT_TRUE(random.fill(frame));
      frames.push_back(frame);
      rtp::Packet packet;
      packet.sequenceNumber = rtp::SequenceNumber(i);
      packet.timestamp = RtpTime(i * 960u);
      packet.payload = encoder.wrap(frame, packet.timestamp, kOpus);
      // As many are lost in a row as there is redundancy.
      if (i % 10 < redundancy && i < 190)
        continue;
      for (const rtp::Packet& part : unwrapRed(packet)) {
        ASSERT_EQ(part.timestamp, RtpTime(part.sequenceNumber.value() * 960u));
        received[part.sequenceNumber.value()] = part.payload;
      }
    }
    for (size_t i = 0; i < frames.size(); ++i)
      ASSERT_EQ(received[i], frames[i]) << i << " with " << redundancy;
  }
}

}  // namespace
}  // namespace rtc::media
