#include "cpp/media/lip_sync.h"

#include <gtest/gtest.h>

namespace rtc::media {
namespace {

constexpr uint64_t kNtp = uint64_t{3'900'000'000} << 32;

uint64_t ntpAfter(Duration duration) {
  return kNtp + ((static_cast<uint64_t>(duration.us()) << 32) / 1'000'000);
}

TEST(CaptureClock, KnowsWhenSomethingWasCapturedByTheLastReport) {
  CaptureClock clock(48000);
  EXPECT_EQ(clock.capturedAt(rtp::RtpTime(5)), std::nullopt);
  clock.report(0, rtp::RtpTime(5));
  EXPECT_EQ(clock.capturedAt(rtp::RtpTime(5)), std::nullopt);
  clock.report(kNtp, rtp::RtpTime(0xffffffff));
  const Timestamp at = *clock.capturedAt(rtp::RtpTime(0xffffffff));
  EXPECT_EQ(*clock.capturedAt(rtp::RtpTime(47999)) - at, Duration::seconds(1));
  EXPECT_EQ(*clock.capturedAt(rtp::RtpTime(0xffffffff - 4800)) - at, Duration::milliseconds(-100));
}

/// A second of frames of both streams at a time, played so long after their capture.
class LipSyncTest : public testing::Test {
 protected:
  void play(Duration audioLateness, Duration videoLateness) {
    sync.audioReport(ntpAfter(elapsed), audioTime(elapsed));
    sync.videoReport(ntpAfter(elapsed), videoTime(elapsed));
    for (int i = 0; i < 50; ++i) {
      elapsed += Duration::milliseconds(20);
      sync.audioPlayed(audioTime(elapsed), kStart + elapsed + audioLateness + sync.delays().audio);
      sync.videoPlayed(videoTime(elapsed), kStart + elapsed + videoLateness + sync.delays().video);
    }
    sync.update(kStart + elapsed);
  }
  static rtp::RtpTime audioTime(Duration since) {
    return rtp::RtpTime(static_cast<uint32_t>(1000 + since.us() * 48 / 1000));
  }
  static rtp::RtpTime videoTime(Duration since) {
    return rtp::RtpTime(static_cast<uint32_t>(0xfffffff0 + since.us() * 90 / 1000));
  }

  static constexpr Timestamp kStart = Timestamp::milliseconds(5000);
  LipSync sync{48000, 90000};
  Duration elapsed;
};

TEST_F(LipSyncTest, KnowsNothingBeforeBothStreamsHaveReports) {
  EXPECT_EQ(sync.lag(), std::nullopt);
  sync.audioReport(kNtp, rtp::RtpTime(0));
  sync.audioPlayed(rtp::RtpTime(0), kStart);
  sync.videoPlayed(rtp::RtpTime(0), kStart);
  EXPECT_EQ(sync.lag(), std::nullopt);
  EXPECT_EQ(sync.update(kStart), std::nullopt);
}

TEST_F(LipSyncTest, HoldsAudioBackByBoundedStepsUntilItFitsVideo) {
  Duration before;
  for (int i = 0; i < 20; ++i) {
    play(Duration::milliseconds(50), Duration::milliseconds(350));
    EXPECT_LE(sync.delays().audio - before, LipSync::kMaxStep);
    before = sync.delays().audio;
  }
  EXPECT_NEAR(static_cast<double>(sync.delays().audio.ms()), 300, 20);
  EXPECT_EQ(sync.delays().video, Duration::zero());
}

TEST_F(LipSyncTest, HoldsVideoBackWhereAudioIsLate) {
  for (int i = 0; i < 20; ++i)
    play(Duration::milliseconds(500), Duration::milliseconds(100));
  EXPECT_NEAR(static_cast<double>(sync.delays().video.ms()), 400, 20);
  EXPECT_EQ(sync.delays().audio, Duration::zero());
}

TEST_F(LipSyncTest, TakesBackWhatOneStreamWasHeldBackByBeforeItHoldsBackTheOther) {
  for (int i = 0; i < 20; ++i)
    play(Duration::milliseconds(50), Duration::milliseconds(250));
  for (int i = 0; i < 20; ++i)
    play(Duration::milliseconds(250), Duration::milliseconds(150));
  EXPECT_NEAR(static_cast<double>(sync.delays().audio.ms()), 0, 20);
  EXPECT_NEAR(static_cast<double>(sync.delays().video.ms()), 100, 20);
}

TEST_F(LipSyncTest, LeavesAloneWhatNobodyNotices) {
  for (int i = 0; i < 20; ++i)
    play(Duration::milliseconds(50), Duration::milliseconds(60));
  EXPECT_EQ(sync.delays(), LipSync::Delays());
}

TEST_F(LipSyncTest, DoesNotBelieveInClocksThatAreSecondsApart) {
  for (int i = 0; i < 200; ++i)
    play(Duration::zero(), Duration::seconds(60));
  EXPECT_EQ(sync.delays(), LipSync::Delays());
  for (int i = 0; i < 200; ++i)
    play(Duration::zero(), Duration::seconds(9));
  EXPECT_LE(sync.delays().audio, LipSync::kMaxDelay);
}

}  // namespace
}  // namespace rtc::media
