#include "cpp/media/frame_assembler.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "tests/cpp/media/video_stream.h"

namespace rtc::media {
namespace {

using Insertion = FrameAssembler::Insertion;

constexpr Timestamp kNow = Timestamp::milliseconds(1000);

std::vector<AssembledFrame> drain(FrameAssembler& assembler) {
  std::vector<AssembledFrame> frames;
  while (auto frame = assembler.poll())
    frames.push_back(std::move(*frame));
  return frames;
}

std::vector<SentPacket> manyFrames(VideoStream& stream, size_t count) {
  std::vector<SentPacket> all;
  for (size_t i = 0; i < count; ++i) {
    auto packets = stream.send(i == 0, 20 + stream.random().below(6000));
    std::ranges::move(packets, std::back_inserter(all));
  }
  return all;
}

class AnyFormat : public testing::TestWithParam<payload::Format> {};

TEST_P(AnyFormat, GivesExactlyTheFramesThatWereSentInWhateverOrderPacketsCome) {
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    VideoStream stream(GetParam(), seed);
    std::vector<SentPacket> packets = manyFrames(stream, 20);
    const size_t unique = packets.size();
    // The first one stays first: where a stream begins is known by it.
    const SentPacket first = packets.front();
    packets.erase(packets.begin());
    for (size_t i = 0; i < unique / 3; ++i)
      packets.push_back(packets[stream.random().below(static_cast<uint32_t>(packets.size()))]);
    shuffle(packets, stream.random());
    packets.insert(packets.begin(), first);

    FrameAssembler assembler({videoCodec(GetParam())});
    size_t taken = 0;
    std::set<size_t> numbers;
    for (const SentPacket& sent : packets) {
      const Insertion insertion = assembler.insert(sent.packet, sent.index, kNow);
      taken += insertion == Insertion::kTaken ? 1 : 0;
      ASSERT_TRUE(insertion == Insertion::kTaken || insertion == Insertion::kDuplicate);
      for (const AssembledFrame& frame : drain(assembler)) {
        const auto number = stream.find(frame.frame.data);
        ASSERT_TRUE(number) << seed;
        EXPECT_TRUE(numbers.insert(*number).second) << "twice";
        EXPECT_EQ(frame.header.isKey, *number == 0);
        EXPECT_EQ(frame.frame.timestamp, stream.frames()[*number].timestamp);
      }
    }
    EXPECT_EQ(numbers.size(), 20u) << seed;
    EXPECT_EQ(taken, unique);
    EXPECT_EQ(assembler.heldPackets(), 0u);
    EXPECT_EQ(assembler.heldBytes(), 0u);
    EXPECT_FALSE(assembler.hasHole());
    EXPECT_TRUE(assembler.isDone(first.index, stream.next()));
  }
}

TEST_P(AnyFormat, GivesNoFrameOfWhichAPacketIsMissing) {
  VideoStream stream(GetParam(), 3);
  FrameAssembler assembler({videoCodec(GetParam())});
  for (const SentPacket& sent : stream.send(true, 3000))
    assembler.insert(sent.packet, sent.index, kNow);
  EXPECT_EQ(drain(assembler).size(), 1u);
  const auto packets = stream.send(false, 5000);
  ASSERT_GE(packets.size(), 4u);
  for (size_t i = 0; i < packets.size(); ++i) {
    if (i != 2)
      assembler.insert(packets[i].packet, packets[i].index, kNow);
  }
  EXPECT_TRUE(drain(assembler).empty());
  EXPECT_TRUE(assembler.hasHole());
  assembler.insert(packets[2].packet, packets[2].index, kNow);
  EXPECT_EQ(drain(assembler).size(), 1u);
}

TEST_P(AnyFormat, EndsFramesWithoutMarkerAtTheNextTimestamp) {
  VideoStream stream(GetParam(), 4);
  FrameAssembler assembler({videoCodec(GetParam())});
  std::vector<SentPacket> packets = manyFrames(stream, 6);
  size_t frames = 0;
  for (SentPacket& sent : packets) {
    sent.packet.marker = false;
    assembler.insert(sent.packet, sent.index, kNow);
    frames += drain(assembler).size();
  }
  EXPECT_EQ(frames, 5u);
}

TEST_P(AnyFormat, SeesPaddingBetweenFramesAsNoLoss) {
  VideoStream stream(GetParam(), 5);
  FrameAssembler assembler({videoCodec(GetParam())});
  std::vector<SentPacket> packets = stream.send(true, 3000);
  packets.push_back(stream.sendPadding());
  packets.push_back(stream.sendPadding());
  for (const SentPacket& sent : stream.send(false, 3000))
    packets.push_back(sent);
  std::reverse(packets.begin() + 1, packets.end());
  for (const SentPacket& sent : packets)
    assembler.insert(sent.packet, sent.index, kNow);
  EXPECT_EQ(drain(assembler).size(), 2u);
  EXPECT_FALSE(assembler.hasHole());
  EXPECT_TRUE(assembler.isDone(packets.front().index, stream.next()));
}

INSTANTIATE_TEST_SUITE_P(FrameAssembler, AnyFormat,
                         testing::Values(payload::Format::kVp8, payload::Format::kVp9,
                                         payload::Format::kH264, payload::Format::kAv1),
                         [](const auto& info) { return formatName(info.param); });

TEST(FrameAssembler, WaitsForThePacketBeforeWhereBeginningsAreNotMarked) {
  VideoStream stream(payload::Format::kH264, 1);
  FrameAssembler assembler({videoCodec(payload::Format::kH264)});
  for (const SentPacket& sent : stream.send(true, 100))
    assembler.insert(sent.packet, sent.index, kNow);
  EXPECT_EQ(drain(assembler).size(), 1u);
  const auto lost = stream.send(false, 100);
  for (const SentPacket& sent : stream.send(false, 100))
    assembler.insert(sent.packet, sent.index, kNow);
  // A slice of the same picture may have been in it.
  EXPECT_TRUE(drain(assembler).empty());
  for (const SentPacket& sent : lost)
    assembler.insert(sent.packet, sent.index, kNow);
  EXPECT_EQ(drain(assembler).size(), 2u);
}

TEST(FrameAssembler, TellsSizeAndSources) {
  VideoStream stream(payload::Format::kVp8, 1);
  FrameAssembler assembler({videoCodec(payload::Format::kVp8)});
  auto packets = stream.send(true, 3000);
  packets.front().packet.csrcs = {rtp::Ssrc(5)};
  Timestamp now = kNow;
  for (const SentPacket& sent : packets) {
    assembler.insert(sent.packet, sent.index, now);
    now = now + Duration::milliseconds(2);
  }
  const auto frames = drain(assembler);
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].frame.video.width, 640);
  EXPECT_EQ(frames[0].frame.video.height, 480);
  EXPECT_EQ(frames[0].frame.csrcs, (std::vector<rtp::Ssrc>{rtp::Ssrc(5)}));
  EXPECT_EQ(frames[0].frame.payloadType, kVideoPayloadType);
  EXPECT_EQ(frames[0].packets, 3u);
  EXPECT_EQ(frames[0].firstPacketAt, kNow);
  EXPECT_EQ(frames[0].completeAt, kNow + Duration::milliseconds(4));
}

