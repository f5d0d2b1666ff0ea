#include "cpp/congestion/rate_control.h"

#include <gtest/gtest.h>

#include "cpp/congestion/report_control.h"

namespace rtc::congestion::testing {
namespace {

Timestamp at(int64_t ms) {
  return Timestamp::milliseconds(ms);
}

TEST(RateControl, RisesByEightPercentASecond) {
  RateControl control(1'000'000, 30'000, 20'000'000);
  for (int64_t ms = 0; ms <= 5000; ms += 100)
    control.update(Usage::kNormal, control.rate(), false, at(ms));
  EXPECT_NEAR(static_cast<double>(control.rate()), 1e6 * 1.469, 15'000);
}

TEST(RateControl, DoesNotRiseBeyondHalfAsMuchAgainAsArrives) {
  RateControl control(1'000'000, 30'000, 20'000'000);
  for (int64_t ms = 0; ms <= 10'000; ms += 100)
    control.update(Usage::kNormal, 800'000, false, at(ms));
  EXPECT_EQ(control.rate(), 1'210'000);
  // Nor does it fall when less is sent.
  control.update(Usage::kNormal, 100'000, false, at(10'100));
  EXPECT_EQ(control.rate(), 1'210'000);
}

TEST(RateControl, DoesNotRiseWhileLessIsSentThanMayBe) {
  RateControl control(1'000'000, 30'000, 20'000'000);
  for (int64_t ms = 0; ms <= 5000; ms += 100)
    control.update(Usage::kNormal, 900'000, true, at(ms));
  EXPECT_EQ(control.rate(), 1'000'000);
}

TEST(RateControl, FallsTo85PercentOfWhatArrivesOnceARoundTrip) {
  RateControl control(2'000'000, 30'000, 20'000'000);
  control.setRoundTrip(Duration::milliseconds(100));
  control.update(Usage::kOver, 1'000'000, false, at(1000));
  EXPECT_EQ(control.rate(), 850'000);
  control.update(Usage::kOver, 600'000, false, at(1050));
  EXPECT_EQ(control.rate(), 850'000) << "the effect has to show first";
  control.update(Usage::kOver, 600'000, false, at(1101));
  EXPECT_EQ(control.rate(), 510'000);
}

TEST(RateControl, NeverRisesBecauseOfOveruse) {
  RateControl control(1'000'000, 30'000, 20'000'000);
  control.update(Usage::kOver, 5'000'000, false, at(1000));
  EXPECT_LE(control.rate(), 1'000'000);
}

TEST(RateControl, HoldsWhileTheQueueDrains) {
  RateControl control(1'000'000, 30'000, 20'000'000);
  control.update(Usage::kOver, 1'000'000, false, at(0));
  for (int64_t ms = 100; ms <= 5000; ms += 100)
    control.update(Usage::kUnder, 850'000, false, at(ms));
  EXPECT_EQ(control.rate(), 850'000);
}

TEST(RateControl, RisesByAPacketOrSoARoundTripNearTheKnownCapacity) {
  RateControl control(1'000'000, 30'000, 20'000'000);
  control.setRoundTrip(Duration::milliseconds(100));
  control.update(Usage::kOver, 1'000'000, false, at(0));
  for (int64_t ms = 100; ms <= 2100; ms += 100)
    control.update(Usage::kNormal, control.rate(), false, at(ms));
  // A frame of 28 kbit in three packets, one of those each 200 ms; the first update only turns.
  EXPECT_NEAR(static_cast<double>(control.rate()), 850'000 + 2 * 47'000, 20'000);
  // And quickly again when more arrives than was ever found.
  for (int64_t ms = 2200; ms <= 7200; ms += 100)
    control.update(Usage::kNormal, std::max<Bitrate>(control.rate(), 1'500'000), false, at(ms));
  EXPECT_GT(control.rate(), 1'300'000);
}

TEST(RateControl, TakesWhatAProbeFoundAndKeepsWithinItsLimits) {
  RateControl control(300'000, 100'000, 2'000'000);
  control.probed(1'500'000, at(0));
  EXPECT_EQ(control.rate(), 1'500'000);
  control.probed(9'000'000, at(10));
  EXPECT_EQ(control.rate(), 2'000'000);
  control.probed(1, at(20));
  EXPECT_EQ(control.rate(), 100'000);
  control.setLimits(500'000, 600'000);
  EXPECT_EQ(control.rate(), 500'000);
}

TEST(ReportControl, RisesQuicklyUntilRoundTripsAreLongAndSlowlyThen) {
  ReportControl control(300'000, 30'000, 20'000'000);
  const auto shortTrip = Duration::milliseconds(60);
  for (int64_t second = 0; second <= 4; ++second)
    control.reported(shortTrip, control.rate(), 0, false, at(second * 1000));
  EXPECT_NEAR(static_cast<double>(control.rate()), 300'000 * 5.06, 10'000);
  control.reported(Duration::milliseconds(300), 1'500'000, 0, false, at(5000));
  const auto after = static_cast<double>(control.rate());
  EXPECT_NEAR(after, 1'500'000 * 0.85, 10'000);
  control.reported(shortTrip, control.rate(), 0, false, at(6000));
  EXPECT_NEAR(static_cast<double>(control.rate()), after * 1.08, 10'000);
}

TEST(ReportControl, DoesNotRiseOnWhatIsNotSent) {
  ReportControl control(1'000'000, 30'000, 20'000'000);
  for (int64_t second = 0; second <= 4; ++second)
    control.reported(Duration::milliseconds(60), 200'000, 0, true, at(second * 1000));
  EXPECT_EQ(control.rate(), 1'000'000);
}

}  // namespace
}  // namespace rtc::congestion::testing
