#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cpp/base/random.h"
#include "cpp/base/time.h"
#include "cpp/media/codec.h"
#include "cpp/media/key_frame_requests.h"
#include "cpp/media/packet_history.h"
#include "cpp/media/retransmission.h"
#include "cpp/media/round_trip.h"
#include "cpp/rtp/header_extension.h"
#include "cpp/rtp/ntp_time.h"
#include "cpp/rtp/packet.h"
#include "cpp/rtp/rtcp_fir.h"
#include "cpp/rtp/rtcp_nack.h"
#include "cpp/rtp/rtcp_report_block.h"
#include "cpp/rtp/rtcp_sender_report.h"

namespace rtc::media {

struct SendStreamOptions {
  rtp::Ssrc ssrc;
  /// Where retransmissions go (RFC 4588); without it they go into the stream itself.
  std::optional<rtp::Ssrc> rtxSsrc;
  rtp::ExtensionIds extensions;
  /// What names the stream (RFC 9143, RFC 8852); empty for none.
  std::string mid;
  std::string rid;
  PacketHistoryLimits history;
};

/// A frame in payloads.
struct OutgoingFrame {
  std::vector<Bytes> payloads;
  /// As the encoder counts; the stream puts its random offset on it.
  rtp::RtpTime timestamp;
  /// What the timestamp is the time of. Unset for what is not to tell the time of the stream.
  std::optional<Timestamp> capturedAt;
  std::vector<rtp::Ssrc> csrcs;
  bool isKey = false;
  /// The marker bit: on the last packet (of a picture), or, for audio after silence, on the first.
  bool marksFirst = false;
  bool marksLast = false;
  /// On each packet, and on the first and the last one beside those.
  std::vector<rtp::Extension> extensions;
  std::vector<rtp::Extension> firstExtensions;
  std::vector<rtp::Extension> lastExtensions;
};

enum class PacketUse : uint8_t { kMedia, kRetransmission, kPadding };

/// What statistics tell of a stream that is sent (webrtc-stats, RTCOutboundRtpStreamStats).
struct SendCounters {
  /// Retransmissions and padding included, in the stream and beside it.
  uint64_t packetsSent = 0;
  /// Payloads.
  uint64_t bytesSent = 0;
  /// Headers and padding.
  uint64_t headerBytesSent = 0;
  uint64_t retransmittedPacketsSent = 0;
  uint64_t retransmittedBytesSent = 0;
  uint64_t framesSent = 0;
  uint64_t keyFramesSent = 0;
  /// Messages, not packets that they ask for.
  uint64_t nackCount = 0;
  uint64_t pliCount = 0;
  uint64_t firCount = 0;
  std::optional<Timestamp> lastPacketAt;
};

/// What the receiver says of it (RTCRemoteInboundRtpStreamStats).
struct RemoteReceiver {
  /// 0 to 1.
  double fractionLost = 0;
  int64_t packetsLost = 0;
  /// In units of the timestamp, and in seconds.
  uint32_t jitterUnits = 0;
  double jitter = 0;
  uint32_t extendedHighest = 0;
  Timestamp receivedAt;
};

/// One stream that is sent: numbers the packets of its frames, keeps them for those who lose them,
/// and counts. Packets go from `packetize()`, by way of whoever paces them, to `sent()`; what is
/// said between the two about their sending (times, transport-wide numbers) is the caller's.
class SendStream {
 public:
  /// Where sequence numbers and timestamps begin comes from `random`.
  SendStream(const SendStreamOptions& options, const Codec& codec, RandomSource& random);

  /// What the next frames travel under. What was sent under others is repeated under theirs.
  void setCodec(const Codec& codec);
  const Codec& codec() const { return codec_; }
  rtp::Ssrc ssrc() const { return options_.ssrc; }
  std::optional<rtp::Ssrc> rtxSsrc() const { return options_.rtxSsrc; }
  /// Negotiation has changed them.
  void setExtensions(const rtp::ExtensionIds& ids) { options_.extensions = ids; }
  void setRtxSsrc(std::optional<rtp::Ssrc> ssrc);

  /// The packets of a frame, in order.
  std::vector<rtp::Packet> packetize(OutgoingFrame frame, Timestamp now);
  /// How many bytes of a packet are not payload, so that a packetizer knows what is left: header,
  /// extensions with names, those of `frame` (its payloads are not looked at), and what a
  /// retransmission needs beside them. `others` is what extensions the caller adds: their bytes,
  /// and two more for each.
  size_t overhead(const OutgoingFrame& frame, size_t others) const;
  /// `frame.timestamp` as it travels.
  rtp::RtpTime wireTime(rtp::RtpTime timestamp) const {
    return rtp::RtpTime(timestamp.value() + timestampOffset_);
  }