TEST(FrameAssembler, SaysWhatItDoesNotTake) {
  VideoStream stream(payload::Format::kVp8, 1);
  FrameAssembler assembler({videoCodec(payload::Format::kVp8)});
  auto sent = stream.send(true, 3000).front();
  rtp::Packet packet = sent.packet;
  packet.payloadType = rtp::PayloadType(97);
  EXPECT_EQ(assembler.insert(packet, sent.index, kNow), Insertion::kUnknownPayloadType);
  packet = sent.packet;
  packet.payload = {0x90};
  EXPECT_EQ(assembler.insert(packet, sent.index, kNow), Insertion::kMalformed);
  // They are as good as lost.
  EXPECT_EQ(assembler.insert(sent.packet, sent.index, kNow), Insertion::kTaken);
  EXPECT_EQ(assembler.insert(sent.packet, sent.index, kNow), Insertion::kDuplicate);
  assembler.dropBefore(sent.index.next());
  EXPECT_EQ(assembler.insert(sent.packet, sent.index, kNow), Insertion::kLate);
  EXPECT_EQ(assembler.heldPackets(), 0u);
}

TEST(FrameAssembler, HoldsNoMoreThanItsBoundsOfAFrameThatNeverEnds) {
  VideoStream stream(payload::Format::kVp8, 1);
  FrameAssembler assembler({videoCodec(payload::Format::kVp8)});
  auto sent = stream.send(true, 3000).front();
  rtp::Packet packet = sent.packet;
  size_t overflows = 0;
  for (int i = 0; i < 20000; ++i) {
    packet.payload = Bytes(1200);
    packet.payload[0] = i == 0 ? 0x10 : 0x00;
    const Insertion insertion = assembler.insert(packet, sent.index + i, kNow);
    overflows += insertion == Insertion::kOverflow ? 1 : 0;
    EXPECT_LE(assembler.heldPackets(), FrameAssembler::kMaxPackets);
    EXPECT_LE(assembler.heldBytes(), FrameAssembler::kMaxBytes);
  }
  EXPECT_EQ(overflows, 20000 / FrameAssembler::kMaxPackets);
  EXPECT_TRUE(drain(assembler).empty());
}

