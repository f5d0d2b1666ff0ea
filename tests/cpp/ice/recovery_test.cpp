// What is lost and comes back: allocations with their streams and servers, interfaces, and the
// pairs on them. In virtual time.

#include <gtest/gtest.h>

#include "tests/cpp/ice/network.h"

namespace rtc::ice::test {
namespace {

using State = IceTransportState;
using Step = RelayRecovery::Step;

constexpr auto kRelayStream = Server::Transport::kRelaySocket;

Pair2::Options onlyA(Server server) {
  Pair2::Options options;
  options.serversA = {std::move(server)};
  return options;
}

Pair2::Options both(Server::Transport transport) {
  Pair2::Options options;
  options.serversA = options.serversB = {turnServer(transport)};
  options.policyA = options.policyB = TransportPolicy::kRelay;
  return options;
}

bool gathered(const Peer& peer) {
  return peer.agent.gatheringState() == GatheringState::kComplete;
}

bool hasSettled(const Pair2& pair) {
  return pair.isConnected() && gathered(pair.a) && gathered(pair.b) &&
         pair.a.agent.selectedPair()->nominated && pair.b.agent.selectedPair()->nominated;
}

/// `a` through the relay, `b` directly.
void connectThroughRelay(Pair2& pair) {
  pair.b.addInterface(1, at("10.0.0.2", 5000));
  pair.start();
  ASSERT_TRUE(pair.runUntil([&] { return hasSettled(pair); }));
}

void connectBothThroughRelay(Pair2& pair) {
  pair.start();
  ASSERT_TRUE(pair.runUntil([&] { return hasSettled(pair); }));
}

bool sawState(const Peer& peer, State state) {
  return std::find(peer.states.begin(), peer.states.end(), state) != peer.states.end();
}

TEST(IceRecovery, ALostStreamIsOpenedAgainAndItsNewCandidateMendsThePathInTheSameGeneration) {
  Pair2 pair(onlyA(turnServer(kRelayStream)));
  TurnNode& turn = pair.addTurn();
  connectThroughRelay(pair);
  const Candidate before = pair.a.candidates[0];
  const Timestamp lost = pair.now();
  turn.dropStreams();
  pair.pump();
  EXPECT_EQ(pair.a.agent.state(), State::kDisconnected);
  ASSERT_EQ(pair.a.removed.size(), 1u);
  EXPECT_EQ(pair.a.removed[0].toString(), before.toString());
  ASSERT_TRUE(pair.runUntil([&] { return pair.a.opens.size() == 2; }));
  EXPECT_GE(pair.now() - lost, Duration::milliseconds(125));
  EXPECT_LE(pair.now() - lost, Duration::milliseconds(250));
  EXPECT_EQ(pair.a.opens[0].attempt, 0u);
  EXPECT_EQ(pair.a.opens[1].attempt, 1u);
  EXPECT_EQ(pair.a.opens[1].server, turnServer(kRelayStream));
  ASSERT_TRUE(pair.runUntil([&] { return pair.isConnected(); }, Duration::seconds(1)));
  ASSERT_EQ(pair.a.candidates.size(), 2u);
  EXPECT_NE(pair.a.candidates[1].endpoint, before.endpoint);
  EXPECT_EQ(pair.a.candidates[1].ufrag, before.ufrag);
  EXPECT_EQ(pair.a.candidates[1].generation, before.generation);
  EXPECT_EQ(pair.a.gatheringStates.size(), 2u) << "gathering is over and stays so";
  EXPECT_EQ(pair.a.ended.size(), 1u);
  EXPECT_TRUE(pair.delivers(pair.a, pair.b, "mended"));
  ASSERT_TRUE(pair.runUntil([&] { return pair.a.agent.selectedPair()->nominated; }));
  EXPECT_EQ(pair.a.errors.size(), 1u);
  EXPECT_EQ(pair.a.restartsNeeded, 0u);
}

TEST(IceRecovery, ThePeerTurnsToTheNewPairAsSoonAsTheOldOneDoesNotAnswer) {
  for (const Role role : {Role::kControlling, Role::kControlled}) {
    SCOPED_TRACE(toString(role));
    Pair2::Options options = onlyA(turnServer(kRelayStream));
    options.roleA = role;
    options.roleB = role == Role::kControlling ? Role::kControlled : Role::kControlling;
    Pair2 pair(options);
    TurnNode& turn = pair.addTurn();
    connectThroughRelay(pair);
    const PairId old = pair.b.agent.selectedPair()->id;
    turn.dropStreams();
    ASSERT_TRUE(pair.runUntil([&] { return pair.b.agent.selectedPair()->id != old; },
                              Duration::seconds(3)));
    EXPECT_TRUE(pair.delivers(pair.b, pair.a, "on the new pair"));
    EXPECT_FALSE(sawState(pair.b, State::kDisconnected));
  }
}

TEST(IceRecovery, AttemptsBackOffAndEndAfterAMinute) {
  Pair2 pair(onlyA(turnServer(kRelayStream)));
  TurnNode& turn = pair.addTurn();
  connectThroughRelay(pair);
  const Timestamp lost = pair.now();
  turn.fall();
  ASSERT_TRUE(pair.runUntil(
      [&] { return !pair.a.recoveries.empty() && pair.a.recoveries.back().step == Step::kFailed; },
      Duration::seconds(120)));
  EXPECT_LE(pair.now() - lost, Duration::seconds(60));
  EXPECT_GE(pair.now() - lost, Duration::seconds(55));
  int64_t longest = 250;
  for (const RelayRecovery& recovery : pair.a.recoveries) {
    if (recovery.step == Step::kFailed)
      break;
    EXPECT_GE(recovery.delay.ms(), longest / 2);
    EXPECT_LE(recovery.delay.ms(), longest);
    EXPECT_EQ(recovery.url, "turn:198.51.100.2");
    EXPECT_EQ(recovery.code, kServerUnreachable);
    longest = std::min<int64_t>(longest * 2, 4000);
  }
  const size_t opened = pair.a.opens.size();
  EXPECT_GE(opened, 15u);
  EXPECT_LE(opened, 35u);
  ASSERT_EQ(pair.a.errors.size(), 2u) << "at the loss and at the end, not for each attempt";
  turn.rise();
  pair.runFor(Duration::seconds(60));
  EXPECT_EQ(pair.a.opens.size(), opened);
}

TEST(IceRecovery, WithoutItTheTransportFailsWhenThePeersConsentWouldHaveExpired) {
  Pair2 pair(onlyA(turnServer(kRelayStream)));
  TurnNode& turn = pair.addTurn();
  connectThroughRelay(pair);
  pair.runFor(Duration::seconds(20));
  const Timestamp lost = pair.now();
  turn.fall();
  ASSERT_TRUE(pair.runUntil([&] { return pair.a.agent.state() == State::kFailed; }));
  EXPECT_GE(pair.now() - lost, Duration::seconds(24));
  EXPECT_LE(pair.now() - lost, Duration::seconds(30));
}

TEST(IceRecovery, AnAllocationThatKeepsGoingAwayIsNotAskedForEverFaster) {
  Pair2 pair(onlyA(turnServer(kRelayStream)));
  TurnNode& turn = pair.addTurn();
  connectThroughRelay(pair);
  pair.runFor(Duration::seconds(30));
  size_t drops = 0;
  const Timestamp began = pair.now();
  const auto hasRelay = [&] {
    const auto& locals = pair.a.agent.localCandidates();
    return std::any_of(locals.begin(), locals.end(), [](const auto& c) { return !c.removed; });
  };
  for (; drops < 6; ++drops) {
    turn.dropStreams();
    ASSERT_TRUE(pair.runUntil(hasRelay));
  }
  // 125 + 250 + 500 + 1000 + 2000 + 2000 ms at least.
  EXPECT_GE(pair.now() - began, Duration::milliseconds(5875));
}

TEST(IceRecovery, ARefusalThatWillNotChangeEndsIt) {
  Pair2 pair(onlyA(turnServer(kRelayStream)));
  TurnNode& turn = pair.addTurn();
  connectThroughRelay(pair);
  turn.fall();
  turn::ServerConfig config = TurnNode::openConfig();
  config.users["user"] = "another";
  turn.rise(config);
  pair.runFor(Duration::seconds(60));
  EXPECT_EQ(pair.a.opens.size(), 2u);
  ASSERT_FALSE(pair.a.recoveries.empty());
  EXPECT_EQ(pair.a.recoveries.back().step, Step::kFailed);
  EXPECT_EQ(pair.a.recoveries.back().code, 401);
  EXPECT_EQ(pair.a.errors.back().code, 401);
}

TEST(IceRecovery, AnAttemptUsesTheCredentialsThatItIsGiven) {
  Pair2 pair(onlyA(turnServer(kRelayStream)));
  TurnNode& turn = pair.addTurn();
  connectThroughRelay(pair);
  pair.a.onOpen = [&](const StreamOpen& open) {
    EXPECT_EQ(open.attempt, 1u);
    pair.a.agent.setStreamCredentials(open.stream, "user", "another");
  };
  turn.fall();
  turn::ServerConfig config = TurnNode::openConfig();
  config.users["user"] = "another";
  turn.rise(config);
  EXPECT_TRUE(pair.runUntil([&] { return pair.isConnected(); }, Duration::seconds(2)));
}

TEST(IceRecovery, ARestartDoesNotWaitForTheNextAttempt) {
  Pair2 pair(onlyA(turnServer(kRelayStream)));
  TurnNode& turn = pair.addTurn();
  connectThroughRelay(pair);
  turn.fall();
  pair.runFor(Duration::seconds(20));
  turn.rise();
  const size_t opened = pair.a.opens.size();
  pair.a.candidates.clear();
  pair.a.agent.restart(credentials('c'), pair.now());
  pair.pump();
  EXPECT_EQ(pair.a.opens.size(), opened + 1);
  EXPECT_FALSE(gathered(pair.a));
  ASSERT_TRUE(pair.runUntil([&] { return gathered(pair.a); }));
  ASSERT_EQ(pair.a.candidates.size(), 1u);
  EXPECT_EQ(pair.a.candidates[0].ufrag, "cccc");
}

TEST(IceRecovery, AServerThatNeverGaveAnAllocationIsAskedOnce) {
  Pair2 pair(onlyA(turnServer(kRelayStream)));
  pair.addTurn().fall();
  pair.b.addInterface(1, at("10.0.0.2", 5000));
  pair.start();
  pair.runFor(Duration::seconds(60));
  EXPECT_EQ(pair.a.opens.size(), 1u);
  EXPECT_TRUE(pair.a.recoveries.empty());
  EXPECT_EQ(pair.a.errors.size(), 1u);
}

TEST(IceRecovery, AUdpAllocationThatTheServerForgotIsFoundOutAndReplaced) {
  Pair2 pair(both(Server::Transport::kUdp));
  TurnNode& turn = pair.addTurn();
  pair.addHosts();
  pair.start();
  ASSERT_TRUE(pair.runUntil([&] { return hasSettled(pair); }));
  const Timestamp lost = pair.now();
  turn.fall();
  turn.rise();
  ASSERT_TRUE(pair.runUntil([&] { return pair.a.removed.size() + pair.b.removed.size() == 2; },
                            Duration::seconds(20)))
      << "two unanswered requests for consent make them look";
  EXPECT_TRUE(pair.runUntil([&] { return pair.isConnected(); }, Duration::seconds(5)));
  EXPECT_LE(pair.now() - lost, Duration::seconds(20));
  EXPECT_EQ(pair.a.recoveries.front().code, stun::kAllocationMismatch);
  EXPECT_TRUE(pair.delivers(pair.a, pair.b, "there"));
  EXPECT_TRUE(pair.runUntil([&] { return pair.delivers(pair.b, pair.a, "and back"); }));
}

TEST(IceRecovery, AStreamThatSwallowsEverythingIsGivenUpForAnother) {
  Pair2 pair(onlyA(turnServer(kRelayStream)));
  TurnNode& turn = pair.addTurn();
  connectThroughRelay(pair);
  turn.isDeaf = true;
  ASSERT_TRUE(pair.runUntil([&] { return pair.a.streamsClosed == 1; }, Duration::seconds(25)));
  turn.isDeaf = false;
  EXPECT_TRUE(pair.runUntil([&] { return pair.isConnected(); }, Duration::seconds(5)));
  EXPECT_TRUE(pair.delivers(pair.a, pair.b, "on the next one"));
}

TEST(IceRecovery, TwoEndsThatLoseTheSameRelayFindEachOtherByTrickling) {
  for (const auto& [downtime, ipv6] :
       {std::pair{0, false}, std::pair{3, true}, std::pair{15, false}}) {
    SCOPED_TRACE(downtime);
    Pair2 pair(both(kRelayStream));
    turn::ServerConfig config = TurnNode::openConfig();
    config.ipv6 = ipv6;
    TurnNode& turn = pair.addTurn(config);
    connectBothThroughRelay(pair);
    turn.fall();
    pair.runFor(Duration::seconds(downtime));
    turn.rise();
    ASSERT_TRUE(pair.runUntil([&] { return pair.isConnected(); }, Duration::seconds(5)));
    EXPECT_TRUE(pair.delivers(pair.a, pair.b, "there"));
    EXPECT_TRUE(pair.delivers(pair.b, pair.a, "and back"));
    EXPECT_FALSE(sawState(pair.a, State::kFailed));
    EXPECT_FALSE(sawState(pair.b, State::kFailed));
  }
}

TEST(IceRecovery, WithoutTricklingARestartIsAskedForByTheControllingEndFirst) {
  Pair2 pair(both(kRelayStream));
  TurnNode& turn = pair.addTurn();
  connectBothThroughRelay(pair);
  pair.a.onCandidate = pair.b.onCandidate = nullptr;
  const Timestamp lost = pair.now();
  turn.fall();
  turn.rise();
  ASSERT_TRUE(pair.runUntil([&] { return pair.a.restartsNeeded == 1; }));
  EXPECT_EQ((pair.now() - lost).ms(), 4000);
  EXPECT_EQ(pair.b.restartsNeeded, 0u);
  ASSERT_TRUE(pair.runUntil([&] { return pair.b.restartsNeeded == 1; }));
  EXPECT_EQ((pair.now() - lost).ms(), 6000);
  pair.runFor(Duration::seconds(10));
  EXPECT_EQ(pair.a.restartsNeeded, 1u) << "it is said once";

  pair.trickleAToB();
  pair.trickleBToA();
  pair.a.agent.restart(credentials('c'), pair.now());
  pair.b.agent.setRemoteCredentials(credentials('c'), false, pair.now());
  pair.b.agent.restart(credentials('d'), pair.now());
  pair.a.agent.setRemoteCredentials(credentials('d'), false, pair.now());
  EXPECT_TRUE(pair.runUntil([&] { return hasSettled(pair); }, Duration::seconds(5)));
  EXPECT_TRUE(pair.delivers(pair.a, pair.b, "there"));
  EXPECT_TRUE(pair.delivers(pair.b, pair.a, "and back"));
}

TEST(IceRecovery, NoRestartIsAskedForWhileThereIsNothingToRestartWith) {
  Pair2 pair(both(kRelayStream));
  TurnNode& turn = pair.addTurn();
  connectBothThroughRelay(pair);
  pair.a.onCandidate = pair.b.onCandidate = nullptr;
  turn.fall();
  pair.runFor(Duration::seconds(12));
  EXPECT_EQ(pair.a.restartsNeeded, 0u);
  turn.rise();
  ASSERT_TRUE(pair.runUntil([&] { return pair.a.candidates.size() == 2; }));
  const Timestamp there = pair.now();
  ASSERT_TRUE(pair.runUntil([&] { return pair.a.restartsNeeded == 1; }));
  EXPECT_EQ((pair.now() - there).ms(), 2000);
}

TEST(IceRecovery, ThePeerForgetsTheDeadCandidatesOfAnEndThatLosesItsRelayAgainAndAgain) {
  Pair2::Options options = onlyA(turnServer(kRelayStream));
  options.tweak = [](AgentConfig& config) {
    config.limits.remoteCandidates = 3;
  };
  Pair2 pair(options);
  TurnNode& turn = pair.addTurn();
  connectThroughRelay(pair);
  for (int i = 0; i < 8; ++i) {
    SCOPED_TRACE(i);
    turn.dropStreams();
    pair.runFor(Duration::seconds(60));
    ASSERT_TRUE(pair.isConnected());
    EXPECT_LE(pair.b.agent.remoteCandidates().size(), 3u);
  }
  EXPECT_TRUE(pair.delivers(pair.b, pair.a, "still"));
}

TEST(IceTakeover, ANewInterfaceIsCheckedBeforeTheOldOneGoes) {
  Pair2 pair;
  pair.addHosts();
  pair.start();
  ASSERT_TRUE(pair.runUntil([&] { return hasSettled(pair); }));
  pair.a.addInterface(2, at("10.0.1.1", 6000));
  ASSERT_TRUE(pair.runUntil(
      [&] {
        const auto pairs = pair.a.agent.pairs();
        return pairs.size() == 2 && pairs[0].state == PairState::kSucceeded &&
               pairs[1].state == PairState::kSucceeded;
      },
      Duration::seconds(1)));
  EXPECT_EQ(pair.a.selections.size(), 1u) << "the nominated one goes on meanwhile";
  pair.a.removeInterface(1);
  pair.pump();
  EXPECT_EQ(pair.a.agent.selectedPair()->id, pair.a.selections.back().pair);
  EXPECT_EQ(pair.a.selections.back().local.endpoint, at("10.0.1.1", 6000));
  EXPECT_FALSE(sawState(pair.a, State::kDisconnected));
  ASSERT_EQ(pair.a.removed.size(), 1u);
  EXPECT_EQ(pair.a.removed[0].endpoint, at("10.0.0.1", 5000));
  EXPECT_TRUE(pair.delivers(pair.a, pair.b, "there"));
  ASSERT_TRUE(pair.runUntil(
      [&] { return pair.b.selections.back().remote.endpoint == at("10.0.1.1", 6000); },
      Duration::seconds(3)));
  EXPECT_TRUE(pair.delivers(pair.b, pair.a, "and back"));
}

}  // namespace
}  // namespace rtc::ice::test
