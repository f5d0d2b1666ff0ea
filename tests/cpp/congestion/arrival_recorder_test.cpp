#include "cpp/congestion/arrival_recorder.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace rtc::congestion::testing {
namespace {

using rtp::SequenceNumber;

Timestamp at(int64_t ms) {
  return Timestamp::milliseconds(ms);
}

/// Everything that is due now.
std::vector<rtp::TransportFeedback> drain(ArrivalRecorder& recorder, Timestamp now) {
  std::vector<rtp::TransportFeedback> all;
  while (auto feedback = recorder.next(now))
    all.push_back(std::move(*feedback));
  return all;
}

/// The arrival time of a packet that the feedback tells of, on the recorder's clock.
Timestamp arrivalAt(const rtp::TransportFeedback& feedback, size_t index) {
  return Timestamp() + rtp::TransportFeedback::kReferenceUnit * feedback.reference +
         feedback.arrivals.at(index).at;
}

TEST(ArrivalRecorder, TellsOfArrivalsAndOfWhatDidNotCome) {
  ArrivalRecorder recorder;
  EXPECT_TRUE(recorder.deadline().isNever());
  recorder.received(SequenceNumber(65534), 1200, at(1000));
  recorder.received(SequenceNumber(65535), 1200, at(1010));
  recorder.received(SequenceNumber(1), 1200, at(1020));
  EXPECT_EQ(recorder.deadline(), at(1050));
  EXPECT_FALSE(recorder.next(at(1049)));
  const auto all = drain(recorder, at(1050));
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].base, SequenceNumber(65534));
  EXPECT_EQ(all[0].count, 4);
  EXPECT_EQ(all[0].feedbackCount, 0);
  ASSERT_EQ(all[0].arrivals.size(), 3u);
  EXPECT_EQ(all[0].arrivals[2].offset, 3);
  EXPECT_EQ(arrivalAt(all[0], 0), at(1000));
  EXPECT_EQ(arrivalAt(all[0], 2), at(1020));
  EXPECT_TRUE(recorder.deadline().isNever()) << "nothing is new";

  // Lost packets between two feedbacks are told of by the second.
  recorder.received(SequenceNumber(4), 1200, at(1060));
  const auto next = drain(recorder, recorder.deadline());
  ASSERT_EQ(next.size(), 1u);
  EXPECT_EQ(next[0].base, SequenceNumber(2));
  EXPECT_EQ(next[0].count, 3);
  EXPECT_EQ(next[0].feedbackCount, 1);
}

TEST(ArrivalRecorder, GoesBackForWhatCameLate) {
  ArrivalRecorder recorder;
  for (const uint16_t sequence : {10, 11, 13})
    recorder.received(SequenceNumber(sequence), 1200, at(1000 + sequence));
  drain(recorder, recorder.deadline());
  recorder.received(SequenceNumber(12), 1200, at(1100));
  recorder.received(SequenceNumber(12), 1200, at(1101));
  recorder.received(SequenceNumber(14), 1200, at(1102));
  const auto all = drain(recorder, recorder.deadline());
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].base, SequenceNumber(12));
  ASSERT_EQ(all[0].arrivals.size(), 3u) << "12, 13 again, 14";
  EXPECT_EQ(arrivalAt(all[0], 0), at(1100)) << "the duplicate changes nothing";
  EXPECT_EQ(arrivalAt(all[0], 1), at(1013));
}

TEST(ArrivalRecorder, PassesOverWhatIsOlderThanItsMemory) {
  ArrivalRecorder recorder;
  recorder.received(SequenceNumber(10), 1200, at(1000));
  recorder.received(SequenceNumber(12), 1200, at(1001));
  drain(recorder, recorder.deadline());
  recorder.received(SequenceNumber(13), 1200, at(2000));
  drain(recorder, recorder.deadline());
  recorder.received(SequenceNumber(11), 1200, at(2100));
  EXPECT_TRUE(recorder.deadline().isNever());
}

