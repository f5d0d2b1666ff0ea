#include "cpp/congestion/pacer.h"

#include <string>

#include <gtest/gtest.h>

namespace rtc::congestion::testing {
namespace {

using Packets = Pacer<int>;

Timestamp at(int64_t ms) {
  return Timestamp::milliseconds(ms);
}

/// What has left until `end`, driven by deadlines that are rounded up to `timerMs`.
struct Sent {
  Timestamp at;
  Packets::Departure departure;
};
std::vector<Sent> run(Packets& pacer, Timestamp from, Timestamp end, int64_t timerMs = 1,
                      size_t paddingPacket = 0) {
  std::vector<Sent> all;
  Timestamp now = from;
  while (now <= end) {
    for (;;) {
      if (auto departure = pacer.next(now)) {
        all.push_back({now, std::move(*departure)});
        continue;
      }
      const size_t padding = pacer.paddingDue(now);
      if (padding == 0 || paddingPacket == 0)
        break;
      for (size_t made = 0; made < padding; made += paddingPacket)
        pacer.enqueue({-1, paddingPacket, Priority::kPadding, 0}, now);
    }
    const Timestamp due = pacer.deadline();
    if (due.isNever())
      break;
    const int64_t step = timerMs * 1000;
    const Timestamp rounded = Timestamp::microseconds((due.us() + step - 1) / step * step);
    EXPECT_GT(rounded, now) << "would spin";
    now = std::max(rounded, now + Duration::milliseconds(1));
  }
  return all;
}

TEST(Pacer, SpreadsAFrameAtThePacingRate) {
  for (const int64_t timer : {1, 4}) {
    Packets pacer;
    pacer.setRates(1'000'000, 0);
    for (int i = 0; i < 50; ++i)
      pacer.enqueue({i, 1250, Priority::kVideo, 1}, at(100));
    EXPECT_EQ(pacer.queueDelay(), Duration::milliseconds(500));
    const auto sent = run(pacer, at(100), at(2000), timer);
    ASSERT_EQ(sent.size(), 50u);
    EXPECT_EQ(sent.front().at, at(100));
    // 49 packets of 10 ms each until the last may leave; some milliseconds are let out at once.
    EXPECT_NEAR(static_cast<double>((sent.back().at - at(100)).ms()), 490, 6) << timer;
    for (size_t i = 1; i < sent.size(); ++i) {
      EXPECT_EQ(sent[i].departure.item.packet, static_cast<int>(i));
      EXPECT_LE((sent[i].at - sent[i - 1].at).ms(), 10 + timer);
    }
    EXPECT_EQ(pacer.queuedBytes(), 0u);
    EXPECT_TRUE(pacer.deadline().isNever());
  }
}

TEST(Pacer, LetsOutAtOnceWhatALateTimerHeldUpButNoMore) {
  Packets pacer;
  pacer.setRates(8'000'000, 0);  // a packet of 1000 bytes each millisecond
  for (int i = 0; i < 100; ++i)
    pacer.enqueue({i, 1000, Priority::kVideo, 1}, at(0));
  int atOnce = 0;
  while (pacer.next(at(100)))
    ++atOnce;
  EXPECT_EQ(atOnce, 5) << "four milliseconds and this one";
}

TEST(Pacer, NeverDelaysAudio) {
  Packets pacer;
  pacer.setRates(300'000, 0);
  for (int i = 0; i < 20; ++i)
    pacer.enqueue({i, 1200, Priority::kVideo, 1}, at(0));
  ASSERT_TRUE(pacer.next(at(0)));
  EXPECT_FALSE(pacer.next(at(0)));
  pacer.enqueue({100, 120, Priority::kAudio, 2}, at(1));
  EXPECT_LE(pacer.deadline(), at(1));
  const auto departure = pacer.next(at(1));
  ASSERT_TRUE(departure);
  EXPECT_EQ(departure->item.packet, 100);
  EXPECT_EQ(departure->waited, Duration::zero());
  EXPECT_FALSE(pacer.next(at(1)));
}

TEST(Pacer, LeavesRoomForOthersThoughAudioTakesMoreThanTheRate) {
  Packets pacer;
  // As when the estimate has fallen below what sound needs.
  pacer.setRates(50'000, 0);
  pacer.enqueue({0, 600, Priority::kVideo, 1}, at(0));
  pacer.enqueue({1, 600, Priority::kVideo, 1}, at(0));
  pacer.enqueue({2, 600, Priority::kVideo, 1}, at(0));
  std::vector<int64_t> video;
  for (int64_t ms = 0; ms < 3000; ms += 20) {
    pacer.enqueue({-1, 160, Priority::kAudio, 2}, at(ms));
    for (const Sent& sent : run(pacer, at(ms), at(ms + 19))) {
      if (sent.departure.item.packet >= 0)
        video.push_back(sent.at.ms());
    }
  }
  ASSERT_EQ(video.size(), 3u);
  // 1,800 bytes at half of the rate.
  EXPECT_LE(video.back(), 600);
}

TEST(Pacer, DoesNotMakeOthersPayForAudioThatCameAllAtOnce) {
  Packets pacer;
  pacer.setRates(50'000, 0);
  // A process that was held up for five seconds.
  for (int i = 0; i < 250; ++i)
    pacer.enqueue({-1, 160, Priority::kAudio, 2}, at(0));
  pacer.enqueue({1, 600, Priority::kVideo, 1}, at(0));
  const auto sent = run(pacer, at(0), at(6000));
  ASSERT_EQ(sent.size(), 251u);
  EXPECT_LE(sent.back().at, at(100));
}

TEST(Pacer, SendsByPriority) {
  Packets pacer;
  pacer.setRates(1'000'000, 0);
  pacer.enqueue({5, 500, Priority::kPadding, 1}, at(0));
  pacer.enqueue({4, 500, Priority::kFec, 1}, at(0));
  pacer.enqueue({3, 500, Priority::kVideo, 1}, at(0));
  pacer.enqueue({2, 500, Priority::kRetransmission, 1}, at(0));
  pacer.enqueue({1, 500, Priority::kAudio, 1}, at(0));
  std::string order;
  for (const auto& sent : run(pacer, at(0), at(1000)))
    order += std::to_string(sent.departure.item.packet);
  EXPECT_EQ(order, "12345");
}

TEST(Pacer, SharesEquallyInBytesAmongStreams) {
  Packets pacer;
  pacer.setRates(1'000'000, 0);
  for (int i = 0; i < 40; ++i)
    pacer.enqueue({1, 1200, Priority::kVideo, 1}, at(0));
  for (int i = 0; i < 160; ++i)
    pacer.enqueue({2, 300, Priority::kVideo, 2}, at(0));
  size_t first = 0;
  size_t second = 0;
  for (const auto& sent : run(pacer, at(0), at(400)))
    (sent.departure.item.packet == 1 ? first : second) += sent.departure.item.bytes;
  EXPECT_NEAR(static_cast<double>(first), static_cast<double>(second), 1200);
  EXPECT_GT(first, 20'000u);
}

TEST(Pacer, GivesAStreamThatWasIdleNoMoreThanItsTurn) {
  Packets pacer;
  pacer.setRates(1'000'000, 0);
  for (int i = 0; i < 100; ++i)
    pacer.enqueue({1, 1000, Priority::kVideo, 1}, at(0));
  run(pacer, at(0), at(400));
  for (int i = 0; i < 50; ++i)
    pacer.enqueue({2, 1000, Priority::kVideo, 2}, at(400));
  int first = 0;
  for (const auto& sent : run(pacer, at(401), at(560)))
    first += sent.departure.item.packet == 1 ? 1 : 0;
  EXPECT_GE(first, 8);
}

TEST(Pacer, RaisesItsRateWhenMoreThanTwoSecondsWait) {
  Packets pacer;
  pacer.setRates(100'000, 0);
  for (int i = 0; i < 100; ++i)
    pacer.enqueue({i, 1250, Priority::kVideo, 1}, at(0));  // ten seconds
  EXPECT_LE(pacer.queueDelay(), Duration::seconds(2));
  const auto sent = run(pacer, at(0), at(2000));
  // The rate falls as the queue does, so that most but not all leaves in that time.
  EXPECT_GE(sent.size(), 60u);
}

TEST(Pacer, SendsAProbeAtItsRateOfMediaFirstAndThenOfPadding) {
  for (const int64_t timer : {1, 4}) {
    Packets pacer;
    pacer.setRates(300'000, 0);
    pacer.addProbe({ProbeId(7), 4'000'000, 10'000, 5}, at(0));
    EXPECT_EQ(pacer.paddingDue(at(0)), 0u) << "nobody can pad before there is media";
    for (int i = 0; i < 3; ++i)
      pacer.enqueue({i, 1000, Priority::kVideo, 1}, at(0));
    const auto sent = run(pacer, at(0), at(500), timer, 1000);
    ASSERT_GE(sent.size(), 10u);
    ASSERT_LE(sent.size(), 11u);
    for (size_t i = 0; i < 10; ++i) {
      EXPECT_EQ(sent[i].departure.probe, ProbeId(7)) << i;
      EXPECT_EQ(sent[i].departure.item.packet, i < 3 ? static_cast<int>(i) : -1);
    }
    // Nine packets of 2 ms.
    EXPECT_NEAR(static_cast<double>((sent[9].at - sent[0].at).ms()), 18, 4);
    EXPECT_FALSE(pacer.isProbing());
    EXPECT_TRUE(pacer.deadline().isNever());
  }
}

TEST(Pacer, AsksForPaddingAgainOnlyAfterAWhileWhenThereIsNone) {
  Packets pacer;
  pacer.setRates(300'000, 0);
  pacer.enqueue({1, 200, Priority::kVideo, 1}, at(0));
  ASSERT_TRUE(pacer.next(at(0)));
  pacer.addProbe({ProbeId(1), 4'000'000, 10'000, 5}, at(10));
  EXPECT_GT(pacer.paddingDue(at(10)), 0u);
  EXPECT_EQ(pacer.paddingDue(at(10)), 0u);
  EXPECT_EQ(pacer.deadline(), at(15));
  // It is given up in the end, and then nobody is asked any more.
  const auto sent = run(pacer, at(15), at(10'000));
  EXPECT_TRUE(sent.empty());
  EXPECT_FALSE(pacer.isProbing());
  EXPECT_TRUE(pacer.deadline().isNever());
}

TEST(Pacer, GivesUpAProbeThatFindsNothingMoreToSend) {
  Packets pacer;
  pacer.setRates(300'000, 0);
  pacer.addProbe({ProbeId(1), 4'000'000, 10'000, 5}, at(0));
  pacer.enqueue({1, 200, Priority::kVideo, 1}, at(0));
  ASSERT_TRUE(pacer.next(at(0))->probe);
  pacer.enqueue({1, 200, Priority::kVideo, 1}, at(300));
  EXPECT_FALSE(pacer.next(at(300))->probe);
}

TEST(Pacer, KeepsUpAPaddingRateWhileNothingElseLeaves) {
  Packets pacer;
  pacer.setRates(1'000'000, 100'000);
  pacer.enqueue({1, 250, Priority::kVideo, 1}, at(0));
  size_t bytes = 0;
  for (const auto& sent : run(pacer, at(0), at(2000), 1, 250))
    bytes += sent.departure.item.bytes;
  EXPECT_NEAR(static_cast<double>(bytes), 25'000, 1000);
}

TEST(Pacer, GivesBackWhatWaitsOfAStream) {
  Packets pacer;
  pacer.setRates(1'000'000, 0);
  pacer.enqueue({1, 500, Priority::kVideo, 1}, at(0));
  pacer.enqueue({3, 500, Priority::kRetransmission, 1}, at(0));
  pacer.enqueue({2, 400, Priority::kVideo, 2}, at(0));
  EXPECT_EQ(pacer.discard(1), (std::vector<int>{3, 1})) << "by priority";
  EXPECT_TRUE(pacer.discard(1).empty());
  EXPECT_EQ(pacer.queuedBytes(), 400u);
  EXPECT_EQ(pacer.queuedPackets(), 1u);
  EXPECT_EQ(pacer.next(at(0))->item.packet, 2);
}

}  // namespace
}  // namespace rtc::congestion::testing
