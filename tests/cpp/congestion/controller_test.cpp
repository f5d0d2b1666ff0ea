#include "cpp/congestion/controller.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "cpp/congestion/receiver_estimate.h"

namespace rtc::congestion::testing {
namespace {

using rtp::SequenceNumber;

Timestamp at(int64_t ms) {
  return Timestamp::milliseconds(ms);
}

constexpr BitrateLimits kLimits{100'000, 500'000, 3'000'000};

/// A sender of one packet of 1200 bytes each ten milliseconds (960 kbit/s) over a path of 50 ms,
/// with feedback each 50 ms.
class Sender {
 public:
  explicit Sender(const BitrateLimits& limits = kLimits) : controller(limits, at(0)) {}

  void run(int64_t ms, bool isAnswered = true) {
    const int64_t end = now + ms;
    for (; now < end; now += 10) {
      if (controller.deadline() <= at(now))
        controller.handleTimeout(at(now));
      controller.onPacketSent(SequenceNumber(sequence), 1200, std::nullopt, at(now));
      ++sequence;
      while (const auto probe = controller.nextProbe())
        probes.push_back(*probe);
      if (isAnswered && now % 50 == 0)
        controller.onTransportFeedback(feedback(), at(now));
      told = isAnswered ? told : sequence;
    }
  }

  /// Tells of all packets that left 50 ms ago and were not told of.
  rtp::TransportFeedback feedback() {
    rtp::TransportFeedback result;
    const auto end = static_cast<uint16_t>(sequence - 5);
    result.base = SequenceNumber(told);
    const auto count = static_cast<int16_t>(end - told);
    if (count <= 0)
      return result;
    result.count = static_cast<uint16_t>(count);
    result.reference = static_cast<int32_t>(now / 64) - 20;
    const int64_t zero = int64_t{result.reference} * 64;
    for (uint16_t i = 0; i < result.count; ++i) {
      const int64_t sentAt = now - 10 * (sequence - 1 - static_cast<uint16_t>(told + i));
      result.arrivals.push_back({i, Duration::milliseconds(sentAt + 25 - zero)});
    }
    told = end;
    return result;
  }