TEST(ArrivalRecorder, TellsMoreOftenTheMoreComes) {
  // One packet of 100 bytes each 40 ms is 20 kbit/s; of 1200 each 10 ms 960.
  const auto interval = [](size_t bytes, int64_t every) {
    ArrivalRecorder recorder;
    int64_t feedbacks = 0;
    uint16_t sequence = 0;
    for (int64_t now = 0; now < 10'000; ++now) {
      if (now % every == 0)
        recorder.received(SequenceNumber(sequence++), bytes, at(now));
      if (recorder.deadline() <= at(now))
        feedbacks += static_cast<int64_t>(drain(recorder, at(now)).size());
    }
    return 10'000 / std::max<int64_t>(feedbacks, 1);
  };
  EXPECT_NEAR(static_cast<double>(interval(100, 40)), 250, 30);
  EXPECT_NEAR(static_cast<double>(interval(200, 16)), 109, 15) << "a twentieth of 100 kbit/s";
  EXPECT_NEAR(static_cast<double>(interval(1200, 10)), 50, 10);
}

TEST(ArrivalRecorder, SplitsWhatDoesNotFitOnePacket) {
  ArrivalRecorder recorder;
  // Each alone between lost ones, and late enough for a large delta.
  uint16_t sequence = 0;
  for (int i = 0; i < 1000; ++i, sequence += 30)
    recorder.received(SequenceNumber(sequence), 1200, at(i * 70));
  const auto all = drain(recorder, at(70'000));
  size_t told = 0;
  uint16_t next = all.front().base.value();
  for (const auto& feedback : all) {
    EXPECT_EQ(feedback.base.value(), next) << "no gap between them";
    next = static_cast<uint16_t>(next + feedback.count);
    told += feedback.arrivals.size();
    EXPECT_LE(rtp::writeTransportFeedback(feedback).size(), 1160u);
    EXPECT_EQ(rtp::readTransportFeedback(rtp::writeTransportFeedback(feedback)), feedback);
  }
  EXPECT_EQ(told, 1000u);
}

TEST(ArrivalRecorder, SplitsAtPausesThatNoDeltaCanTell) {
  ArrivalRecorder recorder;
  recorder.received(SequenceNumber(1), 1200, at(1000));
  recorder.received(SequenceNumber(2), 1200, at(60'000));
  const auto all = drain(recorder, at(60'000));
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(arrivalAt(all[0], 0), at(1000));
  EXPECT_EQ(arrivalAt(all[1], 0), at(60'000));
}

TEST(ArrivalRecorder, StaysBoundedUnderJumps) {
  ArrivalRecorder recorder;
  uint16_t sequence = 0;
  for (int i = 0; i < 100'000; ++i, sequence = static_cast<uint16_t>(sequence + 30'000))
    recorder.received(SequenceNumber(sequence), 1200, at(1000));
  size_t told = 0;
  for (const auto& feedback : drain(recorder, at(2000))) {
    told += feedback.arrivals.size();
    EXPECT_EQ(rtp::readTransportFeedback(rtp::writeTransportFeedback(feedback)), feedback);
  }
  EXPECT_LE(told, 4096u);
  EXPECT_GT(told, 4000u);
}

TEST(ArrivalRecorder, FollowsASenderThatBeginsAnew) {
  ArrivalRecorder recorder;
  recorder.received(SequenceNumber(30'000), 1200, at(0));
  drain(recorder, recorder.deadline());
  recorder.received(SequenceNumber(30'001), 1200, at(1000));
  drain(recorder, recorder.deadline());
  size_t told = 0;
  for (uint16_t sequence = 0; sequence < 100; ++sequence) {
    const Timestamp now = at(2000 + sequence * 10);
    recorder.received(SequenceNumber(sequence), 1200, now);
    if (recorder.deadline() <= now) {
      for (const auto& feedback : drain(recorder, now)) {
        EXPECT_LT(feedback.base, SequenceNumber(100));
        told += feedback.arrivals.size();
      }
    }
  }
  EXPECT_GE(told, 40u);
}

}  // namespace
}  // namespace rtc::congestion::testing
