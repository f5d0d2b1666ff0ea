#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cpp/base/strong.h"
#include "cpp/base/time.h"

namespace rtc::ice {

/// A datagram socket that the embedding opened, named by the embedding.
using InterfaceId = StrongInt<struct InterfaceIdTag, uint32_t>;
/// A byte stream to a TURN server, or to a TCP candidate of the peer, that the agent asked for.
using StreamId = StrongInt<struct StreamIdTag, uint32_t>;
/// A name resolution that the agent asked for.
using ResolveId = StrongInt<struct ResolveIdTag, uint32_t>;
/// Where the agent sends from: an interface's own address, a relayed address, or a TCP connection.
using BaseId = StrongInt<struct BaseIdTag, uint32_t>;
/// Candidates and pairs, as statistics name them. Unique in one agent, never reused.
using LocalCandidateId = StrongInt<struct LocalCandidateIdTag, uint32_t>;
using RemoteCandidateId = StrongInt<struct RemoteCandidateIdTag, uint32_t>;
using PairId = StrongInt<struct PairIdTag, uint32_t>;

enum class InterfaceKind : uint8_t {
  /// A UDP socket of the operating system.
  kUdp,
  /// A socket of a simulated network. ICE treats it like the other.
  kVirtual,
};

enum class Role : uint8_t { kControlling, kControlled };

/// RTCIceTransportPolicy. With `kRelay` no host or server-reflexive candidate is gathered or shown
/// to anybody, and checks leave and are answered through relays alone.
enum class TransportPolicy : uint8_t { kAll, kRelay };

struct Credentials {
  std::string ufrag;
  std::string password;

  bool empty() const { return ufrag.empty(); }
  bool operator==(const Credentials&) const = default;
};

/// A STUN or TURN server.
struct Server {
  enum class Kind : uint8_t { kStun, kTurn };
  enum class Transport : uint8_t {
    kUdp,
    kTcp,
    kTls,
    /// The package's relay socket: TURN's stream framing over a WebSocket.
    kRelaySocket,
  };
  Kind kind = Kind::kStun;
  Transport transport = Transport::kUdp;
  std::string host;
  uint16_t port = 3478;
  std::string username;
  std::string password;
  /// As the application wrote it; candidates and errors carry it back.
  std::string url;
  /// What a TLS certificate has to be for, when that is not `host`: after a redirection.
  std::string tlsName;

  bool operator==(const Server&) const = default;
  /// The same server for the same purpose; credentials change, because they expire.
  bool isSamePlace(const Server& other) const {
    return kind == other.kind && transport == other.transport && host == other.host &&
           port == other.port && url == other.url;
  }
};

struct Timings {
  /// Ta, the pace of checks and of gathering transactions (RFC 8445 section 14.2). The RFC's
  /// default is 50 ms and its floor 5 ms; browsers pace checks near 20 ms when there are few, and
  /// so does this agent. The first check never waits.
  Duration pacing = Duration::milliseconds(20);
  /// RTO of a check before backing off (section 14.3: at least 500 ms) ...
  Duration checkRto = Duration::milliseconds(500);
  /// ... which is sent this many times and then given this many RTOs more: with the defaults at 0,
  /// 0.5, 1.5, 3.5 and 7.5 s, lost at 15.5 s. RFC 8489's seven would keep a dead pair for 39.5 s,
  /// and a user waiting as long for `failed`; browsers give up near 15 s.
  int checkTransmissions = 5;
  int checkFinalWait = 16;
  /// How long a valid pair waits for a better one before it is nominated, and what a relayed pair
  /// waits instead (section 8.1.1 leaves the criterion open). Data flows meanwhile.
  Duration nominationPatience = Duration::milliseconds(150);
  Duration relayNominationPatience = Duration::milliseconds(500);
  /// Consent (RFC 7675 section 5.1): every 5 s, randomised by a fifth, gone after 30 s.
  Duration consentInterval = Duration::seconds(5);
  Duration consentExpiry = Duration::seconds(30);
  /// Valid pairs that carry nothing are kept for the day the selected one dies (section 11: a
  /// keepalive at least every 15 s).
  Duration keepaliveInterval = Duration::seconds(15);
  /// `disconnected` once two consent requests in a row are unanswered, the first for this long, or
  /// when there is nothing but failed pairs and nothing came for this long.
  Duration disconnectedAfter = Duration::seconds(5);
  /// How long nothing but failed pairs is borne before `failed`, while more candidates may come.
  Duration failurePatience = Duration::seconds(15);
  /// The same when neither end has candidates to come: a peer behind a NAT may still reach us.
  /// Where they may come, `disconnected` stands at least this long before `failed`.
  Duration concludedPatience = Duration::seconds(5);
  /// After a restart, how long a peer is waited for that does not answer it or has no candidate,
  /// when the path from before is lost: RFC 8863's time.
  Duration restartFailurePatience = Duration::milliseconds(39'500);
  /// After a loss that left no working pair, new candidates may mend it for so long; then a restart
  /// is asked for, by the controlled end later, so that the two do not offer at once. A candidate
  /// that came meanwhile has `restartGrace` at least.
  Duration restartPatience = Duration::seconds(4);
  Duration controlledRestartPatience = Duration::seconds(6);
  Duration restartGrace = Duration::seconds(2);
  /// How long the pair from before a restart stays usable once the new one is nominated.
  Duration restartOverlap = Duration::seconds(10);
  /// A stream to a TURN server that has not opened, or a name that has not resolved by now, is
  /// unreachable.
  Duration serverTimeout = Duration::seconds(10);
  /// A binding request to a STUN server: RTO and transmissions. RFC 8489's schedule would hold
  /// gathering for 39.5 s at a dead server; this one ends after 9.5 s, as browsers do.
  Duration gatherRto = Duration::milliseconds(500);
  int gatherTransmissions = 4;
  int gatherFinalWait = 12;
  /// A lost allocation is asked for again after this long, doubled with each attempt up to the
  /// longest; the half of it is random, so that the clients of a relay do not all come back at
  /// once. After `recoveryTime` it is given up until a restart.
  Duration recoveryDelay = Duration::milliseconds(250);
  Duration recoveryLongestDelay = Duration::seconds(4);
  Duration recoveryTime = Duration::seconds(60);
  /// An allocation that stood for so long begins with the shortest delay again.
  Duration recoverySettled = Duration::seconds(10);
};

/// Bounds on what a peer (or anybody who can send us a packet) can make the agent hold.
struct Limits {
  size_t remoteCandidates = 100;
  size_t peerReflexive = 20;
  size_t pairs = 200;
  size_t earlyChecks = 16;
  size_t earlyDatagrams = 16;
  size_t pendingNames = 20;
  size_t tcpPaths = 16;
};

struct AgentConfig {
  std::vector<Server> servers;
  TransportPolicy policy = TransportPolicy::kAll;
  Role role = Role::kControlled;
  /// The embedding can connect to the peer's passive TCP candidates (RFC 6544).
  bool connectsTcp = false;
  Timings timings;
  Limits limits;
  /// SOFTWARE towards TURN servers; empty leaves it out.
  std::string software;
};

}  // namespace rtc::ice
