#pragma once

// Agents and a TURN server on the simulated internet of tests/sim.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cpp/base/random.h"
#include "cpp/ice/agent.h"
#include "cpp/turn/server.h"
#include "tests/sim/chance.h"
#include "tests/sim/network.h"

namespace rtc::ice::test {

using sim::at;
using sim::ip;
using sim::Network;
using sim::Packet;

/// The engine's own TURN server on a UDP port, and on streams that peers open to it.
class TurnNode {
 public:
  TurnNode(Network& network, const Endpoint& address, turn::ServerConfig config);
  turn::ClientId openStream(const Endpoint& source, std::function<void(Bytes)> onData,
                            std::function<void()> onClose);
  void streamData(turn::ClientId id, Bytes data);
  void streamClosed(turn::ClientId id);
  /// Cuts every stream.
  void dropStreams();
  /// Stops answering datagrams.
  void stop() { network_.unbind(address_); }
  /// Loses every stream and allocation; nothing answers until `rise`.
  void fall();
  /// Is there again and remembers nothing.
  void rise();
  void rise(turn::ServerConfig config);
  bool isDown() const { return isDown_; }
  /// Nothing that comes over streams is heard, and they stay open.
  bool isDeaf = false;
  Timestamp deadline() const { return server_->deadline(); }
  void timeout();
  turn::Server& server() { return *server_; }
  size_t openRelays() const { return relays_.size(); }

  /// Relays IPv4 alone, so that an allocation is one candidate.
  static turn::ServerConfig openConfig();

 private:
  struct Stream {
    std::function<void(Bytes)> onData;
    std::function<void()> onClose;
  };
  void listen();
  void drain();
  Network& network_;
  SeededRandom random_{77};
  Endpoint address_;
  turn::ServerConfig config_;
  std::optional<turn::Server> server_;
  bool isDown_ = false;
  uint32_t lastClient_ = 0;
  uint16_t nextRelayPort_ = 50000;
  std::map<Endpoint, turn::ClientId> datagramClients_;
  std::map<turn::ClientId, Endpoint> sources_;
  std::map<turn::ClientId, Stream> streams_;
  std::map<turn::RelaySocketId, Endpoint> relays_;
};

/// An agent with its sockets; remembers everything that came out of it.
class Peer {
 public:
  Peer(Network& network, AgentConfig config, uint64_t seed);

  void addInterface(uint32_t id, const Endpoint& local);
  void removeInterface(uint32_t id);
  /// Hands the outputs to the network, the other peer and the records below.
  void pump();

  Network& network;
  sim::Chance random;
  Agent agent;
  TurnNode* turn = nullptr;
  /// Where candidates go when they are found; nothing happens to them without.
  std::function<void(const Candidate&)> onCandidate;
  std::function<void()> onGathered;
  /// Runs before a stream is opened.
  std::function<void(const StreamOpen&)> onOpen;
  std::map<std::string, std::vector<IpAddress>> names;
  /// Connections to TCP candidates; see tcp_test.cpp.
  std::function<void(const PeerStreamOpen&)> onPeerStream;
  std::function<void(StreamId, Bytes)> onPeerData;
  std::function<void(StreamId)> onPeerClose;

  std::vector<Candidate> candidates;
  /// The username fragments whose candidates have all been told.
  std::vector<std::string> ended;
  std::vector<IceTransportState> states;
  std::vector<GatheringState> gatheringStates;
  std::vector<CandidateError> errors;
  std::vector<SelectedPairChanged> selections;
  std::vector<Role> roles;
  std::vector<StreamOpen> opens;
  std::vector<Candidate> removed;
  std::vector<RelayRecovery> recoveries;
  size_t restartsNeeded = 0;
  std::vector<std::string> received;
  std::vector<std::string> resolves;
  size_t streamsOpened = 0;
  size_t streamsClosed = 0;

 private:
  std::map<uint32_t, Endpoint> interfaces_;
  std::map<StreamId, turn::ClientId> streams_;
  std::set<StreamId> peerStreams_;
};

Credentials credentials(char letter);

/// Two peers, `a` controlling and `b` controlled, that signal to each other without delay.
class Pair2 {
 public:
  struct Options {
    std::vector<Server> serversA;
    std::vector<Server> serversB;
    TransportPolicy policyA = TransportPolicy::kAll;
    TransportPolicy policyB = TransportPolicy::kAll;
    Role roleA = Role::kControlling;
    Role roleB = Role::kControlled;
    std::function<void(AgentConfig&)> tweak;
  };
  Pair2() : Pair2(Options{}) {}
  explicit Pair2(const Options& options);

  /// 10.0.0.1 for `a` and 10.0.0.2 for `b`, on one network.
  void addHosts();
  TurnNode& addTurn(turn::ServerConfig config = TurnNode::openConfig());
  void trickleAToB();
  void trickleBToA();
  /// Credentials, trickle, gathering: everything that a session does.
  void start();
  void exchangeCredentials();
  void gather();

  /// Runs until `done`, at most `limit`; whether it was done.
  bool runUntil(const std::function<bool()>& done, Duration limit = Duration::seconds(60));
  void runFor(Duration time);
  bool runUntilConnected();
  bool isConnected() const;
  void pump();
  /// Sends `text` and tells whether it arrived.
  bool delivers(Peer& from, Peer& to, const std::string& text);
  Timestamp now() const { return network.now(); }

  Network network;
  std::unique_ptr<TurnNode> turn;
  Peer a;
  Peer b;

 private:
  Timestamp deadline() const;
};

inline Server stunServer(std::string host = "198.51.100.1") {
  Server server;
  server.kind = Server::Kind::kStun;
  server.host = std::move(host);
  server.url = "stun:" + server.host;
  return server;
}

inline Server turnServer(Server::Transport transport, std::string host = "198.51.100.2") {
  Server server;
  server.kind = Server::Kind::kTurn;
  server.transport = transport;
  server.host = std::move(host);
  server.username = "user";
  server.password = "pass";
  server.url = "turn:" + server.host;
  return server;
}

}  // namespace rtc::ice::test
