#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "cpp/base/strong.h"
#include "cpp/base/time.h"

namespace rtc::congestion {

/// Bits per second.
using Bitrate = int64_t;

/// What an application or a description bounds the estimate by.
struct BitrateLimits {
  Bitrate min = 30'000;
  Bitrate start = 300'000;
  Bitrate max = 20'000'000;
  bool operator==(const BitrateLimits&) const = default;
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

using ProbeId = StrongInt<struct ProbeIdTag, uint32_t>;

/// A few packets that leave at a rate of their own, to see whether the path carries it.
struct Probe {
  ProbeId id;
  Bitrate rate = 0;
  /// It is done when both have left.
  size_t bytes = 0;
  int packets = 0;
  bool operator==(const Probe&) const = default;
};

}  // namespace rtc::congestion
