#pragma once

// Two whole peers on the simulated internet, with a STUN server, a TURN server, and signalling
// beside it that takes no time or as much as a test wants.

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/cpp/ice/network.h"
#include "tests/cpp/peer/peer_pair.h"
#include "tests/sim/network.h"

namespace rtc::sim {

using ice::test::TurnNode;

/// What stands between a host and the core.
enum class Access : uint8_t {
  kOpen,
  kFullCone,
  kAddressRestricted,
  kPortRestricted,
  kSymmetric,
  /// A firewall that lets streams out and no datagram pass.
  kUdpBlocked,
};
const char* toString(Access access);

/// A peer with its host's sockets: one interface per address and transport.
class Party : public peer::End {
 public:
  Party(Network& network, TurnNode*& turn, std::string_view address, uint64_t seed,
        peer::Configuration configuration);

  /// Hands the outputs to the network and the records.
  void drain();
  void handleTimeoutIfDue();
  /// The interface with this address appears, or goes, under the transports that there are.
  void addAddress(const IpAddress& address);
  void removeAddress(const IpAddress& address);

  /// "srflx/prflx": the types of the selected pair, ours and the peer's; "-" without one.
  std::string selectedTypes() const;
  /// When the ICE transport came to be in this state first after `since`; never if it did not.
  Timestamp reached(ice::IceTransportState state, Timestamp since = {}) const;

  struct StateAt {
    Timestamp at;
    ice::IceTransportState state;
  };
  std::vector<StateAt> iceStates;
  /// Of DTLS, SCTP and the first own channel: when they connected or opened; never if not.
  Timestamp dtlsConnectedAt = Timestamp::never();
  Timestamp sctpConnectedAt = Timestamp::never();
  Timestamp channelOpenedAt = Timestamp::never();
  Timestamp firstMessageAt = Timestamp::never();
  /// When ICE asked for a restart first.
  Timestamp restartNeededAt = Timestamp::never();
  /// Runs with each output before it is recorded, e.g. to send once a channel is open.
  std::function<void(const peer::Output&)> onOutput;

 private:
  struct Interface {
    jsep::TransportId transport;
    Endpoint local;
  };
  void openInterface(jsep::TransportId transport, const IpAddress& address);
  void closeInterface(ice::InterfaceId id);
  void handle(peer::Output output);
  void note(const peer::Output& output);

  Network& network_;
  TurnNode*& turn_;
  std::vector<IpAddress> addresses_;
  std::map<ice::InterfaceId, Interface> open_;
  std::map<peer::StreamId, turn::ClientId> streams_;
  uint32_t lastInterface_ = 0;
  uint16_t nextPort_ = 49152;
};

struct SessionOptions {
  uint64_t seed = 1;
  Access accessA = Access::kOpen;
  Access accessB = Access::kOpen;
  /// Both hosts behind the NAT of `accessA`.
  bool sharedNat = false;
  bool hairpin = false;
  bool isolatesHosts = false;
  /// Hosts have IPv6 addresses, and the servers are out of reach.
  bool ipv6 = false;
  bool withStun = true;
  bool withTurn = false;
  LinkOptions linkA;
  LinkOptions linkB;
  Duration latency = Duration::milliseconds(10);
  /// Of descriptions and candidates.
  Duration signallingLatency = Duration::zero();
  /// Of both peers, beside the servers.
  peer::Configuration configuration;
};

class Session {
 public:
  explicit Session(const SessionOptions& options);

  /// Opens a channel, negotiates and trickles; nothing has travelled yet.
  void start(const datachannel::ChannelOptions& channel = {});
  /// Offer, answer and candidates, once more from either.
  void negotiate(Party& offerer, Party& answerer);
  /// Lets virtual time pass until `done`, at most `limit`; whether it was done.
  bool runUntil(const std::function<bool()>& done, Duration limit = Duration::seconds(60));
  void run(Duration time);
  /// Whether both ends can send over the association.
  bool isConnected() const {
    return a.sctp == peer::SctpState::kConnected && b.sctp == peer::SctpState::kConnected;
  }
  /// Whether, beside that, a pair is nominated.
  bool isCompleted() const {
    return isConnected() && a.ice == ice::IceTransportState::kCompleted &&
           b.ice == ice::IceTransportState::kConnected;
  }
  Timestamp now() const { return network.now(); }

  Network network;
  TurnNode* turn = nullptr;
  Party a;
  Party b;
  /// Whether candidates that come from now on reach the other end.
  bool trickles = true;
  /// When the first offerer had the answer.
  Timestamp signalledAt = Timestamp::never();
  /// The channel that `a` opens.
  datachannel::ChannelId channel{0};

 private:
  void settle();
  void trickle(Party& from, Party& to);
  /// Does it at once without a latency of signalling, else later.
  void signal(std::function<void()> deliver);
  Timestamp deadline() const;

  Duration signallingLatency_;
  std::unique_ptr<TurnNode> turnNode_;
};

/// Sends `bytes` that follow from `seed` over a channel in messages of `messageSize`, no more than
/// a megabyte ahead of the network, and compares what arrives.
class Transfer {
 public:
  Transfer(Session& session, size_t bytes, size_t messageSize = 16 * 1024, uint64_t seed = 99);

  /// Runs the session until all has arrived; whether it did.
  bool run(Duration limit);
  /// Feeds the channel; for tests that run the session themselves.
  void feed();
  bool arrived() const;
  size_t bytesArrived() const;
  /// Whether what arrived is what was sent, byte by byte and in order.
  bool isIntact() const;

 private:
  Session& session_;
  size_t messageSize_;
  Bytes content_;
  size_t sent_ = 0;
};

}  // namespace rtc::sim
