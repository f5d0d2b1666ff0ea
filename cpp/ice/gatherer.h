#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "cpp/base/queue.h"
#include "cpp/base/random.h"
#include "cpp/ice/config.h"
#include "cpp/ice/events.h"
#include "cpp/ice/foundation.h"
#include "cpp/stun/message.h"
#include "cpp/stun/transaction_timer.h"
#include "cpp/turn/client.h"

namespace rtc::ice {

/// Somewhere to send from.
struct Base {
  BaseId id;
  Endpoint address;
  bool isRelay = false;
  /// A connection from an interface to one TCP candidate of the peer's.
  bool isTcp = false;
  /// Of an interface's own base.
  InterfaceId interface;
  uint16_t localPreference = 0;
};

/// Finds the local candidates (RFC 8445 section 5.1.1): host from interfaces, server-reflexive from
/// STUN servers and UDP allocations, relayed from TURN servers; and keeps the allocations, through
/// which relayed datagrams go. Sans-IO as everything: after every input drain `poll()`, then ask
/// `deadline()`. Datagrams that belong to no server are the agent's own business.
class Gatherer {
 public:
  /// A base and its own candidate (host or relayed) are there. Without a candidate the base must
  /// not be used nor shown (policy `kRelay`); it is not announced at all.
  struct BaseAdded {
    Base base;
    Candidate candidate;
  };
  struct BaseRemoved {
    BaseId base;
  };
  /// A server-reflexive candidate of `base`.
  struct ReflexiveFound {
    BaseId base;
    Candidate candidate;
  };
  /// A peer's datagram came through a relay.
  struct RelayReceived {
    BaseId base;
    Endpoint peer;
    Bytes data;
  };
  /// The relay will not carry anything to this address.
  struct PeerRefused {
    BaseId base;
    IpAddress peer;
  };
  /// Whether `isComplete()` may have changed is the agent's to ask after each input.
  using Event = std::variant<Transmit, StreamOpen, StreamTransmit, StreamClose, Resolve,
                             CandidateError, RelayRecovery, BaseAdded, BaseRemoved, ReflexiveFound,
                             RelayReceived, PeerRefused>;

  /// `config` and `random` must outlive the gatherer; `config.servers` and `config.policy` are read
  /// at `start` and `restart`.
  Gatherer(const AgentConfig& config, RandomSource& random);

  /// Begins with whatever interfaces are there, and takes up those that come.
  void start(Timestamp now);
  /// Gathers again for new credentials: reflexive candidates are asked for anew, servers that were
  /// not in the list before are contacted, bases and allocations stay.
  void restart(Timestamp now);
  void addInterface(InterfaceId id, const Endpoint& local, Timestamp now);
  void removeInterface(InterfaceId id, Timestamp now);
  void interfacesComplete(Timestamp now);
  /// True when the datagram came from a server and was meant for the gatherer.
  bool handleDatagram(InterfaceId id, const Endpoint& source, Bytes& data, Timestamp now);
  /// What the server of a stream that is not open yet is to be asked with, in place of what the
  /// configuration said.
  void setStreamCredentials(StreamId id, std::string username, std::string password);
  void handleStreamOpened(StreamId id, Timestamp now);
  void handleStreamData(StreamId id, ByteSpan data, Timestamp now);
  void handleStreamClosed(StreamId id, Timestamp now);
  /// False when the id is none of the gatherer's.
  bool handleResolved(ResolveId id, const std::vector<IpAddress>& addresses, Timestamp now);
  /// ICE has concluded: reflexive bindings need no keeping alive any more.
  void stopKeepingReflexive() { keepReflexive_ = false; }
  /// Gives every allocation back.
  void close(Timestamp now);

  /// Sends through a relay base.
  bool sendThroughRelay(BaseId base, const Endpoint& peer, ByteSpan data, Timestamp now);
  /// Asks the relay to let this address pass, before the first datagram needs it.
  void permit(BaseId base, const IpAddress& peer, Timestamp now);
  /// The path through this base answers nothing: finds out whether its allocation still stands.
  void probe(BaseId base, Timestamp now);
  /// The base of an interface, unless policy keeps it from being one.
  std::optional<BaseId> baseOf(InterfaceId id) const;

  /// Started, and nothing is pending that could still give a candidate.
  bool isComplete() const;
  /// An allocation that was lost may still come back.
  bool isRecovering() const;
  ResolveId nextResolveId() { return ResolveId(++lastResolve_); }
  StreamId nextStreamId() { return StreamId(++lastStream_); }
  BaseId nextBaseId() { return BaseId(++lastBase_); }
  const std::string& foundation(CandidateType type, const IpAddress& base,
                                const std::string& server, const std::string& protocol) {
    return foundations_.get(type, base, server, protocol);
  }

  std::optional<Event> poll();
  Timestamp deadline() const;
  void handleTimeout(Timestamp now);

