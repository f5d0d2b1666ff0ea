#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "cpp/base/address.h"
#include "cpp/base/bytes.h"
#include "cpp/base/queue.h"
#include "cpp/base/random.h"
#include "cpp/base/time.h"
#include "cpp/base/wipe.h"
#include "cpp/stun/message.h"
#include "cpp/stun/transaction_timer.h"
#include "cpp/turn/channel_data.h"
#include "cpp/turn/stream_framer.h"

namespace rtc::turn {

/// Reported in place of a STUN error code when the server could not be reached or did not answer
/// (webrtc-pc: RTCPeerConnectionIceErrorEvent.errorCode).
inline constexpr int kServerUnreachable = 701;

struct ClientConfig {
  enum class Transport {
    kDatagram,  ///< each Transmit is one datagram; requests are retransmitted
    kStream,    ///< the Transmits are one byte stream, ChannelData is padded
  };
  Transport transport = Transport::kDatagram;
  /// Long-term credentials (RFC 8489 section 9.2).
  std::string username;
  std::string password;
  /// The family of the relayed address, and so of every peer. `std::nullopt`: one of each, as far
  /// as the server has them (ADDITIONAL-ADDRESS-FAMILY, RFC 8656 section 7.1).
  std::optional<AddressFamily> family = AddressFamily::kIpv4;
  /// SOFTWARE of the requests; none when empty.
  std::string software;
  stun::TransactionTimings timings;
  /// LIFETIME asked for; zero leaves it to the server.
  Duration lifetime = Duration::zero();
  /// Peers beyond it are refused locally with 486.
  size_t maxPermissions = 256;
  /// Datagrams kept per peer address until its permission is there; the oldest are dropped.
  size_t maxQueuedDatagrams = 16;
};

/// One allocation on a TURN server (RFC 8656, client side). After every input drain `poll()`, then
/// ask `deadline()`. No function calls back.
class Client {
 public:
  /// Bytes for the server.
  struct Transmit {
    Bytes data;
  };
  /// The allocation stands; reported once.
  struct Allocated {
    /// One, or two of different families, IPv4 first.
    std::vector<Endpoint> relayed;
    Endpoint mapped;
    Duration lifetime;
  };
  /// A peer's datagram arrived at the relayed address.
  struct Received {
    Endpoint peer;
    Bytes data;
  };
  /// Datagrams from and to this address now pass; reported once per address, not per refresh.
  struct PermissionGranted {
    IpAddress peer;
  };
  /// The server (or a local limit) does not let this address pass. What was queued for it is gone.
  /// A later `permit` or `send` asks again.
  struct PermissionRefused {
    IpAddress peer;
    int code;
    std::string reason;
  };
  /// The allocation was refused or is lost. The last output: the client is done.
  struct Failed {
    int code;
    std::string reason;
    /// With code 300: where the server wants the client to go, and the name that a TLS certificate
    /// has to be for there; empty: the name of this server (RFC 8489 section 10).
    std::optional<Endpoint> alternateServer;
    std::string alternateDomain;
  };
  /// `close()` is complete; the client is done.
  struct Closed {};

  using Output = std::variant<Transmit, Allocated, Received, PermissionGranted, PermissionRefused,
                              Failed, Closed>;

  /// `random` must outlive the client.
  Client(ClientConfig config, RandomSource& random);

  /// Sends the Allocate request. On a stream, call it once the stream is open. Only the first call
  /// counts.
  void start(Timestamp now);
  /// One datagram from the server's address; what is not from the server's protocol is ignored.
  void handleDatagram(ByteSpan data, Timestamp now);
  /// The next bytes of the stream, cut anywhere. Nonsense fails the client.
  void handleStreamData(ByteSpan data, Timestamp now);
  /// The stream ended, or the socket reported the server unreachable: Failed, or Closed while
  /// closing.
  void handleTransportClosed(Timestamp now);

