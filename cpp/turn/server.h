#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "cpp/base/address.h"
#include "cpp/base/bytes.h"
#include "cpp/base/queue.h"
#include "cpp/base/random.h"
#include "cpp/base/strong.h"
#include "cpp/base/time.h"
#include "cpp/stun/message.h"
#include "cpp/turn/allocation.h"
#include "cpp/turn/authentication.h"
#include "cpp/turn/peer_policy.h"
#include "cpp/turn/source_limiter.h"
#include "cpp/turn/stream_framer.h"
#include "cpp/turn/token_bucket.h"

namespace rtc::turn {

/// One client transport address: a connection, or a source address on the server's UDP socket. The
/// embedding chooses the numbers and does not use one again while it is known here.
using ClientId = StrongInt<struct ClientIdTag, uint32_t>;

enum class ClientKind { kUdp, kTcp, kWebSocket };

struct ServerConfig {
  std::string realm = "webrtc-wasm";
  /// TURN REST secrets; any of them makes a valid credential.
  std::vector<std::string> secrets;
  /// Static users and their passwords.
  std::map<std::string, std::string> users;
  /// RFC 8656 section 5 wants nonces to expire at least once an hour.
  Duration nonceLifetime = Duration::seconds(3600);
  /// RFC 8656 section 7.2: ten minutes by default, and it recommends at most an hour.
  Duration defaultLifetime = Duration::seconds(600);
  Duration maxLifetime = Duration::seconds(3600);
  /// A client without an allocation that is silent for so long is let go.
  Duration idleTimeout = Duration::seconds(60);
  /// How long the embedding may take to open a relay socket.
  Duration openTimeout = Duration::seconds(10);
  PeerPolicy policy;
  bool ipv4 = true;
  bool ipv6 = true;

  size_t maxClients = 10000;
  /// A port that is kept for a second allocation (EVEN-PORT) counts as one, in both.
  size_t maxAllocations = 2000;
  size_t maxAllocationsPerUser = 16;
  /// Per allocation, per user, and in total.
  size_t maxPermissions = 64;
  size_t maxPermissionsPerUser = 1000;
  size_t maxPermissionsInTotal = 100'000;
  size_t maxChannels = 64;
  size_t maxChannelsPerUser = 1000;
  size_t maxChannelsInTotal = 100'000;
  /// Bytes of peers' data a second, both directions together; 0: no limit. What exceeds it is lost,
  /// as on any slow link.
  uint64_t bytesPerSecondPerUser = 0;
  uint64_t bytesPerSecond = 0;
  /// Wrong credentials a source may present: so many at once, then so many a second.
  uint64_t authFailureBurst = 10;
  uint64_t authFailuresPerSecond = 1;
  /// Answers to unauthenticated datagrams per source; sources of datagrams can be forged.
  uint64_t challengeBurst = 60;
  uint64_t challengesPerSecond = 30;
  /// Binding responses to datagrams per source, which are little longer than the requests.
  uint64_t bindingBurst = 500;
  uint64_t bindingsPerSecond = 100;
  /// SOFTWARE of the responses to authenticated requests; none when empty.
  std::string software;
};

/// A TURN server (RFC 8656) and STUN server (RFC 8489 binding) without sockets. After every input
/// drain `poll()`, then ask `deadline()`. No function calls back.
///
/// Datagram clients: call `clientConnected` for the first datagram of a source that is not known,
/// and forget the source at `CloseClient`. DONT-FRAGMENT is not supported (420), since no embedding
/// of ours can set the bit.
class Server {
 public:
  /// Datagram clients: one datagram. Stream clients: bytes, padded already.
  struct ToClient {
    ClientId client;
    Bytes data;
  };
  /// Close the connection, or forget the source. The server has forgotten the client already.
  struct CloseClient {
    ClientId client;
    std::string reason;
  };
  /// Open a UDP socket and answer with `relaySocketOpened` or `relaySocketFailed`.
  struct OpenRelaySocket {
    RelaySocketId socket;
    AddressFamily family;
    /// The port must be even (EVEN-PORT).
    bool evenPort;
    /// The port above it must be opened as well, as this socket, and be reported as well. When one
    /// of the two fails, report both as failed.
    std::optional<RelaySocketId> nextPort;
  };
  /// Harmless for a socket that failed to open.
  struct CloseRelaySocket {
    RelaySocketId socket;
  };
  struct ToPeer {
    RelaySocketId socket;
    Endpoint peer;
    Bytes data;
  };
  /// For logs and metrics. Names come from the network, with everything unprintable replaced.
  struct Event {
    enum class Kind {
      kAllocated,
      kDeallocated,
      kAllocationRefused,
      kAuthenticationFailed,
      kPeerRefused,
    };
    Kind kind;
    ClientId client;
    std::string account;
    std::optional<Endpoint> endpoint;
    std::string detail;
  };
  using Output =
      std::variant<ToClient, CloseClient, OpenRelaySocket, CloseRelaySocket, ToPeer, Event>;

