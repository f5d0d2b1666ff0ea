#include "cpp/congestion/backlog.h"

#include <gtest/gtest.h>

namespace rtc::congestion::testing {
namespace {

/// What a path of `target` takes in that time.
size_t bytesOf(Duration time, Bitrate target) {
  return static_cast<size_t>(time.us() * target / 8'000'000);
}

TEST(Backlog, HoldsEncodersFromAQuarterOfASecondUntilLittleIsLeft) {
  Backlog backlog;
  const auto wait = [&](int64_t ms) {
    backlog.update(bytesOf(Duration::milliseconds(ms), 1'000'000), 1'000'000);
    return backlog.isHeld();
  };
  EXPECT_FALSE(wait(0));
  EXPECT_FALSE(wait(250));
  EXPECT_TRUE(wait(251));
  EXPECT_TRUE(wait(51));
  EXPECT_FALSE(wait(50));
  EXPECT_FALSE(backlog.isFromBefore()) << "the path is what it was";
  EXPECT_FALSE(backlog.isOverdue());
}

TEST(Backlog, AKeyFrameThatTakesLongIsNoReasonToThrowItAway) {
  Backlog backlog;
  backlog.update(0, 300'000);
  backlog.update(bytesOf(Duration::seconds(2), 300'000), 300'000);
  EXPECT_TRUE(backlog.isHeld());
  EXPECT_FALSE(backlog.isOverdue());
  EXPECT_FALSE(backlog.isFromBefore());
}

TEST(Backlog, TellsWhatWaitsFromBeforeAFallUntilItHasLeft) {
  Backlog backlog;
  backlog.update(0, 1'000'000);
  const size_t waits = bytesOf(Duration::milliseconds(100), 1'000'000);
  backlog.update(waits, 750'000);
  EXPECT_FALSE(backlog.isFromBefore()) << "estimates breathe";
  backlog.update(waits, 690'000);
  EXPECT_TRUE(backlog.isFromBefore());
  backlog.update(waits, 990'000);
  EXPECT_TRUE(backlog.isFromBefore());
  backlog.update(0, 990'000);
  EXPECT_FALSE(backlog.isFromBefore());
}

TEST(Backlog, IsOverdueOnceForEachHalving) {
  Backlog backlog;
  backlog.update(0, 2'000'000);
  const size_t waits = bytesOf(Duration::milliseconds(300), 2'000'000);
  backlog.update(waits, 900'000);
  EXPECT_TRUE(backlog.isOverdue());
  backlog.update(waits, 900'000);
  EXPECT_FALSE(backlog.isOverdue());
  backlog.update(waits, 460'000);
  EXPECT_FALSE(backlog.isOverdue());
  backlog.update(waits, 440'000);
  EXPECT_TRUE(backlog.isOverdue());
}

TEST(Backlog, SaysNothingWhileNothingMayLeave) {
  Backlog backlog;
  backlog.update(100'000, 100'000);
  EXPECT_TRUE(backlog.isHeld());
  backlog.update(100'000, 0);
  EXPECT_FALSE(backlog.isHeld());
}

}  // namespace
}  // namespace rtc::congestion::testing
