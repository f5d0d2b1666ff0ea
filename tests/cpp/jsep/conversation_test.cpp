#include "tests/cpp/jsep/conversation.h"

#include <gtest/gtest.h>

namespace rtc::jsep {
namespace {

TEST(Conversations, AlwaysEndInAgreementWhateverTheApplicationsDo) {
  for (uint64_t seed = 1; seed <= 150; ++seed) {
    SeededRandom choices(seed);
    bool sound = true;
    testing::Conversation conversation([&](uint32_t n) { return choices.below(n); },
                                       [&](const std::string& what) {
                                         ADD_FAILURE() << "seed " << seed << ": " << what;
                                         sound = false;
                                       });
    for (int i = 0; i < 8 && sound; ++i)
      conversation.step();
    if (sound)
      conversation.finish();
    if (sound)
      conversation.startOver();
    ASSERT_TRUE(sound);
  }
}

}  // namespace
}  // namespace rtc::jsep
