#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <variant>
#include <vector>

#include "cpp/base/queue.h"
#include "cpp/base/time.h"
#include "cpp/media/codec.h"
#include "cpp/media/playout_delay.h"
#include "cpp/media/sequence_restart.h"
#include "cpp/payload/encoded_frame.h"
#include "cpp/rtp/packet.h"

namespace rtc::media {

/// Audio waits longer for what is late, and follows its target more slowly: whoever plays it must
/// stretch it.
constexpr PlayoutDelayOptions audioPlayoutDelay(uint32_t clockRate) {
  PlayoutDelayOptions options;
  options.clockRate = clockRate;
  options.initial = Duration::milliseconds(60);
  options.minimum = Duration::milliseconds(10);
  options.allowance = Duration::milliseconds(10);
  options.quantile = 0.98;
  options.memory = 0.9967;
  options.growth = 100;
  options.decay = 50;
  return options;
}

/// The jitter buffer of one SSRC of audio: packets in, frames out in order, each somewhat before it
/// is due, and word of those that did not come until then. A gap in the timestamps alone is silence
/// that was not sent, and no loss.
class AudioJitterBuffer {
 public:
  /// So much earlier than its decoder needs it at the latest a frame leaves that waits for no
  /// other. Pages decode on another thread and are told in a task of their own, which on a busy
  /// machine takes longer than any allowance that all others would have to wait for; and what
  /// leaves when it comes needs no timer. The sound is held as well where it is decoded.
  static constexpr Duration kAhead = Duration::milliseconds(60);
  /// Beyond it frames leave before they are due: more than the longest target takes.
  static constexpr size_t kMaxPackets = 1024;
  static constexpr size_t kMaxBytes = size_t{2} * 1024 * 1024;

  struct Frame {
    payload::EncodedFrame frame;
    Timestamp playAt;
    Timestamp receivedAt;
  };
  /// So many packets in a row did not come, in place of which a decoder conceals: by forward error
  /// correction, if the next frame has it (`next` is that frame's payload, if it is there already),
  /// or out of what it knows.
  struct Lost {
    uint64_t count = 0;
    /// How long they would have been; zero when that is unknown.
    Duration duration;
    Timestamp playAt;
    rtp::RtpTime timestamp;
    std::optional<Bytes> next;
  };
  using Output = std::variant<Frame, Lost>;

  /// As webrtc-stats names them, where it does. What it counts by samples is counted in units of
  /// the stream's clock here.
  struct Counters {
    Duration jitterBufferDelay;
    Duration jitterBufferTargetDelay;
    Duration jitterBufferMinimumDelay;
    uint64_t jitterBufferEmittedCount = 0;
    uint64_t packetsDiscarded = 0;
    uint64_t packetsDuplicated = 0;
    uint64_t packetsOfUnknownType = 0;
    uint64_t packetsMalformed = 0;
    /// Told of by `Lost`.
    uint64_t packetsMissed = 0;
    uint64_t restarts = 0;
  };

  explicit AudioJitterBuffer(const std::vector<Codec>& codecs);
  AudioJitterBuffer(const std::vector<Codec>& codecs, const PlayoutDelayOptions& options);

  void setCodecs(const std::vector<Codec>& codecs);
  /// RTCRtpReceiver.jitterBufferTarget, 0 to 4000 ms; unset for none.
  void setTarget(std::optional<Duration> target) { delay_.setTarget(target); }
  /// What `LipSync` wants to be added.
  void setSyncDelay(Duration extra) { delay_.setSyncDelay(extra); }

  /// A packet of the stream. Those without payload, and telephone events, fill their places and are
  /// not given out.
  void insert(rtp::Packet packet, rtp::SequenceIndex index, Timestamp now);
  /// What another packet has brought in place of the one with this number. Dropped where something
  /// else had the number: it would be played a second time, between others or after them.
  void insertRedundant(rtp::Packet packet, rtp::SequenceIndex index, Timestamp now);
  std::optional<Output> poll();
  Timestamp deadline() const { return deadline_; }
  void handleTimeout(Timestamp now);

  const Counters& counters() const { return counters_; }
  const PlayoutDelay& delay() const { return delay_; }
  size_t heldPackets() const { return held_.size(); }
  size_t heldBytes() const { return heldBytes_; }

 private:
  struct Held {
    rtp::Packet packet;
    rtp::RtpTimeIndex timestamp;
    Timestamp receivedAt;
    uint32_t duration = 0;
    /// It fills its place and is nothing to be played.
    bool isFiller = false;
  };

  bool isInOrder(const rtp::Packet& packet, rtp::SequenceIndex index) const;
  void process(Timestamp now);
  bool step(Timestamp now);
  void give(Timestamp now);
  /// When it must leave at the latest.
  Timestamp dueAt(const Held& held) const {
    return delay_.releaseAt(held.timestamp, held.receivedAt);
  }
  /// Tells of what is missing before `held`, a packet at a time. False when it is too early.
  bool tellLoss(const Held& held, int64_t missing, Timestamp now);
  /// Never before what was played last.
  Timestamp playAt(rtp::RtpTimeIndex timestamp, Timestamp arrivedAt, Timestamp now);
  Duration toDuration(int64_t units) const;
  void restart();

  std::vector<Codec> codecs_;
  PlayoutDelay delay_;
  uint32_t clockRate_;
  SequenceRestart restart_;
  std::map<rtp::SequenceIndex, Held> held_;
  size_t heldBytes_ = 0;
  std::optional<rtp::RtpTimeIndex> lastTimestamp_;
  /// Of the frame that was given out last.
  std::optional<rtp::RtpTimeIndex> givenTimestamp_;
  /// The packet that is due, and where its audio begins.
  std::optional<rtp::SequenceIndex> next_;
  rtp::RtpTimeIndex nextTimestamp_;
  uint32_t lastDuration_ = 0;
  Timestamp lastPlayAt_;
  Timestamp deadline_ = Timestamp::never();
  Queue<Output> outputs_;
  Counters counters_;
};

}  // namespace rtc::media
