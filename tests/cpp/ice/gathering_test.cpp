// Which candidates an agent finds, what it says when it does not, and what it must not say.

#include <gtest/gtest.h>

#include "tests/cpp/ice/network.h"

namespace rtc::ice::test {
namespace {

using State = IceTransportState;

Pair2::Options onlyA(std::vector<Server> servers, TransportPolicy policy = TransportPolicy::kAll) {
  Pair2::Options options;
  options.serversA = std::move(servers);
  options.policyA = policy;
  return options;
}

bool gathered(const Peer& peer) {
  return peer.agent.gatheringState() == GatheringState::kComplete;
}

TEST(IceGathering, HostCandidatesCarryUfragAndGenerationAndComeAtOnce) {
  Pair2 pair;
  pair.a.addInterface(1, at("10.0.0.1", 5000));
  pair.a.agent.gather(pair.now());
  pair.pump();
  ASSERT_EQ(pair.a.candidates.size(), 1u);
  EXPECT_EQ(pair.a.candidates[0].toString(),
            "candidate:1 1 udp 2130706175 10.0.0.1 5000 typ host generation 0 ufrag aaaa");
  EXPECT_FALSE(gathered(pair.a));
  pair.a.agent.interfacesComplete(pair.now());
  EXPECT_TRUE(gathered(pair.a));
}

TEST(IceGathering, AnInterfaceThatComesLateIsAnnouncedAndPaired) {
  Pair2 pair;
  pair.start();
  pair.addHosts();
  EXPECT_TRUE(pair.runUntilConnected());
  EXPECT_EQ(pair.a.candidates.size(), 1u);
}

TEST(IceGathering, CandidatesFoundBeforeTheCredentialsAreEmittedWithThem) {
  SeededRandom random(1);
  Agent agent(AgentConfig(), random);
  agent.gather(Timestamp());
  agent.addInterface(InterfaceId(1), at("10.0.0.1", 5000), InterfaceKind::kUdp, Timestamp());
  const auto emitted = [&] {
    size_t count = 0;
    while (auto output = agent.poll())
      count += std::holds_alternative<LocalCandidate>(*output);
    return count;
  };
  EXPECT_EQ(emitted(), 0u);
  agent.setLocalCredentials(credentials('a'), Timestamp());
  EXPECT_EQ(emitted(), 1u);
}

TEST(IceGathering, AMappedAddressThatEqualsTheHostIsRedundant) {
  Pair2 pair(onlyA({stunServer()}));
  pair.network.addStunServer(at("198.51.100.1", 3478));
  pair.a.addInterface(1, at("10.0.0.1", 5000));
  pair.gather();
  ASSERT_TRUE(pair.runUntil([&] { return gathered(pair.a); }));
  EXPECT_EQ(pair.a.candidates.size(), 1u);
  EXPECT_TRUE(pair.a.errors.empty());
}

TEST(IceGathering, TwoServersThatSeeTheSameAddressGiveOneCandidate) {
  Pair2 pair(onlyA({stunServer("198.51.100.1"), stunServer("198.51.100.3")}));
  pair.network.addStunServer(at("198.51.100.1", 3478));
  pair.network.addStunServer(at("198.51.100.3", 3478));
  pair.network.addNat(ip("10.0.0.1"), ip("203.0.113.1"), Network::Nat::kAddressRestricted);
  pair.a.addInterface(1, at("10.0.0.1", 5000));
  pair.gather();
  ASSERT_TRUE(pair.runUntil([&] { return gathered(pair.a); }));
  EXPECT_EQ(pair.a.candidates.size(), 2u);
}

TEST(IceGathering, ASilentStunServerIsReportedAsUnreachableAndDoesNotHoldGatheringForever) {
  Pair2 pair(onlyA({stunServer()}));
  pair.a.addInterface(1, at("10.0.0.1", 5000));
  pair.gather();
  const Timestamp began = pair.now();
  ASSERT_TRUE(pair.runUntil([&] { return gathered(pair.a); }));
  EXPECT_EQ((pair.now() - began).ms(), 9500);
  ASSERT_EQ(pair.a.errors.size(), 1u);
  EXPECT_EQ(pair.a.errors[0].code, 701);
  EXPECT_EQ(pair.a.errors[0].url, "stun:198.51.100.1");
  EXPECT_EQ(pair.a.errors[0].address, "10.0.0.1");
  EXPECT_EQ(pair.a.errors[0].port, 5000);
}

TEST(IceGathering, AnErrorResponseOfAStunServerIsReportedWithItsCode) {
  Pair2 pair(onlyA({stunServer()}));
  const Endpoint server = at("198.51.100.1", 3478);
  pair.network.bind(server, [&](const Endpoint& source, Bytes data) {
    pair.network.send(server, source,
                      stun::MessageBuilder::errorTo(*stun::Message::parse(data), 500).build());
  });
  pair.a.addInterface(1, at("10.0.0.1", 5000));
  pair.gather();
  ASSERT_TRUE(pair.runUntil([&] { return gathered(pair.a); }));
  ASSERT_EQ(pair.a.errors.size(), 1u);
  EXPECT_EQ(pair.a.errors[0].code, 500);
}

TEST(IceGathering, AnAnswerFromAnotherAddressThanTheServersIsNotBelieved) {
  Pair2 pair(onlyA({stunServer()}));
  pair.network.bind(at("198.51.100.1", 3478), [&](const Endpoint& source, Bytes data) {
    pair.network.send(at("198.51.100.66", 3478), source,
                      stun::MessageBuilder::successTo(*stun::Message::parse(data))
                          .xorAddress(stun::AttributeType::kXorMappedAddress, at("6.6.6.6", 6))
                          .fingerprint()
                          .build());
  });
  pair.a.addInterface(1, at("10.0.0.1", 5000));
  pair.gather();
  ASSERT_TRUE(pair.runUntil([&] { return gathered(pair.a); }));
  EXPECT_EQ(pair.a.candidates.size(), 1u);
  EXPECT_EQ(pair.a.errors.size(), 1u);
}

TEST(IceGathering, AServersNameIsResolvedFirst) {
  Pair2 pair(onlyA({stunServer("stun.example.org")}));
  pair.network.addStunServer(at("198.51.100.1", 3478));
  pair.network.addNat(ip("10.0.0.1"), ip("203.0.113.1"), Network::Nat::kAddressRestricted);
  pair.a.names["stun.example.org"] = {ip("2001:db8::53"), ip("198.51.100.1")};
  pair.a.addInterface(1, at("10.0.0.1", 5000));
  pair.gather();
  ASSERT_TRUE(pair.runUntil([&] { return gathered(pair.a); }));
  EXPECT_EQ(pair.a.candidates.size(), 2u);
  EXPECT_TRUE(pair.a.errors.empty());
}

TEST(IceGathering, ANameWithoutAddressAndANameWithoutAnswerAreUnreachable) {
  Pair2 pair(onlyA({stunServer("none.example.org"), stunServer("silent.example.org")}));
  pair.a.names["none.example.org"] = {};
  pair.a.addInterface(1, at("10.0.0.1", 5000));
  pair.gather();
  ASSERT_TRUE(pair.runUntil([&] { return gathered(pair.a); }));
  ASSERT_EQ(pair.a.errors.size(), 2u);
  EXPECT_EQ(pair.a.errors[0].code, 701);
  EXPECT_EQ(pair.a.errors[1].url, "stun:silent.example.org");
}

TEST(IceGathering, ANameThatHadNoAddressIsAskedForAgainByARestart) {
  Pair2 pair(onlyA({stunServer("stun.example.org")}));
  pair.network.addStunServer(at("198.51.100.1", 3478));
  pair.network.addNat(ip("10.0.0.1"), ip("203.0.113.1"), Network::Nat::kAddressRestricted);
  pair.a.addInterface(1, at("10.0.0.1", 5000));
  pair.gather();
  ASSERT_TRUE(pair.runUntil([&] { return gathered(pair.a); }));
  EXPECT_EQ(pair.a.candidates.size(), 1u);
  pair.a.names["stun.example.org"] = {ip("198.51.100.1")};
  pair.a.candidates.clear();
  pair.a.agent.restart(credentials('c'), pair.now());
  ASSERT_TRUE(pair.runUntil([&] { return gathered(pair.a); }));
  EXPECT_EQ(pair.a.candidates.size(), 2u);
  // What is known is not asked for a third time.
  pair.a.agent.restart(credentials('d'), pair.now());
  ASSERT_TRUE(pair.runUntil([&] { return gathered(pair.a); }));
  EXPECT_EQ(pair.a.resolves.size(), 2u);
}

TEST(IceGathering, AnInterfaceThatComesAfterAllAsksForTheNamesThatWereGivenUp) {
  Pair2 pair(onlyA({stunServer("stun.example.org")}));
  pair.network.addStunServer(at("198.51.100.1", 3478));
  pair.network.addNat(ip("10.0.0.1"), ip("203.0.113.1"), Network::Nat::kAddressRestricted);
  pair.gather();
  ASSERT_TRUE(pair.runUntil([&] { return gathered(pair.a); }, Duration::milliseconds(1)));
  pair.a.names["stun.example.org"] = {ip("198.51.100.1")};
  pair.a.addInterface(1, at("10.0.0.1", 5000));
  EXPECT_TRUE(pair.runUntil([&] { return pair.a.candidates.size() == 2; }, Duration::seconds(2)));
}

TEST(IceGathering, WhatThePolicyHasForbiddenIsAskedOnceItAllowsIt) {
  Pair2 pair(onlyA({stunServer()}, TransportPolicy::kRelay));
  pair.network.addStunServer(at("198.51.100.1", 3478));
  pair.network.addNat(ip("10.0.0.1"), ip("203.0.113.1"), Network::Nat::kAddressRestricted);
  pair.a.addInterface(1, at("10.0.0.1", 5000));
  pair.gather();
  ASSERT_TRUE(pair.runUntil([&] { return gathered(pair.a); }));
  EXPECT_TRUE(pair.a.candidates.empty());
  pair.a.agent.configure({stunServer()}, TransportPolicy::kAll);
  pair.a.agent.restart(credentials('c'), pair.now());
  ASSERT_TRUE(pair.runUntil([&] { return gathered(pair.a); }));
  EXPECT_EQ(pair.a.candidates.size(), 2u);
}

TEST(IceGathering, WithoutASocketEachServerForDatagramsIsUnreachableAtOnce) {
  Pair2 pair(onlyA({stunServer("198.51.100.1"), stunServer("stun.example")}));
  pair.gather();
  ASSERT_TRUE(pair.runUntil([&] { return gathered(pair.a); }, Duration::milliseconds(1)));
  ASSERT_EQ(pair.a.errors.size(), 2u);
  for (const CandidateError& error : pair.a.errors) {
    EXPECT_EQ(error.code, kServerUnreachable);
    EXPECT_FALSE(error.url.empty());
    EXPECT_TRUE(error.address.empty());
  }
}

TEST(IceGathering, AUdpAllocationGivesARelayedAndAReflexiveCandidate) {
  Pair2 pair(onlyA({turnServer(Server::Transport::kUdp)}));
  pair.addTurn();
  pair.network.addNat(ip("10.0.0.1"), ip("203.0.113.1"), Network::Nat::kAddressRestricted);
  pair.a.addInterface(1, at("10.0.0.1", 5000));
  pair.gather();
  ASSERT_TRUE(pair.runUntil([&] { return gathered(pair.a); }));
  ASSERT_EQ(pair.a.candidates.size(), 3u);
  const Candidate& relay = pair.a.candidates[1];
  EXPECT_EQ(relay.type, CandidateType::kRelay);
  EXPECT_EQ(relay.relayProtocol, "udp");
  EXPECT_EQ(relay.url, "turn:198.51.100.2");
  EXPECT_EQ(relay.related->address, ip("203.0.113.1"));
  EXPECT_EQ(pair.a.candidates[2].type, CandidateType::kServerReflexive);
}

TEST(IceGathering, WrongCredentialsAreReportedWithTheServersCode) {
  Server server = turnServer(Server::Transport::kUdp);
  server.password = "wrong";
  Pair2 pair(onlyA({server}));
  pair.addTurn();
  pair.a.addInterface(1, at("10.0.0.1", 5000));
  pair.gather();
  ASSERT_TRUE(pair.runUntil([&] { return gathered(pair.a); }));
  ASSERT_EQ(pair.a.errors.size(), 1u);
  EXPECT_EQ(pair.a.errors[0].code, 401);
  EXPECT_EQ(pair.a.candidates.size(), 1u);
}

TEST(IceGathering, ASilentTurnServerIsUnreachable) {
  Pair2 pair(onlyA({turnServer(Server::Transport::kUdp)}));
  pair.a.addInterface(1, at("10.0.0.1", 5000));
  pair.gather();
  ASSERT_TRUE(pair.runUntil([&] { return gathered(pair.a); }));
  ASSERT_EQ(pair.a.errors.size(), 1u);
  EXPECT_EQ(pair.a.errors[0].code, 701);
}

TEST(IceGathering, AStreamThatNeverOpensIsUnreachableAndGivenUp) {
  Pair2 pair(onlyA({turnServer(Server::Transport::kTls)}));
  pair.gather();
  ASSERT_TRUE(pair.runUntil([&] { return gathered(pair.a); }));
  ASSERT_EQ(pair.a.errors.size(), 1u);
  EXPECT_EQ(pair.a.errors[0].code, 701);
  EXPECT_EQ(pair.a.errors[0].address, "");
  EXPECT_EQ(pair.a.streamsClosed, 1u);
}

TEST(IceGathering, ARestartDoesNotWaitForAStreamWhoseTimeIsUp) {
  Pair2 pair(onlyA({turnServer(Server::Transport::kTls)}));
  pair.gather();
  pair.pump();
  ASSERT_EQ(pair.a.opens.size(), 1u);
  // The page sleeps, and restarts before its timers come.
  pair.network.advance(pair.now() + Duration::seconds(32));
  pair.addTurn();
  pair.a.agent.restart(credentials('c'), pair.now());
  pair.pump();
  EXPECT_EQ(pair.a.streamsClosed, 1u);
  EXPECT_EQ(pair.a.opens.size(), 2u);
  ASSERT_TRUE(pair.runUntil([&] { return gathered(pair.a); }));
  ASSERT_EQ(pair.a.candidates.size(), 1u);
  EXPECT_EQ(pair.a.candidates[0].type, CandidateType::kRelay);
}

TEST(IceGathering, AStreamThatIsRefusedIsUnreachable) {
  Pair2 pair(onlyA({turnServer(Server::Transport::kTcp)}));
  pair.gather();
  pair.a.agent.handleStreamClosed(StreamId(1), pair.now());
  pair.pump();
  EXPECT_TRUE(gathered(pair.a));
  ASSERT_EQ(pair.a.errors.size(), 1u);
  EXPECT_EQ(pair.a.errors[0].code, 701);
}

TEST(IceGathering, WithPolicyRelayNothingButTheRelayIsShownToAnybody) {
  Pair2::Options options =
      onlyA({stunServer(), turnServer(Server::Transport::kUdp)}, TransportPolicy::kRelay);
  Pair2 pair(options);
  pair.addTurn();
  pair.network.addStunServer(at("198.51.100.1", 3478));
  pair.network.addNat(ip("10.0.0.1"), ip("203.0.113.1"), Network::Nat::kAddressRestricted);
  pair.addHosts();
  pair.start();
  ASSERT_TRUE(pair.runUntilConnected());
  EXPECT_TRUE(pair.delivers(pair.a, pair.b, "hidden"));
  ASSERT_EQ(pair.a.candidates.size(), 1u);
  EXPECT_EQ(pair.a.candidates[0].type, CandidateType::kRelay);
  EXPECT_EQ(pair.a.candidates[0].related->toString(), "0.0.0.0:0");
  for (const Packet& packet : pair.network.log) {
    if (packet.source.address == ip("203.0.113.1")) {
      EXPECT_EQ(packet.destination, at("198.51.100.2", 3478));
    }
  }
  for (const auto& remote : pair.b.agent.remoteCandidates()) {
    EXPECT_EQ(remote.candidate.endpoint.address, ip("198.51.100.9"));
  }
}

TEST(IceGathering, WithPolicyRelayAnInterfaceAnswersNoCheck) {
  Pair2 pair(onlyA({}, TransportPolicy::kRelay));
  pair.addHosts();
  pair.exchangeCredentials();
  pair.gather();
  pair.b.agent.addRemoteCandidate(*Candidate::parse("candidate:1 1 udp 5 10.0.0.1 5000 typ host"),
                                  pair.now());
  pair.runFor(Duration::seconds(5));
  for (const Packet& packet : pair.network.log)
    EXPECT_NE(packet.source, at("10.0.0.1", 5000));
  EXPECT_TRUE(pair.a.candidates.empty());
  EXPECT_EQ(pair.a.agent.state(), State::kNew);
}

TEST(IceGathering, WithPolicyRelayAnErrorTellsNoLocalAddress) {
  Pair2 pair(onlyA({turnServer(Server::Transport::kUdp)}, TransportPolicy::kRelay));
  pair.a.addInterface(1, at("10.0.0.1", 5000));
  pair.gather();
  ASSERT_TRUE(pair.runUntil([&] { return gathered(pair.a); }));
  ASSERT_EQ(pair.a.errors.size(), 1u);
  EXPECT_EQ(pair.a.errors[0].address, "");
  EXPECT_EQ(pair.a.errors[0].port, 0);
}

TEST(IceGathering, FoundationsAgreeForTheSameKindAndBaseAndDifferOtherwise) {
  Pair2 pair(onlyA({stunServer()}));
  pair.network.addStunServer(at("198.51.100.1", 3478));
  pair.network.addNat(ip("10.0.0.1"), ip("203.0.113.1"), Network::Nat::kAddressRestricted);
  pair.a.addInterface(1, at("10.0.0.1", 5000));
  pair.a.addInterface(2, at("10.0.0.1", 5001));
  pair.a.addInterface(3, at("10.0.0.3", 5000));
  pair.gather();
  ASSERT_TRUE(pair.runUntil([&] { return gathered(pair.a); }));
  std::map<uint16_t, std::string> host;
  std::map<uint16_t, std::string> reflexive;
  std::string other;
  for (const Candidate& c : pair.a.candidates) {
    if (c.endpoint.address == ip("10.0.0.3"))
      other = c.foundation;
    else if (c.type == CandidateType::kHost)
      host[c.endpoint.port] = c.foundation;
    else
      reflexive[c.related->port] = c.foundation;
  }
  EXPECT_EQ(host[5000], host[5001]);
  EXPECT_EQ(reflexive[5000], reflexive[5001]);
  EXPECT_NE(host[5000], reflexive[5000]);
  EXPECT_NE(host[5000], other);
}

TEST(IceGathering, AReflexiveBindingIsKeptAliveUntilIceConcludes) {
  Pair2 pair(onlyA({stunServer()}));
  pair.network.addStunServer(at("198.51.100.1", 3478));
  pair.network.addNat(ip("10.0.0.1"), ip("203.0.113.1"), Network::Nat::kAddressRestricted);
  pair.addHosts();
  pair.gather();
  const auto requests = [&] {
    size_t count = 0;
    for (const Packet& p : pair.network.log)
      count += p.destination == at("198.51.100.1", 3478);
    return count;
  };
  pair.runFor(Duration::seconds(50));
  EXPECT_EQ(requests(), 4u);
  EXPECT_EQ(pair.a.candidates.size(), 2u);
}

TEST(IceGathering, ClosingGivesAllocationsBack) {
  Pair2 pair(
      onlyA({turnServer(Server::Transport::kUdp), turnServer(Server::Transport::kRelaySocket)}));
  TurnNode& turn = pair.addTurn();
  pair.a.addInterface(1, at("10.0.0.1", 5000));
  pair.gather();
  ASSERT_TRUE(pair.runUntil([&] { return gathered(pair.a); }));
  EXPECT_EQ(turn.openRelays(), 2u);
  pair.a.agent.close(pair.now());
  EXPECT_TRUE(pair.runUntil([&] { return turn.openRelays() == 0; }));
  EXPECT_EQ(pair.a.agent.state(), State::kClosed);
  EXPECT_TRUE(pair.a.agent.deadline().isNever());
  EXPECT_FALSE(pair.a.agent.send({1}, pair.now()));
}

TEST(IceGathering, OfRelaysThatAreReachedAlikeTheFirstToAnswerIsPreferred) {
  using stun::AttributeType;
  for (const size_t fastest : {0u, 1u}) {
    SCOPED_TRACE(fastest);
    std::vector<Server> servers = {turnServer(Server::Transport::kRelaySocket, "one.example"),
                                   turnServer(Server::Transport::kRelaySocket, "two.example")};
    servers[0].url = "ws://one.example/";
    servers[1].url = "wss://two.example/";
    Pair2 pair(onlyA(servers));
    Agent& agent = pair.a.agent;
    std::vector<StreamOpen> opens;
    std::map<StreamId, Bytes> requests;
    std::vector<Candidate> candidates;
    const auto drain = [&] {
      while (auto output = agent.poll()) {
        if (auto* open = std::get_if<StreamOpen>(&*output))
          opens.push_back(*open);
        else if (auto* data = std::get_if<StreamTransmit>(&*output))
          requests.try_emplace(data->stream, data->data);
        else if (auto* candidate = std::get_if<LocalCandidate>(&*output))
          candidates.push_back(candidate->candidate);
      }
    };
    agent.gather(pair.now());
    drain();
    ASSERT_EQ(opens.size(), 2u) << "both at once";
    for (const size_t i : {fastest, 1 - fastest}) {
      const StreamId stream = opens[i].stream;
      agent.handleStreamOpened(stream, pair.now());
      drain();
      agent.handleStreamData(
          stream,
          stun::MessageBuilder::successTo(*stun::Message::parse(requests[stream]))
              .xorAddress(AttributeType::kXorRelayedAddress,
                          at("198.51.100.9", static_cast<uint16_t>(50000 + i)))
              .xorAddress(AttributeType::kXorMappedAddress, at("203.0.113.1", 1))
              .u32(AttributeType::kLifetime, 600)
              .build(),
          pair.now());
      drain();
    }
    ASSERT_EQ(candidates.size(), 2u);
    EXPECT_EQ(candidates[0].url, servers[fastest].url);
    EXPECT_GT(candidates[0].priority, candidates[1].priority);
  }
}

TEST(IceGathering, APeerThatTheRelayRefusesFailsItsPairAtOnce) {
  Pair2::Options options = onlyA({turnServer(Server::Transport::kUdp)}, TransportPolicy::kRelay);
  Pair2 pair(options);
  turn::ServerConfig config;
  config.users["user"] = "pass";
  config.policy = turn::PeerPolicy({}, {*turn::Cidr::parse("10.0.0.0/8")});
  pair.addTurn(config);
  pair.addHosts();
  pair.start();
  ASSERT_TRUE(pair.runUntil(
      [&] {
        return !pair.a.agent.pairs().empty() && pair.a.agent.pairs()[0].state == PairState::kFailed;
      },
      Duration::seconds(1)));
  EXPECT_TRUE(
      pair.runUntil([&] { return pair.a.agent.state() == State::kFailed; }, Duration::seconds(6)));
}

}  // namespace
}  // namespace rtc::ice::test
