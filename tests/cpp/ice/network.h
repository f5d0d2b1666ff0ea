#pragma once

// A small internet in virtual time: hosts, NATs, a STUN server, a TURN server, and agents on them.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <set>
#include <string>
#include <vector>

#include "cpp/base/random.h"
#include "cpp/ice/agent.h"
#include "cpp/turn/server.h"

namespace rtc::ice::test {

inline IpAddress ip(std::string_view text) {
  return IpAddress::parse(text).value();
}
inline Endpoint at(std::string_view address, uint16_t port) {
  return Endpoint{ip(address), port};
}

struct Packet {
  Endpoint source;  // as the receiver sees it
  Endpoint destination;
  Bytes data;
};

/// One clock, one queue of datagrams in flight, one latency; loss is a predicate over packets.
class Network {
 public:
  enum class Nat {
    /// Endpoint-independent mapping, filtering by remote address (RFC 4787).
    kAddressRestricted,
    /// Another mapping for each destination, filtering by remote address and port.
    kSymmetric,
  };
  using Handler = std::function<void(const Endpoint& source, Bytes data)>;

  Duration latency = Duration::milliseconds(10);
  std::function<bool(const Packet&)> drop;
  std::vector<Packet> log;

  Timestamp now() const { return now_; }
  void bind(const Endpoint& local, Handler handler) { handlers_[local] = std::move(handler); }
  void unbind(const Endpoint& local) { handlers_.erase(local); }
  /// Puts `inside` behind a NAT that the world sees as `outside`.
  void addNat(const IpAddress& inside, const IpAddress& outside, Nat kind);
  void send(const Endpoint& from, const Endpoint& to, Bytes data);
  void after(Duration delay, std::function<void()> action);
  /// A binding server without credentials.
  void addStunServer(const Endpoint& address);

  Timestamp nextEvent() const { return events_.empty() ? Timestamp::never() : events_.top().at; }
  /// Advances the clock to `to` and runs what is due there.
  void advance(Timestamp to);

 private:
  struct NatBox {
    IpAddress outside;
    Nat kind = Nat::kAddressRestricted;
    uint16_t nextPort = 40000;
    std::map<std::pair<Endpoint, Endpoint>, uint16_t> mappings;  // (inside, destination or none)
    std::map<uint16_t, Endpoint> insideOf;
    std::set<std::pair<uint16_t, Endpoint>> allowed;  // port 0: any port of the address
  };
  struct Event {
    Timestamp at;
    uint64_t sequence;
    std::function<void()> action;
    bool operator>(const Event& other) const {
      return at != other.at ? at > other.at : sequence > other.sequence;
    }
  };
  void deliver(Packet packet);

  Timestamp now_ = Timestamp::milliseconds(1000);
  uint64_t sequence_ = 0;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  std::map<Endpoint, Handler> handlers_;
  std::map<IpAddress, NatBox> nats_;  // by inside address
  std::map<IpAddress, IpAddress> insideByOutside_;
};

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
  Timestamp deadline() const { return server_.deadline(); }
  void timeout();
  turn::Server& server() { return server_; }
  size_t openRelays() const { return relays_.size(); }

  static turn::ServerConfig openConfig();

 private:
  struct Stream {
    std::function<void(Bytes)> onData;
    std::function<void()> onClose;
  };
  void drain();
  Network& network_;
  SeededRandom random_{77};
  Endpoint address_;
  turn::Server server_;
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
  SeededRandom random;
  Agent agent;
  TurnNode* turn = nullptr;
  /// Where candidates go when they are found; nothing happens to them without.
  std::function<void(const Candidate&)> onCandidate;
  std::function<void()> onGathered;
  std::map<std::string, std::vector<IpAddress>> names;

  std::vector<Candidate> candidates;
  /// The username fragments whose candidates have all been told.
  std::vector<std::string> ended;
  std::vector<IceTransportState> states;
  std::vector<GatheringState> gatheringStates;
  std::vector<CandidateError> errors;
  std::vector<SelectedPairChanged> selections;
  std::vector<Role> roles;
  std::vector<std::string> received;
  std::vector<std::string> resolves;
  size_t streamsOpened = 0;
  size_t streamsClosed = 0;

 private:
  std::map<uint32_t, Endpoint> interfaces_;
  std::map<StreamId, turn::ClientId> streams_;
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
