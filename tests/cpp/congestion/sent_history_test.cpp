#include "cpp/congestion/sent_history.h"

#include <gtest/gtest.h>

namespace rtc::congestion::testing {
namespace {

using rtp::SequenceNumber;
using rtp::TransportFeedback;

Timestamp at(int64_t ms) {
  return Timestamp::milliseconds(ms);
}

/// Tells of `count` packets from `base` on, those of `came` having come a millisecond apart.
TransportFeedback told(uint16_t base, uint16_t count, const std::vector<uint16_t>& came,
                       int32_t reference = 100) {
  TransportFeedback feedback;
  feedback.base = SequenceNumber(base);
  feedback.count = count;
  feedback.reference = reference;
  Duration time;
  for (const uint16_t offset : came)
    feedback.arrivals.push_back({offset, time = time + Duration::milliseconds(1)});
  return feedback;
}

SentHistory sentFrom(uint16_t first, int count) {
  SentHistory history;
  for (int i = 0; i < count; ++i)
    history.sent(SequenceNumber(static_cast<uint16_t>(first + i)), 1000, std::nullopt, at(i * 10));
  return history;
}

TEST(SentHistory, TellsWhatCameAndWhatWasLost) {
  SentHistory history = sentFrom(65534, 6);
  EXPECT_EQ(history.inFlight(), 6000u);
  EXPECT_EQ(history.inFlightSince(), at(0));
  const auto report = history.feedback(told(65534, 4, {0, 1, 3}), at(100));
  ASSERT_EQ(report.received.size(), 3u);
  EXPECT_EQ(report.lost, 1u);
  EXPECT_EQ(report.recovered, 0u);
  EXPECT_EQ(report.bytes, 4000u);
  EXPECT_EQ(report.lastSentAt, at(30));
  EXPECT_EQ(report.received[2].sentAt, at(30));
  EXPECT_EQ(report.received[2].receivedAt - report.received[0].receivedAt,
            Duration::milliseconds(2));
  // 70 ms since the last was sent; the first came two before it.
  EXPECT_EQ(report.roundTrip, Duration::milliseconds(70));
  EXPECT_EQ(history.inFlight(), 2000u);
  EXPECT_EQ(history.inFlightSince(), at(40));
}

TEST(SentHistory, CountsEachPacketOnce) {
  SentHistory history = sentFrom(10, 4);
  EXPECT_EQ(history.feedback(told(10, 4, {0, 1}), at(100)).lost, 2u);
  const auto again = history.feedback(told(10, 4, {0, 1}), at(110));
  EXPECT_TRUE(again.received.empty());
  EXPECT_EQ(again.lost, 0u);
  const auto late = history.feedback(told(10, 4, {0, 1, 3}), at(120));
  ASSERT_EQ(late.received.size(), 1u);
  EXPECT_EQ(late.received[0].sentAt, at(30));
  EXPECT_EQ(late.recovered, 1u);
  EXPECT_EQ(history.inFlight(), 0u);
  EXPECT_FALSE(history.inFlightSince());
}

TEST(SentHistory, DoesNotWaitForWhatLostFeedbackWouldHaveToldOf) {
  SentHistory history = sentFrom(10, 8);
  const auto report = history.feedback(told(14, 4, {0, 1, 2, 3}), at(100));
  EXPECT_EQ(report.received.size(), 4u);
  EXPECT_EQ(report.lost, 0u) << "nobody told of those";
  EXPECT_EQ(history.inFlight(), 0u);
  // It was only late.
  EXPECT_EQ(history.feedback(told(10, 4, {0, 2}, 99), at(110)).received.size(), 2u);
}

TEST(SentHistory, UnwrapsTheReceiversClock) {
  SentHistory history = sentFrom(10, 3);
  const auto first = history.feedback(told(10, 1, {0}, (1 << 23) - 1), at(100));
  const auto second = history.feedback(told(11, 1, {0}, -(1 << 23)), at(200));
  ASSERT_EQ(second.received.size(), 1u);
  EXPECT_EQ(second.received[0].receivedAt - first.received[0].receivedAt,
            TransportFeedback::kReferenceUnit);
}

TEST(SentHistory, PassesOverPacketsThatWereNeverSent) {
  SentHistory history = sentFrom(10, 3);
  const auto report = history.feedback(told(5000, 60'000, {0, 1, 59'999}), at(100));
  EXPECT_TRUE(report.received.empty());
  EXPECT_EQ(report.lost, 0u);
  SentHistory empty;
  EXPECT_TRUE(empty.feedback(told(0, 3, {0, 1, 2}), at(0)).received.empty());
}

TEST(SentHistory, ForgetsWhatIsTenSecondsOldAndNeverHoldsMoreThanCanBeToldApart) {
  SentHistory history = sentFrom(10, 100);
  history.forget(at(10'500));
  EXPECT_EQ(history.size(), 50u);
  EXPECT_EQ(history.inFlight(), 50'000u);
  for (int i = 0; i < 100'000; ++i)
    history.sent(SequenceNumber(static_cast<uint16_t>(110 + i)), 1000, std::nullopt, at(10'500));
  EXPECT_LE(history.size(), 32'000u);
  EXPECT_EQ(history.inFlight(), history.size() * 1000);
}

}  // namespace
}  // namespace rtc::congestion::testing
