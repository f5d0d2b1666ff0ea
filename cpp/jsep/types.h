#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cpp/base/bytes.h"
#include "cpp/base/strong.h"
#include "cpp/sdp/attributes.h"

namespace rtc::jsep {

/// RTCSignalingState.
enum class SignalingState {
  kStable,
  kHaveLocalOffer,
  kHaveRemoteOffer,
  kHaveLocalPranswer,
  kHaveRemotePranswer,
  kClosed,
};
/// "stable", "have-local-offer", …
const char* toString(SignalingState state);

/// RTCSdpType.
enum class SdpType { kOffer, kPranswer, kAnswer, kRollback };
/// "offer", "pranswer", "answer", "rollback".
const char* toString(SdpType type);
std::optional<SdpType> parseSdpType(std::string_view text);

/// RTCSessionDescriptionInit.
struct Description {
  SdpType type = SdpType::kOffer;
  std::string sdp;
  bool operator==(const Description&) const = default;
};

/// RTCLocalSessionDescriptionInit: both members may be left out.
struct LocalDescription {
  std::optional<SdpType> type;
  std::string sdp;
};

/// RTCOfferOptions but for offerToReceive…, which is a matter of the API.
struct OfferOptions {
  bool iceRestart = false;
  /// False leaves comfort noise out.
  bool voiceActivityDetection = true;
};

/// RTCAnswerOptions.
struct AnswerOptions {
  bool voiceActivityDetection = true;
};

/// What an RTP section, its transceiver and the track on it carry.
enum class MediaKind { kAudio, kVideo };
/// "audio", "video".
const char* toString(MediaKind kind);
std::optional<MediaKind> parseMediaKind(std::string_view text);

/// RTCRtpTransceiverDirection but for "stopped", which TransceiverInfo tells otherwise.
using Direction = sdp::Direction::Value;
/// "sendrecv", "sendonly", "recvonly", "inactive".
const char* toString(Direction direction);
std::optional<Direction> parseDirection(std::string_view text);

/// An RTCRtpTransceiver. Ids are never reused in a session, and grow.
using TransceiverId = StrongInt<struct TransceiverIdTag, uint32_t>;

/// What addTransceiver() is called with.
struct TransceiverInit {
  MediaKind kind = MediaKind::kAudio;
  Direction direction = Direction::kSendRecv;
  /// Whether the sender has a track.
  bool hasTrack = false;
  /// The second word of a=msid; when empty, a UUID is drawn.
  std::string senderId;
  /// Ids of the MediaStreams that the track belongs to, each once.
  std::vector<std::string> streams;
  /// Of sendEncodings, in order; empty without simulcast.
  std::vector<std::string> rids;
};

/// What addTrack() did.
struct AddedTrack {
  TransceiverId transceiver;
  /// False when a transceiver that was there took the track.
  bool created = false;
};

/// RTCIceCandidateInit. `candidate` may start with "a=" (some peers send the whole line).
struct RemoteCandidate {
  std::string candidate;
  std::optional<std::string> sdpMid;
  std::optional<uint16_t> sdpMLineIndex;
  std::optional<std::string> usernameFragment;
};

enum class BundlePolicy { kBalanced, kMaxCompat, kMaxBundle };
enum class RtcpMuxPolicy { kRequire, kNegotiate };

struct SessionConfig {
  BundlePolicy bundlePolicy = BundlePolicy::kBalanced;
  RtcpMuxPolicy rtcpMuxPolicy = RtcpMuxPolicy::kRequire;
  /// Of the local certificates, in the order in which they are signalled.
  std::vector<sdp::Fingerprint> fingerprints;
  /// The largest message that we take: a=max-message-size (RFC 8841 section 6); 0 is "any size".
  uint64_t maxMessageSize = 262144;
  /// The largest message that we can send; 0 is "any size".
  uint64_t maxSendSize = 0;
  uint16_t sctpPort = 5000;
  /// a=sctp-init (draft-hancke-tsvwg-snap): what our association would send as INIT. Empty: nothing
  /// is announced. Answers announce it when the offer has one, offers when told to.
  Bytes sctpInit;
  bool offersSctpInit = false;
  /// Whether a peer's is an INIT chunk that an association can begin with; null: none is.
  bool (*isSctpInit)(ByteSpan chunk) = nullptr;
  /// Without, what is offered as audio or video is rejected, whatever it says.
  bool takesMedia = true;
  /// webrtc-extensions, `alwaysNegotiateDataChannels`: data channels are negotiated before there is
  /// one, and their section is the first.
  bool alwaysNegotiateDataChannels = false;
};

/// One ICE + DTLS transport. Ids are never reused in a session.
using TransportId = StrongInt<struct TransportIdTag, uint32_t>;

struct IceCredentials {
  std::string ufrag;
  std::string password;
  bool operator==(const IceCredentials&) const = default;
};

/// The section with which candidates of a transport are signalled.
struct CandidateTarget {
  std::string mid;
  uint16_t mLineIndex = 0;
  std::string usernameFragment;
};

enum class DtlsRole { kClient, kServer };

/// webrtc-pc RTCSctpTransport, before and after negotiation.
struct SctpInfo {
  TransportId transport;
  std::string mid;
  /// Whether an answer has settled the association's parameters.
  bool negotiated = false;
  /// What may be sent in one message, "update the data max message size"; 0 is infinite.
  /// Meaningful once negotiated, 65536 until then.
  uint64_t maxMessageSize = 65536;
};

/// One transceiver as it stands.
struct TransceiverInfo {
  TransceiverId id;
  MediaKind kind = MediaKind::kAudio;
  std::optional<std::string> mid;
  /// Of its m-section, while it has one.
  std::optional<uint16_t> mLineIndex;
  /// What the application wants, whatever negotiation made of it.
  Direction direction = Direction::kSendRecv;
  std::optional<Direction> currentDirection;
  /// stop() was called (the direction is inactive then), or `stopped` is true.
  bool stopping = false;
  /// The peer's offer rejects the section. Once that is answered, the transceiver is gone.
  bool stopped = false;
  /// What sender.transport and receiver.transport run on: from the description that was set last
  /// on either side, null before any.
  std::optional<TransportId> transport;
  /// The rids of the send encodings, proposed or as negotiation left them; empty without simulcast.
  std::vector<std::string> sendRids;

