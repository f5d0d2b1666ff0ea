#include <gtest/gtest.h>

#include "cpp/turn/authentication.h"
#include "tests/cpp/turn/turn_pair.h"

namespace rtc::turn {
namespace {

using Transport = ClientConfig::Transport;

class TurnPairOver : public testing::TestWithParam<Transport> {
 protected:
  ClientConfig clientConfig() const { return testClientConfig(GetParam()); }
};

INSTANTIATE_TEST_SUITE_P(Both, TurnPairOver,
                         testing::Values(Transport::kDatagram, Transport::kStream),
                         [](const auto& info) {
                           return info.param == Transport::kDatagram ? "Datagrams" : "AStream";
                         });

TEST_P(TurnPairOver, AllocatesAfterOneChallenge) {
  TurnPair pair(clientConfig(), testServerConfig());
  pair.start();
  pair.run(Duration::seconds(1));
  ASSERT_TRUE(pair.allocated);
  EXPECT_EQ(pair.allocated->relayed, std::vector{at("198.51.100.1", 49152)});
  EXPECT_EQ(pair.allocated->mapped, kClientSource);
  EXPECT_EQ(pair.allocated->lifetime, Duration::seconds(600));
  EXPECT_EQ(pair.requests, 2);
  EXPECT_EQ(pair.server.stats().allocations, 1u);
}

TEST_P(TurnPairOver, AllocatesAnIpv6Address) {
  ClientConfig config = clientConfig();
  config.family = AddressFamily::kIpv6;
  TurnPair pair(config, testServerConfig());
  pair.start();
  pair.run(Duration::seconds(1));
  ASSERT_TRUE(pair.allocated);
  ASSERT_EQ(pair.allocated->relayed.size(), 1u);
  EXPECT_TRUE(pair.allocated->relayed[0].address.isV6());
  const Endpoint peer = at("2001:db8::77", 9);
  pair.echo = true;
  EXPECT_TRUE(pair.send(peer, "six"));
  EXPECT_FALSE(pair.send(kPeer, "four"));
  pair.run(Duration::seconds(1));
  EXPECT_EQ(pair.received, (std::vector<std::pair<Endpoint, std::string>>{{peer, "echo six"}}));
}

TEST_P(TurnPairOver, KeepsDatagramsUntilThePermissionIsThere) {
  TurnPair pair(clientConfig(), testServerConfig());
  pair.start();
  EXPECT_TRUE(pair.send(kPeer, "one"));
  EXPECT_TRUE(pair.send(kPeer, "two"));
  EXPECT_TRUE(pair.atPeer.empty());
  pair.run(Duration::seconds(1));
  EXPECT_EQ(pair.atPeer,
            (std::vector<std::pair<Endpoint, std::string>>{{kPeer, "one"}, {kPeer, "two"}}));
  EXPECT_TRUE(pair.granted.contains(kPeer.address));
}

TEST_P(TurnPairOver, DropsTheOldestOfTooManyWaitingDatagrams) {
  ClientConfig config = clientConfig();
  config.maxQueuedDatagrams = 3;
  TurnPair pair(config, testServerConfig());
  pair.start();
  for (int i = 0; i < 10; ++i)
    pair.send(kPeer, std::to_string(i));
  pair.run(Duration::seconds(1));
  ASSERT_EQ(pair.atPeer.size(), 3u);
  EXPECT_EQ(pair.atPeer.front().second, "7");
  EXPECT_EQ(pair.atPeer.back().second, "9");
}

TEST_P(TurnPairOver, BindsAChannelOnceDatagramsFlowBothWays) {
  TurnPair pair(clientConfig(), testServerConfig());
  pair.echo = true;
  pair.start();
  pair.send(kPeer, "first");
  pair.run(Duration::seconds(1));
  EXPECT_EQ(pair.channelFramesFromClient, 0);
  pair.send(kPeer, "second");
  pair.run(Duration::seconds(1));
  EXPECT_EQ(pair.channelFramesFromClient, 1);
  EXPECT_EQ(pair.received, (std::vector<std::pair<Endpoint, std::string>>{{kPeer, "echo first"},
                                                                          {kPeer, "echo second"}}));
}

TEST_P(TurnPairOver, BindsNoChannelToAPeerThatNeverAnswers) {
  TurnPair pair(clientConfig(), testServerConfig());
  pair.start();
  for (int i = 0; i < 20; ++i) {
    pair.send(kPeer, "check");
    pair.run(Duration::milliseconds(100));
  }
  EXPECT_EQ(pair.atPeer.size(), 20u);
  EXPECT_EQ(pair.channelFramesFromClient, 0);
}

TEST_P(TurnPairOver, LetsNoStrangerThrough) {
  TurnPair pair(clientConfig(), testServerConfig());
  pair.start();
  pair.permit(kPeer.address.toString());
  pair.run(Duration::seconds(1));
  pair.fromPeer(at("203.0.113.51", 5000), "stranger");
  pair.fromPeer(at("203.0.113.50", 1), "same address, another port");
  pair.run(Duration::seconds(1));
  ASSERT_EQ(pair.received.size(), 1u);
  EXPECT_EQ(pair.received[0].first, at("203.0.113.50", 1));
  EXPECT_EQ(pair.server.stats().drops.total(), 1u);
}

TEST_P(TurnPairOver, KeepsAllocationPermissionAndChannelForHours) {
  TurnPair pair(clientConfig(), testServerConfig());
  pair.echo = true;
  pair.start();
  pair.send(kPeer, "first");
  pair.run(Duration::seconds(4 * 3600));
  EXPECT_FALSE(pair.failed);
  pair.received.clear();
  pair.send(kPeer, "late");
  pair.run(Duration::seconds(1));
  ASSERT_EQ(pair.received.size(), 1u);
  EXPECT_EQ(pair.received[0].second, "echo late");
  EXPECT_EQ(pair.channelFramesFromClient, 1);
  EXPECT_EQ(pair.grants, 1);
}

TEST_P(TurnPairOver, RenewsANonceThatExpired) {
  ServerConfig server = testServerConfig();
  server.nonceLifetime = Duration::seconds(100);
  TurnPair pair(clientConfig(), server);
  pair.start();
  pair.run(Duration::seconds(300));
  pair.send(kPeer, "after the nonce");
  pair.run(Duration::seconds(2000));
  EXPECT_FALSE(pair.failed);
  EXPECT_EQ(pair.atPeer.size(), 1u);
  EXPECT_EQ(pair.server.stats().allocations, 1u);
  EXPECT_EQ(pair.server.stats().authenticationFailures, 0u);
}

TEST_P(TurnPairOver, GivesTheAllocationBackWhenClosed) {
  TurnPair pair(clientConfig(), testServerConfig());
  pair.start();
  pair.permit("203.0.113.50");
  pair.run(Duration::seconds(1));
  EXPECT_EQ(pair.openSockets(), 1u);
  pair.close();
  pair.run(Duration::seconds(1));
  EXPECT_TRUE(pair.closed);
  EXPECT_FALSE(pair.failed);
  EXPECT_EQ(pair.openSockets(), 0u);
  EXPECT_EQ(pair.server.stats().allocations, 0u);
  EXPECT_TRUE(pair.client.deadline().isNever());
  EXPECT_FALSE(pair.send(kPeer, "late"));
}

TEST_P(TurnPairOver, GivesBackAnAllocationThatWasUnderWayWhenClosed) {
  TurnPair pair(clientConfig(), testServerConfig());
  pair.start();
  ASSERT_TRUE(pair.runUntil([&] { return pair.server.stats().allocations == 1; }));
  ASSERT_FALSE(pair.allocated);
  pair.close();
  pair.run(Duration::seconds(1));
  EXPECT_TRUE(pair.closed);
  EXPECT_EQ(pair.server.stats().allocations, 0u);
}

TEST_P(TurnPairOver, ClosesInTimeWhenTheServerIsGone) {
  TurnPair pair(clientConfig(), testServerConfig());
  pair.start();
  pair.run(Duration::seconds(1));
  pair.dropEverything();
  pair.close();
  EXPECT_TRUE(pair.runUntil([&] { return pair.closed; }, Duration::seconds(6)));
}

TEST_P(TurnPairOver, HasNoChannelToKeepOnceItCloses) {
  TurnPair pair(clientConfig(), testServerConfig());
  pair.echo = true;
  pair.start();
  pair.send(kPeer, "first");
  pair.run(Duration::seconds(1));
  pair.send(kPeer, "second");
  pair.run(Duration::seconds(1));
  ASSERT_EQ(pair.channelFramesFromClient, 1);
  pair.dropEverything();
  pair.close();
  // The channel would be due by then.
  const Timestamp late = pair.now() + Duration::seconds(3600);
  pair.client.handleTimeout(late);
  EXPECT_GT(pair.client.deadline(), late);
}

TEST_P(TurnPairOver, FailsWith701WhenNobodyAnswers) {
  TurnPair pair(clientConfig(), testServerConfig());
  pair.dropEverything();
  pair.start();
  pair.run(Duration::seconds(60));
  ASSERT_TRUE(pair.failed);
  EXPECT_EQ(pair.failed->code, 701);
  EXPECT_TRUE(pair.client.deadline().isNever());
}

TEST_P(TurnPairOver, FailsWith401WhenThePasswordIsWrong) {
  ClientConfig config = clientConfig();
  config.password = "looking glass";
  TurnPair pair(config, testServerConfig());
  pair.start();
  pair.run(Duration::seconds(60));
  ASSERT_TRUE(pair.failed);
  EXPECT_EQ(pair.failed->code, 401);
  EXPECT_EQ(pair.requests, 2);
  EXPECT_EQ(pair.server.stats().authenticationFailures, 1u);
}

TEST_P(TurnPairOver, AllocatesWithEitherRestSecretUntilTheNameExpires) {
  for (const char* secret : {"old secret", "new secret", "wrong secret"}) {
    for (int64_t lifetime : {int64_t{3600}, int64_t{-1}}) {
      ClientConfig config = clientConfig();
      config.username = std::to_string(kUnixStart + lifetime) + ":carol";
      config.password = restPassword(secret, config.username);
      TurnPair pair(config, testServerConfig());
      pair.start();
      pair.run(Duration::seconds(5));
      const bool good = std::string(secret) != "wrong secret" && lifetime > 0;
      EXPECT_EQ(pair.allocated.has_value(), good) << secret << " " << lifetime;
      EXPECT_EQ(pair.failed.has_value(), !good) << secret << " " << lifetime;
    }
  }
}

TEST_P(TurnPairOver, KeepsAnAllocationWhoseRestNameExpiresMeanwhile) {
  ClientConfig config = clientConfig();
  config.username = std::to_string(kUnixStart + 60);
  config.password = restPassword("new secret", config.username);
  TurnPair pair(config, testServerConfig());
  pair.start();
  pair.run(Duration::seconds(7200));
  EXPECT_FALSE(pair.failed);
  EXPECT_EQ(pair.server.stats().allocations, 1u);
}

TEST_P(TurnPairOver, ReportsAPeerThatThePolicyRefuses) {
  TurnPair pair(clientConfig(), testServerConfig());
  pair.start();
  pair.send(at("127.0.0.1", 80), "inside");
  pair.send(at("::ffff:10.1.2.3", 80), "inside in disguise");
  pair.run(Duration::seconds(1));
  ASSERT_EQ(pair.refused.size(), 2u);
  EXPECT_EQ(pair.refused[0].peer, ip("10.1.2.3"));
  EXPECT_EQ(pair.refused[0].code, 403);
  EXPECT_EQ(pair.refused[1].peer, ip("127.0.0.1"));
  EXPECT_TRUE(pair.atPeer.empty());
  EXPECT_TRUE(pair.client.isAllocated());
}

TEST_P(TurnPairOver, FailsWith486AndReasonBeyondTheQuota) {
  ServerConfig server = testServerConfig();
  server.maxAllocationsPerUser = 0;
  TurnPair pair(clientConfig(), server);
  pair.start();
  pair.run(Duration::seconds(1));
  ASSERT_TRUE(pair.failed);
  EXPECT_EQ(pair.failed->code, 486);
  EXPECT_EQ(pair.failed->reason, "Allocation Quota Reached");
}

TEST(TurnPairOverALossyLink, DeliversMostAndKeepsTheAllocation) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    LinkConfig link;
    link.lossPercent = 20;
    link.jitter = Duration::milliseconds(60);
    TurnPair pair(testClientConfig(Transport::kDatagram), testServerConfig(), link, seed);
    pair.echo = true;
    pair.start();
    ASSERT_TRUE(pair.runUntil([&] { return pair.allocated.has_value() || pair.failed; }));
    ASSERT_FALSE(pair.failed) << seed << " " << pair.failed->code << pair.failed->reason;
    pair.permit("203.0.113.50");
    ASSERT_TRUE(pair.runUntil([&] { return !pair.granted.empty(); })) << seed;
    for (int i = 0; i < 300; ++i) {
      pair.send(kPeer, std::to_string(i));
      pair.run(Duration::seconds(10));
    }
    EXPECT_FALSE(pair.failed) << seed;
    EXPECT_EQ(pair.server.stats().allocations, 1u) << seed;
    // 0.8 there and 0.8 back.
    EXPECT_GT(pair.received.size(), 150u) << seed;
    EXPECT_LT(pair.received.size(), 235u) << seed;
    EXPECT_GT(pair.channelFramesFromClient, 250) << seed;
  }
}

