#include "cpp/payload/split.h"

#include <algorithm>
#include <numeric>

#include <gtest/gtest.h>

#include "cpp/base/random.h"

namespace rtc::payload {
namespace {

TEST(SplitEvenly, LeavesWhatFitsInOnePiece) {
  EXPECT_EQ(splitEvenly(1200, {}), (std::vector<size_t>{1200}));
  EXPECT_EQ(splitEvenly(1, {}), (std::vector<size_t>{1}));
}

TEST(SplitEvenly, GivesPiecesOfTheSameLengthInsteadOfAShortLastOne) {
  EXPECT_EQ(splitEvenly(1201, {}), (std::vector<size_t>{600, 601}));
  EXPECT_EQ(splitEvenly(3000, {1000, 0, 0}), (std::vector<size_t>{1000, 1000, 1000}));
}

TEST(SplitEvenly, CountsTheLongerHeadersOfTheFirstAndTheLastPacketIn) {
  EXPECT_EQ(splitEvenly(1140, {1200, 40, 20}), (std::vector<size_t>{1140}));
  EXPECT_EQ(splitEvenly(1141, {1200, 40, 20}), (std::vector<size_t>{560, 581}));
}

TEST(SplitEvenly, GivesNothingWhereThereIsNoRoomOrNothingToSplit) {
  EXPECT_TRUE(splitEvenly(0, {}).empty());
  EXPECT_TRUE(splitEvenly(100, {0, 0, 0}).empty());
  EXPECT_TRUE(splitEvenly(100, {40, 40, 0}).empty());
  EXPECT_TRUE(splitEvenly(1, {50, 30, 30}).empty());
}

TEST(SplitEvenly, KeepsToTheLimitsWithAsFewPiecesAsWillDoForAnySize) {
  SeededRandom random(1);
  for (int round = 0; round < 5000; ++round) {
    const PayloadLimits limits{50 + random.below(1200), random.below(49), random.below(49)};
    const size_t size = 100 + random.below(20000);
    const std::vector<size_t> pieces = splitEvenly(size, limits);
    ASSERT_FALSE(pieces.empty());
    EXPECT_EQ(std::accumulate(pieces.begin(), pieces.end(), size_t{0}), size);
    const size_t total = size + limits.firstReduction + limits.lastReduction;
    EXPECT_LE(pieces.size(), std::max<size_t>(2, (total + limits.max - 1) / limits.max));
    for (size_t i = 0; i < pieces.size(); ++i) {
      const size_t reduced = pieces[i] + (i == 0 ? limits.firstReduction : 0) +
                             (i + 1 == pieces.size() ? limits.lastReduction : 0);
      EXPECT_LE(reduced, limits.max);
      EXPECT_GE(pieces[i], 1u);
    }
  }
}

}  // namespace
}  // namespace rtc::payload
