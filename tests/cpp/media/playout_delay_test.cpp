#include "cpp/media/playout_delay.h"

#include <gtest/gtest.h>

#include "cpp/base/random.h"

namespace rtc::media {
namespace {

constexpr Timestamp kStart = Timestamp::milliseconds(1000);

/// Frames every 20 ms of a clock of 1 kHz, each so much later than the fastest.
class PlayoutDelayTest : public testing::Test {
 protected:
  static PlayoutDelayOptions options() {
    PlayoutDelayOptions options;
    options.clockRate = 1000;
    return options;
  }
  void frame(Duration lateness) {
    timestamp = timestamp + 20;
    sent = sent + Duration::milliseconds(20);
    delay.arrived(timestamp, sent + lateness);
  }

  PlayoutDelay delay{options()};
  rtp::RtpTimeIndex timestamp = rtp::RtpTimeIndex::first(rtp::RtpTime(0xffffff00));
  Timestamp sent = kStart;
  SeededRandom random{1};
};

TEST_F(PlayoutDelayTest, BeginsWithAGuessAndKnowsNoTimeBeforeTheFirstFrame) {
  EXPECT_EQ(delay.playAt(timestamp, sent), sent);
  EXPECT_EQ(delay.target(), Duration::milliseconds(35));
  frame(Duration::zero());
  EXPECT_EQ(delay.playAt(timestamp, sent), sent + Duration::milliseconds(35));
  EXPECT_EQ(delay.playAt(timestamp + 100, sent), sent + Duration::milliseconds(135));
  EXPECT_EQ(delay.releaseAt(timestamp, sent), sent + Duration::milliseconds(20));
}

TEST_F(PlayoutDelayTest, WaitsForMostOfTheJitterThatThereIs) {
  for (int i = 0; i < 1000; ++i)
    frame(Duration::milliseconds(random.below(100)));
  EXPECT_GE(delay.adaptive(), Duration::milliseconds(90 + 15));
  EXPECT_LE(delay.adaptive(), Duration::milliseconds(105 + 15));
  EXPECT_EQ(delay.current(), delay.target());
}

TEST_F(PlayoutDelayTest, ForgetsJitterThatIsOver) {
  for (int i = 0; i < 500; ++i)
    frame(Duration::milliseconds(random.below(100)));
  for (int i = 0; i < 1000; ++i)
    frame(Duration::zero());
  EXPECT_EQ(delay.adaptive(), Duration::milliseconds(15));
  EXPECT_EQ(delay.current(), delay.target());
}

TEST_F(PlayoutDelayTest, PaysNoHeedToFewLateFrames) {
  for (int i = 0; i < 1000; ++i)
    frame(Duration::milliseconds(i % 50 == 0 ? 400 : 0));
  EXPECT_LE(delay.adaptive(), Duration::milliseconds(20));
}

TEST_F(PlayoutDelayTest, FollowsClocksThatDrift) {
  // The sender's runs 200 ppm slow for ten minutes: 120 ms.
  for (int i = 0; i < 30000; ++i)
    frame(Duration::microseconds(i * 4));
  EXPECT_LE(delay.playAt(timestamp, sent) - (sent + Duration::milliseconds(120)),
            Duration::milliseconds(20));
  EXPECT_GE(delay.playAt(timestamp, sent) - (sent + Duration::milliseconds(120)), Duration::zero());
}

TEST_F(PlayoutDelayTest, BelievesInALongerPathAfterAWhile) {
  for (int i = 0; i < 500; ++i)
    frame(Duration::zero());
  for (int i = 0; i < 2000; ++i)
    frame(Duration::milliseconds(300));
  EXPECT_EQ(delay.adaptive(), Duration::milliseconds(15));
}

TEST_F(PlayoutDelayTest, TakesTheApplicationsTargetWithinItsBounds) {
  delay.setTarget(Duration::milliseconds(500));
  EXPECT_EQ(delay.target(), Duration::milliseconds(500));
  delay.setTarget(Duration::seconds(100));
  EXPECT_EQ(delay.target(), Duration::milliseconds(4000));
  delay.setTarget(Duration::zero());
  EXPECT_EQ(delay.target(), Duration::milliseconds(35));
  delay.setTarget(std::nullopt);
  delay.setSyncDelay(Duration::milliseconds(70));
  EXPECT_EQ(delay.target(), Duration::milliseconds(105));
  EXPECT_EQ(delay.adaptive(), Duration::milliseconds(35));
}

TEST_F(PlayoutDelayTest, ApproachesItsTargetByBoundedSteps) {
  for (int i = 0; i < 100; ++i)
    frame(Duration::zero());
  delay.setTarget(Duration::milliseconds(1000));
  const Duration before = delay.current();
  frame(Duration::zero());
  EXPECT_EQ(delay.current(), before + Duration::milliseconds(10));
  for (int i = 0; i < 200; ++i)
    frame(Duration::zero());
  EXPECT_EQ(delay.current(), Duration::milliseconds(1000));
  delay.setTarget(std::nullopt);
  frame(Duration::zero());
  EXPECT_EQ(delay.current(), Duration::milliseconds(998));
}

TEST_F(PlayoutDelayTest, BeginsAnewWhenTimestampsAreOfAnotherTimeLine) {
  for (int i = 0; i < 100; ++i)
    frame(Duration::zero());
  timestamp = timestamp + 2'000'000'000;
  frame(Duration::zero());
  EXPECT_LE(delay.playAt(timestamp, sent), sent + delay.current());
  timestamp = timestamp + -2'000'000'000;
  frame(Duration::zero());
  EXPECT_LE(delay.playAt(timestamp, sent), sent + delay.current());
}

}  // namespace
}  // namespace rtc::media
