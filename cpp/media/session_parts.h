#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cpp/base/queue.h"
#include "cpp/base/random.h"
#include "cpp/congestion/arrival_recorder.h"
#include "cpp/congestion/backlog.h"
#include "cpp/congestion/controller.h"
#include "cpp/congestion/pacer.h"
#include "cpp/congestion/rate_meter.h"
#include "cpp/congestion/receiver_estimate.h"
#include "cpp/media/demuxer.h"
#include "cpp/media/key_frame_requests.h"
#include "cpp/media/lip_sync.h"
#include "cpp/media/receive_stream.h"
#include "cpp/media/red.h"
#include "cpp/media/send_stream.h"
#include "cpp/media/session.h"
#include "cpp/media/tone_sender.h"
#include "cpp/payload/format.h"
#include "cpp/rtp/ntp_time.h"
#include "cpp/rtp/packet.h"
#include "cpp/rtp/rtcp_packet.h"

namespace rtc::media {

/// RTP, its header and extensions included: with SRTP's tag, TURN and IPv6 around it a datagram
/// fits into 1280 bytes.
inline constexpr size_t kMaxRtpPacket = 1200;
/// What SRTP appends (RFC 3711, the 80-bit tag).
inline constexpr size_t kSrtpTag = 10;
/// SSRCs that one receiver listens to at a time. More than one are layers, or a sender that has
/// begun anew; the one that was silent for longest gives way.
inline constexpr size_t kMaxReceiveStreams = 4;
/// After so many packets it is looked at what all streams hold.
inline constexpr size_t kPacketsPerBound = 64;
/// Reports about streams, as often as browsers send them. RFC 3550's five seconds would leave
/// statistics and lip sync waiting.
inline constexpr Duration kReportInterval = Duration::seconds(1);

/// A packet that waits for its turn.
struct Outgoing {
  rtp::Packet packet;
  StreamId sender;
  size_t encoding = 0;
  PacketUse use = PacketUse::kMedia;
  /// The last of a key frame.
  bool endsKeyFrame = false;
};

struct Encoding {
  SendEncoding ids;
  EncodingWish wish;
  std::unique_ptr<SendStream> stream;
  std::unique_ptr<payload::Packetizer> packetizer;
  /// When sound travels with what came before it.
  RedEncoder red{1, 1000};
  /// What `packetizer` is for.
  std::optional<rtp::PayloadType> packetizes;
  congestion::Bitrate told = 0;
  Duration packetSendDelay;
  /// Of the frame that came last, as the encoder counts, and when it came; of the first tone before
  /// there was one.
  rtp::RtpTime lastTimestamp;
  std::optional<Timestamp> lastFrameAt;
  std::optional<rtp::ColorSpace> lastColorSpace;
  uint16_t lastRotation = 0;
  /// `packetsSent` when the last report came.
  uint64_t reportedPackets = 0;

  bool hasSent() const { return stream && stream->counters().packetsSent > 0; }
};

struct Sender {
  StreamId id;
  SenderConfig config;
  std::vector<Encoding> encodings;
  ToneSender tones;
  /// The codec of the frames that came last.
  std::optional<rtp::PayloadType> codec;
  bool hasTold = false;

  /// RFC 2198, when the peer prefers it to the codec alone.
  const Codec* redFor(const Codec& codec) const;
  const Codec* codecWith(rtp::PayloadType type) const;
  /// That of the clock rate, else any (RFC 4733 section 2.1 wants the rate of the sound).
  const Codec* telephoneEvents(uint32_t clockRate) const;
};

struct Receiver {
  StreamId id;
  ReceiverConfig config;
  std::vector<std::unique_ptr<ReceiveStream>> streams;
  std::optional<Duration> jitterBufferTarget;
  /// ReceivingChanged said so.
  bool isActive = false;
};

struct Session::Parts {
  Parts(const SessionSettings& settings, RandomSource& random);

  // session.cpp
  Sender* sender(StreamId id);
  Receiver* receiver(StreamId id);
  Encoding* encodingOf(const Outgoing& outgoing);
  void emit(Event event) { outputs.emplace_back(std::move(event)); }
  Duration roundTrip() const;
  void allocate(Timestamp now);
  void tellTargets(const Sender& sender);
  void updateBacklog();
  void discardOverdue();
  bool discardWaiting(Encoding& encoding);
  Timestamp deadline() const;
  void handleTimeout(Timestamp now);