  /// Datagrams that were not relayed, by cause.
  struct Drops {
    uint64_t noPermission = 0;
    uint64_t noChannel = 0;
    /// Of the user or of the server.
    uint64_t bandwidth = 0;
    /// To an address of the relay where no allocation is.
    uint64_t ownAddress = 0;
    /// Malformed, too long, or without an allocation.
    uint64_t invalid = 0;

    uint64_t total() const { return noPermission + noChannel + bandwidth + ownAddress + invalid; }
  };
  struct Stats {
    // What there is now.
    uint64_t clients = 0;
    uint64_t allocations = 0;
    uint64_t relayedAddresses = 0;
    uint64_t permissions = 0;
    uint64_t channels = 0;
    uint64_t reservations = 0;
    // What there has been.
    uint64_t allocationsMade = 0;
    uint64_t datagramsToPeers = 0;
    uint64_t bytesToPeers = 0;
    uint64_t datagramsToClients = 0;
    uint64_t bytesToClients = 0;
    Drops drops;
    uint64_t authenticationFailures = 0;
    /// Requests of a source that had failed too often, not looked at.
    uint64_t authenticationsSuppressed = 0;
    uint64_t challenges = 0;
    /// Datagrams without credentials that got no answer, Binding requests among them.
    uint64_t challengesSuppressed = 0;
    uint64_t staleNonces = 0;
    /// 403.
    uint64_t peersRefused = 0;
    /// 486, and 508 because of a limit on allocations, permissions or channels.
    uint64_t quotaRefusals = 0;
    /// Allocate requests refused for whatever reason.
    uint64_t allocationsRefused = 0;
  };

  /// `random` must outlive the server. When it fails, every request is answered with 500.
  Server(ServerConfig config, RandomSource& random);

  /// `source` is the client's transport address, which Binding and Allocate tell the client.
  void clientConnected(ClientId client, ClientKind kind, const Endpoint& source, Timestamp now);
  /// `unixSeconds` is the wall clock, which TURN REST credentials expire by. Ignored for a client
  /// that is not known, as are all inputs below.
  void clientDatagram(ClientId client, ByteSpan data, Timestamp now, int64_t unixSeconds);
  void clientStreamData(ClientId client, ByteSpan data, Timestamp now, int64_t unixSeconds);
  /// The connection is gone; its allocation goes with it (RFC 8656 section 6 ties it to the
  /// 5-tuple).
  void clientClosed(ClientId client, Timestamp now);

  /// `relayed` is the address as peers see it.
  void relaySocketOpened(RelaySocketId socket, const Endpoint& relayed, Timestamp now);
  /// It could not be opened, or it broke later.
  void relaySocketFailed(RelaySocketId socket, Timestamp now);
  void relayDatagram(RelaySocketId socket, const Endpoint& source, ByteSpan data, Timestamp now);

  /// The addresses that the machine has or is known by now; permissions that stand are not looked
  /// at again.
  void setOwnAddresses(std::vector<Cidr> own) { config_.policy.setOwn(std::move(own)); }

  /// From now on no allocation is made (508); those that are there go on.
  void stopAllocating() { allocating_ = false; }

  std::optional<Output> poll();
  Timestamp deadline() const;
  void handleTimeout(Timestamp now);

  Stats stats() const;

 private:
  struct Client {
    ClientId id;
    ClientKind kind = ClientKind::kUdp;
    Endpoint source;
    StreamFramer framer{StreamFramer::kLongestFrame, kLastLegacyChannel};
    Timestamp lastHeard;
    Timestamp timer = Timestamp::never();
    std::optional<Allocation> allocation;

    bool isStream() const { return kind != ClientKind::kUdp; }
  };
  struct Account {
    size_t allocations = 0;
    /// Ports that are kept, or being opened, for a second allocation.
    size_t reservations = 0;
    size_t permissions = 0;
    size_t channels = 0;
    TokenBucket bandwidth;

    /// Forgetting it gives nobody anything.
    bool isIdle(Timestamp now) const {
      return allocations == 0 && reservations == 0 && bandwidth.isFull(now);
    }
  };
  /// A port held for the second allocation of an EVEN-PORT pair (RFC 8656 section 7.2).
  struct Reservation {
    uint64_t token;
    RelaySocketId socket;
    Endpoint relayed;
    std::string account;
    Timestamp expiresAt;
  };
  /// What an authenticated response needs.
  struct Authenticated {
    Identity identity;
    stun::IntegrityAlgorithm algorithm;
  };

