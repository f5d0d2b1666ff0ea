#include "tests/cpp/jsep/random_walk.h"

#include <gtest/gtest.h>

namespace rtc::jsep {
namespace {

// In parts, so that they run side by side.
class RandomCalls : public ::testing::TestWithParam<uint64_t> {};

TEST_P(RandomCalls, NeverReachAStateOrAnErrorThatTheSpecificationsLack) {
  constexpr uint64_t kEach = 250;
  for (uint64_t seed = GetParam() * kEach; seed < (GetParam() + 1) * kEach; ++seed) {
    SeededRandom choices(seed);
    bool sound = true;
    testing::RandomWalk walk([&](uint32_t n) { return choices.below(n); },
                             [&](const std::string& what) {
                               ADD_FAILURE() << "seed " << seed << ": " << what;
                               sound = false;
                             });
    // A few long ones, many short ones.
    const int steps = seed % 10 == 0 ? 120 : 25;
    for (int i = 0; i < steps && sound; ++i)
      walk.step();
    if (sound)
      walk.finish();
    ASSERT_TRUE(sound);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomCalls, ::testing::Range<uint64_t>(0, 10));

}  // namespace
}  // namespace rtc::jsep