 private:
  struct Interface {
    InterfaceId id;
    Endpoint local;
    uint16_t localPreference = 0;
    std::optional<BaseId> base;
  };
  // One server of the list, with its addresses when its name is known.
  struct KnownServer {
    Server server;
    std::vector<IpAddress> addresses;
    std::optional<ResolveId> resolving;
    Timestamp deadline = Timestamp::never();
    /// It was told to be out of reach.
    bool isGivenUp = false;
  };
  // A binding request from an interface to a STUN server, and later its keepalives.
  struct Reflexive {
    InterfaceId interface;
    Endpoint server;
    std::string url;
    std::optional<stun::TransactionId> transaction;
    Bytes request;
    std::optional<stun::TransactionTimer> timer;
    bool pending = true;  // its answer decides whether gathering is complete
    bool answered = false;
    Timestamp keepaliveAt = Timestamp::never();
    Timestamp startAt = Timestamp::never();
  };
  // An allocation, or the wish to have one, through all attempts.
  struct Relay {
    Server server;
    bool overStream = false;
    std::optional<StreamId> stream;  // of this attempt
    InterfaceId interface;           // of a datagram relay
    Endpoint configured;             // of a datagram relay: where it begins
    // Where the server has sent it since (300 Try Alternate), and where it was before.
    Endpoint serverEndpoint;  // of a datagram relay
    Server contact;           // of a stream
    std::vector<Endpoint> visited;
    std::unique_ptr<turn::Client> client;
    bool pending = true;  // gathering waits for it
    bool opened = false;  // the client has started
    bool dead = false;
    Timestamp openDeadline = Timestamp::never();
    // IPv4, IPv6.
    std::array<std::optional<BaseId>, 2> bases;
    uint32_t attempt = 0;
    Timestamp retryAt = Timestamp::never();
    Timestamp allocatedAt = Timestamp::never();
    // Since when there is no allocation in spite of one that there was.
    Timestamp lostAt = Timestamp::never();

    std::optional<BaseId>& base(AddressFamily family) {
      return bases[family == AddressFamily::kIpv6 ? 1 : 0];
    }
    bool isAllocated() const { return bases[0] || bases[1]; }
    void beginAtConfigured() {
      serverEndpoint = configured;
      contact = server;
      visited.clear();
      if (!overStream)
        visited.push_back(configured);
      else if (const auto address = IpAddress::parse(server.host))
        visited.push_back({*address, server.port});
    }
  };

  void contactServers(Timestamp now);
  void giveUpDatagramServers();
  void locate(KnownServer& known, Timestamp now);
  void serveInterface(const Interface& interface, const KnownServer& known, Timestamp now);
  bool isAsked(const Interface& interface, const Endpoint& server, const Relay* but) const;
  void announceHost(Interface& interface);
  void startReflexive(const Interface& interface, const Endpoint& server, const std::string& url,
                      Timestamp now);
  void sendReflexive(Reflexive& reflexive, Timestamp now);
  bool handleReflexiveResponse(InterfaceId id, const Endpoint& source, const Bytes& data,
                               Timestamp now);
  void foundReflexive(const Interface& interface, const Endpoint& mapped, const std::string& url,
                      const std::string& server);
  void startDatagramRelay(const Interface& interface, const Server& server,
                          const Endpoint& endpoint, Timestamp now);
  void startStreamRelay(const Server& server, Timestamp now);
  void drain(Relay& relay, Timestamp now);
  void allocated(Relay& relay, const turn::Client::Allocated& success, Timestamp now);
  void addRelayBase(Relay& relay, const Endpoint& relayed, const Endpoint& mapped);
  void forgetBases(Relay& relay);
  void failed(Relay& relay, int code, std::string reason, Timestamp now);
  // gatherer_recovery.cpp: attempts, and what follows when one fails.
  void attempt(Relay& relay, Timestamp now);
  std::unique_ptr<turn::Client> makeClient(const Relay& relay);
  void hurry(Relay& relay, const Server& server, Timestamp now);
  bool retry(Relay& relay, int code, const std::string& reason, Timestamp now);
  Duration recoveryDelay(uint32_t attempt);
  static bool isFinal(int code);
  bool redirect(Relay& relay, const turn::Client::Failed& failure, Timestamp now);
  void restartReflexive(Reflexive& reflexive, Timestamp now);
  void sweep();
  Interface* find(InterfaceId id);
  Relay* find(BaseId base);
  Relay* find(StreamId stream);
  void error(const Interface* interface, const std::string& url, int code, std::string text);

  const AgentConfig& config_;
  RandomSource& random_;
  FoundationTable foundations_;
  Queue<Event> events_;
  bool started_ = false;
  bool closed_ = false;
  bool interfacesComplete_ = false;
  bool keepReflexive_ = true;
  uint32_t lastBase_ = 0;
  uint32_t lastStream_ = 0;
  uint32_t lastResolve_ = 0;
  size_t interfacesV4_ = 0;
  size_t interfacesV6_ = 0;
  size_t relaysStarted_ = 0;
  Timestamp lastReflexiveStart_ = Timestamp::never();
  std::vector<Interface> interfaces_;
  std::vector<KnownServer> servers_;
  std::vector<Reflexive> reflexives_;
  // Stable addresses: a client is drained while its record is in use.
  std::vector<std::unique_ptr<Relay>> relays_;
};

}  // namespace rtc::ice
