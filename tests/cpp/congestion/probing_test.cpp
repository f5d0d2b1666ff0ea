#include "cpp/congestion/probing.h"

#include <gtest/gtest.h>

#include "cpp/congestion/acknowledged_rate.h"
#include "cpp/congestion/probe_meter.h"

namespace rtc::congestion::testing {
namespace {

Timestamp at(int64_t ms) {
  return Timestamp::milliseconds(ms);
}

std::vector<Bitrate> drain(Probing& probing) {
  std::vector<Bitrate> rates;
  while (const auto probe = probing.next())
    rates.push_back(probe->rate);
  return rates;
}

Probing::State state(Bitrate estimate, Bitrate needed = 0, bool isAppLimited = false) {
  return {estimate, 20'000'000, needed, isAppLimited, true};
}

using Rates = std::vector<Bitrate>;

TEST(Probing, DoublesWhileWhatItTriesIsCarried) {
  Probing probing;
  probing.update(state(300'000), at(0));
  EXPECT_EQ(drain(probing), (Rates{900'000, 1'800'000}));
  probing.update(state(900'000), at(100));
  EXPECT_EQ(drain(probing), Rates{}) << "the second is still under way";
  probing.update(state(1'800'000), at(150));
  EXPECT_EQ(drain(probing), Rates{3'600'000});
  probing.update(state(2'000'000), at(300));
  probing.update(state(2'000'000), at(2000));
  EXPECT_EQ(drain(probing), Rates{}) << "that was not carried";
}

TEST(Probing, WaitsForTheAnswerToAProbeThatIsLittleFasterThanTheEstimate) {
  Probing probing;
  probing.update({14'000'000, 20'000'000, 0, false, true}, at(0));
  EXPECT_EQ(drain(probing), (Rates{20'000'000, 20'000'000}));
  for (int64_t ms = 1; ms < 900; ++ms)
    probing.update({14'200'000, 20'000'000, 0, false, true}, at(ms));
  EXPECT_EQ(drain(probing), Rates{});
}

TEST(Probing, TriesAgainLessAndLessOftenWhileItShowsNothing) {
  Probing probing;
  std::vector<int64_t> times;
  for (int64_t ms = 0; ms < 90'000; ms += 100) {
    probing.update(state(1'000'000), at(ms));
    if (!drain(probing).empty())
      times.push_back(ms / 1000);
  }
  ASSERT_GE(times.size(), 4u);
  EXPECT_GE(times[1] - times[0], 10) << "the first two were answered by nothing";
  for (size_t i = 2; i < times.size(); ++i) {
    EXPECT_GE(times[i] - times[i - 1], times[i - 1] - times[i - 2]);
    EXPECT_LE(times[i] - times[i - 1], 22);
  }
}

TEST(Probing, LeavesItWhenEncodersHaveWhatTheyNeed) {
  Probing probing;
  probing.update(state(1'000'000, 900'000), at(0));
  drain(probing);
  for (int64_t ms = 100; ms < 60'000; ms += 100)
    probing.update(state(1'000'000, 900'000, true), at(ms));
  EXPECT_EQ(drain(probing), Rates{});
  probing.update(state(1'000'000, 3'000'000, true), at(60'000));
  EXPECT_EQ(drain(probing), Rates{3'000'000}) << "and now they need more";
}

TEST(Probing, WaitsWhileTheEstimateIsHeldDown) {
  Probing probing;
  probing.update(state(1'000'000), at(0));
  drain(probing);
  Probing::State held = state(1'000'000);
  held.mayRise = false;
  for (int64_t ms = 100; ms < 60'000; ms += 100)
    probing.update(held, at(ms));
  EXPECT_EQ(drain(probing), Rates{});
}

TEST(Probing, LooksSoonWhetherASharpDropIsOver) {
  Probing probing;
  probing.update(state(2'000'000), at(0));
  drain(probing);
  for (int64_t ms = 100; ms < 12'000; ms += 100)
    probing.update(state(2'000'000), at(ms));
  drain(probing);
  for (int64_t ms = 14'000; ms < 14'500; ms += 100)
    probing.update(state(2'000'000), at(ms));
  drain(probing);
  int64_t probedAt = 0;
  for (int64_t ms = 14'500; ms < 30'000 && probedAt == 0; ms += 100) {
    probing.update(state(500'000), at(ms));
    if (!drain(probing).empty())
      probedAt = ms;
  }
  EXPECT_EQ(probedAt, 14'500 + 3000);
}

/// A probe of ten packets that left at `sentRate` and came at `receivedRate`; the rate found.
std::optional<Bitrate> measured(double sentRate, double receivedRate, int lost = 0) {
  ProbeMeter meter;
  meter.started({ProbeId(1), static_cast<Bitrate>(sentRate), 10'000, 5});
  std::optional<Bitrate> rate;
  for (int i = 0; i < 10 - lost; ++i) {
    PacketResult packet;
    packet.bytes = 1000;
    packet.probe = ProbeId(1);
    packet.sentAt = at(0) + Duration::microseconds(static_cast<int64_t>(i * 8e9 / sentRate));
    packet.receivedAt =
        at(5000) + Duration::microseconds(static_cast<int64_t>(i * 8e9 / receivedRate));
    if (const auto found = meter.received(packet))
      rate = found;
  }
  return rate;
}

TEST(ProbeMeter, FindsWhatWasSentOrALittleLessThanWhatCame) {
  EXPECT_NEAR(static_cast<double>(measured(4e6, 4e6).value()), 4e6, 1e4);
  EXPECT_NEAR(static_cast<double>(measured(4e6, 3.8e6).value()), 3.8e6, 1e4);
  EXPECT_NEAR(static_cast<double>(measured(4e6, 2e6).value()), 1.9e6, 1e4);
}

TEST(ProbeMeter, NeedsMostOfTheProbeAndNoneOfAnother) {
  EXPECT_TRUE(measured(4e6, 4e6, 2));
  EXPECT_FALSE(measured(4e6, 4e6, 3));
  ProbeMeter meter;
  PacketResult packet;
  packet.bytes = 1000;
  packet.probe = ProbeId(9);
  EXPECT_FALSE(meter.received(packet));
}

TEST(ProbeMeter, BelievesNothingThatCameMuchFasterThanItLeft) {
  EXPECT_FALSE(measured(1e6, 5e6));
}

TEST(AcknowledgedRate, IsWhatArrives) {
  AcknowledgedRate rate;
  EXPECT_FALSE(rate.rate());
  for (int i = 0; i < 200; ++i)
    rate.received(1250, at(i * 10), at(5000 + i * 10));
  EXPECT_NEAR(static_cast<double>(rate.rate().value()), 1e6, 1e4);
  for (int i = 200; i < 300; ++i)
    rate.received(1250, at(i * 10), at(5000 + 2000 + (i - 200) * 20));
  EXPECT_NEAR(static_cast<double>(rate.rate().value()), 0.5e6, 1e4);
}

TEST(AcknowledgedRate, IsNotRaisedByALumpBehindAGap) {
  AcknowledgedRate rate;
  for (int i = 0; i < 100; ++i)
    rate.received(1250, at(i * 10), at(5000 + i * 10));
  // What left in 200 ms comes in two.
  for (int i = 100; i < 120; ++i)
    rate.received(1250, at(i * 10), at(6200 + i / 10));
  EXPECT_LT(rate.rate().value(), 1'050'000);
}

}  // namespace
}  // namespace rtc::congestion::testing
