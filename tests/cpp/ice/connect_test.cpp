// Two agents find each other: the whole way from interfaces to a pair that carries data.

#include <gtest/gtest.h>

#include "tests/cpp/ice/network.h"

namespace rtc::ice::test {
namespace {

using State = IceTransportState;

CandidateType selectedLocalType(const Peer& peer) {
  const auto pair = peer.agent.selectedPair();
  for (const auto& info : peer.agent.localCandidates()) {
    if (pair && info.id == pair->local)
      return info.candidate.type;
  }
  ADD_FAILURE() << "nothing is selected";
  return CandidateType::kHost;
}

TEST(IceConnect, TwoHostsOnOneNetworkConnectAndExchangeData) {
  Pair2 pair;
  pair.addHosts();
  pair.start();
  ASSERT_TRUE(pair.runUntilConnected());
  EXPECT_TRUE(pair.delivers(pair.a, pair.b, "hello"));
  EXPECT_TRUE(pair.delivers(pair.b, pair.a, "hello back"));
  EXPECT_EQ(pair.a.agent.selectedPair()->counters.bytesSent, 5u);
  EXPECT_EQ(pair.a.agent.selectedPair()->counters.bytesReceived, 10u);
  EXPECT_EQ(pair.b.agent.selectedPair()->counters.packetsReceived, 1u);
}

TEST(IceConnect, TheFirstCheckLeavesAtOnceAndOneRoundTripConnects) {
  Pair2 pair;
  pair.addHosts();
  const Timestamp began = pair.now();
  pair.start();
  ASSERT_TRUE(pair.runUntilConnected());
  EXPECT_EQ((pair.now() - began).ms(), 20);
}

TEST(IceConnect, StatesOfTheControllingEndGoThroughCheckingAndConnectedToCompleted) {
  Pair2 pair;
  pair.addHosts();
  pair.start();
  pair.runFor(Duration::seconds(1));
  EXPECT_EQ(pair.a.states, (std::vector{State::kChecking, State::kConnected, State::kCompleted}));
  EXPECT_EQ(pair.b.states, (std::vector{State::kChecking, State::kConnected}));
  EXPECT_EQ(pair.a.gatheringStates,
            (std::vector{GatheringState::kGathering, GatheringState::kComplete}));
}

TEST(IceConnect, BothEndsSelectAndNominateTheSamePair) {
  Pair2 pair;
  pair.addHosts();
  pair.a.addInterface(2, at("10.0.1.1", 6000));
  pair.b.addInterface(2, at("10.0.1.2", 6000));
  pair.start();
  ASSERT_TRUE(pair.runUntil([&] {
    const auto b = pair.b.agent.selectedPair();
    return pair.a.agent.state() == State::kCompleted && b && b->nominated;
  }));
  const SelectedPairChanged& ofA = pair.a.selections.back();
  const SelectedPairChanged& ofB = pair.b.selections.back();
  EXPECT_EQ(ofA.local.endpoint, ofB.remote.endpoint);
  EXPECT_EQ(ofA.remote.endpoint, ofB.local.endpoint);
}

TEST(IceConnect, ConnectsDespiteHeavyLoss) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Pair2 pair;
    SeededRandom dice(seed);
    pair.network.drop = [&](const Packet&) {
      return dice.below(100) < 40;
    };
    pair.addHosts();
    pair.start();
    EXPECT_TRUE(pair.runUntilConnected()) << "seed " << seed;
  }
}

TEST(IceConnect, Ipv6IsPreferredWhereBothFamiliesWork) {
  Pair2 pair;
  pair.addHosts();
  pair.a.addInterface(2, at("2001:db8::1", 5000));
  pair.b.addInterface(2, at("2001:db8::2", 5000));
  pair.start();
  ASSERT_TRUE(pair.runUntil([&] { return pair.a.agent.state() == State::kCompleted; }));
  EXPECT_TRUE(pair.a.selections.back().local.endpoint.address.isV6());
}

TEST(IceConnect, Ipv4TakesOverWhereIpv6IsBroken) {
  Pair2 pair;
  pair.network.drop = [](const Packet& p) {
    return p.destination.address.isV6();
  };
  pair.addHosts();
  pair.a.addInterface(2, at("2001:db8::1", 5000));
  pair.b.addInterface(2, at("2001:db8::2", 5000));
  const Timestamp began = pair.now();
  pair.start();
  ASSERT_TRUE(pair.runUntilConnected());
  EXPECT_LT((pair.now() - began).ms(), 200);
  EXPECT_TRUE(pair.runUntil([&] { return pair.a.agent.state() == State::kCompleted; }));
}

