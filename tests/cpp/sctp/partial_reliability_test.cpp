#include <set>
#include <tuple>

#include <gtest/gtest.h>

#include "tests/cpp/sctp/pair.h"

namespace rtc::sctp::testing {
namespace {

constexpr Ppid kBinary{53};

uint32_t numberOf(const Bytes& message) {
  return static_cast<uint32_t>(message[0]) << 8 | message[1];
}
Bytes numbered(uint32_t number, size_t size) {
  Bytes message = pattern(size, number);
  message[0] = static_cast<uint8_t>(number >> 8);
  message[1] = static_cast<uint8_t>(number);
  return message;
}

class SctpPartialReliability
    : public ::testing::TestWithParam<std::tuple<bool, bool, size_t, bool>> {};

TEST_P(SctpPartialReliability, NeverDeliversTwiceOutOfOrderOrBrokenAndNeverStalls) {
  const auto [ordered, timed, size, interleaving] = GetParam();
  AssociationConfig config;
  config.interleaving = interleaving;
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    Pair pair(seed, config, config);
    ASSERT_TRUE(pair.connect());
    pair.network.loss = 0.15;
    pair.network.duplication = 0.1;
    pair.network.jitter = Duration::milliseconds(15);
    SendOptions options;
    options.ordered = ordered;
    if (timed) {
      options.lifetime = Duration::milliseconds(60);
    } else {
      options.maxRetransmits = static_cast<uint16_t>(seed % 2);
    }
    constexpr uint32_t kCount = 200;
    std::vector<Timestamp> sentAt;
    for (uint32_t i = 0; i < kCount; ++i) {
      sentAt.push_back(pair.now);
      ASSERT_TRUE(pair.a->send(StreamId(1), kBinary, numbered(i, size), options, pair.now).ok());
      // A reliable stream beside it must not suffer.
      ASSERT_TRUE(pair.a->send(StreamId(2), kBinary, numbered(i, 50), {}, pair.now).ok());
      pair.runFor(Duration::milliseconds(10));
    }
    ASSERT_TRUE(pair.settle(Duration::seconds(600))) << seed;
    ASSERT_FALSE(pair.a.has<Closed>());
    std::set<uint32_t> seen;
    uint32_t reliable = 0;
    int64_t last = -1;
    for (const Received& received : pair.b.received) {
      const uint32_t number = numberOf(received.message);
      if (received.stream == StreamId(2)) {
        EXPECT_EQ(number, reliable++);
        EXPECT_EQ(received.message, numbered(number, 50));
        continue;
      }
      EXPECT_EQ(received.message, numbered(number, size)) << seed;
      EXPECT_TRUE(seen.insert(number).second) << "twice: " << number;
      if (ordered) {
        EXPECT_GT(static_cast<int64_t>(number), last);
        last = number;
      }
    }
    EXPECT_EQ(reliable, kCount);
    // Loss must have shown, and most messages have come through all the same.
    EXPECT_LT(seen.size(), kCount);
    // A long message in 60 ms is much to ask of a path that loses every seventh packet.
    EXPECT_GT(seen.size(), size < 2000 ? kCount / 2 : timed ? 0 : kCount / 10);
    EXPECT_EQ((pair.a.sentBytes[{1, 53}]), kCount * size);
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, SctpPartialReliability,
                         ::testing::Combine(::testing::Bool(), ::testing::Bool(),
                                            ::testing::Values(size_t{100}, size_t{5000}),
                                            ::testing::Bool()),
                         [](const auto& info) {
                           return std::string(std::get<0>(info.param) ? "Ordered" : "Unordered") +
                                  (std::get<1>(info.param) ? "Timed" : "Retransmits") +
                                  std::to_string(std::get<2>(info.param)) +
                                  (std::get<3>(info.param) ? "InIData" : "InData");
                         });

TEST(SctpPartialDelivery, WithoutRetransmissionsALostMessageIsGoneAndTheNextOneArrives) {
  Pair pair;
  ASSERT_TRUE(pair.connect());
  pair.settle();
  SendOptions options;
  options.maxRetransmits = 0;
  bool lose = true;
  pair.filter = [&](bool fromA, Bytes& packet) {
    return !(fromA && lose && hasData(packet));
  };
  ASSERT_TRUE(pair.a->send(StreamId(0), kBinary, {1}, options, pair.now).ok());
  pair.drain();
  lose = false;
  ASSERT_TRUE(pair.a->send(StreamId(0), kBinary, {2}, options, pair.now).ok());
  ASSERT_TRUE(pair.settle());
  ASSERT_EQ(pair.b.received.size(), 1u);
  EXPECT_EQ(pair.b.received[0].message, Bytes{2});
  EXPECT_EQ(pair.a->statistics().chunksRetransmitted, 0u);
}

TEST(SctpPartialDelivery, DropsWhatExpiredBeforeItWasSent) {
  Pair pair;
  pair.network.bytesPerSecond = 20000;
  ASSERT_TRUE(pair.connect());
  SendOptions options;
  options.lifetime = Duration::milliseconds(100);
  for (uint32_t i = 0; i < 50; ++i) {
    ASSERT_TRUE(pair.a->send(StreamId(0), kBinary, numbered(i, 1000), options, pair.now).ok());
  }
  ASSERT_TRUE(pair.settle());
  EXPECT_LT(pair.b.received.size(), 50u);
  EXPECT_GT(pair.b.received.size(), 0u);
  EXPECT_EQ((pair.a.sentBytes[{0, 53}]), 50000u);
  EXPECT_EQ(pair.a->bufferedAmount(StreamId(0)), 0u);
}

// What is given up while a packet is filled leaves the flight, and the pace must not count it.
TEST(SctpPartialDelivery, HoldsUpNoOtherMessageWhenOneExpiresOnItsWay) {
  Pair pair;
  pair.network.delay = Duration::milliseconds(30);
  pair.network.bytesPerSecond = 500'000;
  ASSERT_TRUE(pair.connect());
  SendOptions brief;
  brief.lifetime = Duration::milliseconds(150);
  for (int i = 0; i < 20; ++i) {
    for (int k = 0; k < 3; ++k)
      ASSERT_TRUE(pair.a->send(StreamId(1), kBinary, Bytes(60'000, 1), brief, pair.now).ok());
    ASSERT_TRUE(pair.a->send(StreamId(0), kBinary, Bytes(60'000, 2), {}, pair.now).ok());
    pair.runFor(Duration::milliseconds(500));
  }
  const auto arrived = [&] {
    return std::count_if(pair.b.received.begin(), pair.b.received.end(),
                         [](const Received& one) { return one.stream == StreamId(0); });
  };
  EXPECT_TRUE(pair.runUntil([&] { return arrived() == 20; }, Duration::seconds(5)));
}

TEST(SctpPartialDelivery, SkipsTheEndOfAMessageOfWhichEverythingSentWasReceived) {
  // The message expires half sent and wholly acknowledged: only a placeholder's TSN can tell.
  AssociationConfig config;
  Pair pair(1, config, config);
  pair.network.delay = Duration::milliseconds(100);
  ASSERT_TRUE(pair.connect());
  SendOptions options;
  options.lifetime = Duration::milliseconds(50);
  ASSERT_TRUE(pair.a->send(StreamId(0), kBinary, pattern(60000), options, pair.now).ok());
  pair.drain();
  ASSERT_GT(pair.a->bufferedAmount(StreamId(0)), 0u);
  ASSERT_TRUE(pair.a->send(StreamId(0), kBinary, {7}, {}, pair.now).ok());
  ASSERT_TRUE(pair.settle());
  ASSERT_EQ(pair.b.received.size(), 1u);
  EXPECT_EQ(pair.b.received[0].message, Bytes{7});
  EXPECT_EQ(pair.b->statistics().reassemblyBytes, 0u);
}

}  // namespace
}  // namespace rtc::sctp::testing
