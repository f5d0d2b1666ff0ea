#include "cpp/rtp/rtcp_transport_feedback.h"

#include <gtest/gtest.h>

#include "cpp/base/random.h"

namespace rtc::rtp::testing {
namespace {

constexpr Duration kTick = TransportFeedback::kTick;

TransportFeedback of(uint16_t base, uint16_t count,
                     std::vector<TransportFeedback::Arrival> arrivals) {
  TransportFeedback feedback;
  feedback.base = SequenceNumber(base);
  feedback.count = count;
  feedback.reference = 1;
  feedback.feedbackCount = 7;
  feedback.arrivals = std::move(arrivals);
  return feedback;
}

TEST(TransportFeedback, ReadsRunsOneBitAndTwoBitVectors) {
  const Bytes fci{
      0xff, 0xfe, 0x00, 0x19,  // base 65534, 25 packets
      0xff, 0xff, 0xff, 0x05,  // reference -1, feedback 5
      0x20, 0x02,              // two small deltas
      0xa0, 0x01,              // 14 of one bit: the first and the last but none between
      0xd2, 0x00,              // 7 of two bits: small, none, large, none...
      0x00, 0x05,              // a run of lost ones; two of them are told of
      0x04, 0x00,              // deltas: 1 ms, 0
      0x08, 0x0c,              // 2 ms, 3 ms
      0x01, 0xff, 0xf0, 0x00,  // 250 us, -4 ms, padding
  };
  const auto feedback = readTransportFeedback(fci);
  ASSERT_TRUE(feedback);
  EXPECT_EQ(feedback->base, SequenceNumber(65534));
  EXPECT_EQ(feedback->count, 25);
  EXPECT_EQ(feedback->reference, -1);
  EXPECT_EQ(feedback->feedbackCount, 5);
  const std::vector<TransportFeedback::Arrival> arrivals{
      {0, kTick * 4},   {1, kTick * 4},   {2, kTick * 12},
      {15, kTick * 24}, {16, kTick * 25}, {18, kTick * 9},
  };
  EXPECT_EQ(feedback->arrivals, arrivals);
}

TEST(TransportFeedback, WritesOneChunkForALongRun) {
  auto feedback = of(100, 200, {});
  for (uint16_t i = 0; i < 200; ++i)
    feedback.arrivals.push_back({i, kTick * (4 * i)});
  const Bytes fci = writeTransportFeedback(feedback);
  EXPECT_EQ(fci.size(), 8u + 2 + 200 + 2);
  EXPECT_EQ(readTransportFeedback(fci), feedback);
}

TEST(TransportFeedback, WritesOneBitAPacketWhereNoDeltaIsLarge) {
  auto feedback = of(65535, 28, {});
  for (uint16_t i = 0; i < 28; i += 2)
    feedback.arrivals.push_back({i, kTick * i});
  const Bytes fci = writeTransportFeedback(feedback);
  EXPECT_EQ(fci.size(), (8u + 2 * 2 + 14 + 3) / 4 * 4);
  EXPECT_EQ(readTransportFeedback(fci), feedback);
}

TEST(TransportFeedback, WritesNegativeAndLargeDeltas) {
  const auto feedback =
      of(9, 4, {{0, kTick * 300}, {1, kTick * 290}, {2, kTick * 33057}, {3, kTick * 289}});
  EXPECT_EQ(readTransportFeedback(writeTransportFeedback(feedback)), feedback);
}

TEST(TransportFeedback, CountsLostPacketsAtTheEnd) {
  const auto feedback = of(9, 20'000, {{0, kTick}});
  const Bytes fci = writeTransportFeedback(feedback);
  EXPECT_LE(fci.size(), 20u) << "runs of 8191";
  EXPECT_EQ(readTransportFeedback(fci), feedback);
}

TEST(TransportFeedback, LeavesOutWhatFollowsATooLongStep) {
  const auto feedback = of(9, 4, {{0, kTick}, {2, kTick * 33000}, {3, kTick * 33001}});
  EXPECT_EQ(readTransportFeedback(writeTransportFeedback(feedback)), of(9, 1, {{0, kTick}}));
}

TEST(TransportFeedback, RoundsArrivalsDownSoThatTheyDoNotDrift) {
  auto feedback = of(0, 100, {});
  for (uint16_t i = 0; i < 100; ++i)
    feedback.arrivals.push_back({i, Duration::microseconds(1249 * i)});
  const auto read = readTransportFeedback(writeTransportFeedback(feedback));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->arrivals.back().at, kTick * (1249 * 99 / 250));
}

TEST(TransportFeedback, RefusesWhatIsCutOffOrReserved) {
  const Bytes fci = writeTransportFeedback(of(9, 3, {{0, kTick}, {1, kTick * 2}, {2, kTick * 3}}));
  const ByteSpan whole(fci);
  // Eight fixed, a chunk of two, three deltas.
  for (size_t size = 0; size < 13; ++size)
    EXPECT_FALSE(readTransportFeedback(whole.first(size))) << size;
  EXPECT_TRUE(readTransportFeedback(whole.first(13)));

  Bytes reserved = fci;
  reserved[8] = 0x60;
  EXPECT_FALSE(readTransportFeedback(reserved));
  Bytes reservedInVector = fci;
  reservedInVector[8] = 0xf0;
  EXPECT_FALSE(readTransportFeedback(reservedInVector));
  Bytes emptyRun = fci;
  emptyRun[8] = emptyRun[9] = 0;
  EXPECT_FALSE(readTransportFeedback(emptyRun));
  Bytes ofNothing = fci;
  ofNothing[2] = ofNothing[3] = 0;
  EXPECT_FALSE(readTransportFeedback(ofNothing));
}

TEST(TransportFeedback, ReadsBackWhateverItWrites) {
  SeededRandom random(3);
  for (int round = 0; round < 2000; ++round) {
    auto feedback =
        of(static_cast<uint16_t>(random.u32()), static_cast<uint16_t>(1 + random.below(200)), {});
    feedback.reference = static_cast<int32_t>(random.u32()) >> 8;
    const uint32_t lossPercent = random.below(101);
    const uint32_t largePercent = random.below(30);
    int64_t ticks = 0;
    for (uint16_t i = 0; i < feedback.count; ++i) {
      if (random.below(100) < lossPercent)
        continue;
      ticks += random.below(100) < largePercent ? static_cast<int16_t>(random.u32())
                                                : static_cast<int64_t>(random.below(256));
      feedback.arrivals.push_back({i, kTick * ticks});
    }
    const Bytes fci = writeTransportFeedback(feedback);
    EXPECT_EQ(fci.size() % 4, 0u);
    ASSERT_EQ(readTransportFeedback(fci), feedback) << round;
  }
}

}  // namespace
}  // namespace rtc::rtp::testing
