#include "tests/cpp/jsep/random_walk.h"

#include <gtest/gtest.h>

namespace rtc::jsep {
namespace {

TEST(RandomCalls, NeverReachAStateOrAnErrorThatTheSpecificationsLack) {
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    SeededRandom choices(seed);
    bool sound = true;
    testing::RandomWalk walk([&](uint32_t n) { return choices.below(n); },
                             [&](const std::string& what) {
                               ADD_FAILURE() << "seed " << seed << ": " << what;
                               sound = false;
                             });
    for (int i = 0; i < 120 && sound; ++i)
      walk.step();
    if (sound)
      walk.finish();
    ASSERT_TRUE(sound);
  }
}

}  // namespace
}  // namespace rtc::jsep
