#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cpp/base/error.h"
#include "cpp/base/queue.h"
#include "cpp/base/random.h"
#include "cpp/base/result.h"
#include "cpp/jsep/codecs.h"
#include "cpp/jsep/header_extensions.h"
#include "cpp/jsep/media_flow.h"
#include "cpp/jsep/rtp_parameters.h"
#include "cpp/jsep/transports.h"
#include "cpp/jsep/types.h"

namespace rtc::jsep {

struct State;
struct Transceiver;

/// Signalling state and offer/answer of one peer connection (RFC 9429, webrtc-pc sections 4.4 and
/// 4.7). No I/O and no time: calls come in, transport commands go out through `poll()`.
///
/// Every call either succeeds whole or returns an `Error` and leaves the session as it was (one
/// exception that webrtc-pc asks for: a remote offer that rolls back a local one implicitly and
/// then proves invalid leaves the rollback in place). Nothing calls back, so re-entry cannot
/// happen.
///
/// The errors are webrtc-pc's: InvalidStateError (wrong signalling state, or closed),
/// InvalidModificationError (a local description that createOffer/createAnswer did not make),
/// RTCError sdp-syntax-error with a line number, InvalidAccessError (well-formed, but not
/// acceptable content), OperationError (candidates; random source), NotReadableError (no
/// certificate).
class Session {
 public:
  /// `random` must outlive the session.
  Session(SessionConfig config, RandomSource& random);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // --- configuration and wishes -------------------------------------------------------------

  /// The certificates' fingerprints, when they were not known at construction. Offers and answers
  /// made from now on carry them.
  void setFingerprints(std::vector<sdp::Fingerprint> fingerprints);
  /// a=sctp-init of descriptions to come; no effect on those that are there.
  void setSctpInit(Bytes init);
  void setBundlePolicy(BundlePolicy policy);
  /// An application created a data channel: offers have an application section from now on.
  void requestDataChannels();
  /// webrtc-pc restartIce(): the next offer carries fresh ICE credentials. Without a local
  /// description this has no effect.
  void restartIce();

  // --- transceivers -------------------------------------------------------------------------
  //
  // What these set survives a rollback. A transceiver that is unknown (stopped, rolled back) is
  // left alone: the setters do nothing, the getters give empty values. On a closed session, adding
  // is InvalidStateError and everything else has no effect.

  /// addTransceiver(). OperationError when the random source fails.
  Result<TransceiverId, Error> addTransceiver(TransceiverInit init);
  /// addTrack(): the first transceiver of the kind whose sender has no track, has never sent and
  /// is not being stopped takes the track over (with `senderId` and `streams`) and begins to send,
  /// else one is created. That no sender has this very track is the caller's to know.
  /// OperationError when the random source fails.
  Result<AddedTrack, Error> addTrack(MediaKind kind, std::string senderId,
                                     std::vector<std::string> streams);
  /// removeTrack(): the sender loses its track, its direction stops sending.
  void removeTrack(TransceiverId id);
  /// replaceTrack(): whether the sender has a track. No negotiation follows from it.
  void setSenderTrack(TransceiverId id, bool hasTrack);
  /// setStreams().
  void setSenderStreams(TransceiverId id, std::vector<std::string> streams);
  /// The direction attribute.
  void setDirection(TransceiverId id, Direction direction);
  /// stop(): stopping until a negotiation carries it out (or, for one without a section, until
  /// the next one is complete).
  void stopTransceiver(TransceiverId id);
  /// setCodecPreferences(); empty is the default. InvalidModificationError for codecs that we do
  /// not have, and for lists that hold nothing but retransmission and the like.
  Status<Error> setCodecPreferences(TransceiverId id, const std::vector<RtpCodec>& codecs);
  /// setHeaderExtensionsToNegotiate(). InvalidModificationError unless the list names exactly the
  /// extensions that headerExtensionsToNegotiate() does, mandatory ones not stopped.
  Status<Error> setHeaderExtensionsToNegotiate(TransceiverId id,
                                               std::vector<HeaderExtensionCapability> extensions);
  std::vector<HeaderExtensionCapability> headerExtensionsToNegotiate(TransceiverId id) const;
  /// getNegotiatedHeaderExtensions(): empty before an answer, then all that we know, "stopped"
  /// unless negotiated.
  std::vector<HeaderExtensionCapability> negotiatedHeaderExtensions(TransceiverId id) const;
  /// The negotiated parts of sender.getParameters() and receiver.getParameters().
  RtpParameters sendParameters(TransceiverId id) const;
  RtpParameters receiveParameters(TransceiverId id) const;
  /// In the order of creation, without those that are stopped or were rolled back.
  std::vector<TransceiverInfo> transceivers() const;
  std::optional<TransceiverInfo> transceiver(TransceiverId id) const;
  /// What RTP is to carry, as the last answer has it.
  std::vector<MediaFlow> mediaFlows() const;