  // session_send.cpp
  void configureEncodings(Sender& sender);
  rtp::Ssrc drawSsrc();
  void sendFrame(Sender& sender, size_t index, payload::EncodedFrame frame, Timestamp now);
  void enqueue(Sender& sender, size_t encoding, std::vector<rtp::Packet> packets, PacketUse use,
               Timestamp now, bool isKey = false);
  bool beginTone(Sender& sender, uint8_t event, Duration duration, Timestamp now);
  void sendTones(Timestamp now);
  void depart(Timestamp now);
  void transmit(Outgoing outgoing, std::optional<congestion::ProbeId> probe, Duration waited,
                Timestamp now);
  bool canPad() const;
  bool pad(size_t bytes, Timestamp now);

  // session_receive.cpp
  void handleRtp(ByteSpan datagram, Timestamp now);
  ReceiveStream* streamFor(Receiver& receiver, const rtp::Packet& packet, Timestamp now);
  void boundHeld();
  void drain(Receiver& receiver, Timestamp now);
  void synchronize(Timestamp now);
  bool isReceived(Kind kind, rtp::Ssrc ssrc) const;
  void noteForSync(const Receiver& owner, const ReceiveStream& stream,
                   const ReceiveStream::Frame& frame);
  void rebuildExtensions();

  // session_rtcp.cpp
  void handleRtcp(ByteSpan datagram, Timestamp now);
  void handle(const rtp::SenderReport& report, Timestamp now);
  void handle(const rtp::ReceiverReport& report, Timestamp now);
  void handle(const rtp::SourceDescription&, Timestamp) {}
  void handle(const rtp::Bye& bye, Timestamp now);
  void handle(const rtp::Nack& nack, Timestamp now);
  void handle(const rtp::Pli& pli, Timestamp now);
  void handle(const rtp::Fir& fir, Timestamp now);
  void handle(const rtp::Remb& remb, Timestamp now);
  void handle(const rtp::ExtendedReport& report, Timestamp now);
  void answerReferenceTimes();
  void handle(const rtp::TransportFeedbackBody& body, Timestamp now);
  void handleBlocks(const std::vector<rtp::ReportBlock>& blocks, Timestamp now);
  std::pair<Sender*, Encoding*> encodingWith(rtp::Ssrc ssrc);
  void askForKeyFrames(Timestamp now);
  void sendReports(Timestamp now);
  void sendFeedback(std::vector<rtp::RtcpMessage> messages, bool reducedSize);
  void sendTransportFeedback(Timestamp now);
  void sendRemb(Timestamp now);
  void endStreams(Sender& sender);
  rtp::Ssrc reportingSsrc() const;
  std::string cname() const;
  bool usesReducedSize() const;

  RandomSource& random;
  rtp::NtpClock clock;
  std::vector<std::unique_ptr<Sender>> senders;
  std::vector<std::unique_ptr<Receiver>> receivers;
  Demuxer demuxer;
  /// Of all receivers: they are of one transport, so that an id means one thing.
  rtp::ExtensionIds receiveExtensions;

  congestion::Controller controller;
  congestion::Pacer<Outgoing> pacer;
  congestion::Backlog backlog;
  /// What goes out beside the encoders' bytes, padding apart: headers and retransmissions.
  congestion::RateMeter overhead{Duration::seconds(1)};
  congestion::ArrivalRecorder arrivals;
  congestion::BitrateLimits limits;
  /// Of a peer that has no transport-wide feedback, from its first packet on.
  std::optional<congestion::ReceiverEstimate> receiverEstimate;
  /// Until there is something to probe with.
  std::deque<congestion::Probe> heldProbes;
  size_t maxHeldBytes;
  size_t packetsSinceBound = 0;
  /// For the reference times in the datagram of RTCP that is being handled.
  std::vector<rtp::ExtendedReport::Dlrr> dlrrs;
  uint16_t nextTransportSequence = 0;
  /// Of the media that feedback is asked about: the receiver's own field has no meaning with
  /// transport-wide numbers, but must name a stream.
  rtp::Ssrc lastReceived;
  bool isConnected = false;
  /// What RTCP is sent as when nothing is.
  rtp::Ssrc ownSsrc;
  /// The next SSRC for when there is no randomness.
  uint32_t spareSsrc = 2;
  Timestamp reportAt = Timestamp::never();
  /// From ICE, for peers whose reports do not tell.
  std::optional<Duration> pathRoundTrip;
  /// One of the streams that lip sync holds together.
  struct Synced {
    rtp::Ssrc ssrc;
    uint32_t clockRate = 0;
    bool operator==(const Synced&) const = default;
  };
  /// By the clocks of these two; begun anew when one of them changes.
  LipSync lipSync{48000, 90000};
  std::optional<Synced> syncedAudio;
  std::optional<Synced> syncedVideo;
  Queue<Output> outputs;
};

}  // namespace rtc::media
