#include "tests/cpp/jsep/conversation.h"

#include <gtest/gtest.h>

namespace rtc::jsep {
namespace {

// In parts, so that they run side by side.
class Conversations : public ::testing::TestWithParam<uint64_t> {};

TEST_P(Conversations, AlwaysEndInAgreementWhateverTheApplicationsDo) {
  constexpr uint64_t kEach = 40;
  for (uint64_t seed = GetParam() * kEach; seed < (GetParam() + 1) * kEach; ++seed) {
    SeededRandom choices(seed);
    bool sound = true;
    testing::Conversation conversation([&](uint32_t n) { return choices.below(n); },
                                       [&](const std::string& what) {
                                         ADD_FAILURE() << "seed " << seed << ": " << what;
                                         sound = false;
                                       });
    for (int i = 0; i < 3 && sound; ++i)
      conversation.step();
    if (sound)
      conversation.finish();
    if (sound)
      conversation.startOver();
    ASSERT_TRUE(sound);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, Conversations, ::testing::Range<uint64_t>(0, 10));

}  // namespace
}  // namespace rtc::jsep