TEST(FrameAssembler, HoldsNoMoreThanItsBoundsOfHugePackets) {
  FrameAssembler assembler({videoCodec(payload::Format::kVp8)});
  auto index = rtp::SequenceIndex::first(rtp::SequenceNumber(1));
  for (int i = 0; i < 1000; ++i) {
    rtp::Packet packet;
    packet.payloadType = kVideoPayloadType;
    packet.timestamp = rtp::RtpTime(static_cast<uint32_t>(i));
    packet.payload = Bytes(65000, 0);
    // Every other one is missing.
    index = index + 2;
    assembler.insert(packet, index, kNow);
    EXPECT_LE(assembler.heldBytes(), FrameAssembler::kMaxBytes);
  }
}

TEST(FrameAssembler, RemembersNoMoreThanItsBoundsOfFramesBetweenLosses) {
  VideoStream stream(payload::Format::kVp8, 1);
  FrameAssembler assembler({videoCodec(payload::Format::kVp8)});
  size_t frames = 0;
  for (int i = 0; i < 5000; ++i) {
    for (const SentPacket& sent : stream.send(i == 0, 50))
      assembler.insert(sent.packet, sent.index, kNow);
    stream.skip(1 + stream.random().below(20000));
    frames += drain(assembler).size();
  }
  EXPECT_EQ(frames, 5000u);
  EXPECT_EQ(assembler.heldPackets(), 0u);
}

TEST(FrameAssembler, PutsTheSpatialLayersOfAVp9PictureIntoOneFrame) {
  FrameAssembler assembler({videoCodec(payload::Format::kVp9)});
  auto index = rtp::SequenceIndex::first(rtp::SequenceNumber(1));
  const auto insert = [&](Bytes payload, bool marker) {
    rtp::Packet packet;
    packet.payloadType = kVideoPayloadType;
    packet.timestamp = rtp::RtpTime(90);
    packet.marker = marker;
    packet.payload = std::move(payload);
    assembler.insert(packet, index, kNow);
    index = index.next();
  };
  // Flexible: picture 1, layer by layer; the upper one refers to the lower.
  insert({0xbe, 0x01, 0x00, 0x10, 0x00, 0x40, 0x00, 0x30, 0x11}, false);
  EXPECT_TRUE(drain(assembler).empty());
  insert({0xbe, 0x01, 0x03, 0x10, 0x00, 0x80, 0x00, 0x60, 0x22}, true);
  const auto frames = drain(assembler);
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].frame.data, (Bytes{0x11, 0x22}));
  EXPECT_TRUE(frames[0].header.isKey);
  EXPECT_EQ(frames[0].frame.video.spatialLayer, 1);
  EXPECT_EQ(frames[0].frame.video.width, 128);
}

}  // namespace
}  // namespace rtc::media