  // Of the most recent remote description that has the section:
  /// Whether its direction, seen from us, lets us receive.
  bool remoteSends = false;
  /// a=msid: stream ids, each once, and the track's id.
  std::vector<std::string> remoteStreams;
  std::string remoteTrackId;
  bool operator==(const TransceiverInfo&) const = default;
};

// --- what poll() yields ----------------------------------------------------------------------
//
// For one transport the order is: IceRole, StartGathering, RemoteIce, DtlsParameters,
// SctpParameters; candidates in between. RemoteIce comes only when local and remote credentials
// belong to one finished (or provisionally answered) exchange, so that an agent never has to hold
// half of a restart.

/// The signalling state moved. An implicit rollback yields two of these.
struct SignalingStateChanged {
  SignalingState state;
};

/// The role to start with (RFC 8445 section 6.1.1); the agent may later switch to repair a
/// conflict. Comes once per transport, and again only when a lite peer turns up.
struct IceRole {
  TransportId transport;
  bool controlling = false;
};

/// Gather with these credentials.
struct StartGathering {
  enum class Reason {
    kFirst,
    kRestart,
    /// An ICE restart was rolled back: these are the credentials from before it.
    kRolledBack,
  };
  TransportId transport;
  IceCredentials local;
  /// Counts the generations of this transport, from 0; a rollback returns to the earlier number.
  uint32_t generation = 0;
  Reason reason = Reason::kFirst;
};

/// The peer's side of the credentials that StartGathering announced last.
struct RemoteIce {
  TransportId transport;
  IceCredentials remote;
  bool lite = false;
  /// a=ice-options:trickle was there: more candidates may come.
  bool trickle = false;
  /// "candidate:…" texts in the order of the description, added ones included.
  std::vector<std::string> candidates;
  bool endOfCandidates = false;
};

/// One more remote candidate for the credentials of the last RemoteIce.
struct RemoteCandidateAdded {
  TransportId transport;
  std::string candidate;
};

struct RemoteCandidatesEnded {
  TransportId transport;
};

/// The DTLS handshake may start. Comes again only when the peer's certificate set changes.
struct DtlsParameters {
  TransportId transport;
  DtlsRole role = DtlsRole::kClient;
  std::vector<sdp::Fingerprint> remoteFingerprints;
};

/// The SCTP association's parameters; again when the peer changes its message size, and with
/// another transport when the bundle moves, or the final answer bundles otherwise than a
/// provisional one. The transport that it leaves is discarded after this.
struct SctpParameters {
  TransportId transport;
  std::string mid;
  uint16_t localPort = 5000;
  uint16_t remotePort = 5000;
  /// As SctpInfo::maxMessageSize.
  uint64_t maxMessageSize = 65536;
  /// The peer's INIT chunk when both ends announced theirs: the association is established with the
  /// DTLS handshake. Else empty. Another one than before begins the association anew.
  Bytes remoteInit;
  bool operator==(const SctpParameters&) const = default;
};

/// An answer rejected (or closed) the application section: all data channels close.
struct DataRejected {};

/// The transport is no longer needed (rollback, or its last section was rejected): close it.
struct TransportDiscarded {
  TransportId transport;
};

using Output = std::variant<SignalingStateChanged, IceRole, StartGathering, RemoteIce,
                            RemoteCandidateAdded, RemoteCandidatesEnded, DtlsParameters,
                            SctpParameters, DataRejected, TransportDiscarded>;

}  // namespace rtc::jsep