  // --- offer/answer -------------------------------------------------------------------------

  /// InvalidStateError unless stable or have-local-offer; NotReadableError without fingerprints;
  /// OperationError when the random source fails.
  Result<Description, Error> createOffer(const OfferOptions& options = {});
  /// InvalidStateError unless have-remote-offer or have-local-pranswer.
  Result<Description, Error> createAnswer(const AnswerOptions& options = {});

  /// setLocalDescription(). Without a type, the signalling state decides; with an empty SDP, the
  /// last created (or a new) offer or answer is applied; type rollback rolls back.
  Status<Error> setLocal(const LocalDescription& description = {});
  /// setRemoteDescription(). An offer in have-local-offer rolls back first.
  Status<Error> setRemote(const Description& description);
  /// Undoes the offer that is pending on either side. InvalidStateError in any other state.
  Status<Error> rollback();

  // --- candidates ---------------------------------------------------------------------------

  /// addIceCandidate(). An empty candidate ends the candidates of the section it names, or of all.
  /// InvalidStateError without a remote description, TypeError when a candidate names no section,
  /// OperationError for an unknown section or username fragment or a malformed candidate.
  Status<Error> addCandidate(const RemoteCandidate& candidate);

  /// A candidate that the transport gathered ("candidate:…", without "a="). It is folded into each
  /// local description of its ICE generation. Of a generation that is gone, nothing is kept.
  void addLocalCandidate(TransportId transport, std::string_view usernameFragment,
                         std::string_view candidate);
  /// It is gone with its interface or allocation: the descriptions have it no more.
  void removeLocalCandidate(TransportId transport, std::string_view usernameFragment,
                            std::string_view candidate);
  /// The transport gathered all candidates of that generation: a=end-of-candidates.
  void setGatheringComplete(TransportId transport, std::string_view usernameFragment);
  /// DTLS is connected on that transport: from now on an offer that would swap its roles is
  /// refused, and an answer that would does not change them.
  void setDtlsEstablished(TransportId transport);
  /// Which section (and ICE generation) a candidate of this transport is signalled with;
  /// `std::nullopt` once the transport is gone.
  std::optional<CandidateTarget> candidateTarget(TransportId transport) const;

  // --- observation --------------------------------------------------------------------------

  SignalingState signalingState() const;
  /// With the candidates known so far; `std::nullopt` is null.
  std::optional<Description> currentLocalDescription() const;
  std::optional<Description> pendingLocalDescription() const;
  std::optional<Description> currentRemoteDescription() const;
  std::optional<Description> pendingRemoteDescription() const;
  /// Pending, else current.
  std::optional<Description> localDescription() const;
  std::optional<Description> remoteDescription() const;
  /// `std::nullopt` (null) before the first remote description.
  std::optional<bool> canTrickleIceCandidates() const;
  /// webrtc-pc "check if negotiation is needed"; meaningful in stable. False when closed.
  bool negotiationNeeded() const;
  /// Exists from the offer that describes an association until an answer closes it
  /// (RTCPeerConnection.sctp).
  std::optional<SctpInfo> sctp() const;
  /// Whether the pending exchange takes the association away from that transport. The peer may
  /// leave it, and close it, before we know how the exchange ends.
  bool dataLeaves(TransportId transport) const;

  // --- the loop -----------------------------------------------------------------------------

  /// The next thing for the peer to do; drain after every call.
  std::optional<Output> poll();

  /// Final: signalling state closed, nothing more comes out of `poll()`.
  void close();

 private:
  /// The transceiver, when it may still be changed; what was created no longer fits then.
  Transceiver* change(TransceiverId id);
  Status<Error> applyLocal(SdpType type, const std::string& text);
  Status<Error> applyRemote(SdpType type, const std::string& text);
  Status<Error> rollbackFrom(bool remote);
  /// Makes `next` the state and queues what the transports have to do about it.
  void commit(std::unique_ptr<State> next, bool dataRejected);

  SessionConfig config_;
  RandomSource& random_;
  std::unique_ptr<State> state_;
  TransportCommands commands_;
  Queue<Output> outputs_;
};

}  // namespace rtc::jsep
