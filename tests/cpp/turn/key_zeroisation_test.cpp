// Keys of the long-term mechanism are not left behind in memory, at either end, nor is the nonces'
// key.

#include <gtest/gtest.h>

#include "cpp/stun/crypto.h"
#include "cpp/turn/authentication.h"
#include "tests/cpp/base/secret_watch.h"
#include "tests/cpp/turn/turn_pair.h"

namespace rtc::turn {
namespace {

using rtc::testing::SecretWatch;

TEST(TurnKeyZeroisation, LongTermKeysAreWipedAtBothEnds) {
  const Bytes key = stun::longTermKey("alice", "example.org", "wonderland");
  SecretWatch watch(key);
  {
    TurnPair pair(testClientConfig(ClientConfig::Transport::kDatagram), testServerConfig());
    pair.start();
    pair.run(Duration::seconds(1));
    ASSERT_TRUE(pair.allocated);
    pair.permit("203.0.113.50");
    pair.run(Duration::seconds(400));
    pair.close();
    pair.run(Duration::seconds(1));
  }
  EXPECT_GT(watch.inspected(), 100u);
  EXPECT_EQ(watch.found(), 0u);
}

TEST(TurnKeyZeroisation, TheKeyOfNoncesIsWipedWithTheirIssuer) {
  Bytes key(32);
  ASSERT_TRUE(SeededRandom(8).fill(key));
  SecretWatch watch(key);
  {
    SeededRandom random(8);
    const auto issuer = std::make_unique<NonceIssuer>(random);
    EXPECT_FALSE(issuer->issue(kClientSource, Timestamp::milliseconds(1)).empty());
  }
  EXPECT_GT(watch.inspected(), 0u);
  EXPECT_EQ(watch.found(), 0u);
}

}  // namespace
}  // namespace rtc::turn
