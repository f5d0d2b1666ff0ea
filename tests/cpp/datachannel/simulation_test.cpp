// Whole sessions by their seeds, in virtual time: the first of those that `npm run simulate` runs.
// tests/sim/channels says what they do and what must hold.

#include <gtest/gtest.h>

#include "tests/sim/channels/session.h"

namespace rtc::sim::channels {
namespace {

constexpr uint64_t kSeedsPerShard = 50;

void expectToHold(uint64_t seed) {
  Session session(scenarioFor(seed));
  const Verdict failure = session.run();
  EXPECT_FALSE(failure) << "seed " << seed << " " << failure.value_or("")
                        << "\nreplay with: npm run "
                        << "simulate -- --seed " << seed << " --trace";
}

class DataChannelSimulation : public ::testing::TestWithParam<uint64_t> {};

TEST_P(DataChannelSimulation, KeepsEveryPromiseThroughWholeSessions) {
  for (uint64_t i = 1; i <= kSeedsPerShard; ++i)
    expectToHold(GetParam() * kSeedsPerShard + i);
}

INSTANTIATE_TEST_SUITE_P(Shards, DataChannelSimulation, ::testing::Range<uint64_t>(0, 8));

TEST(DataChannelSimulation, ReplaysASeedExactly) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Session first(scenarioFor(seed));
    Session second(scenarioFor(seed));
    EXPECT_EQ(first.run(), second.run());
    EXPECT_EQ(first.digest(), second.digest()) << "seed " << seed;
    EXPECT_GT(first.figures().packets, 0u);
  }
}

TEST(DataChannelSimulation, CoversWhatItIsMeantFor) {
  Figures total;
  size_t told = 0;
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    Session session(scenarioFor(seed));
    session.run();
    total.add(session.figures());
    told += scenarioFor(seed).knowsInit ? 1 : 0;
  }
  EXPECT_GT(total.channels, 500u);
  EXPECT_GT(total.messagesArrived, 5'000u);
  EXPECT_GT(total.packetsLost, 1'000u);
  EXPECT_GT(total.restarts, 5u);
  EXPECT_GT(total.refusals, 10u) << "of sends into a full buffer";
  EXPECT_GT(told, 5u) << "sessions whose INIT is known from signalling";
}

}  // namespace
}  // namespace rtc::sim::channels
