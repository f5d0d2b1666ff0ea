#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "cpp/base/time.h"

namespace rtc::congestion {

/// Bits per second.
using Bitrate = int64_t;

/// What an application or a description bounds the estimate by.
struct BitrateLimits {
  Bitrate min = 30'000;
  Bitrate start = 300'000;
  Bitrate max = 20'000'000;
};

/// What the controller wants at a moment.
struct Targets {
  /// For all streams together, retransmissions and padding included.
  Bitrate bitrate = 0;
  /// At which packets leave.
  Bitrate pacing = 0;
  /// Of bytes without meaning that fill up a probe or an idle path; 0 mostly.
  Bitrate padding = 0;
  /// 0 to 1, of the packets that feedback told of lately.
  double lossRate = 0;
  std::optional<Duration> roundTrip;
};

}  // namespace rtc::congestion
