#include "cpp/congestion/loss_limit.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "cpp/base/random.h"

namespace rtc::congestion::testing {
namespace {

constexpr Bitrate kCeiling = 3'000'000;

/// A path that loses a share of all packets, and all of what is beyond its capacity.
class Path {
 public:
  explicit Path(double share, Bitrate capacity = INT64_MAX, int burst = 1)
      : share_(share), capacity_(static_cast<double>(capacity)), burst_(burst) {}

  /// A quarter of a second at `rate`, or at the limit when that is less.
  void send(Bitrate rate) {
    if (const auto bound = limit.limit())
      rate = std::min(rate, *bound);
    const auto wanted = static_cast<double>(rate);
    const double beyond = std::max(0.0, 1 - capacity_ / wanted);
    const int packets = static_cast<int>(rate / 4 / 9600) + 1;
    int lost = 0;
    for (int i = 0; i < packets; ++i) {
      if (burstLeft_ == 0 && happens(share_ / burst_))
        burstLeft_ = burst_;
      const bool isInBurst = burstLeft_ > 0;
      burstLeft_ -= isInBurst ? 1 : 0;
      lost += isInBurst || happens(beyond) ? 1 : 0;
    }
    now_ = now_ + Duration::milliseconds(250);
    const auto acknowledged = rate * (packets - lost) / packets;
    limit.observed(packets, lost, rate, Duration::milliseconds(250), acknowledged, kCeiling, now_);
  }

  LossLimit limit;

 private:
  bool happens(double probability) { return random_.u32() < probability * 4294967296.0; }

  double share_;
  double capacity_;
  int burst_;
  int burstLeft_ = 0;
  SeededRandom random_{7};
  Timestamp now_;
};

/// The least rate that the path may be sent at over a minute, from the second one on.
Bitrate least(Path& path, Bitrate rate) {
  Bitrate least = rate;
  for (int i = 0; i < 8 * 60; ++i) {
    path.send(rate);
    if (i >= 4 * 60)
      least = std::min(least, path.limit.limit().value_or(rate));
  }
  return least;
}

TEST(LossLimit, IsNoneWhereNothingIsLost) {
  Path path(0);
  EXPECT_EQ(least(path, 1'000'000), 1'000'000);
  EXPECT_EQ(path.limit.lossRate(), 0);
}

TEST(LossLimit, IsNoneForLossesThatDoNotDependOnTheRate) {
  for (const double share : {0.01, 0.02, 0.05}) {
    for (const Bitrate rate : {200'000, 1'000'000, 2'500'000}) {
      Path path(share);
      EXPECT_GE(least(path, rate), rate * 8 / 10) << share << " of " << rate;
    }
  }
}

TEST(LossLimit, TakesBurstsForFewerEventsThanPackets) {
  Path path(0.08, INT64_MAX, 10);
  EXPECT_GE(least(path, 2'000'000), 1'500'000);
}

TEST(LossLimit, FindsTheRateBeyondWhichAllIsLost) {
  for (const double share : {0.0, 0.03}) {
    Path path(share, 1'000'000);
    // Begins below, as every sender does.
    for (int i = 0; i < 40; ++i)
      path.send(800'000);
    double sum = 0;
    Bitrate most = 0;
    for (int i = 0; i < 400; ++i) {
      path.send(2'000'000);
      if (i < 40)
        continue;
      const Bitrate bound = path.limit.limit().value_or(2'000'000);
      most = std::max(most, bound);
      sum += static_cast<double>(bound) / 360;
    }
    EXPECT_GT(sum, 900'000) << share;
    EXPECT_LT(sum, 1'150'000) << share;
    EXPECT_LT(most, 1'350'000) << share;
  }
}

TEST(LossLimit, GivesWayToMoreThanATenthButNotToNothing) {
  Path path(0.3);
  const Bitrate bound = least(path, 2'000'000);
  EXPECT_LT(bound, 1'000'000);
  EXPECT_GT(bound, 100'000) << "losses by themselves are no reason to stop";
}

TEST(LossLimit, NeverFallsMuchBelowWhatArrives) {
  LossLimit limit;
  Timestamp now;
  for (int i = 0; i < 100; ++i) {
    now = now + Duration::milliseconds(250);
    limit.observed(100, 50, 2'000'000, Duration::milliseconds(250), 1'000'000, kCeiling, now);
  }
  ASSERT_TRUE(limit.limit());
  EXPECT_GE(*limit.limit(), 900'000);
  EXPECT_LE(*limit.limit(), 1'300'000);
  EXPECT_NEAR(limit.lossRate(), 0.5, 0.001);
}

TEST(LossLimit, IsGivenUpWhenNothingIsLostAnyMore) {
  Path congested(0, 500'000);
  for (int i = 0; i < 40; ++i)
    congested.send(400'000);
  for (int i = 0; i < 40; ++i)
    congested.send(2'000'000);
  ASSERT_TRUE(congested.limit.limit());
  Path open(0);
  open.limit = congested.limit;
  int quarters = 0;
  while (open.limit.limit() && quarters < 400) {
    open.send(kCeiling);
    ++quarters;
  }
  // 8 % a second, from a sixth.
  EXPECT_LT(quarters, 4 * 40);
}

}  // namespace
}  // namespace rtc::congestion::testing
