// Reliable transfer over every kind of network.

#include <gtest/gtest.h>

#include "tests/cpp/sctp/pair.h"

namespace rtc::sctp::testing {
namespace {

constexpr Ppid kBinary{53};

TEST(SctpTransfer, DeliversAMessageIntact) {
  Pair pair;
  ASSERT_TRUE(pair.connect());
  const Bytes message = pattern(100);
  ASSERT_TRUE(pair.a->send(StreamId(3), kBinary, message, {}, pair.now).ok());
  ASSERT_TRUE(pair.settle());
  ASSERT_EQ(pair.b.received.size(), 1u);
  EXPECT_EQ(pair.b.received[0].stream, StreamId(3));
  EXPECT_EQ(pair.b.received[0].ppid, kBinary);
  EXPECT_TRUE(pair.b.received[0].ordered);
  EXPECT_EQ(pair.b.received[0].message, message);
}

TEST(SctpTransfer, DeliversMessagesOfEverySizeAroundThePacketSize) {
  AssociationConfig config;
  Pair pair;
  ASSERT_TRUE(pair.connect());
  const size_t payload = config.maxPacketSize - 12 - 16;
  std::vector<size_t> sizes{1, 2, 3, 4, 5};
  for (size_t k = 1; k <= 4; ++k) {
    for (int d = -5; d <= 5; ++d)
      sizes.push_back(k * payload + static_cast<size_t>(d + 5) - 5);
  }
  sizes.push_back(65536);
  for (const size_t size : sizes) {
    ASSERT_TRUE(pair.a->send(StreamId(0), kBinary, pattern(size, 7), {}, pair.now).ok());
  }
  ASSERT_TRUE(pair.settle());
  ASSERT_EQ(pair.b.received.size(), sizes.size());
  for (size_t i = 0; i < sizes.size(); ++i) {
    EXPECT_EQ(pair.b.received[i].message, pattern(sizes[i], 7)) << sizes[i];
  }
}

struct Conditions {
  const char* name;
  Network network;
};

class SctpTransferOver : public ::testing::TestWithParam<Conditions> {};

TEST_P(SctpTransferOver, KeepsEveryMessageIntactAndInOrderBothWays) {
  for (uint64_t seed = 1; seed <= 4; ++seed) {
    AssociationConfig config;
    config.maxSendMessageSize = 256 * 1024;
    config.interleaving = seed % 2 == 0;
    Pair pair(seed, config, config);
    pair.network = GetParam().network;
    ASSERT_TRUE(pair.connect()) << seed;
    SeededRandom random(seed);
    std::map<std::pair<bool, uint16_t>, std::deque<Bytes>> expected;
    size_t total = 0;
    for (int i = 0; i < 200; ++i) {
      const bool fromA = random.below(2) == 0;
      const auto stream = static_cast<uint16_t>(random.below(7));
      const size_t size = 1 + random.below(random.below(10) == 0 ? 60000 : 2000);
      Bytes message = pattern(size, random.u32());
      ASSERT_TRUE(
          (fromA ? pair.a : pair.b)->send(StreamId(stream), kBinary, message, {}, pair.now).ok());
      expected[{fromA, stream}].push_back(std::move(message));
      ++total;
      if (random.below(4) == 0)
        pair.runFor(Duration::milliseconds(random.below(50)));
    }
    ASSERT_TRUE(pair.settle(Duration::seconds(3600))) << "seed " << seed;
    EXPECT_EQ(pair.a.received.size() + pair.b.received.size(), total);
    for (const bool fromA : {true, false}) {
      for (Received& received : (fromA ? pair.b : pair.a).received) {
        auto& queue = expected[{fromA, received.stream.value()}];
        ASSERT_FALSE(queue.empty());
        ASSERT_TRUE(received.message == queue.front()) << "seed " << seed;
        queue.pop_front();
      }
    }
    EXPECT_FALSE(pair.a.has<Closed>());
    EXPECT_FALSE(pair.b.has<Closed>());
  }
}

Network lossy(double loss, int64_t jitterMs = 0, double duplication = 0, uint64_t rate = 0) {
  Network network;
  network.loss = loss;
  network.jitter = Duration::milliseconds(jitterMs);
  network.duplication = duplication;
  network.bytesPerSecond = rate;
  return network;
}

INSTANTIATE_TEST_SUITE_P(
    Networks, SctpTransferOver,
    ::testing::Values(Conditions{"perfect", lossy(0)}, Conditions{"loss1", lossy(0.01)},
                      Conditions{"loss5", lossy(0.05)}, Conditions{"loss10", lossy(0.10)},
                      Conditions{"loss20", lossy(0.20)}, Conditions{"loss30", lossy(0.30)},
                      Conditions{"reordering", lossy(0, 30)},
                      Conditions{"duplicates", lossy(0, 0, 0.3)},
                      Conditions{"everything", lossy(0.1, 30, 0.1)},
                      Conditions{"bottleneck", lossy(0, 0, 0, 500000)}),
    [](const auto& param) { return std::string(param.param.name); });

}  // namespace
}  // namespace rtc::sctp::testing
