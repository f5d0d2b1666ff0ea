#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "cpp/base/time.h"
#include "cpp/rtp/types.h"

namespace rtc::media {

/// Finds out which packets of a stream are missing, and when to ask for them again (RFC 4585
/// section 6.2.1): after some time for those that were merely overtaken, then once in a round trip.
/// What cannot be had is given up, and a key frame is wanted in its place.
///
/// `received()` for each packet, then `poll()`, then `deadline()`.
class NackRequester {
 public:
  /// More missing packets are more than a key frame.
  static constexpr size_t kMaxMissing = 1000;
  static constexpr int kMaxRequests = 10;
  /// What one `poll()` gives at most: a NACK of about a kilobyte.
  static constexpr size_t kMaxBatch = 250;

  /// 100 ms until one is measured.
  void setRoundTrip(Duration roundTrip);

  /// A packet has come, by whatever way: `isRetransmission` when its stream says so. With the first
  /// packet of a key frame nothing before it is missed any more.
  void received(rtp::SequenceNumber number, bool isRetransmission, bool beginsKeyFrame,
                Timestamp now);
  /// Nothing up to `number` is needed any more: it has been played, or been given up.
  void forgetUpTo(rtp::SequenceNumber number);

  /// What to ask for now; to be called until it is empty.
  std::vector<rtp::SequenceNumber> poll(Timestamp now);
  /// When `poll()` will have something; never when nothing is missing.
  Timestamp deadline() const { return next_; }
  /// Whether packets have been given up since it was asked last.
  bool takeKeyFrameWanted();

  size_t missing() const { return missing_.size(); }

 private:
  struct Missing {
    rtp::SequenceIndex index;
    Timestamp missedAt;
    Timestamp due;
    /// When it was asked for last.
    std::optional<Timestamp> askedAt;
    int requests = 0;
  };

  /// What reordering takes; it follows what is seen.
  static constexpr Duration kLeastTolerance = Duration::milliseconds(5);
  static constexpr Duration kMostTolerance = Duration::milliseconds(100);
  /// Beside a round trip: the peer answers, and the pacer sends, a little later.
  static constexpr Duration kMargin = Duration::milliseconds(5);
  /// So far back nothing was overtaken, and what is more than `kMaxMissing` ahead was not reached
  /// by losses that could be made good: if the packet after goes on from there, the stream has
  /// begun anew.
  static constexpr int64_t kMaxAge = 5000;

  bool hasBegunAnew(rtp::SequenceNumber number);
  void restartAt(rtp::SequenceIndex index);
  void addMissing(rtp::SequenceIndex until, Timestamp now);
  void arrivedLate(rtp::SequenceIndex index, bool isRetransmission, Timestamp now);
  void forgetBefore(rtp::SequenceIndex index);

  std::optional<rtp::SequenceIndex> highest_;
  std::optional<rtp::SequenceNumber> restartAt_;
  /// In order.
  std::vector<Missing> missing_;
  Timestamp next_ = Timestamp::never();
  Duration roundTrip_ = Duration::milliseconds(100);
  Duration tolerance_ = Duration::milliseconds(10);
  bool keyFrameWanted_ = false;
};

}  // namespace rtc::media
