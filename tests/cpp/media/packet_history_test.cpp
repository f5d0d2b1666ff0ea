#include "cpp/media/packet_history.h"

#include <gtest/gtest.h>

namespace rtc::media {
namespace {

using rtp::SequenceNumber;

Timestamp at(int64_t ms) {
  return Timestamp::milliseconds(ms);
}

rtp::Packet packet(uint16_t number, size_t size = 100) {
  rtp::Packet packet;
  packet.sequenceNumber = SequenceNumber(number);
  packet.payload = Bytes(size, static_cast<uint8_t>(number));
  return packet;
}

TEST(PacketHistory, GivesOutAPacketOnceInARoundTrip) {
  PacketHistory history;
  history.setRoundTrip(Duration::milliseconds(50));
  history.insert(packet(7), at(0));
  ASSERT_NE(history.retransmit(SequenceNumber(7), at(10)), nullptr);
  history.left(SequenceNumber(7), at(10));
  EXPECT_EQ(history.retransmit(SequenceNumber(7), at(59)), nullptr);
  const rtp::Packet* again = history.retransmit(SequenceNumber(7), at(60));
  ASSERT_NE(again, nullptr);
  EXPECT_EQ(*again, packet(7));
}

TEST(PacketHistory, GivesOutNothingAgainBeforeItHasLeft) {
  PacketHistory history({.age = Duration::seconds(10)});
  history.setRoundTrip(Duration::milliseconds(1));
  history.insert(packet(7), at(0));
  ASSERT_NE(history.retransmit(SequenceNumber(7), at(10)), nullptr);
  for (int64_t ms = 11; ms < 900; ++ms)
    EXPECT_EQ(history.retransmit(SequenceNumber(7), at(ms)), nullptr);
  history.left(SequenceNumber(7), at(900));
  EXPECT_EQ(history.retransmit(SequenceNumber(7), at(900)), nullptr) << "a round trip from then on";
  EXPECT_NE(history.retransmit(SequenceNumber(7), at(901)), nullptr);
  history.left(SequenceNumber(8), at(901));
}

TEST(PacketHistory, FindsPacketsAcrossTheWrap) {
  PacketHistory history;
  for (uint16_t number = 0xfff0; number != 0x10; ++number)
    history.insert(packet(number), at(0));
  for (uint16_t number = 0xfff0; number != 0x10; ++number) {
    const rtp::Packet* found = history.retransmit(SequenceNumber(number), at(1));
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found->sequenceNumber, SequenceNumber(number));
  }
  EXPECT_EQ(history.retransmit(SequenceNumber(0x10), at(1)), nullptr);
  EXPECT_EQ(history.retransmit(SequenceNumber(0xffef), at(1)), nullptr);
}

TEST(PacketHistory, IsBoundedInPacketsBytesAndAge) {
  PacketHistory few({.packets = 10});
  for (uint16_t i = 0; i < 100; ++i)
    few.insert(packet(i), at(0));
  EXPECT_EQ(few.size(), 10u);
  EXPECT_EQ(few.retransmit(SequenceNumber(89), at(0)), nullptr);
  EXPECT_NE(few.retransmit(SequenceNumber(90), at(0)), nullptr);

  PacketHistory small({.bytes = 1000});
  for (uint16_t i = 0; i < 100; ++i)
    small.insert(packet(i), at(0));
  EXPECT_EQ(small.size(), 10u);
  EXPECT_EQ(small.bytes(), 1000u);
  small.insert(packet(100, 5000), at(0));
  EXPECT_EQ(small.size(), 1u) << "the last one stays however long it is";

  PacketHistory young;
  young.setRoundTrip(Duration::milliseconds(500));
  young.insert(packet(1), at(0));
  young.insert(packet(2), at(1000));
  EXPECT_NE(young.retransmit(SequenceNumber(1), at(1500)), nullptr) << "three round trips";
  EXPECT_EQ(young.retransmit(SequenceNumber(1), at(1501)), nullptr);
  EXPECT_NE(young.retransmit(SequenceNumber(2), at(1501)), nullptr);
}

TEST(PacketHistory, ForgetsWhatThereWasWhenNumbersJump) {
  PacketHistory history;
  history.insert(packet(1), at(0));
  history.insert(packet(2), at(0));
  history.insert(packet(2), at(0));
  EXPECT_EQ(history.size(), 2u) << "one that is there already changes nothing";
  history.insert(packet(100), at(0));
  EXPECT_EQ(history.size(), 1u);
  EXPECT_EQ(history.bytes(), 100u);
  EXPECT_EQ(history.retransmit(SequenceNumber(2), at(0)), nullptr);
}

}  // namespace
}  // namespace rtc::media
