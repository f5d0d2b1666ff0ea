#include "cpp/congestion/delay_detector.h"

#include <set>

#include <gtest/gtest.h>

#include "cpp/base/random.h"

namespace rtc::congestion::testing {
namespace {

/// Packets that leave each ten milliseconds; what each came to say.
class Path {
 public:
  /// Sends `count`, the delay changing by `stepUs` from one to the next and by up to `jitterUs`
  /// more.
  std::set<Usage> run(int count, int64_t stepUs, uint32_t jitterUs = 0) {
    std::set<Usage> seen;
    for (int i = 0; i < count; ++i) {
      sentAt_ = sentAt_ + Duration::milliseconds(10);
      delay_ = delay_ + Duration::microseconds(stepUs);
      Timestamp arrives = sentAt_ + delay_ + offset_;
      if (jitterUs > 0)
        arrives = arrives + Duration::microseconds(random_.below(jitterUs));
      last_ = std::max(last_, arrives);
      detector.received(sentAt_, last_, 1200);
      seen.insert(detector.usage());
    }
    return seen;
  }
  void jump(Duration by) {
    offset_ = offset_ + by;
    last_ = Timestamp();
  }

  DelayDetector detector;

 private:
  SeededRandom random_{1};
  Timestamp sentAt_ = Timestamp::milliseconds(1000);
  Timestamp last_;
  Duration delay_ = Duration::milliseconds(50);
  // The receiver's clock is another one.
  Duration offset_ = Duration::seconds(1'000'000);
};

TEST(DelayDetector, SaysNothingOfAConstantDelay) {
  Path path;
  EXPECT_EQ(path.run(500, 0), std::set{Usage::kNormal});
}

TEST(DelayDetector, NoticesAQueueThatGrowsWithinHalfASecond) {
  Path path;
  path.run(100, 0);
  // 30 % more than the path carries.
  EXPECT_TRUE(path.run(50, 3000).contains(Usage::kOver));
}

TEST(DelayDetector, NoticesAQueueThatDrains) {
  Path path;
  path.run(100, 0);
  path.run(30, 3000);
  EXPECT_TRUE(path.run(40, -2000).contains(Usage::kUnder));
  EXPECT_EQ(path.run(200, 0).contains(Usage::kOver), false);
  EXPECT_EQ(path.detector.usage(), Usage::kNormal);
}

TEST(DelayDetector, ToleratesJitterOfTheSpacingOfPackets) {
  Path path;
  path.run(200, 0, 10'000);
  EXPECT_FALSE(path.run(2000, 0, 10'000).contains(Usage::kOver));
}

TEST(DelayDetector, BeginsAnewWhenTheReceiversClockJumps) {
  for (const auto jump : {Duration::seconds(100), Duration::zero() - Duration::seconds(100)}) {
    Path path;
    path.run(100, 0);
    path.jump(jump);
    EXPECT_EQ(path.run(100, 0).contains(Usage::kOver), false);
    EXPECT_TRUE(path.run(50, 3000).contains(Usage::kOver)) << "and goes on watching";
  }
}

TEST(DelayDetector, TakesWhatLeftTogetherForOne) {
  // Frames of ten packets that the path spreads over 9 ms, each 33 ms: no queue grows.
  DelayDetector detector;
  for (int frame = 0; frame < 200; ++frame) {
    for (int i = 0; i < 10; ++i) {
      detector.received(Timestamp::milliseconds(frame * 33),
                        Timestamp::milliseconds(50 + frame * 33 + i), 1200);
      EXPECT_EQ(detector.usage(), Usage::kNormal);
    }
  }
}

}  // namespace
}  // namespace rtc::congestion::testing
