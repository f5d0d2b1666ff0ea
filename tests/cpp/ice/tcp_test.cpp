// TCP candidates (RFC 6544): ours are active, the peer's passive.

#include <algorithm>
#include <map>
#include <utility>

#include <gtest/gtest.h>

#include "cpp/ice/priority.h"
#include "cpp/ice/tcp_framing.h"
#include "tests/cpp/ice/network.h"

namespace rtc::ice::test {
namespace {

const Endpoint kPassive = at("10.0.0.2", 9000);

/// What listens at the peer's passive candidate: each connection is an address of its own to the
/// peer, which takes it for a datagram interface. Bytes go in pieces, as TCP likes them.
class TcpListener {
 public:
  TcpListener(Pair2& pair, Peer& client) : pair_(pair), client_(client) {
    client.onPeerStream = [this](const PeerStreamOpen& open) {
      opened.push_back(open);
      if (!accepts) {
        pair_.network.after(pair_.network.latency, [this, id = open.stream] {
          client_.agent.handleStreamClosed(id, pair_.now());
        });
        return;
      }
      const Endpoint source{open.interface == InterfaceId(1) ? ip("10.0.0.1") : ip("10.0.0.3"),
                            static_cast<uint16_t>(40000 + opened.size())};
      connections_[open.stream].source = source;
      pair_.network.bind(source, [this, id = open.stream](const Endpoint&, Bytes data) {
        if (!connections_.contains(id))
          return;
        const Bytes frame = tcpFrame(data);
        for (size_t i = 0; i < frame.size(); i += 7) {
          const size_t length = std::min<size_t>(7, frame.size() - i);
          client_.agent.handleStreamData(id, ByteSpan(frame).subspan(i, length), pair_.now());
        }
      });
      pair_.network.after(pair_.network.latency * 2, [this, id = open.stream] {
        client_.agent.handleStreamOpened(id, pair_.now());
      });
    };
    client.onPeerData = [this](StreamId id, Bytes data) {
      Connection& connection = connections_.at(id);
      connection.reader.push(data);
      while (auto packet = connection.reader.next())
        pair_.network.send(connection.source, kPassive, toBytes(*packet));
    };
    client.onPeerClose = [this](StreamId id) {
      closed.push_back(id);
      connections_.erase(id);
    };
  }

  /// Every connection breaks.
  void breakAll() {
    for (const auto& [id, connection] : std::exchange(connections_, {}))
      client_.agent.handleStreamClosed(id, pair_.now());
  }

  bool accepts = true;
  std::vector<PeerStreamOpen> opened;
  std::vector<StreamId> closed;
  size_t open() const { return connections_.size(); }

 private:
  struct Connection {
    Endpoint source;
    TcpFrameReader reader;
  };
  Pair2& pair_;
  Peer& client_;
  std::map<StreamId, Connection> connections_;
};

Candidate passiveCandidate() {
  return *Candidate::parse(
      "candidate:9 1 tcp 1518280447 10.0.0.2 9000 typ host tcptype passive ufrag bbbb");
}

class IceTcp : public ::testing::Test {
 protected:
  static Pair2::Options options() {
    Pair2::Options options;
    options.tweak = [](AgentConfig& config) {
      config.connectsTcp = true;
    };
    return options;
  }

  /// `b` listens at the passive candidate, which `a` knows as such.
  void start(bool udpPasses) {
    pair.addHosts();
    pair.b.addInterface(2, kPassive);
    // No datagram comes to the listener, nor from it.
    pair.network.drop = [udpPasses](const Packet& packet) {
      const bool isUdp = packet.source.port == 5000 || packet.destination.port == 5000;
      const bool isListener = packet.source == kPassive || packet.destination == kPassive;
      return isUdp && (isListener || !udpPasses);
    };
    pair.exchangeCredentials();
    pair.trickleAToB();
    pair.b.onCandidate = [this](const Candidate& candidate) {
      const bool isTcp = candidate.endpoint == kPassive;
      pair.a.agent.addRemoteCandidate(isTcp ? passiveCandidate() : candidate, pair.now());
    };
    pair.b.onGathered = [this] {
      pair.a.agent.endOfRemoteCandidates(pair.now());
    };
    pair.gather();
  }

  const Candidate& selectedLocal() const { return pair.a.selections.back().local; }

