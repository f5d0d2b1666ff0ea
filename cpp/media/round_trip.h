#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "cpp/base/time.h"
#include "cpp/rtp/ntp_time.h"

namespace rtc::media {

/// RFC 3550 section 6.4.1: the round trip that a report tells of which came at `now`, on the clock
/// of whoever sent what it answers. For a receiver's reference time (RFC 3611 section 4.5) as well.
/// Nullopt when the report answers nothing; at least a millisecond, since clocks are read coarsely.
inline std::optional<Duration> roundTripOf(rtp::CompactNtp lastReport, rtp::CompactNtp delay,
                                           rtp::CompactNtp now) {
  if (lastReport == rtp::CompactNtp())
    return std::nullopt;
  const rtp::CompactNtp trip = now - lastReport - delay;
  // More than nine hours is less than nothing: the peer's delay is longer than all of it.
  const Duration duration = trip.value() > 0x80000000u ? Duration::zero() : trip.toDuration();
  return std::max(duration, Duration::milliseconds(1));
}

/// The round trips of a stream as statistics want them, and one to plan by.
class RoundTripEstimator {
 public:
  /// What is longer is not believed: an answer to something long ago.
  static constexpr Duration kLongest = Duration::seconds(60);

  void measured(Duration trip) {
    if (trip > kLongest)
      return;
    latest_ = trip;
    total_ += trip;
    ++measurements_;
    // As RFC 6298 section 2 smooths it.
    smoothed_ = smoothed_ ? (*smoothed_ * 7 + trip) / 8 : trip;
  }

  std::optional<Duration> latest() const { return latest_; }
  std::optional<Duration> smoothed() const { return smoothed_; }
  Duration total() const { return total_; }
  uint64_t measurements() const { return measurements_; }

 private:
  std::optional<Duration> latest_;
  std::optional<Duration> smoothed_;
  Duration total_;
  uint64_t measurements_ = 0;
};

}  // namespace rtc::media
