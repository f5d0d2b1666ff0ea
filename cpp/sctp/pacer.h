#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "cpp/base/time.h"

namespace rtc::sctp {

/// Spreads packets over time. The timers of a page come a millisecond late or four, so what should
/// have left meanwhile leaves at once, and nobody is woken for less than a millisecond's worth.
class Pacer {
 public:
  /// Whether something may leave now.
  bool isOpen(Timestamp now) const { return nextAt_ <= now; }
  /// When it may, if not now.
  Timestamp opensAt() const { return std::max(nextAt_, lastSentAt_ + kGranularity); }
  /// `rate` is in bytes per second; zero does not pace.
  void sent(size_t bytes, uint64_t rate, Timestamp now) {
    lastSentAt_ = now;
    if (rate == 0) {
      nextAt_ = now;
      return;
    }
    nextAt_ = std::max(nextAt_, now - kMaxLateness) +
              Duration::microseconds(static_cast<int64_t>(bytes * 1'000'000 / rate));
  }

 private:
  static constexpr Duration kGranularity = Duration::milliseconds(1);
  static constexpr Duration kMaxLateness = Duration::milliseconds(4);

  Timestamp nextAt_;
  Timestamp lastSentAt_;
};

}  // namespace rtc::sctp
