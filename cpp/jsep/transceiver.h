#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cpp/jsep/codecs.h"
#include "cpp/jsep/header_extensions.h"
#include "cpp/jsep/rtp_parameters.h"
#include "cpp/jsep/types.h"

namespace rtc::jsep {

/// What the application asks of a transceiver. A rollback leaves it alone.
struct TransceiverWishes {
  Direction direction = Direction::kSendRecv;
  bool stopping = false;
  /// Rejected by a description of the peer's, for good.
  bool stopped = false;
  bool hasTrack = false;
  /// addTrack() made it or gave it a track: a remote offer may take it, a rollback may not.
  bool fromAddTrack = false;
  std::string senderId;
  std::vector<std::string> streams;
  std::vector<RtpCodec> codecPreferences;
  /// [[HeaderExtensionsToNegotiate]], which an answer narrows to what it has.
  std::vector<HeaderExtensionCapability> headerExtensions;
  /// The same as the application left it: no answer of the past has a say in what we take of an
  /// offer.
  std::vector<HeaderExtensionCapability> acceptedExtensions;
  /// SSRC of the stream and of its retransmissions, drawn when it is first described; 0 before.
  uint32_t ssrc = 0;
  uint32_t rtxSsrc = 0;
};

/// What negotiation made of it. A rollback returns to what it was.
struct TransceiverNegotiated {
  std::optional<std::string> mid;
  std::optional<Direction> currentDirection;
  /// Whether `currentDirection` has ever let it send.
  bool hasSent = false;
  /// Which [[SenderTransport]] and [[ReceiverTransport]] are.
  std::optional<TransportId> transport;
  /// Of the send encodings, empty without simulcast; `ridsAreOffered` when a remote offer proposed
  /// them.
  std::vector<std::string> rids;
  bool ridsAreOffered = false;

  bool remoteSends = false;
  std::vector<std::string> remoteStreams;
  std::string remoteTrackId;

  std::vector<RtpCodec> sendCodecs;
  std::vector<RtpCodec> receiveCodecs;
  /// Empty before an answer.
  std::vector<HeaderExtensionCapability> headerExtensions;
  std::vector<RtpHeaderExtension> sendExtensions;
  std::vector<RtpHeaderExtension> receiveExtensions;
  bool reducedSize = false;
};

struct Transceiver {
  TransceiverId id;
  MediaKind kind = MediaKind::kAudio;
  /// A remote offer made it.
  bool fromOffer = false;
  TransceiverWishes wishes;
  TransceiverNegotiated negotiated;

  /// webrtc-pc [[Stopping]] or [[Stopped]].
  bool isEnding() const { return wishes.stopping || wishes.stopped; }
};

}  // namespace rtc::jsep
