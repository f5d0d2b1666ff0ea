#pragma once

#include <cstddef>
#include <string>
#include <variant>

#include "cpp/base/bytes.h"
#include "cpp/ice/candidate.h"
#include "cpp/ice/config.h"

namespace rtc::ice {

/// RTCIceGathererState.
enum class GatheringState : uint8_t { kNew, kGathering, kComplete };

/// RTCIceTransportState.
enum class IceTransportState : uint8_t {
  kNew,
  kChecking,
  kConnected,
  kCompleted,
  kDisconnected,
  kFailed,
  kClosed,
};

/// The enumeration values of webrtc-pc: "gathering", "checking", ...
const char* toString(GatheringState state);
const char* toString(IceTransportState state);
/// RTCIceRole: "controlling", "controlled".
const char* toString(Role role);

/// Send `data` from the socket `interface` to `destination`.
struct Transmit {
  InterfaceId interface;
  Endpoint destination;
  Bytes data;
};

/// Open a byte stream to `server` and tell `handleStreamOpened` or `handleStreamClosed`.
struct StreamOpen {
  StreamId stream;
  Server server;
  /// 0 for the first, then one more for each that follows a lost allocation or a failed attempt.
  /// Credentials that expire are asked for anew then (`setStreamCredentials`).
  uint32_t attempt = 0;
};
/// Connect over TCP from the address of `interface` to `destination`, a passive candidate of the
/// peer's, and tell as of any stream. Only with `AgentConfig::connectsTcp`.
struct PeerStreamOpen {
  StreamId stream;
  InterfaceId interface;
  Endpoint destination;
};
struct StreamTransmit {
  StreamId stream;
  Bytes data;
};
struct StreamClose {
  StreamId stream;
};

/// Resolve `hostname` (a server's name, or an mDNS name ending in ".local") and tell
/// `handleResolved`; no address at all means that it has none.
struct Resolve {
  ResolveId id;
  std::string hostname;
};

/// A local candidate to signal. `ufrag` and `generation` are set.
struct LocalCandidate {
  Candidate candidate;
};

/// A local candidate that was told under these credentials is gone with its interface or
/// allocation.
struct LocalCandidateRemoved {
  Candidate candidate;
};

/// All local candidates of the generation that `ufrag` names have been told. Once for each.
struct LocalCandidatesEnded {
  std::string ufrag;
};

struct GatheringStateChanged {
  GatheringState state = GatheringState::kNew;
};
struct ConnectionStateChanged {
  IceTransportState state = IceTransportState::kNew;
};
/// The pair that carries data is another one. Before nomination it is the best valid pair.
struct SelectedPairChanged {
  PairId pair;
  Candidate local;
  Candidate remote;
};
/// The role is another one: by `setRole`, because the peer is lite, or because a role conflict
/// (RFC 8445 section 7.3.1.1) went that way.
struct RoleChanged {
  Role role = Role::kControlled;
};

/// RTCPeerConnectionIceErrorEvent. `address` is the local one, empty when it must not be told or
/// when there is none.
struct CandidateError {
  std::string address;
  uint16_t port = 0;
  std::string url;
  /// The STUN error code, or 701 when the server could not be reached.
  int code = 0;
  std::string text;
};
inline constexpr int kServerUnreachable = 701;

/// An allocation that was lost is asked for again, or is not any more.
struct RelayRecovery {
  enum class Step : uint8_t {
    /// The attempt with this number begins after `delay`.
    kRetrying,
    /// The server has refused for good, or the time is over.
    kFailed,
  };
  Step step = Step::kRetrying;
  std::string url;
  uint32_t attempt = 0;
  Duration delay;
  /// Why the last one ended, as CandidateError has it.
  int code = 0;
  std::string text;
};

/// Pairs were lost with an interface or allocation of ours, and new candidates have not brought
/// another one: with new credentials on both ends (a restart) the peer would be told everything
/// again. Once for each loss; what comes of it is the application's to decide.
struct IceRestartNeeded {};

/// Application data (DTLS, SRTP) from a peer that has passed a connectivity check.
struct Received {
  Bytes data;
  /// Of the credentials that the check belonged to: `Agent::generation` of that time.
  uint32_t generation = 0;
};

using Output = std::variant<Transmit, StreamOpen, PeerStreamOpen, StreamTransmit, StreamClose,
                            Resolve, LocalCandidate, LocalCandidateRemoved, LocalCandidatesEnded,
                            GatheringStateChanged, ConnectionStateChanged, SelectedPairChanged,
                            RoleChanged, CandidateError, RelayRecovery, IceRestartNeeded, Received>;

}  // namespace rtc::ice
