#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "cpp/base/time.h"
#include "cpp/rtp/types.h"

namespace rtc::media {

struct PlayoutDelayOptions {
  uint32_t clockRate = 90000;
  /// What is waited for jitter before anything was measured, and at least.
  Duration initial = Duration::milliseconds(20);
  Duration minimum = Duration::zero();
  /// For decoding and rendering, beside what is waited for jitter.
  Duration allowance = Duration::milliseconds(15);
  /// The share of frames that shall be there in time.
  double quantile = 0.95;
  /// The weight of the past with each frame: of this one about the last 150 count.
  double memory = 0.9933;
  /// How fast the delay may follow its target: milliseconds a second.
  int64_t growth = 500;
  int64_t decay = 100;
};

/// When a stream's frames are to be played: as long after the fastest one would have arrived as
/// most of the others took lately.
///
/// Frames are compared by the time between capture (their timestamps) and arrival; the least within
/// a window stands for the path without queues, and follows the drift of the two clocks. How much
/// later than that each frame came goes into a histogram that forgets, of which a quantile is what
/// the network needs. NetEQ's delay manager and libwebrtc's timing rest on the same idea.
class PlayoutDelay {
 public:
  /// Of `setTarget()`, webrtc-extensions' RTCRtpReceiver.jitterBufferTarget.
  static constexpr Duration kMaxTarget = Duration::milliseconds(4000);
  /// What jitter alone may bring it to.
  static constexpr Duration kMaxAdaptive = Duration::milliseconds(2000);

  /// Of `setSyncDelay()`.
  static constexpr Duration kMaxSyncDelay = Duration::milliseconds(5000);

  explicit PlayoutDelay(const PlayoutDelayOptions& options);

  /// A frame was complete at that time. Timestamps may go back, as frames overtake each other.
  void arrived(rtp::RtpTimeIndex timestamp, Timestamp now);

  /// What the application wants at least, up to `kMaxTarget`; unset for none.
  void setTarget(std::optional<Duration> target);
  /// What another stream, to which this one is synchronised, adds.
  void setSyncDelay(Duration delay);
  void setAllowance(Duration allowance) { options_.allowance = allowance; }

  /// What the network, decoding and rendering need.
  Duration adaptive() const;
  /// What it is on its way to: `adaptive()`, the application's wish, the other stream's demand.
  Duration target() const;
  Duration current() const { return current_; }
  Duration allowance() const { return options_.allowance; }

  /// `arrivedAt` bounds it, should its timestamp be of another time line than those of the frames
  /// that came last, and is it before anything arrived.
  Timestamp playAt(rtp::RtpTimeIndex timestamp, Timestamp arrivedAt) const;
  /// When it must leave for the decoder, the allowance earlier.
  Timestamp releaseAt(rtp::RtpTimeIndex timestamp, Timestamp arrivedAt) const;

 private:
  static constexpr Duration kBucket = Duration::milliseconds(5);
  static constexpr size_t kBuckets = 400;

  struct Slot {
    Timestamp begins;
    int64_t leastOffset = 0;
  };

  std::optional<Timestamp> timeOf(rtp::RtpTimeIndex timestamp) const;
  int64_t mediaUs(rtp::RtpTimeIndex timestamp) const;
  int64_t base() const;
  void noteOffset(int64_t offset, Timestamp now);
  void noteLateness(Duration lateness);
  void approach(Timestamp now);

  PlayoutDelayOptions options_;
  std::optional<rtp::RtpTimeIndex> origin_;
  /// Arrival minus media time, the least of each second.
  std::deque<Slot> slots_;
  std::vector<double> histogram_;
  uint64_t samples_ = 0;
  Duration jitter_;
  std::optional<Duration> wanted_;
  Duration syncDelay_;
  Duration current_;
  std::optional<Timestamp> lastChange_;
};

}  // namespace rtc::media