TEST(IceConnect, PairsOfLinkLocalAndGlobalAddressesAreNotFormed) {
  Pair2 pair;
  pair.a.addInterface(1, at("fe80::1", 5000));
  pair.b.addInterface(1, at("2001:db8::2", 5000));
  pair.start();
  EXPECT_TRUE(pair.a.agent.pairs().empty());
  EXPECT_TRUE(pair.b.agent.pairs().empty());
}

TEST(IceConnect, ThroughAddressRestrictedNatsWithAStunServer) {
  Pair2::Options options;
  options.serversA = options.serversB = {stunServer()};
  Pair2 pair(options);
  pair.network.addStunServer(at("198.51.100.1", 3478));
  pair.network.addNat(ip("10.0.0.1"), ip("203.0.113.1"), Network::Nat::kAddressRestricted);
  pair.network.addNat(ip("10.0.0.2"), ip("203.0.113.2"), Network::Nat::kAddressRestricted);
  pair.addHosts();
  pair.start();
  ASSERT_TRUE(pair.runUntilConnected());
  EXPECT_TRUE(pair.delivers(pair.a, pair.b, "through"));
  EXPECT_TRUE(pair.delivers(pair.b, pair.a, "and back"));
  EXPECT_EQ(selectedLocalType(pair.a), CandidateType::kServerReflexive);
  ASSERT_EQ(pair.a.candidates.size(), 2u);
  EXPECT_EQ(pair.a.candidates[1].related, at("10.0.0.1", 5000));
  EXPECT_EQ(pair.a.candidates[1].url, "stun:198.51.100.1");
}

TEST(IceConnect, ASymmetricNatMakesThePeerLearnAPeerReflexiveCandidate) {
  Pair2::Options options;
  options.serversA = options.serversB = {stunServer()};
  Pair2 pair(options);
  pair.network.addStunServer(at("198.51.100.1", 3478));
  pair.network.addNat(ip("10.0.0.1"), ip("203.0.113.1"), Network::Nat::kSymmetric);
  pair.network.addNat(ip("10.0.0.2"), ip("203.0.113.2"), Network::Nat::kAddressRestricted);
  pair.addHosts();
  pair.start();
  ASSERT_TRUE(pair.runUntilConnected());
  EXPECT_TRUE(pair.delivers(pair.a, pair.b, "through"));
  // `a` learned its own address for this peer, `b` learned the peer's.
  EXPECT_EQ(selectedLocalType(pair.a), CandidateType::kPeerReflexive);
  EXPECT_EQ(pair.b.selections.back().remote.type, CandidateType::kPeerReflexive);
  for (const Candidate& c : pair.a.candidates)
    EXPECT_NE(c.type, CandidateType::kPeerReflexive);
}

TEST(IceConnect, TwoSymmetricNatsNeedARelay) {
  Pair2::Options options;
  options.serversA = {turnServer(Server::Transport::kUdp)};
  options.serversB = {stunServer()};  // or the relay would not know whom to let pass
  Pair2 pair(options);
  pair.addTurn();
  pair.network.addStunServer(at("198.51.100.1", 3478));
  pair.network.addNat(ip("10.0.0.1"), ip("203.0.113.1"), Network::Nat::kSymmetric);
  pair.network.addNat(ip("10.0.0.2"), ip("203.0.113.2"), Network::Nat::kSymmetric);
  pair.addHosts();
  pair.start();
  ASSERT_TRUE(pair.runUntilConnected());
  EXPECT_EQ(selectedLocalType(pair.a), CandidateType::kRelay);
  EXPECT_TRUE(pair.delivers(pair.a, pair.b, "through the relay"));
  EXPECT_TRUE(pair.delivers(pair.b, pair.a, "back through the relay"));
}

TEST(IceConnect, AHostThatOnlyHasAStreamToTheRelayConnectsToOneWithUdp) {
  Pair2::Options options;
  options.serversA = {turnServer(Server::Transport::kRelaySocket)};
  Pair2 pair(options);
  pair.addTurn();
  pair.b.addInterface(1, at("10.0.0.2", 5000));
  pair.start();
  ASSERT_TRUE(pair.runUntilConnected());
  EXPECT_TRUE(pair.delivers(pair.a, pair.b, "from the page"));
  EXPECT_TRUE(pair.delivers(pair.b, pair.a, "to the page"));
  ASSERT_EQ(pair.a.candidates.size(), 1u);
  EXPECT_EQ(pair.a.candidates[0].type, CandidateType::kRelay);
  EXPECT_EQ(pair.a.candidates[0].related->toString(), "0.0.0.0:0");
}

