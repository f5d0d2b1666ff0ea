#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "cpp/base/time.h"
#include "cpp/media/audio_jitter_buffer.h"
#include "cpp/media/codec.h"
#include "cpp/media/jitter_buffer.h"
#include "cpp/media/key_frame_requests.h"
#include "cpp/media/lip_sync.h"
#include "cpp/media/nack_requester.h"
#include "cpp/media/receive_statistics.h"
#include "cpp/payload/format.h"
#include "cpp/rtp/header_extension.h"
#include "cpp/rtp/packet.h"
#include "cpp/rtp/rtcp_sender_report.h"

namespace rtc::media {

struct ReceiveStreamConfig {
  Kind kind = Kind::kAudio;
  rtp::Ssrc ssrc;
  std::vector<Codec> codecs;
};

/// One SSRC that is received: undoes retransmission and redundancy, counts for reports, asks for
/// what is missing, and hands the packets to the jitter buffer, whose frames come out of `poll()`.
class ReceiveStream {
 public:
  struct Frame {
    payload::EncodedFrame frame;
    Timestamp playAt;
    Timestamp receivedAt;
  };
  struct Lost {
    uint64_t count = 0;
    Duration duration;
  };
  /// To be asked for again.
  struct NackDue {
    std::vector<rtp::SequenceNumber> lost;
  };
  /// A key frame is to be asked for, by FIR where PLI is not negotiated.
  struct KeyFrameDue {
    bool byFir = false;
    uint8_t firNumber = 0;
  };
  using Output = std::variant<Frame, Lost, NackDue, KeyFrameDue>;

  struct Counters {
    uint64_t nackCount = 0;
    uint64_t pliCount = 0;
    uint64_t firCount = 0;
    uint64_t packetsDiscarded = 0;
    uint64_t fecPacketsReceived = 0;
  };

  ReceiveStream(const ReceiveStreamConfig& config, Timestamp now);

  rtp::Ssrc ssrc() const { return config_.ssrc; }
  /// When the last packet came.
  Timestamp heardAt() const { return heardAt_; }
  /// What the last media packet was of; null before one.
  const Codec* codec() const { return codec_ ? &*codec_ : nullptr; }

  void setCodecs(const std::vector<Codec>& codecs);
  void setJitterBufferTarget(std::optional<Duration> target);
  /// What lip sync wants this one to wait longer.
  void setSyncDelay(Duration delay);
  void setRoundTrip(Duration roundTrip);
  /// The decoder cannot go on; nothing for sound.
  void requestKeyFrame();

  /// A packet of this stream, or of the one with its retransmissions.
  void handlePacket(rtp::Packet packet, const rtp::ExtensionIds& ids, Timestamp now);
  /// False for one that was overtaken by a newer report.
  bool handleSenderReport(const rtp::SenderReport& report, Timestamp now);
  std::optional<rtp::ReportBlock> takeReportBlock(Timestamp now);

  std::optional<Output> poll(Timestamp now);
  Timestamp deadline() const;
  void handleTimeout(Timestamp now);

  /// What its jitter buffer holds, with what packets and frames take beside their bytes.
  size_t heldBytes() const;

  const ReceiveStatistics& statistics() const { return statistics_; }
  const Counters& counters() const { return counters_; }
  /// One of the two is there once a packet came.
  const JitterBuffer* video() const { return video_.get(); }
  const AudioJitterBuffer* audio() const { return audio_.get(); }

 private:
  const Codec* codecWith(rtp::PayloadType type) const;
  void handleMedia(rtp::Packet packet, bool isRetransmission, const rtp::ExtensionIds& ids,
                   Timestamp now);
  void handleRed(const rtp::Packet& packet, bool isRetransmission, const rtp::ExtensionIds& ids,
                 Timestamp now);
  /// How a packet has come: by itself, or inside another one.
  enum class Origin : uint8_t { kMedia, kRetransmission, kRedundancy };
  void insert(rtp::Packet packet, const Codec& codec, Origin origin, const rtp::ExtensionIds& ids,
              Timestamp now);
  void adopt(const Codec& codec);
  rtp::SequenceIndex indexOf(rtp::SequenceNumber number);
  void noteExtensions(const rtp::Packet& packet, const rtp::ExtensionIds& ids);
  void annotate(payload::EncodedFrame& frame);

  ReceiveStreamConfig config_;
  std::optional<Codec> codec_;
  Timestamp heardAt_;

  ReceiveStatistics statistics_;
  Counters counters_;
  NackRequester nack_;
  KeyFrameRequester keyFrames_;
  uint8_t firNumber_ = 0;
  std::unique_ptr<payload::Depacketizer> depacketizer_;
  std::unique_ptr<JitterBuffer> video_;
  std::unique_ptr<AudioJitterBuffer> audio_;
  std::optional<Duration> target_;
  Duration syncDelay_;
  std::optional<rtp::SequenceIndex> highest_;

  /// What header extensions said of frames that are still in the jitter buffer.
  struct Note {
    rtp::RtpTime timestamp;
    std::optional<uint8_t> audioLevel;
    bool isVoice = false;
    std::optional<uint16_t> rotation;
    std::optional<rtp::ColorSpace> colorSpace;
  };
  std::deque<Note> notes_;
  /// Lasts until another one comes (3GPP TS 26.114).
  uint16_t rotation_ = 0;
  /// Until the next key frame, which has it anew.
  std::optional<rtp::ColorSpace> colorSpace_;
};

}  // namespace rtc::media
