#include "cpp/media/tone_sender.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rtc::media {
namespace {

struct Sent {
  int64_t at;
  Bytes payload;
  bool isFirst;
};

std::vector<Sent> drain(ToneSender& sender, Timestamp now) {
  std::vector<Sent> sent;
  while (sender.isSending()) {
    now = std::max(now, sender.deadline());
    while (auto step = sender.poll(now)) {
      EXPECT_EQ(step->timestamp, rtp::RtpTime(1234));
      sent.push_back({now.ms(), step->payload, step->isFirst});
    }
  }
  return sent;
}

TEST(ToneSender, SendsTheToneAsItGrowsAndItsEndThreeTimes) {
  ToneSender sender;
  ASSERT_TRUE(sender.start(5, Duration::milliseconds(100), 8000, rtp::RtpTime(1234),
                           Timestamp::milliseconds(1000)));
  const auto sent = drain(sender, Timestamp::milliseconds(1000));
  ASSERT_EQ(sent.size(), 5u);
  EXPECT_EQ(sent[0].payload, (Bytes{5, 10, 0x01, 0x90}));
  EXPECT_TRUE(sent[0].isFirst);
  EXPECT_EQ(sent[1].at, 1050);
  EXPECT_EQ(sent[1].payload, (Bytes{5, 10, 0x03, 0x20}));
  for (size_t i = 2; i < 5; ++i) {
    EXPECT_EQ(sent[i].at, 1100);
    EXPECT_EQ(sent[i].payload, (Bytes{5, 0x8a, 0x03, 0x20}));
    EXPECT_FALSE(sent[i].isFirst);
  }
}

TEST(ToneSender, SendsOneToneAtATime) {
  ToneSender sender;
  ASSERT_TRUE(sender.start(1, Duration::milliseconds(70), 48000, rtp::RtpTime(0), Timestamp()));
  EXPECT_FALSE(sender.start(2, Duration::milliseconds(70), 48000, rtp::RtpTime(0), Timestamp()));
  sender.cancel();
  EXPECT_TRUE(sender.deadline().isNever());
  EXPECT_TRUE(sender.start(2, Duration::milliseconds(70), 48000, rtp::RtpTime(0), Timestamp()));
}

TEST(ToneSender, CutsTonesThatThePayloadCannotSay) {
  ToneSender sender;
  ASSERT_TRUE(sender.start(1, Duration::seconds(6), 48000, rtp::RtpTime(1234), Timestamp()));
  const auto sent = drain(sender, Timestamp());
  // 65535 samples at 48 kHz.
  EXPECT_EQ(sent.back().at, 1365);
}

}  // namespace
}  // namespace rtc::media
