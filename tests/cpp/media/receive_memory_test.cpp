// What packets bring beside their payloads, and what is read out of those, counts to what is held.

#include <gtest/gtest.h>

#include "cpp/media/frame_assembler.h"
#include "cpp/media/receive_stream.h"
#include "tests/cpp/base/bytes_in_use.h"

namespace rtc::media {
namespace {

using rtc::testing::bytesInUse;
using rtc::testing::growthSince;

constexpr rtp::Ssrc kSsrc(1);
constexpr rtp::PayloadType kType(96);

Codec codecOf(payload::Format format, const char* name) {
  Codec codec;
  codec.name = name;
  codec.clockRate = format == payload::Format::kAudio ? 48000 : 90000;
  codec.payloadType = kType;
  codec.format = format;
  codec.hasNack = codec.hasPli = true;
  return codec;
}

/// As many elements as a datagram of 64 KiB has room for.
std::vector<rtp::Extension> crowd() {
  std::vector<rtp::Extension> extensions;
  for (size_t i = 0; i < 20'000; ++i)
    extensions.push_back({static_cast<uint8_t>(16 + i % 200), Bytes{1}});
  return extensions;
}

rtp::Packet packetOf(uint16_t number, Bytes payload) {
  rtp::Packet packet;
  packet.ssrc = kSsrc;
  packet.payloadType = kType;
  packet.sequenceNumber = rtp::SequenceNumber(number);
  packet.timestamp = rtp::RtpTime(1);
  packet.payload = std::move(payload);
  return packet;
}

TEST(ReceiveMemory, HeaderExtensionsOfPicturesThatAreNotWholeAreNotKept) {
  const Timestamp now = Timestamp::milliseconds(1000);
  ReceiveStream stream({Kind::kVideo, kSsrc, {codecOf(payload::Format::kVp8, "VP8")}}, now);
  stream.handlePacket(packetOf(1, {0x10, 0x10, 2, 0, 0x9d, 1, 0x2a, 16, 0, 16, 0}), {}, now);
  const size_t before = bytesInUse();
  for (uint16_t number = 2; number < 200; ++number) {
    rtp::Packet packet = packetOf(number, {0x00, 1});
    packet.extensions = crowd();
    stream.handlePacket(std::move(packet), {}, now);
  }
  EXPECT_GE(stream.video()->heldPackets(), 190u);
  EXPECT_LT(growthSince(before), 256u * 1024);
}

TEST(ReceiveMemory, HeaderExtensionsOfSoundThatWaitsAreNotKept) {
  Timestamp now = Timestamp::milliseconds(1000);
  ReceiveStream stream({Kind::kAudio, kSsrc, {codecOf(payload::Format::kAudio, "opus")}}, now);
  stream.setJitterBufferTarget(Duration::seconds(4));
  const size_t before = bytesInUse();
  for (uint16_t number = 1; number < 150; ++number) {
    // 20 ms of Opus (RFC 6716 section 3.1).
    rtp::Packet packet = packetOf(number, {0x78, 1});
    packet.timestamp = rtp::RtpTime(uint32_t{960} * number);
    packet.extensions = crowd();
    stream.handlePacket(std::move(packet), {}, now);
    now = now + Duration::milliseconds(20);
  }
  EXPECT_GE(stream.audio()->heldPackets(), 100u);
  EXPECT_LT(growthSince(before), 256u * 1024);
}

TEST(ReceiveMemory, PictureGroupsOfVp9CountToTheBoundOfBytes) {
  const Timestamp now = Timestamp::milliseconds(1000);
  FrameAssembler assembler({codecOf(payload::Format::kVp9, "VP9")});
  // I, P, B and V: a picture id, and a group of 255 pictures without references (RFC 9628 section
  // 4.2.1), in each packet of a frame that does not end.
  Bytes payload{0x80 | 0x40 | 0x08 | 0x02, 1, 0x08, 255};
  payload.resize(payload.size() + 255 + 1);
  const size_t before = bytesInUse();
  auto index = rtp::SequenceIndex::first(rtp::SequenceNumber(0));
  for (uint16_t number = 0; number < 3000; ++number, index = index.next()) {
    assembler.insert(packetOf(number, payload), index, now);
    ASSERT_LE(assembler.heldBytes(), FrameAssembler::kMaxBytes);
    ASSERT_LT(growthSince(before), 2 * FrameAssembler::kMaxBytes);
  }
  EXPECT_GT(assembler.heldPackets(), 0u);
}

}  // namespace
}  // namespace rtc::media
