#include "cpp/media/audio_jitter_buffer.h"

#include <algorithm>
#include <map>

#include <gtest/gtest.h>

#include "cpp/base/random.h"
#include "cpp/media/audio_duration.h"

namespace rtc::media {
namespace {

constexpr rtp::PayloadType kOpus{111};
constexpr rtp::PayloadType kTelephoneEvent{110};
constexpr Duration kPacket = Duration::milliseconds(20);
constexpr uint32_t kUnits = 960;

Codec codecOf(std::string name, rtp::PayloadType payloadType, uint32_t clockRate = 48000) {
  Codec codec;
  codec.format = payload::formatOf(name).value_or(payload::Format::kAudio);
  codec.name = std::move(name);
  codec.payloadType = payloadType;
  codec.clockRate = clockRate;
  return codec;
}

class AudioJitterBufferTest : public testing::Test {
 protected:
  /// An Opus packet of 20 ms whose second byte tells it from others.
  rtp::Packet packet(int64_t number) const {
    rtp::Packet packet;
    packet.payloadType = kOpus;
    packet.timestamp = rtp::RtpTime(static_cast<uint32_t>(0xfffff000 + number * kUnits));
    packet.payload = {0x78, static_cast<uint8_t>(number), 3};
    return packet;
  }
  rtp::SequenceIndex index(int64_t number) const {
    return rtp::SequenceIndex::first(rtp::SequenceNumber(65530)) + number;
  }
  void insert(int64_t number) { insert(packet(number), number); }
  void insert(const rtp::Packet& packet, int64_t number) {
    buffer.insert(packet, index(number), now);
    drain();
  }
  void drain() {
    while (auto output = buffer.poll()) {
      outputs.push_back(std::move(*output));
      gaveAt.push_back(now);
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
  /// The second bytes of frames, -1 for each lost packet.
  std::vector<int> sequence() const {
    std::vector<int> numbers;
    for (const auto& output : outputs) {
      if (const auto* frame = std::get_if<AudioJitterBuffer::Frame>(&output)) {
        numbers.push_back(frame->frame.data[1]);
      } else {
        numbers.insert(numbers.end(), std::get<AudioJitterBuffer::Lost>(output).count, -1);
      }
    }
    return numbers;
  }

  AudioJitterBuffer buffer{{codecOf("opus", kOpus), codecOf("telephone-event", kTelephoneEvent)}};
  Timestamp now = Timestamp::milliseconds(1000);
  std::vector<AudioJitterBuffer::Output> outputs;
  std::vector<Timestamp> gaveAt;
};

TEST_F(AudioJitterBufferTest, GivesPacketsInOrder) {
  for (const int64_t number : {0, 2, 1, 3, 5, 4}) {
    insert(number);
    if (number == 5)
      insert(number);
    advance(kPacket);
  }
  advance(Duration::seconds(1));
  EXPECT_EQ(sequence(), (std::vector<int>{0, 1, 2, 3, 4, 5}));
  for (size_t i = 1; i < outputs.size(); ++i) {
    // The first one leaves before it is known how late it came: the second is wanted no later.
    EXPECT_GE(std::get<AudioJitterBuffer::Frame>(outputs[i]).playAt,
              std::get<AudioJitterBuffer::Frame>(outputs[i - 1]).playAt);
  }
  EXPECT_EQ(buffer.counters().packetsDuplicated, 1u);
  EXPECT_EQ(buffer.counters().packetsMissed, 0u);
  EXPECT_EQ(buffer.counters().jitterBufferEmittedCount, 6 * kUnits);
}

TEST_F(AudioJitterBufferTest, GivesWhatIsInOrderAheadOfItsTime) {
  for (int64_t number = 0; number < 50; ++number) {
    insert(number);
    // Nothing is waited for.
    EXPECT_EQ(sequence().back(), number);
    advance(kPacket);
  }
  buffer.setTarget(Duration::milliseconds(500));
  for (int64_t number = 50; number < 1000; ++number) {
    insert(number);
    advance(kPacket);
  }
  const auto& last = std::get<AudioJitterBuffer::Frame>(outputs.back());
  EXPECT_EQ(gaveAt.back(), last.playAt - buffer.delay().allowance() - AudioJitterBuffer::kAhead);
  EXPECT_GT(gaveAt.back(), last.receivedAt);
  // It counts as held until the time at which it is wanted.
  const auto& counters = buffer.counters();
  EXPECT_LE(counters.jitterBufferDelay, counters.jitterBufferTargetDelay);
  EXPECT_GT(counters.jitterBufferDelay, Duration::milliseconds(400) * (900 * kUnits));
}

TEST_F(AudioJitterBufferTest, TellsOfALossWhenItsPlayoutComes) {
  for (const int64_t number : {0, 1, 3, 4}) {
    insert(number);
    advance(number == 1 ? kPacket * 2 : kPacket);
  }
  advance(Duration::seconds(1));
  EXPECT_EQ(sequence(), (std::vector<int>{0, 1, -1, 3, 4}));
  const auto& lost = std::get<AudioJitterBuffer::Lost>(outputs[2]);
  EXPECT_EQ(lost.duration, kPacket);
  EXPECT_EQ(lost.timestamp, packet(2).timestamp);
  // What forward error correction is found in.
  EXPECT_EQ(lost.next, packet(3).payload);
  EXPECT_EQ(gaveAt[2], lost.playAt - buffer.delay().allowance());
  EXPECT_EQ(buffer.counters().packetsMissed, 1u);
}

TEST_F(AudioJitterBufferTest, GivesUpOnlyThoseOfAGapThatDoNotComeInTime) {
  insert(0);
  advance(kPacket * 3);
  insert(3);
  advance(kPacket);
  insert(2);
  advance(Duration::seconds(1));
  EXPECT_EQ(sequence(), (std::vector<int>{0, -1, 2, 3}));
  insert(1);
  EXPECT_EQ(buffer.counters().packetsDiscarded, 1u);
}

TEST_F(AudioJitterBufferTest, TakesSilenceThatIsNotSentForNoLoss) {
  insert(0);
  advance(kPacket);
  rtp::Packet later = packet(1);
  later.timestamp = rtp::RtpTime(later.timestamp.value() + 20 * kUnits);
  advance(kPacket * 20);
  insert(later, 1);
  advance(Duration::seconds(1));
  EXPECT_EQ(sequence(), (std::vector<int>{0, 1}));
  const auto& first = std::get<AudioJitterBuffer::Frame>(outputs[0]);
  const auto& second = std::get<AudioJitterBuffer::Frame>(outputs[1]);
  EXPECT_GT(second.playAt - first.playAt, kPacket * 20);
  EXPECT_EQ(buffer.counters().packetsMissed, 0u);
}

TEST_F(AudioJitterBufferTest, PassesOverTelephoneEventsAndPadding) {
  insert(0);
  rtp::Packet event = packet(1);
  event.payloadType = kTelephoneEvent;
  event.payload = {1, 10, 0, 160};
  insert(event, 1);
  rtp::Packet padding = packet(2);
  padding.payload.clear();
  insert(padding, 2);
  insert(3);
  advance(Duration::seconds(1));
  EXPECT_EQ(sequence(), (std::vector<int>{0, 3}));
}

TEST_F(AudioJitterBufferTest, TellsOfAJumpOfTheSequenceNumberAtOnce) {
  insert(0);
  advance(Duration::seconds(1));
  rtp::Packet far = packet(1);
  insert(far, 5000);
  advance(Duration::seconds(1));
  ASSERT_EQ(outputs.size(), 3u);
  const auto& lost = std::get<AudioJitterBuffer::Lost>(outputs[1]);
  EXPECT_EQ(lost.count, 4999u);
  EXPECT_EQ(lost.duration, Duration::zero());
}

TEST_F(AudioJitterBufferTest, GoesOnWhenASenderNumbersItsPacketsAnew) {
  for (int64_t number = 0; number < 10; ++number) {
    insert(number);
    advance(kPacket);
  }
  for (int64_t number = 10; number < 30; ++number) {
    insert(packet(number), number - 20000);
    advance(kPacket);
  }
  advance(Duration::seconds(1));
  EXPECT_EQ(buffer.counters().restarts, 1u);
  EXPECT_EQ(sequence().back(), 29);
  EXPECT_GE(outputs.size(), 22u);
}

// The time line may have changed between a packet's arrival and its turn.
TEST_F(AudioJitterBufferTest, WantsNothingPlayedFarAheadBecauseOfItsTimestamp) {
  buffer.setTarget(Duration::milliseconds(1000));
  for (int64_t number = 0; number < 60; number += 2) {
    insert(number);
    if (number > 20) {
      // By up to ten hours.
      rtp::Packet ahead = packet(number + 1);
      const auto jump = static_cast<uint32_t>(number) * 30'000'000;
      ahead.timestamp = rtp::RtpTime(ahead.timestamp.value() + jump);
      insert(ahead, number + 1);
    } else {
      insert(number + 1);
    }
    insert(number + 2);
    advance(kPacket * 2);
  }
  advance(Duration::seconds(5));
  size_t frames = 0;
  for (const auto& output : outputs) {
    if (const auto* frame = std::get_if<AudioJitterBuffer::Frame>(&output)) {
      ++frames;
      EXPECT_LE(frame->playAt - frame->receivedAt, Duration::seconds(3));
    } else {
      EXPECT_LE(std::get<AudioJitterBuffer::Lost>(output).playAt - now, Duration::zero());
    }
  }
  EXPECT_GT(frames, 50u);
}

TEST_F(AudioJitterBufferTest, HoldsNoMoreThanItsBounds) {
  buffer.setTarget(Duration::milliseconds(4000));
  for (int64_t number = 0; number < 5000; ++number) {
    insert(number);
    EXPECT_LE(buffer.heldPackets(), AudioJitterBuffer::kMaxPackets);
  }
  for (int64_t number = 5000; number < 5200; ++number) {
    rtp::Packet huge = packet(number);
    huge.payload.resize(60000);
    insert(huge, number);
    EXPECT_LE(buffer.heldBytes(), AudioJitterBuffer::kMaxBytes);
  }
}

TEST_F(AudioJitterBufferTest, CountsPacketsOfUnknownTypes) {
  rtp::Packet unknown = packet(0);
  unknown.payloadType = rtp::PayloadType(5);
  insert(unknown, 0);
  EXPECT_EQ(buffer.counters().packetsOfUnknownType, 1u);
  EXPECT_TRUE(buffer.deadline().isNever());
}

TEST_F(AudioJitterBufferTest, KeepsLossesRareOnAPathWithJitter) {
  SeededRandom random(3);
  constexpr int64_t kCount = 3000;
  std::multimap<Timestamp, int64_t> ordered;
  for (int64_t number = 0; number < kCount; ++number)
    ordered.emplace(now + kPacket * number + Duration::milliseconds(random.below(80)), number);
  for (const auto& [time, which] : ordered) {
    advance(time - now);
    insert(which);
  }
  advance(Duration::seconds(1));
  EXPECT_LT(buffer.counters().packetsMissed, static_cast<uint64_t>(kCount * 5 / 100));
  EXPECT_LT(buffer.delay().current(), Duration::milliseconds(110));
  // Every packet was either given or told of as lost, in order.
  EXPECT_EQ(sequence().size(), static_cast<size_t>(kCount));
}

TEST(AudioDuration, IsReadFromPayloads) {
  const Codec opus = codecOf("opus", kOpus);
  EXPECT_EQ(audioDuration(opus, Bytes{0x78}), 960u);                // hybrid, one frame of 20 ms
  EXPECT_EQ(audioDuration(opus, Bytes{0x18}), 2880u);               // SILK, 60 ms
  EXPECT_EQ(audioDuration(opus, Bytes{0x19, 0}), 5760u);            // two of them
  EXPECT_EQ(audioDuration(opus, Bytes{0xe3, 0x04}), 480u);          // CELT, four of 2.5 ms
  EXPECT_EQ(audioDuration(opus, Bytes{0x1b, 0x3f}), std::nullopt);  // more than 120 ms
  EXPECT_EQ(audioDuration(opus, Bytes{0x1b}), std::nullopt);
  EXPECT_EQ(audioDuration(opus, {}), std::nullopt);
  EXPECT_EQ(audioDuration(codecOf("PCMU", rtp::PayloadType(0), 8000), Bytes(160)), 160u);
  EXPECT_EQ(audioDuration(codecOf("G722", rtp::PayloadType(9), 8000), Bytes(160)), 160u);
  EXPECT_EQ(audioDuration(codecOf("CN", rtp::PayloadType(13), 8000), Bytes(1)), std::nullopt);
}

TEST_F(AudioJitterBufferTest, WhatIsBroughtInPlaceOfAnotherIsPlayedOnceAndInOrder) {
  const auto redundant = [this](int64_t content, int64_t number) {
    buffer.insertRedundant(packet(content), index(number), now);
    drain();
  };
  insert(0);
  while (outputs.empty())
    advance(kPacket);
  // 1 was a tone, and is lost: what a packet behind it brings for it has been played.
  redundant(0, 1);
  EXPECT_EQ(buffer.counters().packetsDiscarded, 1u);
  // Of what waits nothing comes twice either, be it before or after.
  insert(packet(1), 2);
  insert(packet(3), 4);
  redundant(1, 3);
  redundant(3, 3);
  EXPECT_EQ(buffer.counters().packetsDiscarded, 3u);
  redundant(2, 3);
  EXPECT_EQ(buffer.counters().packetsDiscarded, 3u);
  advance(Duration::seconds(1));
  std::vector<uint8_t> played;
  for (const auto& output : outputs) {
    if (const auto* frame = std::get_if<AudioJitterBuffer::Frame>(&output))
      played.push_back(frame->frame.data[1]);
  }
  EXPECT_EQ(played, (std::vector<uint8_t>{0, 1, 2, 3}));
}

}  // namespace
}  // namespace rtc::media
