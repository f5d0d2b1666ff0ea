#include "cpp/rtp/packet.h"

#include <gtest/gtest.h>

#include "cpp/base/random.h"

namespace rtc::rtp {
namespace {

Bytes randomBytes(SeededRandom& random, size_t count) {
  Bytes bytes(count);
  EXPECT_TRUE(random.fill(bytes));
  return bytes;
}

/// Any packet that can be written whole.
Packet randomPacket(SeededRandom& random) {
  Packet packet;
  packet.marker = random.below(2) == 0;
  packet.payloadType = PayloadType(static_cast<uint8_t>(random.below(128)));
  packet.sequenceNumber = SequenceNumber(static_cast<uint16_t>(random.u32()));
  packet.timestamp = RtpTime(random.u32());
  packet.ssrc = Ssrc(random.u32());
  for (uint32_t i = random.below(3) == 0 ? random.below(16) : 0; i > 0; --i)
    packet.csrcs.emplace_back(random.u32());
  const bool oneByte = random.below(2) == 0;
  for (uint32_t i = random.below(5); i > 0; --i) {
    const auto id = static_cast<uint8_t>(1 + random.below(oneByte ? 14 : 255));
    packet.setExtension(id, randomBytes(random, oneByte ? 1 + random.below(16) : random.below(60)));
  }
  packet.payload = randomBytes(random, random.below(1200));
  packet.padding = random.below(3) == 0 ? static_cast<uint8_t>(random.below(256)) : 0;
  return packet;
}

TEST(RtpPacket, LaysOutThePacketAsRfc3550Section51) {
  Packet packet;
  packet.marker = true;
  packet.payloadType = PayloadType(96);
  packet.sequenceNumber = SequenceNumber(0x1234);
  packet.timestamp = RtpTime(0x56789abc);
  packet.ssrc = Ssrc(0xdef01234);
  packet.csrcs = {Ssrc(0x11223344)};
  packet.payload = {1, 2, 3};
  packet.padding = 4;
  const Bytes expected{0xa1, 0xe0, 0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0, 0x12, 0x34,
                       0x11, 0x22, 0x33, 0x44, 1,    2,    3,    0,    0,    0,    4};
  EXPECT_EQ(writePacket(packet), expected);
  EXPECT_EQ(packetSize(packet), expected.size());
  EXPECT_EQ(readPacket(expected), packet);
}

TEST(RtpPacket, WritesOneByteElementsAsRfc8285Section42) {
  Packet packet;
  packet.setExtension(1, Bytes{0xaa});
  packet.setExtension(14, Bytes{1, 2, 3});
  const Bytes bytes = writePacket(packet);
  EXPECT_EQ(Bytes(bytes.begin() + 12, bytes.end()),
            (Bytes{0xbe, 0xde, 0, 2, 0x10, 0xaa, 0xe2, 1, 2, 3, 0, 0}));
  EXPECT_EQ(bytes[0], 0x90);
  EXPECT_EQ(readPacket(bytes), packet);
}

TEST(RtpPacket, WritesTwoByteElementsWhereOneByteIsNotEnough) {
  for (const Extension& large :
       {Extension{1, {}}, Extension{2, Bytes(17, 7)}, Extension{16, {5}}}) {
    Packet packet;
    packet.setExtension(3, Bytes{9});
    packet.setExtension(large.id, large.data);
    const Bytes bytes = writePacket(packet);
    EXPECT_EQ(Bytes(bytes.begin() + 12, bytes.begin() + 14), (Bytes{0x10, 0x00}));
    EXPECT_EQ(Bytes(bytes.begin() + 16, bytes.begin() + 19), (Bytes{3, 1, 9}));
    EXPECT_EQ(readPacket(bytes), packet);
  }
}

TEST(RtpPacket, LeavesOutWhatNoFormCanSay) {
  Packet packet;
  packet.extensions = {{0, {1}}, {4, Bytes(256, 1)}, {5, {6}}};
  packet.csrcs.assign(20, Ssrc(1));
  const auto read = readPacket(writePacket(packet));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->extensions, (std::vector<Extension>{{5, {6}}}));
  EXPECT_EQ(read->csrcs.size(), kMaxCsrcs);
  EXPECT_EQ(packetSize(packet), writePacket(packet).size());
}

TEST(RtpPacket, ReadsWhatItWroteForManyPackets) {
  SeededRandom random(20261129);
  for (int i = 0; i < 2000; ++i) {
    const Packet packet = randomPacket(random);
    const Bytes bytes = writePacket(packet, 10);
    ASSERT_EQ(bytes.size(), packetSize(packet));
    ASSERT_GE(bytes.capacity(), bytes.size() + 10);
    ASSERT_EQ(readPacket(bytes), packet) << "packet " << i;
  }
}

TEST(RtpPacket, RefusesWhatIsCutOffInItsHeader) {
  Packet packet;
  packet.csrcs = {Ssrc(1), Ssrc(2)};
  packet.setExtension(1, Bytes{1, 2, 3});
  const Bytes bytes = writePacket(packet);
  for (size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(readPacket(ByteSpan(bytes).first(size))) << size;
  EXPECT_TRUE(readPacket(bytes));
}

TEST(RtpPacket, RefusesOtherVersionsAndPaddingThatDoesNotFit) {
  Packet packet;
  packet.payload = {1, 2, 3};
  packet.padding = 2;
  Bytes bytes = writePacket(packet);
  bytes.back() = 0;
  EXPECT_FALSE(readPacket(bytes)) << "a count of zero does not count itself";
  bytes.back() = 6;
  EXPECT_FALSE(readPacket(bytes)) << "more than there is behind the header";
  bytes.back() = 5;
  ASSERT_TRUE(readPacket(bytes)) << "padding alone, as probes of bandwidth are";
  EXPECT_TRUE(readPacket(bytes)->payload.empty());
  for (const uint8_t version : {0, 1, 3}) {
    bytes[0] = static_cast<uint8_t>(version << 6);
    EXPECT_FALSE(readPacket(bytes));
  }
}

TEST(RtpPacket, KeepsTheElementsInFrontOfABrokenOne) {
  const Bytes head{0x90, 96, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3};
  const auto elements = [&](Bytes block) {
    Bytes bytes = head;
    bytes.insert(bytes.end(), block.begin(), block.end());
    const auto packet = readPacket(bytes);
    EXPECT_TRUE(packet);
    return packet ? packet->extensions : std::vector<Extension>{};
  };
  const std::vector<Extension> first{{1, {0xaa}}};
  EXPECT_EQ(elements({0xbe, 0xde, 0, 1, 0x10, 0xaa, 0x2f, 0}), first) << "longer than the block";
  EXPECT_EQ(elements({0xbe, 0xde, 0, 2, 0x10, 0xaa, 0xf0, 1, 0x20, 1, 0, 0}), first) << "id 15";
  EXPECT_EQ(elements({0xbe, 0xde, 0, 2, 0x10, 0xaa, 0x01, 1, 0x20, 1, 0, 0}), first)
      << "id 0 with a length";
  EXPECT_EQ(elements({0x10, 0x05, 0, 2, 0, 1, 1, 0xaa, 2, 9, 0, 0}), first)
      << "two bytes, appbits, padding in front, longer than the block";
  EXPECT_TRUE(elements({0x12, 0x34, 0, 1, 0x10, 0xaa, 0, 0}).empty()) << "a profile of others";
}

TEST(RtpPacket, SetsAnExtensionInPlace) {
  Packet packet;
  packet.setExtension(0, Bytes{1});
  EXPECT_TRUE(packet.extensions.empty());
  packet.setExtension(1, Bytes{1});
  packet.setExtension(2, Bytes{2});
  packet.setExtension(1, Bytes{3});
  EXPECT_EQ(packet.extensions, (std::vector<Extension>{{1, {3}}, {2, {2}}}));
  EXPECT_FALSE(packet.extension(3));
  EXPECT_EQ(toBytes(*packet.extension(2)), Bytes{2});
}

TEST(RtpPacket, TellsRtcpByItsPacketType) {
  EXPECT_TRUE(isRtcp(Bytes{0x80, 200}));
  EXPECT_TRUE(isRtcp(Bytes{0x80, 192}));
  EXPECT_TRUE(isRtcp(Bytes{0x80, 223}));
  EXPECT_FALSE(isRtcp(Bytes{0x80, 191}));
  EXPECT_FALSE(isRtcp(Bytes{0x80, 224}));
  EXPECT_FALSE(isRtcp(Bytes{0x80, 96}));
  EXPECT_FALSE(isRtcp(Bytes{0x80}));
}

TEST(RtpSequence, CountsOnWithoutWrapping) {
  SequenceIndex index = SequenceIndex::first(SequenceNumber(0xfffe));
  const SequenceIndex start = index;
  for (uint16_t wire : {uint16_t{0xffff}, uint16_t{0}, uint16_t{1}})
    index = SequenceIndex::near(index, SequenceNumber(wire));
  EXPECT_EQ(index - start, 3);
  EXPECT_EQ(SequenceIndex::near(index, SequenceNumber(0xffff)) - start, 1);
}

}  // namespace
}  // namespace rtc::rtp