TEST(TurnPairOverALossyLink, RefreshesAgainWhileTheAllocationLastsAndFailsWhenItIsOver) {
  TurnPair pair(testClientConfig(Transport::kDatagram), testServerConfig());
  pair.start();
  pair.run(Duration::seconds(1));
  pair.dropEverything();
  pair.run(Duration::seconds(585));  // one Refresh, due after 540 s, has timed out
  EXPECT_FALSE(pair.failed);
  pair.repairLink();
  pair.run(Duration::seconds(600));
  EXPECT_FALSE(pair.failed);
  pair.dropEverything();
  pair.run(Duration::seconds(700));
  ASSERT_TRUE(pair.failed);
  EXPECT_EQ(pair.failed->code, 701);
}

TEST(TurnPairOverAStream, SurvivesAnyCut) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    TurnPair pair(testClientConfig(Transport::kStream), testServerConfig(), {}, seed);
    pair.echo = true;
    pair.start();
    std::vector<std::pair<Endpoint, std::string>> expected;
    for (int i = 0; i < 100; ++i) {
      const std::string content(static_cast<size_t>(i * 7 % 1201), static_cast<char>('a' + i % 26));
      pair.send(kPeer, content);
      expected.emplace_back(kPeer, "echo " + content);
      if (i < 10)
        pair.run(Duration::seconds(1));
    }
    pair.run(Duration::seconds(60));
    EXPECT_EQ(pair.received, expected) << seed;
    EXPECT_GT(pair.channelFramesFromClient, 90) << seed;
  }
}

TEST(TurnPairOverAStream, FailsWhenTheConnectionCloses) {
  TurnPair pair(testClientConfig(Transport::kStream), testServerConfig());
  pair.start();
  pair.run(Duration::seconds(1));
  pair.disconnect();
  ASSERT_TRUE(pair.failed);
  EXPECT_EQ(pair.failed->code, 701);
  EXPECT_EQ(pair.openSockets(), 0u);
  EXPECT_EQ(pair.server.stats().clients, 0u);
}

TEST(TurnPairOverALossyLink, GivesTheSameTraceForTheSameSeed) {
  const auto trace = [](uint64_t seed) {
    LinkConfig link;
    link.lossPercent = 20;
    link.jitter = Duration::milliseconds(50);
    TurnPair pair(testClientConfig(Transport::kDatagram), testServerConfig(), link, seed);
    pair.echo = true;
    pair.start();
    for (int i = 0; i < 50; ++i) {
      pair.send(kPeer, std::to_string(i));
      pair.run(Duration::seconds(1));
    }
    return std::make_pair(pair.received, pair.framesFromClient);
  };
  EXPECT_EQ(trace(5), trace(5));
  EXPECT_NE(trace(5), trace(6));
}

}  // namespace
}  // namespace rtc::turn