  /// A packet has left. One of `kMedia` is kept for retransmission, where there is feedback.
  void sent(const rtp::Packet& packet, PacketUse use, Timestamp now);

  /// Those of the packets asked for that are kept and were not given out a moment ago, or still
  /// wait to leave, at most 250.
  /// Nothing for a NACK that is about another stream; retransmissions are not repeated.
  std::vector<rtp::Packet> handleNack(const rtp::Nack& nack, Timestamp now);
  /// A PLI for the stream.
  void handlePli(Timestamp now);
  /// An entry of a FIR for it.
  void handleFir(const rtp::Fir::Entry& entry, Timestamp now);
  /// Whether a key frame is to be made now because one was asked for.
  /// The last packet of a key frame has left; until then it answers all who ask for one.
  void keyFrameLeft(Timestamp now) { keyFrames_.left(now); }
  /// The last packets, from `number` on, will not leave, and what follows is a key frame. It gets
  /// their numbers, so that to the peer nothing is lost.
  void takeBack(rtp::SequenceNumber number, rtp::RtpTime timestamp);
  /// Nothing that has left is needed any more.
  void forgetSent() { history_.clear(); }
  bool takeKeyFrameRequest(Timestamp now) { return keyFrames_.poll(now); }
  /// When `takeKeyFrameRequest()` will say so.
  Timestamp deadline() const { return keyFrames_.deadline(); }

  /// A block that is about this stream or about its retransmissions; others are not looked at. From
  /// then on the receiver knows what stream this is, and names are left out.
  void handleReportBlock(const rtp::ReportBlock& block, const rtp::NtpClock& clock, Timestamp now);

  /// The report without blocks: what the wall clock and the timestamp show at `now`. Nullopt before
  /// anything was sent.
  std::optional<rtp::SenderReport> senderReport(const rtp::NtpClock& clock, Timestamp now) const;

  /// Whether there can be packets of padding alone: in the retransmission stream, or, as libwebrtc
  /// has it, between the frames of the stream itself when the peer measures what comes.
  bool canPad() const;
  /// Packets of padding alone, of about so many bytes; nothing before anything was sent.
  std::vector<rtp::Packet> padding(size_t bytes);
  /// Numbers one that is in the stream itself, as it leaves: what was enqueued after it may have
  /// left before.
  void numberPadding(rtp::Packet& packet);

  const SendCounters& counters() const { return counters_; }
  const std::optional<RemoteReceiver>& remoteReceiver() const { return remoteReceiver_; }
  const RoundTripEstimator& roundTrip() const { return roundTrip_; }

 private:
  void addNames(rtp::Packet& packet,
                rtp::ExtensionKind streamId = rtp::ExtensionKind::kRtpStreamId) const;
  /// Of the packet that a retransmission repeats.
  std::optional<rtp::SequenceNumber> repeatedNumber(const rtp::Packet& packet) const;
  rtp::SequenceNumber takeNumber(uint16_t& next) { return rtp::SequenceNumber(next++); }

  SendStreamOptions options_;
  Codec codec_;
  uint32_t timestampOffset_;
  uint16_t nextNumber_;
  uint16_t nextRtxNumber_;
  bool isAcknowledged_ = false;
  bool isRtxAcknowledged_ = false;

  /// Of the last frame.
  struct Clock {
    rtp::RtpTime timestamp;
    Timestamp capturedAt;
    uint32_t rate = 0;
  };
  std::optional<Clock> clock_;

  /// By payload type: what packets of it are repeated under.
  std::array<std::optional<rtp::PayloadType>, 128> rtxTypes_{};
  PacketHistory history_;
  /// Of the media that has left last.
  std::optional<rtp::RtpTime> sentTimestamp_;
  /// It was the last of its frame.
  bool hasSentWhole_ = false;
  KeyFrameResponder keyFrames_;
  RoundTripEstimator roundTrip_;
  SendCounters counters_;
  /// Of the stream's own SSRC alone, as sender reports have them.
  uint32_t ownPackets_ = 0;
  uint32_t ownBytes_ = 0;
  std::optional<RemoteReceiver> remoteReceiver_;
};

}  // namespace rtc::media