  Controller controller;
  std::vector<Probe> probes;
  uint16_t sequence = 0;
  uint16_t told = 0;
  int64_t now = 0;
};

TEST(Controller, BeginsWithTheStartBitrateAndProbesForThreeAndSixTimesOfIt) {
  Sender sender;
  EXPECT_EQ(sender.controller.targets().bitrate, 500'000);
  EXPECT_TRUE(sender.controller.deadline().isNever());
  EXPECT_FALSE(sender.controller.nextProbe()) << "not before packets flow";
  sender.run(10);
  ASSERT_EQ(sender.probes.size(), 2u);
  EXPECT_EQ(sender.probes[0].rate, 1'500'000);
  EXPECT_EQ(sender.probes[1].rate, 3'000'000);
  EXPECT_NE(sender.probes[0].id, sender.probes[1].id);
  EXPECT_GE(sender.probes[1].bytes, 7'500u) << "20 ms";
}

TEST(Controller, DoesNotProbeForMoreThanTwiceOfWhatIsNeeded) {
  Sender sender;
  sender.controller.setNeeded(400'000, at(0));
  sender.run(10);
  for (const Probe& probe : sender.probes)
    EXPECT_LE(probe.rate, 800'000);
}

TEST(Controller, PacesFasterThanItSends) {
  Sender sender;
  const Targets targets = sender.controller.targets();
  EXPECT_EQ(targets.pacing, targets.bitrate * 5 / 2);
  EXPECT_EQ(targets.padding, 0);
}

TEST(Controller, MeasuresTheRoundTripByFeedbackUntilReportsTell) {
  Sender sender;
  sender.run(1000);
  ASSERT_TRUE(sender.controller.targets().roundTrip);
  EXPECT_LE(sender.controller.targets().roundTrip->ms(), 60);
  EXPECT_GE(sender.controller.targets().roundTrip->ms(), 40);
  sender.controller.onReceiverReport(0, Duration::milliseconds(33), at(1000));
  sender.run(500);
  EXPECT_EQ(sender.controller.targets().roundTrip, Duration::milliseconds(33));
}

TEST(Controller, KeepsBelowThePeersMaximumWhileThatIsFresh) {
  Sender sender;
  sender.run(2000);
  sender.controller.onRemb(200'000, at(2000));
  EXPECT_EQ(sender.controller.targets().bitrate, 200'000);
  sender.controller.onRemb(1, at(2000));
  EXPECT_EQ(sender.controller.targets().bitrate, kLimits.min);
  sender.run(16'000);
  EXPECT_GT(sender.controller.targets().bitrate, 400'000);
}

TEST(Controller, MovesIntoNewLimits) {
  Sender sender;
  sender.run(2000);
  sender.controller.setLimits({.min = 2'000'000, .start = 2'000'000, .max = 2'500'000}, at(2000));
  EXPECT_EQ(sender.controller.targets().bitrate, 2'000'000);
  sender.controller.setLimits({.min = 50'000, .start = 60'000, .max = 70'000}, at(2000));
  EXPECT_EQ(sender.controller.targets().bitrate, 70'000);
  // Out of order, and out of all bounds.
  sender.controller.setLimits({.min = 500'000, .start = 0, .max = 10}, at(2000));
  EXPECT_EQ(sender.controller.targets().bitrate, 500'000);
  sender.controller.setLimits({.min = -5, .start = -5, .max = INT64_MAX}, at(2000));
  EXPECT_GT(sender.controller.targets().bitrate, 0);
  EXPECT_GT(sender.controller.targets().pacing, 0);
}

TEST(Controller, TakesANewStartUntilSomethingHasBeenMeasured) {
  Sender sender;
  sender.controller.setLimits({.min = 100'000, .start = 800'000, .max = 3'000'000}, at(0));
  EXPECT_EQ(sender.controller.targets().bitrate, 800'000);
  sender.run(1000);
  const Bitrate measured = sender.controller.targets().bitrate;
  sender.controller.setLimits({.min = 100'000, .start = 200'000, .max = 3'000'000}, at(1000));
  EXPECT_EQ(sender.controller.targets().bitrate, measured);
}

TEST(Controller, SlowsDownWhileFeedbackStaysOutAndComesBackWithIt) {
  Sender sender;
  sender.run(3000);
  const Bitrate before = sender.controller.targets().bitrate;
  sender.run(500, false);
  EXPECT_EQ(sender.controller.targets().bitrate, before) << "it may be late";
  sender.run(1000, false);
  EXPECT_LE(sender.controller.targets().bitrate, before / 2);
  sender.run(3000, false);
  EXPECT_EQ(sender.controller.targets().bitrate, kLimits.min);
  sender.run(200);
  EXPECT_GE(sender.controller.targets().bitrate, before * 9 / 10);
}

TEST(Controller, BeginsAnewOnAnotherPath) {
  Sender sender;
  sender.run(20'000);
  ASSERT_GT(sender.controller.targets().bitrate, 500'000);
  sender.probes.clear();
  sender.controller.pathChanged(at(20'000));
  EXPECT_EQ(sender.controller.targets().bitrate, 500'000);
  EXPECT_FALSE(sender.controller.targets().roundTrip);
  sender.run(10);
  EXPECT_EQ(sender.probes.size(), 2u);
}

TEST(Controller, AsksForNoTimerWhenNothingIsUnderWay) {
  Controller controller(kLimits, at(0));
  controller.onPacketSent(SequenceNumber(1), 1200, std::nullopt, at(0));
  EXPECT_FALSE(controller.deadline().isNever());
  Timestamp now;
  int timeouts = 0;
  while (!controller.deadline().isNever()) {
    EXPECT_GT(controller.deadline(), now);
    now = controller.deadline();
    controller.handleTimeout(now);
    ASSERT_LT(++timeouts, 200);
  }
  EXPECT_LE(now, at(11'000)) << "feedback of it is not waited for any longer";
}

TEST(Controller, StaysWithinItsLimitsWhateverReportsSay) {
  Controller controller(kLimits, at(0));
  const double fractions[] = {
      0, 1, -1, 1e300, std::nan(""), std::numeric_limits<double>::infinity(), 0.5};
  const std::optional<Duration> trips[] = {std::nullopt, Duration::zero() - Duration::seconds(9),
                                           Duration::infinite(), Duration::zero()};
  Timestamp now;
  for (int i = 0; i < 1000; ++i) {
    now = now + Duration::milliseconds(i % 7 == 0 ? -50 : 40);
    controller.onPacketSent(std::nullopt, 1200, std::nullopt, now);
    controller.onReceiverReport(fractions[i % 7], trips[i % 4], now);
    if (i % 3 == 0)
      controller.onRemb(i % 2 == 0 ? INT64_MAX : INT64_MIN, now);
    EXPECT_GE(controller.targets().bitrate, kLimits.min);
    EXPECT_LE(controller.targets().bitrate, kLimits.max);
    EXPECT_GE(controller.targets().lossRate, 0);
    EXPECT_LE(controller.targets().lossRate, 1);
  }
}

TEST(ReceiverEstimate, TellsEachSecondAndAtOnceWhenItFalls) {
  ReceiverEstimate estimate(kLimits);
  EXPECT_TRUE(estimate.deadline().isNever());
  // The send time wraps after 64 s.
  const auto stamp = [](int64_t us) {
    return static_cast<uint32_t>((us << 18) / 1'000'000);
  };
  std::vector<std::pair<Timestamp, Bitrate>> told;
  int64_t queue = 0;
  for (int64_t ms = 60'000; ms < 75'000; ms += 10) {
    if (ms >= 70'500)
      queue += 5000;
    const Timestamp now = Timestamp::microseconds(ms * 1000 + 30'000 + queue);
    estimate.received(stamp(ms * 1000) & 0xffffff, 1200, now);
    if (const auto rate = estimate.next(now))
      told.emplace_back(now, *rate);
  }
  ASSERT_GT(told.size(), 11u);
  for (size_t i = 1; i < 10; ++i) {
    EXPECT_EQ((told[i].first - told[i - 1].first).ms(), 1000);
    EXPECT_GE(told[i].second, told[i - 1].second);
  }
  EXPECT_GT(told[9].second, 1'300'000) << "960 kbit/s arrive";
  EXPECT_LT((told[11].first - told[10].first).ms(), 1000);
  EXPECT_LT(told.back().second, 900'000);
}

TEST(ReceiverEstimate, SaysNothingWhenNothingComesAnyMore) {
  ReceiverEstimate estimate(kLimits);
  estimate.received(0, 1200, at(0));
  EXPECT_EQ(estimate.deadline(), at(1000));
  EXPECT_TRUE(estimate.next(at(1000)));
  EXPECT_TRUE(estimate.next(at(2000)));
  EXPECT_FALSE(estimate.next(at(3000)));
  EXPECT_TRUE(estimate.deadline().isNever());
}

}  // namespace
}  // namespace rtc::congestion::testing