TEST(IceConnect, TwoPagesAtOneRelayConnectWhenOnlyOneKnowsTheOthersCandidates) {
  Pair2::Options options;
  options.serversA = {turnServer(Server::Transport::kRelaySocket)};
  options.serversB = {turnServer(Server::Transport::kRelaySocket)};
  Pair2 pair(options);
  pair.addTurn();
  pair.exchangeCredentials();
  pair.trickleAToB();
  pair.gather();
  ASSERT_TRUE(pair.runUntilConnected());
  EXPECT_EQ(pair.a.selections.back().remote.type, CandidateType::kPeerReflexive);
  EXPECT_TRUE(pair.delivers(pair.a, pair.b, "to the one who came"));
  EXPECT_TRUE(pair.delivers(pair.b, pair.a, "to the one who was known"));
}

TEST(IceConnect, TwoPagesConnectThroughTheirRelays) {
  Pair2::Options options;
  options.serversA = options.serversB = {turnServer(Server::Transport::kRelaySocket)};
  Pair2 pair(options);
  pair.addTurn();
  pair.start();
  ASSERT_TRUE(pair.runUntilConnected());
  EXPECT_TRUE(pair.delivers(pair.a, pair.b, "one"));
  EXPECT_TRUE(pair.delivers(pair.b, pair.a, "two"));
  EXPECT_TRUE(pair.runUntil([&] { return pair.a.agent.state() == State::kCompleted; }));
}

TEST(IceConnect, ChecksThatCameBeforeTheAnswerAreRememberedAndTriggerOurs) {
  Pair2 pair;
  pair.addHosts();
  pair.trickleAToB();
  pair.b.agent.setRemoteCredentials(credentials('a'), false, pair.now());
  pair.gather();
  // `b`, the answerer, checks; its answer is still under way.
  ASSERT_TRUE(pair.runUntil([&] { return pair.b.agent.state() == State::kConnected; }));
  EXPECT_EQ(pair.a.agent.state(), State::kNew);
  EXPECT_TRUE(pair.a.agent.pairs().empty());
  ASSERT_TRUE(pair.b.agent.send(toBytes(asBytes("early data")), pair.now()));
  pair.runFor(Duration::milliseconds(100));
  EXPECT_TRUE(pair.a.received.empty());

  pair.a.agent.setRemoteCredentials(credentials('b'), false, pair.now());
  ASSERT_TRUE(pair.runUntilConnected());
  EXPECT_EQ(pair.a.received, std::vector<std::string>{"early data"});
  EXPECT_EQ(pair.a.selections.back().remote.type, CandidateType::kPeerReflexive);
}

TEST(IceConnect, AnMdnsNameIsResolvedAndPaired) {
  Pair2 pair;
  pair.addHosts();
  pair.a.names["b.local"] = {ip("10.0.0.2")};
  pair.exchangeCredentials();
  pair.trickleAToB();
  pair.b.onCandidate = [&](const Candidate& c) {
    Candidate hidden = c;
    hidden.hostname = "b.local";
    hidden.endpoint.address = IpAddress();
    pair.a.agent.addRemoteCandidate(hidden, pair.now());
  };
  // `a` must not learn the address from `b`'s checks.
  pair.network.drop = [](const Packet& p) {
    return p.source == at("10.0.0.2", 5000) && !stun::isStun(p.data);
  };
  pair.gather();
  ASSERT_TRUE(pair.runUntilConnected());
  EXPECT_EQ(pair.a.resolves, std::vector<std::string>{"b.local"});
}

TEST(IceConnect, NamesOutsideMdnsAreNotResolved) {
  Pair2 pair;
  pair.addHosts();
  pair.exchangeCredentials();
  pair.a.agent.addRemoteCandidate(
      *Candidate::parse("candidate:1 1 udp 5 evil.example.com 9 typ host"), pair.now());
  pair.pump();
  EXPECT_TRUE(pair.a.resolves.empty());
  EXPECT_TRUE(pair.a.agent.remoteCandidates().empty());
}

TEST(IceConnect, TheSameSeedGivesTheSamePackets) {
  const auto run = [] {
    Pair2 pair;
    pair.addHosts();
    pair.start();
    pair.runFor(Duration::seconds(20));
    Bytes all;
    for (const Packet& packet : pair.network.log) {
      all.insert(all.end(), packet.data.begin(), packet.data.end());
    }
    return all;
  };
  EXPECT_EQ(run(), run());
}

}  // namespace
}  // namespace rtc::ice::test
