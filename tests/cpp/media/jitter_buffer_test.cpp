#include "cpp/media/jitter_buffer.h"

#include <gtest/gtest.h>

#include "tests/cpp/media/video_stream.h"

namespace rtc::media {
namespace {

constexpr Timestamp kStart = Timestamp::milliseconds(1000);
constexpr Duration kInterval = Duration::microseconds(33333);

struct Drained {
  std::vector<JitterBuffer::Frame> frames;
  size_t keyFramesNeeded = 0;
};

/// A jitter buffer, its sender, and the time.
class JitterBufferTest : public testing::Test {
 protected:
  void insert(const std::vector<SentPacket>& packets) {
    for (const SentPacket& sent : packets)
      buffer.insert(sent.packet, sent.index, now);
    drain();
  }
  void drain() {
    while (auto output = buffer.poll()) {
      if (auto* frame = std::get_if<JitterBuffer::Frame>(&*output)) {
        out.frames.push_back(std::move(*frame));
      } else {
        ++out.keyFramesNeeded;
      }
    }
  }
  void advance(Duration by) {
    const Timestamp end = now + by;
    while (buffer.deadline() <= end) {
      now = std::max(now, buffer.deadline());
      buffer.handleTimeout(now);
      drain();
    }
    now = end;
  }
  void sendAndWait(bool isKey, uint8_t layer = 0, bool isSync = false) {
    insert(stream.send(isKey, 3000, layer, isSync));
    advance(kInterval);
  }