  /// Asks for a permission and keeps it fresh from then on. May be called before the allocation
  /// stands. Harmless when repeated.
  void permit(const IpAddress& peer, Timestamp now);
  /// Sends one datagram to the peer from the relayed address; a permission is asked for when there
  /// is none, and the datagram waits for it. A channel is bound once datagrams flow both ways.
  /// False when it cannot go: not started, done, closing, wrong address family, too long.
  bool send(const Endpoint& peer, ByteSpan data, Timestamp now);
  /// Finds out with a Refresh whether the allocation still stands at the server: Failed follows
  /// when it does not, or when a stream has no answer to it.
  void probe(Timestamp now);
  /// Gives the allocation back (Refresh with lifetime 0); Closed follows with the answer, or when
  /// it does not come. Dropping the client after draining instead leaves the server to its timer.
  void close(Timestamp now);

  std::optional<Output> poll();
  Timestamp deadline() const;
  void handleTimeout(Timestamp now);

  bool isAllocated() const { return state_ == State::kAllocated; }
  /// Whether there is, or may come to be, a relayed address for peers of this family.
  bool serves(AddressFamily family) const;

 private:
  enum class State { kIdle, kAllocating, kAllocated, kClosing, kDone };
  enum class Kind { kAllocate, kRefresh, kCreatePermission, kChannelBind };

  struct Transaction {
    Kind kind;
    Endpoint peer;  // CreatePermission (address alone), ChannelBind
    Bytes request;
    stun::TransactionTimer timer;
    bool authenticated;
    int challenges;
  };

  struct Permission {
    bool granted = false;
    bool inFlight = false;
    Timestamp refreshAt = Timestamp::never();
    std::deque<std::pair<Endpoint, Bytes>> queue;
  };

  struct Peer {
    enum class Channel { kNone, kBinding, kBound, kRefused };
    bool sent = false;
    bool received = false;
    Channel state = Channel::kNone;
    ChannelNumber number;
    Timestamp refreshAt = Timestamp::never();
  };

  void handleFrame(ByteSpan frame, Timestamp now);
  void handleMessage(const stun::Message& message, Timestamp now);
  void handleDataIndication(const stun::Message& message, Timestamp now);
  void handleChannelData(const ChannelData& data);
  void handleSuccess(const Transaction& transaction, const stun::Message& message, Timestamp now);
  void handleAllocated(const stun::Message& message, Timestamp now);
  void handleError(const Transaction& transaction, const stun::Message& message, Timestamp now);
  void handleRefused(const Transaction& transaction, Failed refusal);
  void refuseUnservedPeers();
  bool asksForLess(int code, Timestamp now);
  void handleTimedOut(const Transaction& transaction, Timestamp now);
  bool adoptChallenge(const stun::Message& message);

  static stun::Method methodOf(Kind kind);
  void request(Kind kind, const Endpoint& peer, Timestamp now, int challenges = 0);
  void requestPermission(const IpAddress& peer, Permission& permission, Timestamp now);
  void bindWhenUsed(const Endpoint& endpoint, Peer& peer, Timestamp now);
  bool sendNow(const Endpoint& endpoint, ByteSpan data, Timestamp now);
  void emit(Output output);
  void transmit(Bytes data);
  void scheduleRefresh(Duration lifetime, Timestamp now);
  Peer* peerFor(const Endpoint& endpoint);
  void refusePermission(const IpAddress& peer, int code, std::string reason);
  void finish(Output last);

  ClientConfig config_;
  RandomSource& random_;
  State state_ = State::kIdle;
  StreamFramer framer_;
  Queue<Output> outputs_;

  /// What is asked for: `config_.family`, or what is left of it after the server did not
  /// understand.
  std::optional<AddressFamily> family_;
  std::vector<AddressFamily> allocated_;
  std::string realm_;
  std::string nonce_;
  SecretBytes key_;

  Timestamp refreshAt_ = Timestamp::never();
  Timestamp expiresAt_ = Timestamp::never();
  // Ordered maps: what goes out first must not depend on a hash function.
  std::map<stun::TransactionId, Transaction> transactions_;
  std::map<IpAddress, Permission> permissions_;
  std::map<Endpoint, Peer> peers_;
  std::map<ChannelNumber, Endpoint> channels_;
  uint16_t nextChannel_ = kFirstChannel.value();
};

}  // namespace rtc::turn
