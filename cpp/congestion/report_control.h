#pragma once

#include <array>
#include <optional>

#include "cpp/base/time.h"
#include "cpp/congestion/types.h"

namespace rtc::congestion {

/// What may be sent when receiver reports are all that the peer gives: it rises while round trips
/// are short, quickly until they were long for the first time, and falls when they are long. Losses
/// are `LossLimit`'s.
class ReportControl {
 public:
  ReportControl(Bitrate start, Bitrate min, Bitrate max) : rate_(start), min_(min), max_(max) {}

  void setLimits(Bitrate min, Bitrate max);
  /// Starts anew.
  void reset(Bitrate rate);

  void reported(std::optional<Duration> roundTrip, std::optional<Bitrate> sent, double lossRate,
                bool isAppLimited, Timestamp now);
  Bitrate rate() const { return rate_; }

 private:
  void set(Bitrate rate);
  bool isLong(Duration roundTrip, Timestamp now);

  Bitrate rate_;
  Bitrate min_;
  Bitrate max_;
  bool isStarting_ = true;
  std::optional<Timestamp> reportedAt_;
  std::optional<Timestamp> decreasedAt_;
  // The least round trips of this half minute and the one before.
  std::array<std::optional<Duration>, 2> leastRoundTrips_{};
  Timestamp leastSince_;
};

}  // namespace rtc::congestion
