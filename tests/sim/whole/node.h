#pragma once

// A machine with a peer connection on it: its sockets, its clock, its random device, and its
// process, which may stand still.

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "cpp/base/random.h"
#include "cpp/peer/peer.h"
#include "tests/cpp/ice/network.h"
#include "tests/sim/chance.h"
#include "tests/sim/network.h"
#include "tests/sim/whole/memory.h"
#include "tests/sim/whole/watch.h"

namespace rtc::sim::whole {

using ice::test::TurnNode;

class Node {
 public:
  struct Environment {
    Network& network;
    TurnNode* relay;
    Duration timerLag;
    std::function<void(Node&, peer::Output)> onOutput;
    std::function<void(std::string)> onViolation;
  };

  Node(const Environment& environment, memory::Owner owner, const IpAddress& address, uint64_t seed,
       peer::Configuration configuration);
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  /// On its own clock.
  Timestamp now() const { return environment_.network.now() + ahead_; }
  /// Of the network's.
  Timestamp deadline() const;
  void handleTimeoutIfDue();

  /// A call of the application's, and what comes of it.
  template <typename Call>
  auto call(Call&& call) {
    struct Drained {
      Node& node;
      ~Drained() { node.drain(); }
    } drained{*this};
    const memory::For owner(owner_);
    return call(*peer_, now());
  }
  const peer::Peer& peer() const { return *peer_; }
  bool exists() const { return peer_ != nullptr; }
  /// The peer connection is closed, or gone.
  bool isClosed() const { return !peer_ || peer_->closed(); }
  Watch& watch() { return watch_; }
  const Watch& watch() const { return watch_; }

  /// Once this process runs: at once, unless it stands still.
  void whenRunning(std::function<void()> action);
  void standStill(Duration time);
  void jump(Duration time) { ahead_ += time; }
  Chance& chance() { return chance_; }
  const IpAddress& address() const { return address_; }
  /// Gives up the address for another.
  void move(const IpAddress& address);
  void close();
  /// The peer connection and all that it held is gone.
  void destroy();

  size_t openSockets() const { return sockets_.size(); }
  size_t openStreams() const { return streams_.size(); }
  size_t mostBytes() const { return mostBytes_; }
  memory::Owner owner() const { return owner_; }

 private:
  struct Socket {
    jsep::TransportId transport;
    Endpoint local;
  };
  void drain();
  void handle(peer::Output output);
  void openSocket(jsep::TransportId transport);
  void closeSockets(jsep::TransportId transport);
  void openStream(peer::StreamId id);
  void violated(Verdict verdict);

  Environment environment_;
  memory::Owner owner_;
  IpAddress address_;
  Chance chance_;
  std::unique_ptr<peer::Peer> peer_;
  Watch watch_;
  Duration ahead_;
  Timestamp runsAgain_;
  size_t waitingDatagrams_ = 0;
  std::deque<std::function<void()>> waiting_;
  std::map<ice::InterfaceId, Socket> sockets_;
  std::map<peer::StreamId, std::optional<turn::ClientId>> streams_;
  std::vector<jsep::TransportId> transports_;
  /// Addresses that have sent a STUN success response.
  std::set<Endpoint> answered_;
  uint32_t lastSocket_ = 0;
  uint16_t nextPort_ = 49152;
  bool isDraining_ = false;
  size_t mostBytes_ = 0;
  /// So that actions which outlive the node do nothing.
  std::shared_ptr<bool> isAlive_ = std::make_shared<bool>(true);
};

}  // namespace rtc::sim::whole
