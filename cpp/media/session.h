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
#include "cpp/congestion/types.h"
#include "cpp/media/codec.h"
#include "cpp/media/receive_stream.h"
#include "cpp/media/send_stream.h"
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
  /// When it does not send any more: whether it never will again, and says so.
  bool ends = false;
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
  uint64_t count = 0;
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
  /// More waits to leave than the path takes in a quarter of a second: pictures are to be left out,
  /// before they are encoded, until this is false.
  bool isHeld = false;
  /// What the timestamps of each encoding's frames become: these are those of 0 (RFC 3550 section
  /// 5.1 wants them to begin at random).
  std::vector<rtp::RtpTime> firstTimestamps;
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

/// RTCOutboundRtpStreamStats of one encoding, and RTCRemoteInboundRtpStreamStats, so far as the
/// engine knows them.
struct OutboundStats {
  StreamId sender;
  size_t encoding = 0;
  Kind kind = Kind::kAudio;
  std::string mid;
  std::string rid;
  rtp::Ssrc ssrc;
  std::optional<rtp::Ssrc> rtxSsrc;
  /// Once something was sent.
  std::optional<Codec> codec;
  bool isActive = false;
  congestion::Bitrate target = 0;
  /// That packets waited for their turn, all together.
  Duration totalPacketSendDelay;
  SendCounters counters;
  std::optional<RemoteReceiver> remote;
  RoundTripEstimator roundTrip;
};

/// RTCInboundRtpStreamStats of one SSRC, and RTCRemoteOutboundRtpStreamStats.
struct InboundStats {
  StreamId receiver;
  Kind kind = Kind::kAudio;
  std::string mid;
  rtp::Ssrc ssrc;
  std::optional<rtp::Ssrc> rtxSsrc;
  std::optional<Codec> codec;
  ReceiveCounters counters;
  int64_t packetsLost = 0;
  /// In seconds.
  double jitter = 0;
  ReceiveStream::Counters feedback;
  std::optional<RemoteSender> remote;
  /// One of them, by the kind.
  std::optional<JitterBuffer::Counters> video;
  std::optional<AudioJitterBuffer::Counters> audio;
};

/// Of the transport as a whole (RTCIceCandidatePairStats).
struct CongestionStats {
  /// What the estimate allows to send; absent before anything was sent.
  std::optional<congestion::Bitrate> availableOutgoing;
};

struct SessionSettings {
  /// A moment, and what the wall clock showed then, in microseconds since 1970 (sender reports are
  /// in its terms).
  Timestamp start;
  int64_t unixMicrosecondsAtStart = 0;
  congestion::BitrateLimits limits;
  /// What the jitter buffers of all streams hold together.
  size_t maxHeldBytes = size_t{256} * 1024 * 1024;
};

/// All that is sent and received as RTP over one transport: one RTP session in the sense of BUNDLE
/// (RFC 9143), several sources on either side. Sans-IO.
///
/// The loop: one input, then `poll()` until it gives nothing, then `deadline()` for
/// `handleTimeout`. Nothing calls back. Packets come in decrypted and go out to be protected.
///
/// Whatever the peer sends, memory is bounded: by `kMaxReceiveStreams` for each receiver, and by
/// what each part says of itself.
class Session {
 public:
  /// `random` must outlive the session.
  Session(const SessionSettings& settings, RandomSource& random);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // --- negotiation

  /// What a sender (receiver) is from now on. Streams that go on keep their numbers.
  void setSender(StreamId id, SenderConfig config, Timestamp now);
  void setReceiver(StreamId id, ReceiverConfig config);
  /// Both ends of the transceiver. Its streams say goodbye (RFC 3550 section 6.6).
  void remove(StreamId id, Timestamp now);
  bool knows(StreamId id) const;
  std::vector<StreamId> streams() const;

  /// The transport can carry RTP, or cannot (any more).
  void setConnected(bool connected, Timestamp now);
  /// Of the path, as ICE measures it: what stands in until reports tell.
  void setRoundTrip(Duration roundTrip);
  /// The transport has another path.
  void pathChanged(Timestamp now);
  /// Goodbye to all. Drain afterwards.
  void close();

  // --- wishes

  void setEncodings(StreamId sender, const std::vector<EncodingWish>& wishes, Timestamp now);
  /// RTCRtpReceiver.jitterBufferTarget.
  void setJitterBufferTarget(StreamId receiver, std::optional<Duration> target, Timestamp now);
  /// Asks the peer, not more often than is good for it.
  void requestKeyFrame(StreamId receiver, Timestamp now);

  // --- sending

  /// A frame of an encoding, `payloadType` and a timestamp of its own counting filled in. Dropped
  /// when it cannot be sent now.
  void sendFrame(StreamId sender, size_t encoding, payload::EncodedFrame frame, Timestamp now);
  /// A telephone event (RFC 4733). False when the codec is not negotiated, or another tone is being
  /// sent.
  bool sendTone(StreamId sender, uint8_t event, Duration duration, Timestamp now);

  // --- receiving

  void handleRtp(ByteSpan packet, Timestamp now);
  void handleRtcp(ByteSpan packet, Timestamp now);

  std::optional<Output> poll(Timestamp now);
  Timestamp deadline() const;
  void handleTimeout(Timestamp now);

  // --- statistics

  std::vector<OutboundStats> outboundStats() const;
  std::vector<InboundStats> inboundStats() const;
  CongestionStats congestionStats() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace rtc::media