  VideoStream stream{payload::Format::kVp8, 1};
  JitterBuffer buffer{{videoCodec(payload::Format::kVp8)}};
  Timestamp now = kStart;
  Drained out;
};

TEST_F(JitterBufferTest, GivesFramesWithTheirTimesAndSaysWhenNextToCome) {
  EXPECT_TRUE(buffer.deadline().isNever());
  insert(stream.send(true, 3000));
  // Some waiting for jitter of which nothing is known yet.
  EXPECT_TRUE(out.frames.empty());
  EXPECT_EQ(buffer.deadline(), kStart + Duration::milliseconds(20));
  advance(kInterval);
  ASSERT_EQ(out.frames.size(), 1u);
  EXPECT_EQ(out.frames[0].receivedAt, kStart);
  EXPECT_EQ(out.frames[0].playAt, kStart + Duration::milliseconds(35));
  EXPECT_EQ(out.frames[0].frame.video.width, 640);
  EXPECT_TRUE(buffer.deadline().isNever());
  EXPECT_EQ(buffer.heldFrames(), 0u);
}

TEST_F(JitterBufferTest, StopsWaitingForJitterThatIsNotThere) {
  for (int i = 0; i < 200; ++i)
    sendAndWait(i == 0);
  out.frames.clear();
  insert(stream.send(false, 3000));
  ASSERT_EQ(out.frames.size(), 1u);
  EXPECT_LE(out.frames[0].playAt, now + Duration::milliseconds(16));
}

TEST_F(JitterBufferTest, HoldsFramesBackAsLongAsTheApplicationWants) {
  buffer.setTarget(Duration::milliseconds(1000));
  for (int i = 0; i < 100; ++i)
    sendAndWait(i == 0);
  advance(Duration::seconds(2));
  ASSERT_EQ(out.frames.size(), 100u);
  // But for what clocks of 90 kHz cannot express.
  for (const JitterBuffer::Frame& frame : out.frames) {
    EXPECT_NEAR(static_cast<double>((frame.playAt - frame.receivedAt).us()), 1'000'000, 50);
  }
  const JitterBuffer::Counters& counters = buffer.counters();
  EXPECT_EQ(counters.jitterBufferEmittedCount, 100u);
  EXPECT_EQ(counters.jitterBufferTargetDelay, Duration::seconds(100));
  EXPECT_LT(counters.jitterBufferMinimumDelay, Duration::seconds(5));
  EXPECT_NEAR(counters.jitterBufferDelay.seconds(), 98.5, 0.01);
}

TEST_F(JitterBufferTest, GivesNothingTheDecoderCannotDecodeAndAsksForAKeyFrame) {
  sendAndWait(true);
  const auto lost = stream.send(false, 3000);
  sendAndWait(false);
  EXPECT_EQ(out.frames.size(), 1u);
  EXPECT_EQ(out.keyFramesNeeded, 0u);
  // Two round trips of 100 ms have to pass.
  advance(Duration::milliseconds(200));
  EXPECT_EQ(out.keyFramesNeeded, 0u);
  advance(Duration::milliseconds(100));
  EXPECT_EQ(out.keyFramesNeeded, 1u);
  // Again while it lasts, but not at every opportunity.
  advance(Duration::milliseconds(1000));
  EXPECT_EQ(out.keyFramesNeeded, 3u);
  sendAndWait(true);
  ASSERT_EQ(out.frames.size(), 2u);
  EXPECT_TRUE(out.frames[1].frame.video.isKey);
  EXPECT_EQ(buffer.counters().framesDropped, 1u);
  EXPECT_EQ(buffer.counters().keyFramesRequested, 3u);
  // Now it is of no use any more.
  insert(lost);
  EXPECT_EQ(buffer.counters().packetsDiscarded, lost.size());
  advance(Duration::seconds(10));
  EXPECT_EQ(out.frames.size(), 2u);
  EXPECT_EQ(out.keyFramesNeeded, 3u);
}

TEST_F(JitterBufferTest, GoesOnWithARetransmissionEvenAfterItAskedForAKeyFrame) {
  sendAndWait(true);
  const auto lost = stream.send(false, 3000);
  sendAndWait(false);
  advance(Duration::milliseconds(400));
  EXPECT_EQ(out.keyFramesNeeded, 1u);
  insert(lost);
  EXPECT_EQ(out.frames.size(), 3u);
  EXPECT_EQ(buffer.counters().framesDropped, 0u);
}

TEST_F(JitterBufferTest, DoesNotWaitForAnUpperLayerLongerThanTheBaseLayersPlayout) {
  sendAndWait(true);
  stream.send(false, 3000, 1, true);
  sendAndWait(false, 0);
  EXPECT_EQ(out.frames.size(), 2u);
  EXPECT_EQ(out.keyFramesNeeded, 0u);
  // It does not refer to the lost one's successor only, so it must go as well.
  sendAndWait(false, 1, false);
  EXPECT_EQ(out.frames.size(), 2u);
  sendAndWait(false, 0);
  sendAndWait(false, 1, true);
  EXPECT_EQ(out.frames.size(), 4u);
  EXPECT_EQ(out.keyFramesNeeded, 0u);
  EXPECT_EQ(buffer.counters().framesDropped, 1u);
}

TEST_F(JitterBufferTest, WaitsForALateUpperLayerUntilTheBaseLayerIsDue) {
  buffer.setTarget(Duration::milliseconds(200));
  sendAndWait(true);
  const auto late = stream.send(false, 3000, 1, true);
  sendAndWait(false, 0);
  insert(late);
  advance(Duration::milliseconds(500));
  EXPECT_EQ(out.frames.size(), 3u);
}

TEST_F(JitterBufferTest, AsksAtOnceWhenTheStreamDoesNotBeginWithAKeyFrame) {
  stream.send(true, 3000);
  insert(stream.send(false, 3000));
  EXPECT_EQ(out.keyFramesNeeded, 1u);
  EXPECT_TRUE(out.frames.empty());
  sendAndWait(true);
  EXPECT_EQ(out.frames.size(), 1u);
}

TEST_F(JitterBufferTest, DoesNotAskForAnotherKeyFrameWhileOneArrivesSlowly) {
  sendAndWait(true);
  stream.send(false, 3000);
  const auto key = stream.send(true, 100000);
  for (const SentPacket& sent : key) {
    insert({sent});
    advance(Duration::milliseconds(30));
  }
  EXPECT_EQ(out.frames.size(), 2u);
  EXPECT_LE(out.keyFramesNeeded, 1u);
}

TEST_F(JitterBufferTest, CountsFreezes) {
  for (int i = 0; i < 60; ++i)
    sendAndWait(i == 0);
  EXPECT_EQ(buffer.counters().freezeCount, 0u);
  advance(Duration::milliseconds(500));
  sendAndWait(false);
  sendAndWait(false);
  EXPECT_EQ(buffer.counters().freezeCount, 1u);
  EXPECT_GT(buffer.counters().totalFreezesDuration, Duration::milliseconds(450));
  EXPECT_EQ(buffer.counters().framesReceived, 62u);
  EXPECT_EQ(buffer.counters().keyFramesReceived, 1u);
  EXPECT_EQ(buffer.counters().framesAssembledFromMultiplePackets, 62u);
}

TEST_F(JitterBufferTest, GoesOnAfterAJumpOfTheSequenceNumberWithAKeyFrame) {
  sendAndWait(true);
  stream.send(false, 3000);
  stream.skip(20000);
  sendAndWait(false);
  advance(Duration::milliseconds(500));
  EXPECT_EQ(out.keyFramesNeeded, 1u);
  sendAndWait(true);
  sendAndWait(false);
  EXPECT_EQ(out.frames.size(), 3u);
}

TEST_F(JitterBufferTest, GoesOnWhenASenderNumbersItsPacketsAnew) {
  for (int i = 0; i < 5; ++i)
    sendAndWait(i == 0);
  stream.skip(-30000);
  for (int i = 0; i < 10; ++i)
    sendAndWait(i % 5 == 0);
  EXPECT_EQ(buffer.counters().restarts, 1u);
  EXPECT_EQ(out.frames.size(), 10u);
}

TEST_F(JitterBufferTest, HoldsNoFrameForLongBecauseOfItsTimestamp) {
  for (int i = 0; i < 30; ++i)
    sendAndWait(i == 0);
  for (const uint32_t jump : {0x7fffffffu, 0x80000001u, 0x40000000u, 0xc0000000u, 500000u}) {
    stream.jumpTimestamp(jump);
    sendAndWait(false);
    stream.jumpTimestamp(0u - jump);
    sendAndWait(false);
    advance(Duration::seconds(2));
    EXPECT_EQ(buffer.heldFrames(), 0u) << jump;
  }
  EXPECT_EQ(out.frames.size(), 40u);
}

// The time line may have changed between a frame's arrival and its turn.
TEST_F(JitterBufferTest, WantsNoFrameShownFarAheadBecauseOfItsTimestamp) {
  buffer.setTarget(Duration::milliseconds(1000));
  for (int i = 0; i < 30; ++i)
    sendAndWait(i == 0);
  for (const uint32_t jump : {0x7fffffffu, 0x40000000u, 0x05000000u, 2'000'000u}) {
    stream.jumpTimestamp(jump);
    insert(stream.send(false, 3000));
    stream.jumpTimestamp(0u - jump);
    insert(stream.send(false, 3000));
    advance(Duration::seconds(3));
  }
  EXPECT_EQ(out.frames.size(), 38u);
  for (const JitterBuffer::Frame& frame : out.frames)
    EXPECT_LE(frame.playAt - frame.receivedAt, Duration::seconds(3));
}

TEST_F(JitterBufferTest, HoldsNoMoreFramesThanItsBoundsAndAsksForAKeyFrame) {
  buffer.setTarget(Duration::milliseconds(4000));
  sendAndWait(true);
  advance(Duration::seconds(10));
  stream.send(false, 100);
  for (int i = 0; i < 3000; ++i) {
    insert(stream.send(false, 100));
    EXPECT_LE(buffer.heldFrames(), JitterBuffer::kMaxFrames);
  }
  EXPECT_EQ(out.frames.size(), 1u);
  EXPECT_GE(out.keyFramesNeeded, 1u);
  sendAndWait(true);
  advance(Duration::seconds(10));
  EXPECT_EQ(out.frames.size(), 2u);
}

TEST_F(JitterBufferTest, CountsWhatItCannotTake) {
  auto sent = stream.send(true, 3000).front();
  rtp::Packet packet = sent.packet;
  packet.payloadType = rtp::PayloadType(127);
  buffer.insert(packet, sent.index, now);
  packet = sent.packet;
  packet.payload = {0x80};
  buffer.insert(packet, sent.index, now);
  buffer.insert(sent.packet, sent.index, now);
  buffer.insert(sent.packet, sent.index, now);
  EXPECT_EQ(buffer.counters().packetsOfUnknownType, 1u);
  EXPECT_EQ(buffer.counters().packetsMalformed, 1u);
  EXPECT_EQ(buffer.counters().packetsDuplicated, 1u);
}

}  // namespace
}  // namespace rtc::media
