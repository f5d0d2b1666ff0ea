// Whole calls on bad paths, in virtual time: what somebody sees who looks at them. The bounds are
// what docs/media-congestion.md states, with three seeds each.

#include "tests/sim/call.h"

#include <gtest/gtest.h>

namespace rtc::media {
namespace {

using sim::Call;
using sim::CallOptions;

constexpr uint64_t kSeeds[] = {1, 2, 3};

/// A minute of it, of which the first two seconds are the beginning.
struct Minute {
  explicit Minute(const CallOptions& options, uint64_t seed) : call(options, seed) {
    const Timestamp from = call.now() + Duration::seconds(2);
    call.runUntil(from + Duration::seconds(60));
    freezes = call.freezes(from, call.now());
    delay = call.delay(from, call.now(), 0.95);
  }
  Call call;
  Call::Freezes freezes;
  Duration delay;
};

CallOptions lossy(double loss) {
  CallOptions options;
  options.loss = loss;
  return options;
}

TEST(CallOnABadPath, NothingIsAmissOnAGoodOne) {
  for (const uint64_t seed : kSeeds) {
    Minute minute({}, seed);
    EXPECT_EQ(minute.freezes.count, 0u);
    EXPECT_LT(minute.delay, Duration::milliseconds(150));
    EXPECT_EQ(minute.call.keyFramesSent(), 1u);
    EXPECT_EQ(minute.call.disordered(), 0u);
    EXPECT_EQ(minute.call.concealed(), Duration::zero());
    EXPECT_GT(minute.call.target(), 1'200'000);
  }
}

TEST(CallOnABadPath, FivePercentOfLossAreHardlySeen) {
  for (const uint64_t seed : kSeeds) {
    Minute minute(lossy(0.05), seed);
    EXPECT_LT(minute.freezes.longest, Duration::milliseconds(700));
    EXPECT_LT(minute.freezes.total, Duration::milliseconds(1500)) << "of a minute";
    EXPECT_LT(minute.delay, Duration::milliseconds(300));
    EXPECT_LE(minute.call.keyFramesSent(), 6u);
    EXPECT_GT(minute.call.target(), 1'000'000);
  }
}

TEST(CallOnABadPath, TenPercentOfLossDoNotStopThePicture) {
  for (const uint64_t seed : kSeeds) {
    Minute minute(lossy(0.10), seed);
    EXPECT_LT(minute.freezes.longest, Duration::milliseconds(800));
    EXPECT_LT(minute.freezes.total, Duration::milliseconds(4000)) << "of a minute";
    EXPECT_LT(minute.delay, Duration::milliseconds(400));
    EXPECT_LE(minute.call.keyFramesSent(), 15u);
    EXPECT_GT(minute.call.target(), 800'000);
  }
}

TEST(CallOnABadPath, JitterOfAHundredMillisecondsIsBufferedAway) {
  for (const uint64_t seed : kSeeds) {
    for (const bool reorders : {false, true}) {
      CallOptions options;
      options.jitter = Duration::milliseconds(100);
      options.reorders = reorders;
      Minute minute(options, seed);
      EXPECT_EQ(minute.freezes.count, 0u);
      EXPECT_LT(minute.delay, Duration::milliseconds(400));
      EXPECT_LE(minute.call.keyFramesSent(), 3u);
    }
  }
}

TEST(CallOnABadPath, APathThatNarrowsToASeventhCostsASecond) {
  for (const uint64_t seed : kSeeds) {
    Call call({}, seed);
    call.runFor(Duration::seconds(20));
    const Timestamp narrowed = call.now();
    call.options().bitsPerSecond = 300'000;
    call.runFor(Duration::seconds(20));
    const Call::Freezes freezes = call.freezes(narrowed, call.now());
    EXPECT_LT(freezes.longest, Duration::milliseconds(1200));
    EXPECT_LT(freezes.total, Duration::milliseconds(2000));
    EXPECT_LT(call.delay(narrowed + Duration::seconds(5), call.now(), 0.95),
              Duration::milliseconds(500));
    EXPECT_LE(call.keyFramesSent(), 6u) << "they would starve all that comes between";
    EXPECT_LT(call.target(), 300'000);

    const Timestamp widened = call.now();
    call.options().bitsPerSecond = 2'000'000;
    call.runFor(Duration::seconds(20));
    EXPECT_EQ(call.freezes(widened, call.now()).count, 0u);
    EXPECT_GT(call.target(), 1'000'000);
  }
}

TEST(CallOnABadPath, AnOutageEndsWhenItEnds) {
  for (const uint64_t seed : kSeeds) {
    Call call({}, seed);
    call.runFor(Duration::seconds(10));
    call.options().loss = 1;
    call.runFor(Duration::seconds(3));
    call.options().loss = 0;
    call.runFor(Duration::seconds(1));
    const Timestamp after = call.now();
    call.runFor(Duration::seconds(20));
    EXPECT_EQ(call.freezes(after, call.now()).count, 0u);
    EXPECT_LE(call.keyFramesSent(), 4u);
    EXPECT_GT(call.target(), 1'000'000);
  }
}

}  // namespace
}  // namespace rtc::media