  // server.cpp: clients, timers, the data path.
  Client* find(ClientId id);
  void handleFrame(Client& client, ByteSpan frame, Timestamp now, int64_t unixSeconds);
  void handleSendIndication(Client& client, const stun::Message& message, Timestamp now);
  std::optional<RelaySocketId> relayedAt(const Endpoint& endpoint) const;
  void relayToPeer(Client& client, const Endpoint& peer, ByteSpan data, Timestamp now);
  void relayToClient(RelaySocketId socket, const Endpoint& peer, ByteSpan data, Timestamp now);
  void handleClientTimeout(Client& client, Timestamp now);
  bool withinBandwidth(const Allocation& allocation, size_t size, Timestamp now);
  /// A port that was kept is an allocation's now, or is given back.
  void uncountReservation(const std::string& account, Timestamp now);
  void forgetIfIdle(const std::string& account, Timestamp now);
  void setTimer(Client& client, Timestamp at);
  void dropClient(ClientId id, std::string_view reason, bool tellEmbedding, Timestamp now);
  void makeRoom(Timestamp now);
  void deleteAllocation(Client& client, std::string_view reason, Timestamp now);
  void deleteAddress(Client& client, AddressFamily family, std::string_view reason, Timestamp now);
  void expireAddresses(Client& client, Timestamp now);
  void closeSocket(const RelayedAddress& address);
  void closeSocket(RelaySocketId socket);
  void recount(Client& client);
  /// The account of the client's allocation, without what has expired.
  const Account& sweptAccount(Client& client, Timestamp now);
  size_t permissionsLeft(Client& client, Timestamp now);
  size_t channelsLeft(Client& client, Timestamp now);
  void reportEvent(Event::Kind kind, const Client& client, std::string_view account,
                   std::optional<Endpoint> endpoint, std::string_view detail);

  // server_requests.cpp: what a request asks for and how it is answered.
  void handleRequest(Client& client, const stun::Message& request, Timestamp now,
                     int64_t unixSeconds);
  void handleBinding(Client& client, const stun::Message& request, Timestamp now);
  std::optional<Authenticated> authenticate(Client& client, const stun::Message& request,
                                            Timestamp now, int64_t unixSeconds);
  void challenge(Client& client, const stun::Message& request, int code, Timestamp now);
  void handleRefresh(Client& client, const stun::Message& request, const Authenticated& auth,
                     Timestamp now);
  void handleCreatePermission(Client& client, const stun::Message& request,
                              const Authenticated& auth, Timestamp now);
  void handleChannelBind(Client& client, const stun::Message& request, const Authenticated& auth,
                         Timestamp now);
  /// The permission that the peer gets, or the error code. `port`: it is about this port alone.
  std::variant<Permission, int> checkPeer(const Client& client, const Endpoint& peer, bool port);
  bool relaysAt(const IpAddress& address) const;
  Duration lifetimeFor(const stun::Message& request) const;
  void answer(Client& client, const stun::Message& request, stun::MessageBuilder builder,
              const Authenticated* auth);
  void answerError(Client& client, const stun::Message& request, int code,
                   const Authenticated* auth);

  // server_allocate.cpp: Allocate, whose answer has to wait for a socket.
  void handleAllocate(Client& client, const stun::Message& request, const Authenticated& auth,
                      Timestamp now);
  void openAllocation(Client& client, const stun::Message& request, const Authenticated& auth,
                      const Reservation* reserved, Timestamp now);
  void openSocket(Client& client, AddressFamily family, bool reserveNext);
  int checkAllocate(const stun::Message& request) const;
  int checkQuotas(const stun::Message& request, const std::string& account, bool reserved,
                  Timestamp now);
  bool serves(AddressFamily family) const;
  void giveUpAddress(Client& client, RelayedAddress address, Timestamp now);
  void finishAllocate(Client& client, Timestamp now);
  void refuseAllocate(Client& client, int code, Timestamp now);
  void answerPendingAllocate(Client& client, stun::MessageBuilder builder, Bytes* copy);
  Account& accountOf(const std::string& name, Timestamp now);

  ServerConfig config_;
  RandomSource& random_;
  NonceIssuer nonces_;
  CredentialStore credentials_;
  SourceLimiter authFailures_;
  SourceLimiter challenges_;
  SourceLimiter bindings_;
  TokenBucket bandwidth_;

  Queue<Output> outputs_;
  std::unordered_map<ClientId, Client> clients_;
  std::unordered_map<RelaySocketId, ClientId> sockets_;
  std::map<std::string, Account> accounts_;
  std::deque<Reservation> reservations_;  // all live equally long: the first expires first
  std::set<std::pair<Timestamp, ClientId>> timers_;
  /// Of answered allocations, so that they reach each other without leaving the server.
  std::map<Endpoint, RelaySocketId> relayed_;
  size_t allocations_ = 0;
  size_t reserved_ = 0;
  size_t permissions_ = 0;
  size_t channels_ = 0;
  bool allocating_ = true;
  uint32_t nextSocket_ = 1;
  Stats stats_;
};

}  // namespace rtc::turn
