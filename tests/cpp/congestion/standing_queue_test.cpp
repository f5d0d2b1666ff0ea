#include "cpp/congestion/standing_queue.h"

#include <gtest/gtest.h>

namespace rtc::congestion::testing {
namespace {

/// How often it asks for less in `seconds` of a round trip of `ms`.
int64_t asks(StandingQueue& queue, int64_t ms, int64_t seconds, Timestamp& now) {
  int64_t count = 0;
  for (int64_t i = 0; i < seconds * 20; ++i) {
    now = now + Duration::milliseconds(50);
    count += queue.measured(Duration::milliseconds(ms), now) ? 1 : 0;
  }
  return count;
}

TEST(StandingQueue, AsksForLessWhileRoundTripsStayLong) {
  StandingQueue queue;
  Timestamp now;
  EXPECT_EQ(asks(queue, 60, 10, now), 0);
  EXPECT_EQ(asks(queue, 350, 2, now), 1);
  EXPECT_EQ(asks(queue, 60, 2, now), 0);
  EXPECT_EQ(asks(queue, 350, 2, now), 1);
}

TEST(StandingQueue, ToleratesShortSpells) {
  StandingQueue queue;
  Timestamp now;
  asks(queue, 60, 10, now);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(asks(queue, 350, 1, now), 0);
    EXPECT_EQ(asks(queue, 60, 1, now), 0);
  }
  EXPECT_EQ(asks(queue, 200, 100, now), 0) << "nor less than 150 ms";
}

TEST(StandingQueue, TakesTheRoundTripForThePathsWhenSendingLessDoesNotHelp) {
  StandingQueue queue;
  Timestamp now;
  asks(queue, 60, 10, now);
  EXPECT_EQ(asks(queue, 350, 100, now), 2);
}

}  // namespace
}  // namespace rtc::congestion::testing
