#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "cpp/base/bytes.h"
#include "cpp/base/random.h"
#include "cpp/base/time.h"
#include "cpp/congestion/controller.h"
#include "cpp/media/codec.h"
#include "cpp/media/stream_id.h"
#include "cpp/payload/encoded_frame.h"
#include "cpp/rtp/header_extension.h"
#include "cpp/rtp/types.h"

namespace rtc::media {

/// One encoding of a track that is sent. An SSRC of 0 is drawn by the session.
struct SendEncoding {
  rtp::Ssrc ssrc;
  /// Of its retransmissions.
  rtp::Ssrc rtxSsrc;
  /// Empty without simulcast.
  std::string rid;
};

/// What negotiation says of a sender.
struct SenderConfig {
  Kind kind = Kind::kAudio;
  std::string mid;
  std::string cname;
  /// In the order of preference, with what serves them (telephone events, …).
  std::vector<Codec> codecs;
  std::vector<SendEncoding> encodings;
  rtp::ExtensionIds extensions;
  /// RFC 5506: RTCP without a report in front.
  bool reducedSize = false;
  bool sends = false;
};

struct AnnouncedStream {
  rtp::Ssrc ssrc;
  rtp::Ssrc rtxSsrc;
  bool operator==(const AnnouncedStream&) const = default;
};

struct ReceiverConfig {
  Kind kind = Kind::kAudio;
  std::string mid;
  std::vector<Codec> codecs;
  std::vector<AnnouncedStream> announced;
  rtp::ExtensionIds extensions;
  bool reducedSize = false;
  bool receives = false;
};

/// What the application wants of an encoding (RTCRtpEncodingParameters).
struct EncodingWish {
  bool active = true;
  /// Bits per second; absent: what the codec makes good use of.
  std::optional<congestion::Bitrate> maxBitrate;
  /// RTCPriorityType as a weight: 1 is "very-low", 8 is "high".
  uint8_t weight = 2;
  /// Of the track's size, to tell small layers from large ones.
  double scaleDownBy = 1;
};

// --- what poll() yields ------------------------------------------------------------------------

/// A packet to protect and send.
struct TransmitRtp {
  Bytes data;
};
struct TransmitRtcp {
  Bytes data;
};

/// A frame to decode, in decoding order.
struct FrameReceived {
  StreamId receiver;
  rtp::Ssrc ssrc;
  payload::EncodedFrame frame;
  /// When it is to be shown or heard.
  Timestamp playAt;
  Timestamp receivedAt;
};

/// Sound that did not come in time, to be concealed.
struct FramesLost {
  StreamId receiver;
  uint32_t count = 0;
  Duration duration;
};

/// The peer, or a new layer, needs a frame that needs no other one.
struct KeyFrameRequested {
  StreamId sender;
  size_t encoding = 0;
};

/// What each encoding of a sender may use, 0 for those that are to pause. Comes when it changes,
/// and first when the transport can carry RTP.
struct SendTargets {
  StreamId sender;
  std::vector<congestion::Bitrate> bitrates;
};

/// Packets of the receiver's have begun to come (unmute), or the peer has said that none will
/// (mute).
struct ReceivingChanged {
  StreamId receiver;
  bool active = false;
};

using Event =
    std::variant<FrameReceived, FramesLost, KeyFrameRequested, SendTargets, ReceivingChanged>;
using Output = std::variant<TransmitRtp, TransmitRtcp, Event>;

// --- statistics, in the terms of webrtc-stats --------------------------------------------------