  Pair2 pair{options()};
  TcpListener listener{pair, pair.a};
};

TEST_F(IceTcp, ConnectsToAPassiveCandidateWhenUdpDoesNotPass) {
  start(/*udpPasses=*/false);
  ASSERT_TRUE(pair.runUntilConnected());
  EXPECT_EQ(selectedLocal().transport, TransportProtocol::kTcp);
  EXPECT_EQ(selectedLocal().tcpType, TcpType::kActive);
  EXPECT_EQ(pair.a.selections.back().remote.endpoint, kPassive);
  EXPECT_TRUE(pair.delivers(pair.a, pair.b, "there"));
  EXPECT_TRUE(pair.delivers(pair.b, pair.a, "and back"));
  ASSERT_EQ(listener.opened.size(), 1u);
  EXPECT_EQ(listener.opened[0].interface, InterfaceId(1));
  EXPECT_EQ(listener.opened[0].destination, kPassive);
}

TEST_F(IceTcp, PrefersUdpWhereItPasses) {
  start(/*udpPasses=*/true);
  ASSERT_TRUE(pair.runUntilConnected());
  pair.runFor(Duration::seconds(2));
  EXPECT_EQ(selectedLocal().transport, TransportProtocol::kUdp);
}

TEST_F(IceTcp, DoesNotSignalActiveCandidates) {
  start(/*udpPasses=*/false);
  ASSERT_TRUE(pair.runUntilConnected());
  for (const Candidate& candidate : pair.a.candidates)
    EXPECT_EQ(candidate.transport, TransportProtocol::kUdp);
  EXPECT_EQ(pair.a.candidates.size(), 1u);
  pair.a.agent.restart(credentials('c'), pair.now());
  pair.runFor(Duration::milliseconds(100));
  EXPECT_EQ(pair.a.candidates.size(), 2u);
}

TEST_F(IceTcp, SendsAPriorityBelowEveryUdpCandidates) {
  const uint16_t best = tcpLocalPreference(65535);
  EXPECT_LT(candidatePriority(CandidateType::kHost, best, TransportProtocol::kTcp),
            candidatePriority(CandidateType::kServerReflexive, 0));
  EXPECT_GT(candidatePriority(CandidateType::kHost, best, TransportProtocol::kTcp),
            candidatePriority(CandidateType::kRelay, 65535));
}

TEST_F(IceTcp, FailsWhenTheConnectionIsRefused) {
  listener.accepts = false;
  start(/*udpPasses=*/false);
  ASSERT_TRUE(pair.runUntil([&] { return pair.a.agent.state() == IceTransportState::kFailed; }));
  EXPECT_EQ(listener.opened.size(), 1u);
}

TEST_F(IceTcp, ConnectsAgainWhenTheConnectionBreaks) {
  start(/*udpPasses=*/false);
  ASSERT_TRUE(pair.runUntilConnected());
  listener.breakAll();
  EXPECT_FALSE(pair.delivers(pair.a, pair.b, "lost"));
  ASSERT_TRUE(pair.runUntil([&] { return pair.a.agent.selectedPair().has_value(); }));
  EXPECT_EQ(listener.opened.size(), 2u);
  EXPECT_TRUE(pair.delivers(pair.a, pair.b, "found"));
  // The listener's side, here, learns of the loss by consent alone.
  pair.runFor(Duration::seconds(15));
  EXPECT_TRUE(pair.delivers(pair.b, pair.a, "again"));
}

TEST_F(IceTcp, GivesTheConnectionUpWithItsInterfaceAndWithTheAgent) {
  start(/*udpPasses=*/false);
  ASSERT_TRUE(pair.runUntilConnected());
  pair.a.addInterface(2, at("10.0.0.3", 5000));
  pair.a.removeInterface(1);
  ASSERT_TRUE(pair.runUntil([&] { return pair.a.agent.selectedPair().has_value(); }));
  EXPECT_EQ(listener.closed.size(), 1u);
  EXPECT_EQ(listener.open(), 1u);
  EXPECT_EQ(listener.opened.back().interface, InterfaceId(2));
  EXPECT_TRUE(pair.delivers(pair.a, pair.b, "from elsewhere"));
  pair.a.agent.close(pair.now());
  pair.a.pump();
  EXPECT_EQ(listener.open(), 0u);
}

TEST_F(IceTcp, ConnectsAnewForARestart) {
  start(/*udpPasses=*/false);
  ASSERT_TRUE(pair.runUntilConnected());
  pair.a.agent.restart(credentials('c'), pair.now());
  pair.b.agent.setRemoteCredentials(credentials('c'), false, pair.now());
  pair.b.agent.restart(credentials('d'), pair.now());
  pair.a.agent.setRemoteCredentials(credentials('d'), false, pair.now());
  Candidate candidate = passiveCandidate();
  candidate.ufrag = credentials('d').ufrag;
  pair.a.agent.addRemoteCandidate(candidate, pair.now());
  ASSERT_TRUE(pair.runUntil(
      [&] { return pair.a.agent.selectedPair() && !pair.a.agent.carriesPrevious(); }));
  EXPECT_EQ(listener.opened.size(), 2u);
  EXPECT_TRUE(pair.delivers(pair.a, pair.b, "new"));
  // The one from before goes with its session.
  pair.runFor(Duration::seconds(30));
  EXPECT_EQ(listener.open(), 1u);
}

TEST_F(IceTcp, LimitsTheConnectionsThatAPeerCanAskFor) {
  start(/*udpPasses=*/false);
  for (uint16_t port = 10000; port < 10090; ++port) {
    Candidate candidate = passiveCandidate();
    candidate.endpoint.port = port;
    pair.a.agent.addRemoteCandidate(candidate, pair.now());
  }
  listener.accepts = false;
  pair.runFor(Duration::seconds(20));
  EXPECT_LE(listener.opened.size(), Limits{}.tcpPaths);
}

TEST_F(IceTcp, IgnoresActiveCandidatesAndThoseItMayNotConnectTo) {
  pair.addHosts();
  pair.exchangeCredentials();
  for (const char* line : {
           "candidate:9 1 tcp 1518280447 10.0.0.2 9 typ host tcptype active",
           "candidate:9 1 tcp 1518280447 10.0.0.2 9000 typ host tcptype so",
           "candidate:9 1 tcp 1518280447 10.0.0.2 0 typ host tcptype passive",
           "candidate:9 1 tcp 1518280447 0.0.0.0 9000 typ host tcptype passive",
           "candidate:9 1 tcp 1518280447 224.0.0.1 9000 typ host tcptype passive",
       }) {
    pair.a.agent.addRemoteCandidate(*Candidate::parse(line), pair.now());
  }
  pair.gather();
  pair.runFor(Duration::seconds(3));
  EXPECT_TRUE(listener.opened.empty());
}

/// An agent with this configuration leaves the candidate alone.
void expectNoConnection(const Pair2::Options& options) {
  Pair2 pair(options);
  TcpListener listener(pair, pair.a);
  pair.addHosts();
  pair.exchangeCredentials();
  pair.a.agent.addRemoteCandidate(passiveCandidate(), pair.now());
  pair.gather();
  pair.runFor(Duration::seconds(3));
  EXPECT_TRUE(listener.opened.empty());
}

TEST(IceTcpWithoutSockets, DoesNotAskForConnections) {
  expectNoConnection({});
}

TEST(IceTcpWithRelayPolicy, DoesNotAskForConnections) {
  Pair2::Options options;
  options.policyA = TransportPolicy::kRelay;
  options.tweak = [](AgentConfig& config) {
    config.connectsTcp = true;
  };
  expectNoConnection(options);
}

TEST(TcpFraming, PutsTheLengthBeforeAPacket) {
  EXPECT_EQ(tcpFrame(Bytes{7, 8, 9}), (Bytes{0, 3, 7, 8, 9}));
  EXPECT_EQ(tcpFrame(Bytes(0x1234)).size(), 0x1236u);
  EXPECT_TRUE(tcpFrame({}).empty());
  EXPECT_TRUE(tcpFrame(Bytes(0x10000)).empty());
}

TEST(TcpFraming, ReadsPacketsHoweverTheStreamIsCut) {
  TcpFrameReader reader;
  const Bytes stream{0, 1, 5, 0, 0, 0, 2, 6, 7};
  std::vector<Bytes> packets;
  for (uint8_t byte : stream) {
    reader.push(ByteSpan(&byte, 1));
    while (auto packet = reader.next())
      packets.push_back(toBytes(*packet));
  }
  EXPECT_EQ(packets, (std::vector<Bytes>{{5}, {6, 7}}));
  EXPECT_EQ(reader.buffered(), 0u);
}

}  // namespace
}  // namespace rtc::ice::test
