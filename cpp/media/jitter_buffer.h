#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <variant>
#include <vector>

#include "cpp/base/queue.h"
#include "cpp/base/time.h"
#include "cpp/media/codec.h"
#include "cpp/media/decode_chain.h"
#include "cpp/media/frame_assembler.h"
#include "cpp/media/playout_delay.h"
#include "cpp/media/sequence_restart.h"
#include "cpp/payload/encoded_frame.h"
#include "cpp/rtp/packet.h"

namespace rtc::media {

/// The jitter buffer of one SSRC of video: packets in, frames out that a decoder can decode, in the
/// order in which it must, each as late as its playout allows.
///
/// A frame leaves when it is due and all that it needs has left. Due is its playout time less the
/// allowance for decoding and rendering. What is missing before it is waited for until then, and if
/// the frame does not need that, no longer. If it does, it is waited for at least as long as a
/// retransmission takes, whatever stands still meanwhile, since a key frame would come no sooner;
/// then a key frame is asked for, and whichever is there first ends the wait.
class JitterBuffer {
 public:
  /// What is held of complete frames. Beyond it frames leave before they are due, or are dropped if
  /// they cannot be decoded.
  static constexpr size_t kMaxFrames = 600;
  static constexpr size_t kMaxFrameBytes = size_t{32} * 1024 * 1024;

  /// For the decoder, which should show it at `playAt`; that may have passed.
  struct Frame {
    payload::EncodedFrame frame;
    Timestamp playAt;
    /// When its first packet came.
    Timestamp receivedAt;
  };
  /// Nothing can be decoded until one comes: PLI or FIR is to be sent. Told again while that lasts.
  struct KeyFrameNeeded {};
  using Output = std::variant<Frame, KeyFrameNeeded>;

  /// As webrtc-stats names them, where it does; the others are said.
  struct Counters {
    uint64_t framesReceived = 0;
    uint64_t keyFramesReceived = 0;
    /// Complete, and never given to the decoder.
    uint64_t framesDropped = 0;
    uint64_t framesAssembledFromMultiplePackets = 0;
    Duration totalAssemblyTime;
    Duration jitterBufferDelay;
    Duration jitterBufferTargetDelay;
    Duration jitterBufferMinimumDelay;
    uint64_t jitterBufferEmittedCount = 0;
    uint64_t freezeCount = 0;
    Duration totalFreezesDuration;
    /// Came too late to be of use.
    uint64_t packetsDiscarded = 0;
    uint64_t packetsDuplicated = 0;
    /// Of payload types that were not negotiated; breaking their payload format.
    uint64_t packetsOfUnknownType = 0;
    uint64_t packetsMalformed = 0;
    /// How often all incomplete frames were thrown away, because they were too much.
    uint64_t overflows = 0;
    /// How often the numbering of packets began anew.
    uint64_t restarts = 0;
    uint64_t keyFramesRequested = 0;
  };

  explicit JitterBuffer(const std::vector<Codec>& codecs,
                        const PlayoutDelayOptions& options = PlayoutDelayOptions());

  void setCodecs(const std::vector<Codec>& codecs) { assembler_.setCodecs(codecs); }
  /// RTCRtpReceiver.jitterBufferTarget, 0 to 4000 ms; unset for none.
  void setTarget(std::optional<Duration> target) { delay_.setTarget(target); }
  /// What `LipSync` wants to be added.
  void setSyncDelay(Duration extra) { delay_.setSyncDelay(extra); }
  /// How long decoding and rendering take.
  void setAllowance(Duration allowance) { delay_.setAllowance(allowance); }
  /// Of the path; how long a retransmission is waited for follows from it.
  void setRoundTrip(Duration roundTrip) { roundTrip_ = roundTrip; }

  /// A packet of the stream, its retransmission unwrapped. Packets without payload are padding, and
  /// are to be told of like the others.
  void insert(rtp::Packet packet, rtp::SequenceIndex index, Timestamp now);
  std::optional<Output> poll();
  Timestamp deadline() const { return deadline_; }
  void handleTimeout(Timestamp now);

  const Counters& counters() const { return counters_; }
  const PlayoutDelay& delay() const { return delay_; }
  /// Packets of incomplete frames, and complete frames.
  size_t heldPackets() const { return assembler_.heldPackets(); }
  size_t heldFrames() const { return frames_.size(); }
  size_t heldBytes() const { return assembler_.heldBytes() + frameBytes_; }

 private:
  struct Waiting {
    AssembledFrame frame;
    rtp::RtpTimeIndex timestamp;
  };
  using Frames = std::map<rtp::SequenceIndex, Waiting>;

  void take(AssembledFrame frame, Timestamp now);
  void process(Timestamp now);
  /// False when nothing can leave now; `deadline_` is set then.
  bool step(Timestamp now);
  bool followsDirectly(const AssembledFrame& frame) const;
  Frames::iterator firstDecodable();
  Timestamp releaseAt(const Waiting& waiting) const;
  void give(Frames::iterator it, Timestamp now);
  void drop(Frames::iterator it);
  bool isOverfull() const;
  void askForKeyFrame(Timestamp now);
  /// When the wait for what is missing has been long enough.
  Timestamp patienceEnds() const;
  void countGiven(const Waiting& waiting, Timestamp playAt, Timestamp now);
  void restart();

  FrameAssembler assembler_;
  DecodeChain chain_;
  PlayoutDelay delay_;
  SequenceRestart restart_;
  Frames frames_;
  size_t frameBytes_ = 0;
  std::optional<rtp::RtpTimeIndex> lastTimestamp_;
  /// Behind the last frame that was given or dropped.
  std::optional<rtp::SequenceIndex> next_;
  /// Since when something is missing that holds everything up.
  std::optional<Timestamp> stuckSince_;
  std::optional<Timestamp> askedAt_;
  Duration roundTrip_ = Duration::milliseconds(100);
  Timestamp deadline_ = Timestamp::never();
  Queue<Output> outputs_;
  Counters counters_;
  std::optional<Timestamp> lastPlayAt_;
  std::deque<Duration> intervals_;
};

}  // namespace rtc::media
