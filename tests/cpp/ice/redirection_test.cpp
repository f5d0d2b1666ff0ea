// TURN servers that send their clients elsewhere (RFC 8489 section 10), relayed candidates of both
// families, and servers of which nothing can come.

#include <gtest/gtest.h>

#include "tests/cpp/ice/network.h"

namespace rtc::ice::test {
namespace {

using stun::AttributeType;
using stun::MessageBuilder;

constexpr const char* kTurn = "198.51.100.2";

Pair2::Options onlyA(Server server) {
  Pair2::Options options;
  options.serversA = {std::move(server)};
  return options;
}

bool gathered(const Peer& peer) {
  return peer.agent.gatheringState() == GatheringState::kComplete;
}

size_t relays(const Peer& peer) {
  return static_cast<size_t>(
      std::count_if(peer.candidates.begin(), peer.candidates.end(),
                    [](const Candidate& c) { return c.type == CandidateType::kRelay; }));
}

/// A server that sends every client on; counts what it was asked.
struct Signpost {
  Signpost(Network& network, const Endpoint& address, const Endpoint& next) {
    network.bind(address, [this, &network, address, next](const Endpoint& source, Bytes data) {
      ++asked;
      network.send(address, source,
                   MessageBuilder::errorTo(*stun::Message::parse(data), 300)
                       .address(AttributeType::kAlternateServer, next)
                       .fingerprint()
                       .build());
    });
  }
  size_t asked = 0;
};

TEST(IceRedirection, OfADatagramServerLeadsToTheAllocationAtTheOther) {
  Pair2 pair(onlyA(turnServer(Server::Transport::kUdp, "198.51.100.20")));
  TurnNode& turn = pair.addTurn();
  Signpost first(pair.network, at("198.51.100.20", 3478), at("198.51.100.21", 3478));
  Signpost second(pair.network, at("198.51.100.21", 3478), at(kTurn, 3478));
  pair.a.addInterface(1, at("10.0.0.1", 5000));
  pair.gather();
  ASSERT_TRUE(pair.runUntil([&] { return gathered(pair.a); }));
  EXPECT_GE(relays(pair.a), 1u);
  EXPECT_GE(turn.openRelays(), 1u);
  EXPECT_EQ(first.asked, 1u);
  EXPECT_EQ(second.asked, 1u);
  EXPECT_TRUE(pair.a.errors.empty());
  for (const Candidate& candidate : pair.a.candidates) {
    if (candidate.type == CandidateType::kRelay) {
      EXPECT_EQ(candidate.url, "turn:198.51.100.20") << "as the application wrote it";
    }
  }
}

TEST(IceRedirection, OfARefreshTakesTheCandidateOfTheServerBeforeWithIt) {
  Pair2 pair(onlyA(turnServer(Server::Transport::kUdp, kTurn)));
  TurnNode& turn = pair.addTurn();
  TurnNode other(pair.network, at("198.51.100.30", 3478), TurnNode::openConfig());
  pair.a.addInterface(1, at("10.0.0.1", 5000));
  pair.gather();
  ASSERT_TRUE(pair.runUntil([&] { return gathered(pair.a); }));
  ASSERT_EQ(relays(pair.a), 1u);
  const std::string before = pair.a.candidates.back().toString();
  turn.stop();
  Signpost signpost(pair.network, at(kTurn, 3478), at("198.51.100.30", 3478));
  ASSERT_TRUE(pair.runUntil([&] { return relays(pair.a) == 2; }, Duration::seconds(600)));
  EXPECT_EQ(other.openRelays(), 1u);
  ASSERT_EQ(pair.a.removed.size(), 1u);
  EXPECT_EQ(pair.a.removed[0].toString(), before);
}

TEST(IceRedirection, InACircleIsAFailureAndNoEndlessRound) {
  Pair2 pair(onlyA(turnServer(Server::Transport::kUdp, "198.51.100.20")));
  Signpost first(pair.network, at("198.51.100.20", 3478), at("198.51.100.21", 3478));
  Signpost second(pair.network, at("198.51.100.21", 3478), at("198.51.100.20", 3478));
  pair.a.addInterface(1, at("10.0.0.1", 5000));
  pair.gather();
  ASSERT_TRUE(pair.runUntil([&] { return gathered(pair.a); }));
  EXPECT_EQ(first.asked, 1u);
  EXPECT_EQ(second.asked, 1u);
  ASSERT_EQ(pair.a.errors.size(), 1u);
  EXPECT_EQ(pair.a.errors[0].code, 300);
}

TEST(IceRedirection, IsFollowedOnlySoOften) {
  Pair2 pair(onlyA(turnServer(Server::Transport::kUdp, "198.51.100.20")));
  std::vector<std::unique_ptr<Signpost>> posts;
  for (uint16_t i = 0; i < 20; ++i) {
    posts.push_back(std::make_unique<Signpost>(
        pair.network, at("198.51.100.20", static_cast<uint16_t>(3478 + i)),
        at("198.51.100.20", static_cast<uint16_t>(3479 + i))));
  }
  pair.a.addInterface(1, at("10.0.0.1", 5000));
  pair.gather();
  ASSERT_TRUE(pair.runUntil([&] { return gathered(pair.a); }));
  size_t asked = 0;
  for (const auto& post : posts)
    asked += post->asked;
  EXPECT_EQ(asked, 5u);
  ASSERT_EQ(pair.a.errors.size(), 1u);
  EXPECT_EQ(pair.a.errors[0].code, 300);
}

TEST(IceRedirection, IsNotFollowedToWhereAServerHasNoBusiness) {
  for (const char* target : {"127.0.0.1", "0.0.0.0", "224.0.0.1", "2001:db8::1"}) {
    SCOPED_TRACE(target);
    Pair2 pair(onlyA(turnServer(Server::Transport::kUdp, "198.51.100.20")));
    Signpost post(pair.network, at("198.51.100.20", 3478), at(target, 3478));
    pair.a.addInterface(1, at("10.0.0.1", 5000));
    pair.gather();
    ASSERT_TRUE(pair.runUntil([&] { return gathered(pair.a); }));
    ASSERT_EQ(pair.a.errors.size(), 1u);
    EXPECT_EQ(pair.a.errors[0].code, 300);
    for (const Packet& packet : pair.network.log)
      EXPECT_NE(packet.destination.address, ip(target));
  }
}

/// What a server at the end of a stream would answer to the Allocate that was just written.
Bytes redirection(const Bytes& request, const Endpoint& next, const char* domain) {
  auto builder = MessageBuilder::errorTo(*stun::Message::parse(request), 300);
  builder.address(AttributeType::kAlternateServer, next);
  if (*domain != 0)
    builder.text(AttributeType::kAlternateDomain, domain);
  return builder.fingerprint().build();
}

TEST(IceRedirection, OfAStreamOpensAnotherUnderTheRightName) {
  struct Case {
    const char* host;
    const char* domain;
    const char* tlsName;
  };
  for (const Case& one : {Case{"turn.example.org", "", "turn.example.org"},
                          Case{"turn.example.org", "other.example.org", "other.example.org"},
                          Case{"198.51.100.20", "other.example.org", "other.example.org"},
                          Case{"198.51.100.20", "", ""}}) {
    SCOPED_TRACE(std::string(one.host) + " " + one.domain);
    Pair2 pair(onlyA(turnServer(Server::Transport::kTls, one.host)));
    Bytes written;
    Agent& agent = pair.a.agent;
    agent.gather(pair.now());
    std::vector<StreamOpen> opens;
    std::vector<StreamId> closes;
    const auto drain = [&] {
      while (auto output = agent.poll()) {
        if (auto* open = std::get_if<StreamOpen>(&*output))
          opens.push_back(*open);
        else if (auto* close = std::get_if<StreamClose>(&*output))
          closes.push_back(close->stream);
        else if (auto* data = std::get_if<StreamTransmit>(&*output))
          written = data->data;
      }
    };
    drain();
    ASSERT_EQ(opens.size(), 1u);
    agent.handleStreamOpened(opens[0].stream, pair.now());
    drain();
    agent.handleStreamData(opens[0].stream,
                           redirection(written, at("192.0.2.77", 5350), one.domain), pair.now());
    drain();
    ASSERT_EQ(opens.size(), 2u);
    EXPECT_EQ(closes, std::vector{opens[0].stream});
    EXPECT_EQ(opens[1].server.host, "192.0.2.77");
    EXPECT_EQ(opens[1].server.port, 5350);
    EXPECT_EQ(opens[1].server.tlsName, one.tlsName);
    EXPECT_EQ(opens[1].server.url, opens[0].server.url);
    EXPECT_EQ(opens[1].attempt, 0u);
    // And back again: nobody goes in circles.
    agent.handleStreamOpened(opens[1].stream, pair.now());
    drain();
    agent.handleStreamData(opens[1].stream, redirection(written, at("192.0.2.77", 5350), ""),
                           pair.now());
    drain();
    EXPECT_EQ(opens.size(), 2u);
  }
}

/// How often a stream is opened when servers send us to these places, one after another.
size_t opensAfter(const char* host, std::initializer_list<const char*> places) {
  Pair2 pair(onlyA(turnServer(Server::Transport::kTcp, host)));
  Agent& agent = pair.a.agent;
  Bytes written;
  std::vector<StreamId> opens;
  const auto drain = [&] {
    while (auto output = agent.poll()) {
      if (auto* open = std::get_if<StreamOpen>(&*output))
        opens.push_back(open->stream);
      else if (auto* data = std::get_if<StreamTransmit>(&*output))
        written = data->data;
    }
  };
  agent.gather(pair.now());
  drain();
  for (const char* place : places) {
    agent.handleStreamOpened(opens.back(), pair.now());
    drain();
    agent.handleStreamData(opens.back(), redirection(written, at(place, 3478), ""), pair.now());
    drain();
  }
  return opens.size();
}

TEST(IceRedirection, OfAStreamIsNotFollowedToThisMachineHoweverItIsWritten) {
  for (const char* place :
       {"127.0.0.1", "::1", "::ffff:127.0.0.1", "::ffff:0.0.0.0", "::ffff:224.0.0.1", "ff02::1"}) {
    EXPECT_EQ(opensAfter("turn.example.org", {place}), 1u) << place;
  }
  EXPECT_EQ(opensAfter("turn.example.org", {"::ffff:198.51.100.21"}), 2u);
}

TEST(IceRedirection, OfADatagramServerIsNotFollowedToThisMachineInIpv6Form) {
  Pair2 pair(onlyA(turnServer(Server::Transport::kUdp, "2001:db8::20")));
  Signpost post(pair.network, at("2001:db8::20", 3478), at("::ffff:127.0.0.1", 3478));
  pair.a.addInterface(1, at("2001:db8::1", 5000));
  pair.gather();
  ASSERT_TRUE(pair.runUntil([&] { return gathered(pair.a); }));
  for (const Packet& packet : pair.network.log)
    EXPECT_FALSE(packet.destination.address.unmapped().isLoopback());
}

TEST(IceRedirection, OfAStreamInACircleEndsWhereItBegan) {
  EXPECT_EQ(opensAfter("198.51.100.20", {"198.51.100.21", "198.51.100.20"}), 2u);
}

TEST(IceRedirection, ToAServerThatIsAskedFromTheSameSocketLeavesThatOneAlone) {
  Pair2::Options options;
  options.serversA = {turnServer(Server::Transport::kUdp, "198.51.100.20"),
                      turnServer(Server::Transport::kUdp, kTurn)};
  Pair2 pair(options);
  pair.addTurn();
  Signpost post(pair.network, at("198.51.100.20", 3478), at(kTurn, 3478));
  pair.a.addInterface(1, at("10.0.0.1", 5000));
  pair.gather();
  ASSERT_TRUE(pair.runUntil([&] { return gathered(pair.a); }, Duration::seconds(1)));
  EXPECT_EQ(relays(pair.a), 1u);
  ASSERT_EQ(pair.a.errors.size(), 1u);
  EXPECT_EQ(pair.a.errors[0].code, 300);
  EXPECT_EQ(pair.a.errors[0].url, "turn:198.51.100.20");
}

TEST(IceRedirection, ToAServerThatIsMetAgainUnderItsNameIsAskedOnce) {
  Pair2::Options options;
  options.serversA = {turnServer(Server::Transport::kUdp, "198.51.100.20"),
                      turnServer(Server::Transport::kUdp, "turn.example.org")};
  Pair2 pair(options);
  pair.addTurn();
  Signpost post(pair.network, at("198.51.100.20", 3478), at(kTurn, 3478));
  pair.a.addInterface(1, at("10.0.0.1", 5000));
  pair.gather();
  ASSERT_TRUE(pair.runUntil([&] { return gathered(pair.a); }));
  EXPECT_EQ(relays(pair.a), 1u);
  const size_t errors = pair.a.errors.size();
  pair.a.names["turn.example.org"] = {ip(kTurn)};
  pair.a.agent.restart(credentials('c'), pair.now());
  ASSERT_TRUE(pair.runUntil([&] { return gathered(pair.a); }));
  EXPECT_EQ(relays(pair.a), 2u) << "of two generations";
  EXPECT_EQ(pair.a.errors.size(), errors);
}

TEST(IceRedirection, IsNotPossibleOverARelaysWebSocket) {
  Pair2 pair(onlyA(turnServer(Server::Transport::kRelaySocket)));
  Agent& agent = pair.a.agent;
  agent.gather(pair.now());
  agent.interfacesComplete(pair.now());
  Bytes written;
  std::optional<CandidateError> error;
  size_t opens = 0;
  const auto drain = [&] {
    while (auto output = agent.poll()) {
      if (auto* data = std::get_if<StreamTransmit>(&*output))
        written = data->data;
      else if (auto* told = std::get_if<CandidateError>(&*output))
        error = *told;
      opens += std::holds_alternative<StreamOpen>(*output);
    }
  };
  drain();
  agent.handleStreamOpened(StreamId(1), pair.now());
  drain();
  agent.handleStreamData(StreamId(1), redirection(written, at("192.0.2.77", 5350), ""), pair.now());
  drain();
  EXPECT_EQ(opens, 1u);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, 300);
  EXPECT_EQ(agent.gatheringState(), GatheringState::kComplete);
}

/// A TURN server of few words that has addresses of both families.
struct DualServer {
  DualServer(Network& network, const Endpoint& address) {
    network.bind(address, [&network, address, this](const Endpoint& source, Bytes data) {
      const auto request = stun::Message::parse(data);
      ASSERT_TRUE(request.ok());
      auto answer = MessageBuilder::successTo(*request);
      if (request->method() == stun::Method::kAllocate) {
        isAskedForBoth = request->has(AttributeType::kAdditionalAddressFamily);
        answer.xorAddress(AttributeType::kXorRelayedAddress, at("198.51.100.9", 50000))
            .xorAddress(AttributeType::kXorRelayedAddress, at("2001:db8::9", 50001))
            .xorAddress(AttributeType::kXorMappedAddress, source);
      }
      if (request->method() == stun::Method::kCreatePermission)
        permitted.push_back(request->xorAddress(AttributeType::kXorPeerAddress)->address);
      network.send(address, source,
                   answer.u32(AttributeType::kLifetime, 600).fingerprint().build());
    });
  }
  bool isAskedForBoth = false;
  std::vector<IpAddress> permitted;
};

TEST(IceGathering, OneAllocationGivesARelayedCandidateOfEachFamily) {
  Pair2 pair(onlyA(turnServer(Server::Transport::kUdp)));
  DualServer server(pair.network, at(kTurn, 3478));
  pair.a.addInterface(1, at("10.0.0.1", 5000));
  pair.gather();
  ASSERT_TRUE(pair.runUntil([&] { return gathered(pair.a); }));
  EXPECT_TRUE(server.isAskedForBoth);
  ASSERT_EQ(relays(pair.a), 2u);
  const Candidate& four = pair.a.candidates[1];
  const Candidate& six = pair.a.candidates[2];
  EXPECT_EQ(four.endpoint, at("198.51.100.9", 50000));
  EXPECT_EQ(four.related, at("10.0.0.1", 5000));
  EXPECT_EQ(six.endpoint, at("2001:db8::9", 50001));
  EXPECT_EQ(six.related, at("::", 0)) << "the mapped address is of the other family";
  EXPECT_NE(four.foundation, six.foundation);
  EXPECT_NE(four.priority, six.priority);
}

TEST(IceGathering, PeersOfEachFamilyArePermittedAtTheRelayedAddressOfTheirOwn) {
  Pair2 pair(onlyA(turnServer(Server::Transport::kUdp)));
  DualServer server(pair.network, at(kTurn, 3478));
  pair.a.addInterface(1, at("10.0.0.1", 5000));
  pair.exchangeCredentials();
  pair.gather();
  ASSERT_TRUE(pair.runUntil([&] { return gathered(pair.a); }));
  for (const char* line : {"candidate:1 1 udp 5 203.0.113.50 5000 typ host",
                           "candidate:2 1 udp 4 2001:db8:50::1 5000 typ host"})
    pair.a.agent.addRemoteCandidate(*Candidate::parse(line), pair.now());
  pair.runFor(Duration::seconds(1));
  for (const char* peer : {"203.0.113.50", "2001:db8:50::1"}) {
    EXPECT_EQ(std::count(server.permitted.begin(), server.permitted.end(), ip(peer)), 1) << peer;
  }
  EXPECT_EQ(pair.a.agent.pairs().size(), 3u) << "host and relay over IPv4, relay over IPv6";
}

TEST(IceGathering, StunOverTlsIsReportedSinceNothingCanComeOfIt) {
  Server server = stunServer();
  server.transport = Server::Transport::kTls;
  server.url = "stuns:198.51.100.1";
  Pair2 pair(onlyA(server));
  pair.a.addInterface(1, at("10.0.0.1", 5000));
  pair.gather();
  ASSERT_TRUE(pair.runUntil([&] { return gathered(pair.a); }, Duration::milliseconds(1)));
  ASSERT_EQ(pair.a.errors.size(), 1u);
  EXPECT_EQ(pair.a.errors[0].code, kServerUnreachable);
  EXPECT_EQ(pair.a.errors[0].url, "stuns:198.51.100.1");
  EXPECT_EQ(pair.a.streamsOpened, 0u);
}

}  // namespace
}  // namespace rtc::ice::test
